"""Related places from the lazy facts of a repository: asked for only where a claim names a variable, and nothing else of the claim changes."""

from agentkey_lint.engine import documents, joining, pipeline
from agentkey_lint.engine.judging import Thresholds
from agentkey_lint.engine.repository import make, records
from agentkey_lint.model.repository import Ignore, Repository
from agentkey_lint.model.source import Source

PLAN = pipeline.Plan(Thresholds(), lambda told_by: "x")
EMPTY = b'{"mcpServers": {"a": {"url": "https://a.example.com", "headers": {"Authorization": ""}, "env": {"A_TOKEN": ""}}}}'


def manifest(*keys: str) -> bytes:
    return "\n".join(f"[[key]]\n{key}" for key in keys).encode()


def test_a_clean_file_asks_for_nothing() -> None:
    asked: list[str] = []

    def note(path: str = "") -> None:
        asked.append(path)

    repository = make(lambda: asked.append("paths") or [], lambda path: asked.append(path) or b"", note)
    outcome = pipeline.examine(Source(".mcp.json", b'{"mcpServers": {"a": {"command": "a", "env": {"LEVEL": "debug"}}}}'), repository, PLAN)
    assert not outcome.judged and not asked


def test_nothing_but_the_notes_of_a_claim_changes() -> None:
    document = documents.build(Source(".mcp.json", EMPTY))
    repository = Repository(lambda: {"A_TOKEN": ".env.example"}, lambda path: Ignore(False, False), places=lambda path: {"A_TOKEN": (7, 3)})
    claims = pipeline.claims(document, repository)[0]
    after = joining.joined(claims, document, repository)
    assert any(claim.notes for claim in after)
    assert [claim._replace(notes=()) for claim in after] == [claim._replace(notes=()) for claim in claims]
    notes = next(claim.notes for claim in after if claim.variable == "A_TOKEN")
    assert [(note.path, *note.span) for note in notes] == [(".env.example", 7, 3), (".env", 1, 1)]


def test_what_a_manifest_says_of_several_keys_of_one_variable() -> None:
    files = {"agentkeys.toml": manifest('id = "a"\nenv = "T"\nexpires = 2027-01-01', 'id = "b"\nenv = "T"\nrole = "admin"\nscopes = ["x:y", "z"]', 'id = "c"')}
    first, second = records(files, files.__getitem__)["T"]
    assert (first.id, first.line, first.role, first.scopes, first.ends) == ("a", 2, "", (), "expires 2027-01-01")
    assert (second.id, second.path, second.role, second.scopes, second.ends) == ("b", "agentkeys.toml", "admin", ("x:y", "z"), "")


def test_many_scopes_and_long_texts_are_cut() -> None:
    scopes = ", ".join(f'"s{number}:{"x" * 200}"' for number in range(9))
    files = {"agentkeys.toml": manifest(f'id = "a"\nenv = "A_TOKEN"\nscopes = [{scopes}]'), ".mcp.json": EMPTY}
    document = documents.build(Source(".mcp.json", EMPTY))
    repository = make(lambda: files, files.__getitem__, lambda path: None)
    notes = next(claim.notes for claim in joining.joined(pipeline.claims(document, repository)[0], document, repository) if claim.variable == "A_TOKEN")
    assert notes[-1].path == "agentkeys.toml" and "and 4 more" in notes[-1].message
    assert len(notes[-1].message) < 500


def test_a_manifest_that_cannot_be_read_or_understood_says_nothing() -> None:
    def refuse(path: str) -> bytes:
        raise OSError

    assert records(["agentkeys.toml"], refuse) == {}
    assert records(["agentkeys.json", "agentkeys.yaml"], lambda path: b"\xff[[{\0: ") == {}
