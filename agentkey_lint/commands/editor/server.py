"""The language server: the protocol's messages in, diagnostics, hovers and code actions out.

The only module that loads pygls, and with it asyncio and sockets; it is imported by `serve` alone. What it reads and writes is standard input and
output. An error in one message is a line of the log, with the place in our code and nothing of any file, and the next message is answered.
"""

import asyncio
import functools
import logging
import os
import sys

from lsprotocol import types as lsp
from pygls import uris
from pygls.lsp.server import LanguageServer

from agentkey_lint import __version__
from agentkey_lint.commands.editor import actions, hover
from agentkey_lint.commands.editor.folder import Alone, Folder
from agentkey_lint.commands.editor.places import Lines
from agentkey_lint.commands.editor.protocol import MARK, Buffer, diagnostic, edit_of, shown, text_of, trouble, within
from agentkey_lint.discover.git import find
from agentkey_lint.discover.worktree import Worktree, relative
from agentkey_lint.engine.pipeline import place_of
from agentkey_lint.model.errors import AgentkeyError
from agentkey_lint.report.text import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from agentkey_lint.commands.editor.actions import Action
    from agentkey_lint.model.finding import Finding

DELAY = 0.25
"""Seconds without a further change before a buffer is linted."""
WATCHED = "**/{.gitignore,.env*,*.env,pyproject.toml,agentkey-lint.toml,agentkeys.*,compose*.y*ml,docker-compose*.y*ml,.agentkey-baseline,.secrets.baseline}"


class Server(LanguageServer):
    """All that is kept between messages: the work trees, the open files, which of them wait to be linted, and what was said last.

    done: the editor has asked the server to end.
    """

    def __init__(self, docs: str) -> None:
        super().__init__("agentkey-lint", __version__, lsp.TextDocumentSyncKind.Full)
        self.docs = docs
        self.folders: dict[str, Folder] = {}
        self.buffers: dict[str, Buffer] = {}
        self.waiting: dict[str, asyncio.TimerHandle] = {}
        self.said = ""
        self.done = False

    def report_server_error(self, error: Exception, source: "Any") -> None:
        """Trouble outside of our own handlers; its message may hold text of a file, so it is not told."""
        say(error)

    def located(self, uri: str) -> tuple[Folder, str] | None:
        """The work tree that a file belongs to, and its path there; None for what is no file."""
        path = uris.to_fs_path(uri)
        if not path or "\0" in path:
            return None
        inside = os.path.dirname(path)
        while not os.path.isdir(inside) and inside != os.path.dirname(inside):
            inside = os.path.dirname(inside)
        git = find(inside)
        named = (uris.to_fs_path(one) for one in self.workspace.folders)
        around = [one for one in named if one and (inside + "/").startswith(one.rstrip("/") + "/")]
        root = git.root if git is not None else max(around, key=len, default=inside)
        if root not in self.folders:
            self.folders[root] = Folder(os.path.realpath(root), Worktree if git is not None or around else Alone)
        folder = self.folders[root]
        return folder, relative(path, folder.root)

    def opened(self, uri: str) -> bool:
        """Take a buffer as it now is. Whether that may matter to other files."""
        known = self.buffers.get(uri)
        where = (known.folder, known.path) if known is not None else self.located(uri)
        if where is None:
            return False
        document = self.workspace.get_text_document(uri)
        data = document.source.encode("utf-8", "replace")
        encoding = str(getattr(self.workspace.position_encoding, "value", self.workspace.position_encoding))
        self.buffers[uri] = Buffer(*where, document.version, Lines(data, encoding), len(MARK) if data.startswith(MARK) else 0)
        return where[0].put(where[1], data)

    def current(self, uri: str) -> Buffer | None:
        """A buffer with what is to be said of it as it now is."""
        if uri in self.buffers and self.buffers[uri].report is None:
            self.publish(uri)
        buffer = self.buffers.get(uri)
        return buffer if buffer is not None and buffer.report is not None else None

    def soon(self, uri: str) -> None:
        """Lint a buffer once nothing has changed for a moment."""
        if uri in self.waiting:
            self.waiting[uri].cancel()
        self.waiting[uri] = asyncio.get_running_loop().call_later(DELAY, guarded(self.publish), uri)

    def again(self, folder: Folder | None = None) -> None:
        """Lint the open buffers of a work tree anew, or of all."""
        for uri, buffer in self.buffers.items():
            if folder is None or buffer.folder is folder:
                self.buffers[uri] = buffer._replace(report=None)
                self.soon(uri)

    def publish(self, uri: str) -> None:
        """Lint a buffer now and say what is found."""
        if uri in self.waiting:
            self.waiting.pop(uri).cancel()
        buffer = self.buffers.get(uri)
        if buffer is None:
            return
        try:
            report = buffer.folder.report(buffer.path)
        except AgentkeyError as error:  # such as settings that are wrong: once, not with every letter
            if str(error) != self.said:
                self.said = str(error)
                self.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Warning, f"agentkey-lint: {self.said}"))
            return
        self.said = ""
        self.buffers[uri] = buffer = buffer._replace(report=report)
        found = [self.diagnostic(buffer, finding) for finding in shown(report)]
        found += [trouble(fault) for fault in report.faults if fault.path == buffer.path]
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, found, buffer.version))

    def diagnostic(self, buffer: Buffer, finding: "Finding") -> lsp.Diagnostic:
        return diagnostic(buffer, finding, self.uri, self.docs)

    def edit(self, buffer: Buffer, action: "Action") -> lsp.WorkspaceEdit | None:
        """An action as an edit that this editor can make; None if it cannot."""
        workspace = self.client_capabilities.workspace
        return edit_of(buffer, action, self.buffers, self.uri, workspace.workspace_edit if workspace is not None else None)

    def uri(self, folder: Folder, path: str) -> str:
        """The address of a file: as the editor wrote it, if it is open."""
        known = (uri for uri, buffer in self.buffers.items() if buffer.folder is folder and buffer.path == path)
        return next(known, None) or str(uris.from_fs_path(os.path.join(folder.root, path)))


