"""What an editor sees of `serve`, from the outside: a real client, a real server, a real repository."""

import asyncio
import fnmatch
import functools
import json
import os
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pygls", reason="the extra lsp is not installed")

from editing_client import ROOT, editing, place, repository
from lsprotocol import types as lsp

from agentkey_lint.engine import baseline, documents, secrets_baseline, settings
from agentkey_lint.testing import expand


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return repository(tmp_path / "project")


@pytest.fixture(scope="session")
def key() -> str:
    return expand("sk-ant-api03-{{93 x aA0_-}}AA", 5)


def scenario(function: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """A test that is one conversation."""

    @functools.wraps(function)
    def run(**fixtures: Any) -> None:
        asyncio.run(asyncio.wait_for(function(**fixtures), 60))

    return run


def rules(found: list[lsp.Diagnostic]) -> list[object]:
    return [one.code for one in found]


def marked(text: str, found: lsp.Diagnostic) -> str:
    return text[place(text, found.range.start) : place(text, found.range.end)]


SETTINGS = '{{\n  "mcpServers": {{\n    "search": {{"command": "npx", "env": {{"ANTHROPIC_API_KEY": "{}"}}}}\n  }}\n}}\n'


@scenario
async def test_a_buffer_is_judged_as_it_is_typed_and_a_closed_one_no_more(project: Path, key: str) -> None:
    path = project / "app.py"
    path.write_text("key = None\n")
    async with editing(project) as editor:
        assert await editor.open(path) == []
        [found] = await editor.type(path, f'key = "{key}"\n')
        assert found.code == "hardcoded-key" and found.severity == lsp.DiagnosticSeverity.Error and found.source == "agentkey-lint"
        assert marked(editor.texts[path.as_uri()], found) == key
        assert await editor.type(path, "key = None\n") == []
        assert rules(await editor.type(path, f'\n\nkey = "{key}"\n')) == ["hardcoded-key"]
        editor.text_document_did_close(lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(path.as_uri())))
        await editor.until(lambda: not editor.found[path.as_uri()].diagnostics)


@scenario
async def test_the_editor_says_what_check_says_of_standard_input(project: Path, key: str, lint: Callable[..., Any]) -> None:
    path = project / ".mcp.json"
    text = SETTINGS.format(key)
    said = json.loads(lint(project, "check", "--format", "json", "--stdin-path", ".mcp.json", "-", stdin=text.encode()).stdout)
    async with editing(project) as editor:
        found = await editor.open(path, text)
    assert [(one.code, one.data) for one in found] == [(one["rule"], one["fingerprint"]) for one in said["findings"] if one["verdict"] == "reported"]


@scenario
async def test_a_fix_is_offered_and_the_finding_is_gone_with_it(project: Path, key: str) -> None:
    path = project / ".mcp.json"
    path.write_text(SETTINGS.format(key))
    async with editing(project) as editor:
        [found] = [one for one in await editor.open(path) if one.code == "hardcoded-key"]
        fixes = [one for one in await editor.actions(path, found.range) if "gnore" not in one.title]
        assert len(fixes) == 1 and fixes[0].kind == lsp.CodeActionKind.QuickFix
        assert "unsafe" in fixes[0].title and not fixes[0].is_preferred
        assert [one.code for one in fixes[0].diagnostics or ()] == ["hardcoded-key"]
        await editor.apply(fixes[0])
        assert editor.texts[path.as_uri()] == SETTINGS.format("${ANTHROPIC_API_KEY}")
        assert "hardcoded-key" not in rules(list(editor.found[path.as_uri()].diagnostics))
    assert path.read_text() == SETTINGS.format(key), "only the editor writes"


@scenario
async def test_safe_fixes_come_first_and_all_at_once(project: Path) -> None:
    path = project / ".mcp.json"
    text = SETTINGS.replace("}}\n  }}", '}},\n    "mail": {{"command": "npx", "env": {{"MAIL_TOKEN": "{}"}}}}\n  }}', 1)
    path.write_text(text.format("${env:ANTHROPIC_API_KEY}", "${env:MAIL_TOKEN}"))
    (project / ".env.example").write_text("ANTHROPIC_API_KEY=\nMAIL_TOKEN=\n")
    async with editing(project) as editor:
        found = [one for one in await editor.open(path) if one.code == "unexpanded-reference"]
        assert len(found) == 2
        fixes = [one for one in await editor.actions(path, found[1].range, [lsp.CodeActionKind.QuickFix]) if "gnore" not in one.title]
        assert [(one.title, one.is_preferred) for one in fixes] == [("Write ${MAIL_TOKEN}", True)]
        whole = lsp.Range(lsp.Position(0, 0), lsp.Position(99, 0))
        [every] = await editor.actions(path, whole, [lsp.CodeActionKind.SourceFixAll])
        await editor.apply(every)
        assert editor.texts[path.as_uri()] == text.format("${ANTHROPIC_API_KEY}", "${MAIL_TOKEN}")


