"""The report for what reads test results: JUnit's XML, in the part of it that Jenkins, GitLab and the like agree upon.

A test case is a finding. Those that make the run end with status 1 have failed; suppressed and baselined ones, and such as never change the status, are
skipped; a fault is an error. A clean run is one case that passed, for an empty file counts as a broken one. Findings below the threshold are left out.
"""

from agentkey_lint.report.rows import Row, Table, of_audit, of_report, place
from agentkey_lint.report.text import About, counts, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentkey_lint.model.audit import Audit
    from agentkey_lint.model.finding import Report


def render(report: "Report", about: About) -> "Iterator[str]":
    """The report of a run over files: one suite, in chunks of one case."""
    return _render(of_report(report, about))


def render_audit(audit: "Audit", about: About) -> "Iterator[str]":
    """The report of an audit: one suite, the repository before each place."""
    return _render(of_audit(audit, about))


def _render(table: Table) -> "Iterator[str]":
    rows = [row for row in table.rows if row.verdict != "below-threshold"]
    errors = [*table.faults, *[table.state] * table.partial]
    failed = sum(counts(row.finding, row.verdict) for row in rows)
    clean = not rows and not errors
    numbers = f'tests="{len(rows) + len(errors) + clean}" failures="{failed}" errors="{len(errors)}" skipped="{len(rows) - failed}" time="0"'
    name = 'name="agentkey-lint"'
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites {name} {numbers}>\n<testsuite {name} {numbers}>\n'
    yield f"<properties>{_element('property', name='read', value=table.read)}{_element('property', name='state', value=table.state)}</properties>\n"
    for row in rows:
        yield _case(row)
    for error in errors:
        yield _element("testcase", _element("error", message=error, type="fault"), classname="agentkey-lint", name=error, time="0") + "\n"
    if clean:
        yield _element("testcase", classname="agentkey-lint", name=f"no findings in {table.read}", time="0") + "\n"
    yield "</testsuite>\n</testsuites>\n"


def _case(row: Row) -> str:
    finding, leak = row.finding, row.leak
    said = [finding.hint, finding.excerpt.text, *(f"see {other.path}:{other.start.line}  {other.message}".rstrip() for other in finding.related)]
    if leak is not None:
        said += [f"{leak.state}; in {leak.commits} commits, {leak.files} files", *leak.actions, leak.link]
    where = f"{row.repository}: {place(row)}" if row.repository else place(row)
    if counts(finding, row.verdict):
        body = "\n".join(visible(line) for line in (where, *said) if line)
        inside = _element("failure", _text(body), message=finding.message, type=finding.severity)
    else:
        why = row.verdict if row.verdict != "reported" else f"{finding.severity}, {finding.confidence} confidence"
        inside = _element("skipped", message=f"{why}: {finding.message}")
    file = f"{row.repository}/{finding.path}" if row.repository else finding.path
    # Readers tell cases apart by class and name alone.
    name = f"{finding.rule} at {finding.start.line}:{finding.start.column}"
    return _element("testcase", inside, classname=file, name=name, file=finding.path, line=str(finding.start.line), time="0") + "\n"


def _element(tag: str, inside: str = "", **attributes: str) -> str:
    """An element of these attributes; what is `inside` is XML."""
    written = "".join(f' {name}="{_text(visible(value))}"' for name, value in attributes.items())
    return f"<{tag}{written}>{inside}</{tag}>" if inside else f"<{tag}{written}/>"


def _text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
