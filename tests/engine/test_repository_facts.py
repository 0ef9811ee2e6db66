"""What a snapshot declares, worked out once and from its own files."""

from agentkey_lint.engine import repository

FILES = {
    ".env.example": b"TICKETS_TOKEN=\nexport REGION=eu\n",
    "b/.env": b"REGION=us\nOTHER=1\n",
    "agentkeys.toml": b'[[key]]\nid = "crm"\nenv = "CRM_TOKEN"\n',
    "docker-compose.yml": b"services:\n  a:\n    environment:\n      - LISTED=1\n      MAPPED: x\n",
    "c/docker-compose.yml": b"services:\n  a:\n    environment:\n      MAPPED: x\n",
    ".claude/settings.json": b'{"env": {"LEVEL": "debug"}}',
    "main.py": b"NOT_DECLARED = 1\n",
}


def read(path: str) -> bytes:
    return FILES[path]


def test_variables_of_every_kind_of_declaring_file() -> None:
    found = repository.declared(FILES, read)
    assert {"TICKETS_TOKEN", "REGION", "OTHER", "CRM_TOKEN", "MAPPED", "LEVEL"} <= found.keys()
    assert "NOT_DECLARED" not in found
    assert found["CRM_TOKEN"] == "agentkeys.toml"
    assert found["REGION"] == "b/.env", "a template counts only where nothing else declares it"


def test_a_file_that_cannot_be_read_declares_nothing() -> None:
    def refuse(path: str) -> bytes:
        raise OSError(13, "permission denied")

    assert repository.declared(FILES, refuse) == {}


def test_nothing_is_read_before_somebody_asks_and_then_once() -> None:
    asked: list[str] = []

    def counting(path: str) -> bytes:
        asked.append(path)
        return FILES[path]

    made = repository.make(lambda: list(FILES), counting, lambda path: None)
    assert not asked
    assert made.declared and made.declared is made.declared
    assert len(asked) == len(set(asked)) and "main.py" not in asked