def say(error: BaseException) -> None:
    """One line of the log."""
    sys.stderr.write(f"agentkey-lint: a bug: {place_of(error)}\n")


def guarded(function: "Callable[..., Any]") -> "Callable[..., Any]":
    """The function, but an error is a line of the log: pygls would send its message to the editor, and that may hold text of a file."""

    @functools.wraps(function)
    def call(*arguments: "Any") -> "Any":
        try:
            return function(*arguments)
        except AgentkeyError as error:
            sys.stderr.write(f"agentkey-lint: {error}\n")
        except Exception as error:
            say(error)
        return None

    return call


def code_actions(server: Server, parameters: lsp.CodeActionParams) -> "Iterator[lsp.CodeAction]":
    """What can be done about the findings of a range, or about all if the editor asks for that."""
    only = parameters.context.only

    def wanted(kind: str) -> bool:
        return only is None or any(kind == one or kind.startswith(f"{one}.") for one in only)

    buffer = server.current(parameters.text_document.uri)
    if buffer is None:
        return
    if only is not None and wanted(lsp.CodeActionKind.SourceFixAll):
        whole = actions.everything(buffer.folder, buffer.path)
        if whole is not None and (edit := server.edit(buffer, whole)) is not None:
            yield lsp.CodeAction(whole.title, lsp.CodeActionKind.SourceFixAll, edit=edit)
    found = within(buffer, parameters.range) if wanted(lsp.CodeActionKind.QuickFix) else []
    for action in actions.actions(buffer.folder, buffer.path, found, text_of(buffer)):
        edit = server.edit(buffer, action)
        if edit is not None and action.finding is not None:
            said = [server.diagnostic(buffer, action.finding)]
            yield lsp.CodeAction(visible(action.title), lsp.CodeActionKind.QuickFix, said, is_preferred=action.kind == "fix" or None, edit=edit)


def build(docs: str = "") -> Server:
    """A server with a handler for each message that it knows."""
    server = Server(docs)

    @server.feature(lsp.INITIALIZED)
    @guarded
    def initialized(parameters: lsp.InitializedParams) -> None:
        workspace = server.client_capabilities.workspace
        watches = workspace.did_change_watched_files if workspace is not None else None
        if watches is not None and watches.dynamic_registration:
            options = lsp.DidChangeWatchedFilesRegistrationOptions([lsp.FileSystemWatcher(WATCHED)])
            server.client_register_capability(
                lsp.RegistrationParams([lsp.Registration("watch", lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)]), lambda answer: None
            )

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    @guarded
    def did_open(parameters: lsp.DidOpenTextDocumentParams) -> None:
        changed(parameters.text_document.uri, now=True)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    @guarded
    def did_change(parameters: lsp.DidChangeTextDocumentParams) -> None:
        changed(parameters.text_document.uri)

    def changed(uri: str, now: bool = False) -> None:
        matters = server.opened(uri)
        if uri not in server.buffers:
            return
        if matters:
            server.again(server.buffers[uri].folder)
        if now:
            server.publish(uri)
        else:
            server.soon(uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    @guarded
    def did_close(parameters: lsp.DidCloseTextDocumentParams) -> None:
        uri = parameters.text_document.uri
        buffer = server.buffers.pop(uri, None)
        if uri in server.waiting:
            server.waiting.pop(uri).cancel()
        if buffer is not None:
            buffer.folder.drop(buffer.path)
            server.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, []))

    def disk(parameters: "Any") -> None:
        for folder in server.folders.values():
            folder.forget()
        server.again()

    for name in (lsp.TEXT_DOCUMENT_DID_SAVE, lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES):
        server.feature(name)(guarded(disk))

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    @guarded
    def hovered(parameters: lsp.HoverParams) -> lsp.Hover | None:
        buffer = server.current(parameters.text_document.uri)
        found = within(buffer, lsp.Range(parameters.position, parameters.position)) if buffer is not None else []
        if not found:
            return None
        document = server.client_capabilities.text_document
        formats = document.hover.content_format if document is not None and document.hover is not None else None
        kind = lsp.MarkupKind.PlainText if formats and lsp.MarkupKind.Markdown not in formats else lsp.MarkupKind.Markdown
        return lsp.Hover(lsp.MarkupContent(kind, hover.text(found, kind is lsp.MarkupKind.Markdown)))

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions([lsp.CodeActionKind.QuickFix, lsp.CodeActionKind.SourceFixAll]))
    @guarded
    def acted(parameters: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        return list(code_actions(server, parameters))

    @server.feature(lsp.SHUTDOWN)
    def shutdown(parameters: None) -> None:
        server.done = True

    return server


def serve(docs: str = "") -> int:
    """Answer an editor until it says that it is done: 0, as the protocol wants it; 1 if it went away without that."""
    logging.getLogger("pygls").addHandler(logging.NullHandler())
    logging.disable(logging.CRITICAL)  # pygls logs what it cannot handle, with the text of the file in it
    server = build(docs)
    with os.fdopen(os.dup(1), "wb") as output:  # pygls closes it, and `main` still has a use for its own
        server.start_io(stdout=output)
    return 0 if server.done else 1
