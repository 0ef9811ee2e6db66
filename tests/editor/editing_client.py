"""A language client that drives `agentkey-lint serve` over its standard input and output, as an editor does."""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls.lsp.client import BaseLanguageClient

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 20


class Editor(BaseLanguageClient):
    """What an editor keeps: the text of each open file, and the newest diagnostics with the version that they are about."""

    def __init__(self) -> None:
        super().__init__("editor", "1")
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.found: dict[str, lsp.PublishDiagnosticsParams] = {}
        self.messages: list[str] = []
        self.news = asyncio.Condition()

        @self.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        async def published(parameters: lsp.PublishDiagnosticsParams) -> None:
            async with self.news:
                self.found[parameters.uri] = parameters
                self.news.notify_all()

        @self.feature(lsp.WINDOW_SHOW_MESSAGE)
        async def said(parameters: lsp.ShowMessageParams) -> None:
            async with self.news:
                self.messages.append(parameters.message)
                self.news.notify_all()

    async def until(self, ready: Callable[[], bool]) -> None:
        async with self.news:
            await asyncio.wait_for(self.news.wait_for(ready), PATIENCE)

    async def open(self, path: Path, text: str | None = None) -> list[lsp.Diagnostic]:
        """Open a file, with another text than it has if one is given, and wait for what is said of it."""
        uri = path.as_uri()
        self.texts[uri] = path.read_bytes().decode() if text is None else text
        self.versions[uri] = 1
        self.text_document_did_open(lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(uri, "any", 1, self.texts[uri])))
        return await self.diagnostics(path)

    async def type(self, path: Path, text: str) -> list[lsp.Diagnostic]:
        """Give a file another text, and wait for what is said of it then."""
        uri = path.as_uri()
        self.texts[uri], self.versions[uri] = text, self.versions.get(uri, 0) + 1
        identifier = lsp.VersionedTextDocumentIdentifier(self.versions[uri], uri)
        self.text_document_did_change(lsp.DidChangeTextDocumentParams(identifier, [lsp.TextDocumentContentChangeWholeDocument(text)]))
        return await self.diagnostics(path)

    async def diagnostics(self, path: Path) -> list[lsp.Diagnostic]:
        uri = path.as_uri()
        await self.until(lambda: uri in self.found and self.found[uri].version == self.versions[uri])
        return list(self.found[uri].diagnostics)

    async def actions(self, path: Path, where: lsp.Range, only: list[str] | None = None) -> list[lsp.CodeAction]:
        context = lsp.CodeActionContext([], only=only)
        answer = await self.text_document_code_action_async(lsp.CodeActionParams(lsp.TextDocumentIdentifier(path.as_uri()), where, context))
        return [one for one in answer or [] if isinstance(one, lsp.CodeAction)]

    async def hover(self, path: Path, at: lsp.Position) -> str:
        answer = await self.text_document_hover_async(lsp.HoverParams(lsp.TextDocumentIdentifier(path.as_uri()), at))
        return answer.contents.value if answer is not None and isinstance(answer.contents, lsp.MarkupContent) else ""

    async def apply(self, action: lsp.CodeAction) -> None:
        """Carry an action out: in the buffers of open files, on the disk for others."""
        assert action.edit is not None and action.edit.document_changes is not None
        for change in action.edit.document_changes:
            if isinstance(change, lsp.CreateFile):
                Path(change.uri.removeprefix("file://")).touch(exist_ok=True)
            elif isinstance(change, lsp.TextDocumentEdit):
                uri = change.text_document.uri
                path = Path(uri.removeprefix("file://"))
                text = self.texts.get(uri, path.read_bytes().decode() if path.exists() else "")
                for edit in change.edits:
                    text = edited(text, edit)
                if uri in self.texts:
                    assert change.text_document.version == self.versions[uri]
                    await self.type(path, text)
                else:
                    assert change.text_document.version is None
                    path.write_bytes(text.encode())


def edited(text: str, edit: Any) -> str:
    start, end = (place(text, at) for at in (edit.range.start, edit.range.end))
    return text[:start] + str(edit.new_text) + text[end:]


def place(text: str, at: lsp.Position) -> int:
    """The index of a position that counts UTF-16 code units: this client's own way to count, by another path than the server's."""
    lines = text.replace("\r\n", "\0\n").replace("\r", "\n").replace("\0\n", "\r\n").split("\n")
    line = lines[at.line].removesuffix("\r") if at.line < len(lines) else ""
    index = sum(len(one) + 1 for one in lines[: at.line])
    units = 0
    for char in line:
        if units >= at.character:
            break
        units += 2 if ord(char) > 0xFFFF else 1
        index += 1
    return index


CAPABILITIES = lsp.ClientCapabilities(
    workspace=lsp.WorkspaceClientCapabilities(
        workspace_edit=lsp.WorkspaceEditClientCapabilities(document_changes=True, resource_operations=[lsp.ResourceOperationKind.Create])
    )
)


@contextlib.asynccontextmanager
async def editing(*folders: Path, capabilities: lsp.ClientCapabilities = CAPABILITIES, options: tuple[str, ...] = ()) -> AsyncIterator[Editor]:
    """An editor with a server that was started for it; at the end the server must go, and in peace."""
    editor = Editor()
    await editor.start_io(sys.executable, "-m", "agentkey_lint", "serve", *options, env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=str(folders[0]))
    server: Any = editor._server
    named = [lsp.WorkspaceFolder(folder.as_uri(), folder.name) for folder in folders]
    await editor.initialize_async(lsp.InitializeParams(capabilities=capabilities, workspace_folders=named))
    editor.initialized(lsp.InitializedParams())
    try:
        yield editor
        await editor.shutdown_async(None)
        editor.exit(None)
        assert await asyncio.wait_for(server.wait(), PATIENCE) == 0
    finally:
        if server.returncode is None:
            server.kill()
        await editor.stop()


def repository(folder: Path) -> Path:
    """A repository of git that ignores `.env`."""
    folder.mkdir()
    (folder / ".gitignore").write_text(".env\n")
    for command in (("init", "-q"), ("add", "-A")):
        subprocess.run(("git", *command), cwd=folder, check=True)
    return folder
