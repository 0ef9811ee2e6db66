"""What the language server says and is told, between our own values and the protocol's: places, findings, edits. Nothing here speaks with anybody."""

from lsprotocol import types as lsp

from agentkey_lint.commands.editor.folder import Folder
from agentkey_lint.commands.editor.places import Lines, replaced
from agentkey_lint.discover.decode import decode
from agentkey_lint.model.record import Record
from agentkey_lint.report.text import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from agentkey_lint.commands.editor.actions import Action
    from agentkey_lint.model.finding import Finding, Place, Position, Report
    from agentkey_lint.model.source import Fault

    Address = Callable[[Folder, str], str]  # of a file, by its path

MARK = b"\xef\xbb\xbf"
SEVERITIES = {
    "critical": lsp.DiagnosticSeverity.Error,
    "high": lsp.DiagnosticSeverity.Error,
    "medium": lsp.DiagnosticSeverity.Warning,
    "low": lsp.DiagnosticSeverity.Information,
    "info": lsp.DiagnosticSeverity.Hint,
}


class Buffer(Record):
    """An open file, and what was last said of it. shift: bytes that its source leaves out at the start."""

    folder: Folder
    path: str
    version: int | None
    lines: Lines
    shift: int
    report: "Report | None" = None


def shown(report: "Report") -> "list[Finding]":
    """The findings that an editor shows."""
    return [finding for finding, verdict in report.results if verdict == "reported"]


def span(lines: Lines, start: int, end: int) -> lsp.Range:
    return lsp.Range(lsp.Position(*lines.place(start)), lsp.Position(*lines.place(max(start, end))))


def range_of(buffer: Buffer, start: "Position", end: "Position") -> tuple[int, int]:
    """Where something stands in a buffer, in bytes."""
    text = text_of(buffer)
    return text.of(start) + buffer.shift, text.of(end) + buffer.shift


def text_of(buffer: Buffer) -> Lines:
    """The lines of a buffer's source."""
    return Lines(buffer.lines.data[buffer.shift :], buffer.lines.encoding) if buffer.shift else buffer.lines


def diagnostic(buffer: Buffer, finding: "Finding", address: "Address", docs: str) -> lsp.Diagnostic:
    """A finding in a buffer. docs: where the pages on rules are, empty if nowhere."""
    return lsp.Diagnostic(
        range=span(buffer.lines, *range_of(buffer, finding.start, finding.end)),
        message=visible(finding.message) + (f"\n{visible(finding.hint)}" if finding.hint else ""),
        severity=SEVERITIES[finding.severity],
        code=finding.rule,
        code_description=lsp.CodeDescription(f"{docs.rstrip('/')}/{finding.rule}.md") if docs else None,
        source="agentkey-lint",
        related_information=[found for place in finding.related if (found := related(buffer, place, address)) is not None] or None,
        data=finding.fingerprint,
    )


def related(buffer: Buffer, place: "Place", address: "Address") -> lsp.DiagnosticRelatedInformation | None:
    """Another place that belongs to a finding; None for one in a file that cannot be read."""
    if place.path == buffer.path:
        where = span(buffer.lines, *range_of(buffer, place.start, place.end))
    else:
        data = buffer.folder.overlay(buffer.path).find(place.path)
        if data is None:
            return None
        lines = Lines(decode(place.path, data).data, buffer.lines.encoding)
        where = span(lines, lines.of(place.start), lines.of(place.end))
    return lsp.DiagnosticRelatedInformation(lsp.Location(address(buffer.folder, place.path), where), visible(place.message))


def trouble(fault: "Fault") -> lsp.Diagnostic:
    """A part of a file that could not be judged: not to be taken for a clean one."""
    number = fault.message.removeprefix("line ").partition(":")[0]
    line = int(number) - 1 if fault.message.startswith("line ") and number.isdecimal() else 0
    where = lsp.Range(lsp.Position(line, 0), lsp.Position(line, 0))
    return lsp.Diagnostic(where, visible(fault.message), severity=lsp.DiagnosticSeverity.Information, code="not-whole", source="agentkey-lint")


def within(buffer: Buffer, where: lsp.Range) -> "list[Finding]":
    """The findings that a range touches."""
    first, last = (buffer.lines.offset(at.line, at.character) for at in (where.start, where.end))
    assert buffer.report is not None
    found = []
    for finding in shown(buffer.report):
        start, end = range_of(buffer, finding.start, finding.end)
        if start <= last and first <= end:
            found.append(finding)
    return found


def edit_of(
    buffer: Buffer, action: "Action", buffers: "Mapping[str, Buffer]", address: "Address", able: lsp.WorkspaceEditClientCapabilities | None
) -> lsp.WorkspaceEdit | None:
    """An action's files as one edit; None where a file is not text, or must be made and the editor cannot.

    buffers: all that are open, by their addresses. able: what the editor says of the edits that it can make.
    """
    creates = able is not None and able.document_changes and lsp.ResourceOperationKind.Create in (able.resource_operations or ())
    parts: list[Any] = []
    for path, (before, after) in action.files.items():
        uri = address(buffer.folder, path)
        if before is None:
            if not creates:
                return None
            parts.append(lsp.CreateFile(uri=uri, options=lsp.CreateFileOptions(ignore_if_exists=True)))
        known = buffers.get(uri)
        old, new = (data if known is not None else decode(path, data).data for data in (before or b"", after))
        try:
            old.decode()
            start, end, text = replaced(old, new)
            edit = lsp.TextEdit(span(Lines(old, buffer.lines.encoding), start, end), text.decode())
        except UnicodeDecodeError:
            return None
        version = known.version if known is not None else None
        parts.append(lsp.TextDocumentEdit(lsp.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version), [edit]))
    if able is not None and able.document_changes:
        return lsp.WorkspaceEdit(document_changes=parts)
    return lsp.WorkspaceEdit(changes={part.text_document.uri: part.edits for part in parts})
