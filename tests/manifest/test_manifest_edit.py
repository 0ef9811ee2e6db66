"""Edits of manifests, held against the real readers of TOML, YAML and JSON: nothing changes but what was asked for."""

import json
import re
import tomllib
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from agentkey_lint.discover.decode import decode
from agentkey_lint.manifest import edit, files
from agentkey_lint.model.errors import UsageError

READ = {"toml": tomllib.loads, "yaml": yaml.safe_load, "json": json.loads}

words = st.from_regex(r"[a-z]{1,6}(:[a-z*]{1,5})?", fullmatch=True)
texts = st.text(st.sampled_from("abc äß\"'\\#:,{}[]-*&!%@`\t1"), min_size=1, max_size=12).filter(str.strip)
comments = st.sampled_from(["", "", "  # why, and [so] on", " # 'tis"])


@st.composite
def keys(draw: st.DrawFn) -> list[dict[str, Any]]:
    ids = draw(st.lists(st.from_regex(r"[a-z][a-z0-9-]{0,6}", fullmatch=True), min_size=1, max_size=4, unique=True))
    found = []
    for name in ids:
        key: dict[str, Any] = {"id": name, "role": draw(st.sampled_from(["read-only", "write", "admin"]))}
        if draw(st.booleans()):
            key["scopes"] = draw(st.lists(words, min_size=1, max_size=5, unique=True))
        if draw(st.booleans()):
            key["task"] = draw(texts)
        if draw(st.booleans()):
            key["created"] = "2026-01-01"
        if draw(st.booleans()):
            key["ttl"] = "30d"
        found.append(key)
    return found


@st.composite
def manifests(draw: st.DrawFn) -> tuple[str, bytes]:
    """A manifest as people write them: three formats, with comments, lists on one line or several, either line end."""
    form, known = draw(st.sampled_from(["toml", "yaml", "json"])), draw(keys())
    if form == "json":
        text = json.dumps({"version": 1, "key": known}, indent=draw(st.sampled_from([None, 2, 4])), ensure_ascii=draw(st.booleans()))
    else:
        text = _toml(draw, known) if form == "toml" else _yaml(draw, known)
    text += draw(st.sampled_from(["", "\n", "\n\n"]))
    return form, text.replace("\n", draw(st.sampled_from(["\n", "\r\n"]))).encode()


def _toml(draw: st.DrawFn, known: list[dict[str, Any]]) -> str:
    lines = ["version = 1", "# all of them"]
    for key in known:
        lines += ["", f"[[key]]{draw(comments)}"]
        for name, value in key.items():
            if isinstance(value, list) and draw(st.booleans()):
                lines += [f"{name} = [", *(f"  {json.dumps(one)},{draw(comments)}" for one in value), f"]{draw(comments)}"]
            else:
                lines.append(f"{name} = {json.dumps(value, ensure_ascii=False)}{draw(comments)}")
        lines.append("# behind it")
    return "\n".join(lines)


def _yaml(draw: st.DrawFn, known: list[dict[str, Any]]) -> str:
    lines, indent = ["version: 1", "key:"], draw(st.sampled_from(["", "  "]))
    for key in known:
        for number, (name, value) in enumerate(key.items()):
            start = indent + ("- " if not number else "  ")
            if isinstance(value, list) and draw(st.booleans()):
                lines += [f"{start}{name}:{draw(comments)}", *(f"{indent}    - {json.dumps(one)}{draw(comments)}" for one in value)]
            else:
                lines.append(f"{start}{name}: {json.dumps(value, ensure_ascii=False)}{draw(comments)}")
        lines.append(f"{indent}# behind it")
    return "\n".join(lines)


def manifest(form: str, data: bytes) -> files.Manifest:
    return files.parsed(form, decode(f"agentkeys.{form}", data))


def said(form: str, data: bytes) -> Any:
    return READ[form](data.decode())


def remarks(data: bytes) -> list[bytes]:
    return re.findall(rb"# (?:why, and \[so\] on|'tis|behind it|all of them)", data)


def ends(data: bytes) -> bool:
    return data.count(b"\r\n") in (0, data.count(b"\n"))