@scenario
async def test_a_fix_may_change_another_file(project: Path) -> None:
    path, template = project / "compose.yaml", project / ".env.example"
    template.write_text("OTHER_NAME=\n")
    path.write_text("services:\n  agent:\n    image: agent\n    environment:\n      TOKEN: ${SEARCH_TOKEN}\n")
    async with editing(project) as editor:
        [found] = [one for one in await editor.open(path) if one.code == "undeclared-reference"]
        [fix] = [one for one in await editor.actions(path, found.range) if one.is_preferred]
        await editor.apply(fix)
        assert template.read_text() == "OTHER_NAME=\nSEARCH_TOKEN=\n"
        identifier = lsp.TextDocumentIdentifier(template.as_uri())
        editor.text_document_did_save(lsp.DidSaveTextDocumentParams(identifier))
        await editor.until(lambda: "undeclared-reference" not in rules(list(editor.found[path.as_uri()].diagnostics)))


@scenario
async def test_a_finding_is_ignored_by_a_comment(project: Path, key: str) -> None:
    path = project / "app.py"
    text = f'def go():\r\n    return call(key="{key}")\r\n'
    async with editing(project) as editor:
        [found] = await editor.open(path, text)
        [comment] = [one for one in await editor.actions(path, found.range) if "comment" in one.title]
        await editor.apply(comment)
        assert not editor.found[path.as_uri()].diagnostics
        assert editor.texts[path.as_uri()] == f'def go():\r\n    # agentkey: ignore[hardcoded-key] why this may stay: ...\r\n    return call(key="{key}")\r\n'


@scenario
async def test_where_there_are_no_comments_the_settings_ignore_it(project: Path, key: str) -> None:
    path, settings = project / "data.json", project / "agentkey-lint.toml"
    path.write_text(f'{{"token": "{key}"}}\n')
    subprocess.run(("git", "add", "data.json"), cwd=project, check=True)
    async with editing(project) as editor:
        [found] = await editor.open(path)
        [listed] = await editor.actions(path, found.range)
        assert settings.name in listed.title and key not in str(listed)
        await editor.apply(listed)
        assert "fingerprint" in settings.read_text()
        editor.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams([lsp.FileEvent(settings.as_uri(), lsp.FileChangeType.Created)]))
        await editor.until(lambda: not editor.found[path.as_uri()].diagnostics)


@scenario
async def test_a_comment_within_a_value_is_not_offered(project: Path, key: str) -> None:
    path = project / "deploy.yaml"
    async with editing(project) as editor:
        [found] = await editor.open(path, f"script: |\n  export A=b\n  export ANTHROPIC_API_KEY={key}\n")
        assert not [one for one in await editor.actions(path, found.range) if "comment" in one.title]
        [found] = await editor.type(path, f"ANTHROPIC_API_KEY: {key}\n")
        assert [one for one in await editor.actions(path, found.range) if "comment" in one.title]


@scenario
async def test_hovering_tells_the_facts_and_the_manual_but_never_the_key(project: Path, key: str) -> None:
    path = project / "app.py"
    async with editing(project) as editor:
        [found] = await editor.open(path, f'key = "{key}"\n')
        said = await editor.hover(path, found.range.start)
        assert "Anthropic API key" in said and "tier: write" in said and "lifetime: long-lived" in said
        assert "Why it matters" in said and "**hardcoded-key" in said
        assert key[20:40] not in said + str(found)
        assert await editor.hover(path, lsp.Position(0, 0)) == ""


@scenario
async def test_positions_count_utf_16(project: Path, key: str) -> None:
    path = project / "app.py"
    async with editing(project) as editor:
        for text in (
            f'go("😀𐐷é", "{key}")\n',
            f'a = 1\r\nb = "😀"; c = "{key}"\r\n',
            f'a = 1\rb = "{key}"\r',
            f'\ufeffk = "{key}"\n',
            f'a = "\u2028\x0c"; k = "{key}"\n',
            f'k = "{key}"',
        ):
            [found] = await (editor.type if path.as_uri() in editor.texts else editor.open)(path, text)
            assert marked(text, found) == key


