"""Every reader that can be had is run on files of its own, and what it does with each reference is what the catalogue says it does."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import environments
import pytest
from subjects import NAME, OTHER, RUN_BY_HAND, SUBJECTS, VALUE, WRITTEN, Subject

from agentkey_lint.catalog import readers, references
from agentkey_lint.catalog.compiled import READERS
from agentkey_lint.engine import documents
from agentkey_lint.model.facts import Expansion, Reference
from agentkey_lint.parse.references import scan

PROBES = Path(__file__).with_name("probes")
STATES = {"set": VALUE, "empty": "", "unset": None}
DEFAULTS = ("${X:-d}", "${X-d}", "${X:d}")
# What a shell does with a variable that is set to nothing, and so most readers that borrowed its syntax.
WHEN_EMPTY = {"${X:-d}": "other", "${X-d}": "empty", "${X:d}": "other", "${X:?e}": "error", "${X?e}": "empty", "${X:+a}": "empty", "${X+a}": "other"}


def command(subject: Subject) -> tuple[str, ...]:
    """How a subject is run; the test is skipped, or fails under `make test-readers`, where that cannot be."""
    required = bool(os.environ.get("READERS_REQUIRED"))
    if subject.environment == "node":
        node = shutil.which("node")
        if node is None or not (shutil.which("npm") or environments.built("node")):
            pytest.skip("node or npm is not installed here")
        program, script = node, "readers.cjs"
    else:
        folder = environments.FOLDER / subject.environment
        program, script = (str(folder / "bin" / "python") if subject.environment else sys.executable), "readers.py"
    if subject.environment and not environments.built(subject.environment):
        if required:
            pytest.fail(f"the environment {subject.environment} is not built")
        pytest.skip(f"`make test-readers` builds the environment {subject.environment}")
    if subject.name == "envsubst" and shutil.which("envsubst") is None:
        pytest.skip("envsubst is not installed here (Debian's package gettext-base has it)")
    return program, str(PROBES / script), subject.name


def text_of(subject: Subject, written: str, value: str | None) -> str:
    defines = f"{subject.defines}{value}\n" if subject.defines and value is not None else ""
    return subject.text.replace("{defines}", defines).replace("@@", written)


def observe(subject: Subject, state: str, folder: Path) -> dict[str, str]:
    """What the reader makes of every syntax: value, other, literal, empty, none, error, or `else`."""
    value, paths = STATES[state], []
    for number, written in enumerate(WRITTEN.values()):
        path = folder / str(number) / (subject.path or "text")
        path.parent.mkdir(parents=True)
        path.write_text(text_of(subject, written, value))
        paths.append(str(path))
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "READERS": str(environments.FOLDER / "node"), "GIT_CONFIG_NOSYSTEM": "1"}
    if value is not None:
        (folder / NAME).write_text(value)  # for syntaxes that name a file
    if subject.defines.startswith("probe"):  # references name keys of the file: that the environment has the name as well changes nothing
        environment[NAME] = VALUE
    elif value is not None:
        environment[NAME] = value
    done = subprocess.run([*command(subject), *paths], cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout.splitlines()[-1])
    return {syntax: outcome(written, answer) for (syntax, written), answer in zip(WRITTEN.items(), answers, strict=True)}


def outcome(written: str, answer: dict[str, str | None]) -> str:
    if "error" in answer:
        return "error"
    value = answer["value"]
    known = {None: "none", "": "empty", VALUE: "value", OTHER: "other", written: "literal"}
    return known.get(value, f"else {value}")


def foretold(subject: Subject, syntax: str, state: str) -> str:
    """What the catalogue says that the reader does."""
    expansion, reference = facts(subject, syntax)
    if not references.expands(expansion, reference):
        return "literal"
    if state == "set":
        return "other" if syntax in ("${X:+a}", "${X+a}") else "value"
    if state == "empty":
        return WHEN_EMPTY.get(syntax, "empty")
    if syntax in DEFAULTS:
        return "other"
    when_unset = {"${X:?e}": "error", "${X?e}": "error", "${X?}": "empty", "${X:+a}": "empty", "${X+a}": "empty"}
    return when_unset.get(syntax, expansion.unset)


def facts(subject: Subject, syntax: str) -> tuple[Expansion, Reference]:
    """The reference as our parser finds it in the reader's file, and what the catalogue says of its field."""
    written = WRITTEN[syntax]
    data = text_of(subject, written, VALUE).encode()
    if subject.expansion is not None:
        (reference,) = scan(data, 0, len(data))
        return subject.expansion, reference
    reader = readers.find(subject.path, data)[0]
    assert reader.id == subject.row
    if reader.format == "text":
        at = data.index(written.encode())
        (reference,) = scan(data, at, at + len(written))
        return readers.expansion(reader, ()), reference
    (field,) = [field for field in documents.fields_of(reader, data) if written in field.entry.text]
    (reference,) = field.references
    assert reference.name == NAME
    return field.expansion, reference


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("subject", SUBJECTS, ids=[subject.name for subject in SUBJECTS])
def test_what_a_reader_does_is_what_the_catalogue_says(subject: Subject, state: str, tmp_path: Path) -> None:
    wrong = {}
    for syntax, does in observe(subject, state, tmp_path).items():
        says = foretold(subject, syntax, state)
        explained = explanation(subject, syntax, state)
        if does != (explained or says) and not (explained == "else" and does.startswith("else ")):
            wrong[syntax] = f"the reader: {does}, the catalogue: {says}" + (f", the explanation: {explained}" if explained else "")
    assert not wrong, json.dumps(wrong, indent=1)


def explanation(subject: Subject, syntax: str, state: str) -> str:
    """What a reader does where it is no mistake that the catalogue says something else; empty for what is not explained."""
    return (subject.differs.get((syntax, state)) or subject.differs.get((syntax, "*")) or ("",))[0]


@pytest.mark.parametrize("subject", SUBJECTS, ids=[subject.name for subject in SUBJECTS])
def test_nothing_is_explained_that_needs_no_explanation(subject: Subject) -> None:
    for syntax, state in subject.differs:
        states = STATES if state == "*" else (state,)
        assert any(foretold(subject, syntax, one) != explanation(subject, syntax, one) for one in states), (syntax, state)


def test_what_is_not_run_cites_its_source() -> None:
    for _, row in READERS:
        assert row[4].startswith("https://"), f"{row[0]} has no source"


def test_a_row_that_says_it_was_run_is_run_here_or_says_why_not() -> None:
    claims = {row[0] for _, row in READERS if row[3] == "run"}
    here = {subject.row for subject in SUBJECTS if subject.row}
    assert here <= claims, f"these are run, and their rows should say so: {here - claims}"
    assert claims - here == set(RUN_BY_HAND), (claims - here) ^ set(RUN_BY_HAND)