@settings(deadline=None)
@given(manifests(), texts, st.lists(words, max_size=3))
def test_adding_adds_one_key_and_nothing_else(given: tuple[str, bytes], task: str, scopes: list[str]) -> None:
    form, data = given
    fields: dict[str, Any] = {"id": "Added", "role": "write", "task": task} | ({"scopes": tuple(scopes)} if scopes else {})
    after = edit.add(manifest(form, data), fields)
    expected = said(form, data)
    expected["key"].append({name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()})
    assert said(form, after) == expected
    assert remarks(after) == remarks(data) and (ends(after) or b"\n" not in data)


@settings(deadline=None)
@given(manifests(), st.data())
def test_setting_sets_one_field_of_one_key_and_nothing_else(given: tuple[str, bytes], data: st.DataObject) -> None:
    form, text = given
    before = manifest(form, text)
    number = data.draw(st.integers(0, len(before.records) - 1))
    after = edit.put(before, before.records[number], {"rotated": "2026-05-05", "created": "2026-02-02"})
    expected = said(form, text)
    expected["key"][number] |= {"rotated": "2026-05-05", "created": "2026-02-02"}
    assert said(form, after) == expected
    assert remarks(after) == remarks(text) and (ends(after) or b"\n" not in text)


@settings(deadline=None)
@given(manifests(), st.data())
def test_narrowing_replaces_scopes_and_nothing_else(given: tuple[str, bytes], data: st.DataObject) -> None:
    form, text = given
    expected = said(form, text)
    wanted = {}
    for key in expected["key"]:
        changes = {scope: data.draw(st.sampled_from([(), ("new:one",), ("new:one", "new:two"), (scope,)])) for scope in key.get("scopes", ())}
        new = [one for scope in key.get("scopes", ()) for one in changes[scope]]
        if new:
            wanted[key["id"]], key["scopes"] = changes, new
    try:
        after = edit.narrow(manifest(form, text), wanted)
    except UsageError:
        assert b"#" in text, "only a comment between the items may be in the way"
        return
    assert said(form, after) == expected
    lost = [] if form == "yaml" else remarks(text)  # of a YAML list, a line goes with its comment
    assert remarks(after) == lost or form == "yaml"


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("yaml", "version: 1\nkey: [{id: a, role: write}]\n"),
        ("json", '{"version": 1}'),
    ],
)
def test_a_layout_that_cannot_be_added_to_is_refused(form: str, text: str) -> None:
    with pytest.raises(UsageError):
        edit.add(manifest(form, text.encode()), {"id": "b", "role": "write"})


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "text",
    [
        "version = 1  # why\nkey = [{id = 'a', role = 'write'}]  # all of them\n",
        "version = 1  # why\nkey = [\n  {id = 'a', role = 'write'},  # all of them\n]\n",
        "# why\nversion = 1\nkey = []\n# all of them\n",
    ],
)
def test_where_the_layout_of_toml_must_change_comments_and_line_ends_stay(text: str, end: str) -> None:
    data = text.replace("\n", end).encode()
    fields: dict[str, Any] = {"id": "b", "role": "write", "scopes": ("a:b", "c:d")}
    after = edit.add(manifest("toml", data), fields)
    assert said("toml", after)["key"] == said("toml", data)["key"] + [{**fields, "scopes": ["a:b", "c:d"]}]
    assert b"# why" in after and b"# all of them" in after and after.count(b"\n") == after.count(end.encode())
    known = manifest("toml", after)
    again = edit.put(known, known.records[-1], {"rotated": "2026-05-05"})
    assert said("toml", again)["key"][-1]["rotated"] == "2026-05-05" and b"# why" in again


def test_the_first_key_of_a_manifest_without_any() -> None:
    for form, text in (("toml", b"version = 1"), ("toml", b""), ("yaml", b"version: 1\n"), ("yaml", b"key: []\n"), ("json", b'{"key": []}')):
        assert said(form, edit.add(manifest(form, text), {"id": "b", "role": "write"}))["key"] == [{"id": "b", "role": "write"}]