@scenario
async def test_positions_count_as_the_editor_asks(project: Path, key: str) -> None:
    text = f'go("😀é", "{key}")\n'
    for encoding, start in (("utf-8", text.encode().index(key.encode())), ("utf-32", text.index(key))):
        general = lsp.GeneralClientCapabilities(position_encodings=[encoding])
        async with editing(project, capabilities=lsp.ClientCapabilities(general=general)) as editor:
            [found] = await editor.open(project / "app.py", text)
            assert (found.range.start.character, found.range.end.character) == (start, start + len(key))


@scenario
async def test_settings_count_and_wrong_ones_are_told_once(project: Path, key: str) -> None:
    path, settings = project / "app.py", project / "agentkey-lint.toml"
    settings.write_text('exclude = ["app.py"]\n')
    async with editing(project) as editor:
        assert await editor.open(path, f'key = "{key}"\n') == []
        await editor.open(settings)
        await editor.type(settings, '[rules.hardcoded-key]\nseverity = "low"\n')  # not saved: the buffer counts
        await editor.until(lambda: bool(editor.found[path.as_uri()].diagnostics))
        [found] = editor.found[path.as_uri()].diagnostics
        assert found.severity == lsp.DiagnosticSeverity.Information
        uri = settings.as_uri()
        editor.text_document_did_change(
            lsp.DidChangeTextDocumentParams(lsp.VersionedTextDocumentIdentifier(9, uri), [lsp.TextDocumentContentChangeWholeDocument("nonsense = 1\n")])
        )
        await editor.until(lambda: bool(editor.messages))
        assert len(editor.messages) == 1 and "agentkey-lint.toml:1" in editor.messages[0] and "nonsense" not in editor.messages[0]


@scenario
async def test_what_an_open_template_declares_counts_before_it_is_saved(project: Path) -> None:
    path, template = project / "compose.yaml", project / ".env.example"
    path.write_text("services:\n  agent:\n    image: agent\n    environment:\n      TOKEN: ${SEARCH_TOKEN}\n")
    template.write_text("OTHER_NAME=\n")
    async with editing(project) as editor:
        await editor.open(template)
        assert "undeclared-reference" in rules(await editor.open(path))
        await editor.type(template, "OTHER_NAME=\nSEARCH_TOKEN=\n")
        await editor.until(lambda: "undeclared-reference" not in rules(list(editor.found[path.as_uri()].diagnostics)))


@scenario
async def test_two_folders_have_two_sets_of_settings(tmp_path: Path, key: str) -> None:
    one, other = repository(tmp_path / "one"), repository(tmp_path / "other")
    (other / "agentkey-lint.toml").write_text('exclude = ["app.py"]\n')
    plain = tmp_path / "plain"
    (plain / "inner").mkdir(parents=True)
    (plain / "agentkey-lint.toml").write_text('disable = ["hardcoded-key"]\n')
    async with editing(one, other, plain) as editor:
        assert rules(await editor.open(one / "app.py", f'key = "{key}"\n')) == ["hardcoded-key"]
        assert await editor.open(other / "app.py", f'key = "{key}"\n') == []
        assert await editor.open(plain / "inner" / "app.py", f'key = "{key}"\n') == [], "without git the folder that is open is the root"


@scenario
async def test_a_file_that_belongs_to_nothing_is_judged_by_itself(project: Path, key: str) -> None:
    """Neither is its folder walked through, nor are settings laid there."""
    path = project.parent / "notes.py"
    (project.parent / "agentkey-lint.toml").write_text('disable = ["private-key"]\n')
    async with editing(project) as editor:
        [found] = await editor.open(path, f'key = "{key}"\n')
        assert [one.title for one in await editor.actions(path, found.range)] == ["Ignore hardcoded-key here, in a comment"]


@scenario
async def test_nothing_that_is_sent_ends_the_server(project: Path, key: str) -> None:
    path = project / "app.py"
    nowhere = lsp.TextDocumentIdentifier("untitled:one")
    async with editing(project) as editor:
        for uri, text in (("untitled:one", key), ("file:///", "x"), ("file://elsewhere/%00%ff", "x"), ("", ""), (path.as_uri(), "\0\ud800" + key)):
            editor.text_document_did_open(lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(uri, "any", 1, text)))
        assert await editor.text_document_hover_async(lsp.HoverParams(nowhere, lsp.Position(7, 7))) is None
        whole = lsp.Range(lsp.Position(0, 0), lsp.Position(10**6, 10**6))
        assert await editor.actions(project / "not-open.py", whole) == []
        for line in range(0, 3):
            await editor.hover(path, lsp.Position(line, 10**9))
        await editor.actions(path, whole)
        editor.protocol.notify("textDocument/didChange", {"nonsense": True})
        editor.protocol.notify("nothing/known", {})
        assert rules(await editor.type(path, f'key = "{key}"\n')) == ["hardcoded-key"]


