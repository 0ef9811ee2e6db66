"""How a comment that hides a finding is written into a file: as one more offer to mend a claim, so that it is judged as fixes are."""

from agentkey_lint.engine import documents
from agentkey_lint.engine.hiding import FORMATS
from agentkey_lint.engine.places import line_bounds
from agentkey_lint.fix import apply
from agentkey_lint.model.fix import Edit, Fix
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentkey_lint.model.facts import Document
    from agentkey_lint.model.finding import Claim
    from agentkey_lint.model.repository import Repository

REASON = "why this may stay: ..."
"""A reason is required, and only a person knows it: the dots are theirs to fill in. Plain ASCII, for the file may be in any encoding."""

_ENDINGS = {
    "#": "py pyi sh bash zsh fish rb pl pm yaml yml toml env ini cfg conf cnf properties tf tfvars hcl r jl ps1 nix ex exs cmake mk graphql service",
    "//": "js jsx ts tsx mjs cjs mts cts go rs java kt kts swift c h cc cpp hpp m mm cs scala groovy gradle dart php proto jsonc json5 zig sol scss less bicep",
    "--": "sql lua hs elm",
    "<!--": "html htm xml svg md markdown csproj plist config",
    ";": "clj cljs lisp el asm",
    "%": "tex erl",
}
MARKS = {ending: mark for mark, endings in _ENDINGS.items() for ending in endings.split()}
"""The ending of a file's name, and what a comment in such a file begins with."""
FORMS = {"dotenv": "#", "toml": "#", "yaml": "#", "ini": "#", "properties": "#", "hcl": "#", "dockerfile": "#", "xml": "<!--"}
"""As MARKS, by the format that a reader of the catalogue reads a file in."""
NAMES = {"dockerfile": "#", "makefile": "#", "justfile": "#", "gemfile": "#", "procfile": "#", ".npmrc": "#", ".bashrc": "#", ".zshrc": "#", ".profile": "#"}


def mark(document: "Document") -> str:
    """What a comment in a file begins with; empty where there are none, or it is not known."""
    name = document.source.path.rpartition("/")[2].lower()
    ending = name.rpartition(".")[2]
    return MARKS.get(ending) or FORMS.get(document.format) or NAMES.get(name) or ("#" if name.startswith((".env", "dockerfile.")) else "")


def commented(claim: "Claim", document: "Document", repository: "Repository") -> Fix | None:
    """A comment on a line of its own above a claim; None where that line would be no comment, or belong to something else."""
    source, sign = document.source, mark(document)
    start, end = line_bounds(source.data, claim.span.start)
    line = source.data[start:end]
    before = source.data[:start].rstrip(b"\r\n")
    if not sign or source.encoding == "binary" or before.endswith(b"\\") or line.startswith((b"#!", b"<?")):
        return None
    indent = line[: len(line) - len(line.lstrip(b" \t"))].decode()
    close = " -->" if sign == "<!--" else ""
    edit = Edit(Span(start, start), f"{indent}{sign} agentkey: ignore[{claim.rule}] {REASON}{close}{apply.line_end(source.data)}")
    fix = Fix(f"Ignore {claim.rule} here, in a comment", (edit,), safe=True)
    form = document.format or FORMATS.get(source.path.rpartition(".")[2].lower(), "")
    if form:  # within a text of several lines it would be part of the text
        read = [documents.entries(form, data)[0] for data in (source.data, apply.edited(source.data, [fix]))]
        if [(entry.route, entry.text) for entry in read[0]] != [(entry.route, entry.text) for entry in read[1]]:
            return None
    return fix