@scenario
async def test_a_crash_is_a_line_of_the_log_and_the_next_message_is_answered(project: Path, key: str, tmp_path: Path) -> None:
    """The message of the error holds the finding; the log names the place alone."""
    path = project / "app.py"
    script = tmp_path / "broken.py"
    script.write_text(
        "import sys\nfrom agentkey_lint.commands.editor import hover, server\n"
        "def broken(findings, markdown):\n    raise ValueError(findings)\n"
        "hover.text = broken\nsys.exit(server.serve())\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    uri = path.as_uri()
    text = f'key = "{key}"\n'
    messages = [
        {"id": 1, "method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": {}}},
        {"method": "textDocument/didOpen", "params": {"textDocument": {"uri": uri, "languageId": "python", "version": 1, "text": text}}},
        {"id": 2, "method": "textDocument/hover", "params": {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 10}}},
        {"id": 3, "method": "shutdown"},
        {"method": "exit"},
    ]
    raw = b"".join(b"Content-Length: %d\r\n\r\n%s" % (len(body), body) for body in (json.dumps({"jsonrpc": "2.0", **one}).encode() for one in messages))
    done = await asyncio.to_thread(subprocess.run, [sys.executable, str(script)], env=environment, input=raw, capture_output=True, timeout=30)
    out, said = done.stdout, done.stderr
    assert done.returncode == 0
    assert b'"id":2' in out.replace(b" ", b"") and key.encode() not in out + said
    assert said.startswith(b"agentkey-lint: a bug: ValueError at broken.py:4") and said.count(b"\n") == 1


@scenario
async def test_a_huge_buffer_is_not_linted_and_that_is_said(project: Path, key: str) -> None:
    path = project / "big.txt"
    async with editing(project) as editor:
        [found] = await editor.open(path, "a line of text\n" * 300_000 + key)
        assert found.code == "not-whole" and "agentkey-lint check" in found.message


@scenario
async def test_findings_link_to_a_site_if_there_is_one(project: Path, key: str) -> None:
    async with editing(project, options=("--stdio", "--docs", "https://example.org/rules/")) as editor:
        [found] = await editor.open(project / "app.py", f'key = "{key}"\n')
        assert found.code_description is not None and found.code_description.href == "https://example.org/rules/hardcoded-key.md"


@scenario
async def test_a_related_place_in_another_file_has_its_address(project: Path) -> None:
    (project / "agentkeys.toml").write_text(
        'version = 1\n[[key]]\nid = "search"\nenv = "SEARCH_TOKEN"\nowner = "a@example.org"\nrole = "reader"\nscopes = ["read"]\nttl = "30d"\n'
    )
    path = project / "compose.yaml"
    key = expand("sk-ant-api03-{{93 x aA0_-}}AA", 6)
    async with editing(project) as editor:
        found = await editor.open(path, f"services:\n  agent:\n    image: agent\n    environment:\n      SEARCH_TOKEN: {key}\n")
        places = [place for one in found for place in one.related_information or ()]
        assert {place.location.uri for place in places} == {(project / name).as_uri() for name in ("agentkeys.toml", "compose.yaml")}


def test_every_file_that_others_are_judged_by_is_watched() -> None:
    from agentkey_lint.commands.editor.server import WATCHED

    globs = WATCHED.removeprefix("**/{").removesuffix("}").split(",")
    for name in (*documents.MANIFESTS, *settings.NAMES, baseline.NAME, secrets_baseline.NAME, ".gitignore", ".env.example", "compose.yaml"):
        assert any(fnmatch.fnmatchcase(name, one) for one in globs), name


def test_without_its_library_serve_says_how_to_get_it(project: Path) -> None:
    command = "import sys; sys.modules['pygls'] = None; from agentkey_lint.main import main; sys.exit(main(['serve']))"
    done = subprocess.run([sys.executable, "-c", command], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)
    assert done.returncode == 2 and done.stderr == "agentkey-lint: serve needs a library more: pip install 'agentkey-lint[lsp]'\n"


def test_an_editor_that_goes_away_takes_the_server_with_it(project: Path, lint: Callable[..., Any]) -> None:
    assert lint(project, "serve").returncode == 1
