"""What a report may show of paths. A file may be named after a key: its folder is shown, and the key in its name is masked as it would be in an excerpt.

Paths are masked here, on their way to a report, and not where findings are made: until then they are needed as they are.
"""

from agentkey_lint.engine.judging import PRECEDENCE, secret_spans
from agentkey_lint.engine.masking import Secrets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, TypeVar

    Value = TypeVar("Value")

PLACES = ("path", "where", "repository", "name")
"""The fields of records that name a file or a repository."""


def without_secrets(value: "Value") -> "Value":
    """A value that is to be shown (a report, an audit, a text), with every secret that a path in it holds masked wherever it stands in it."""
    texts = sorted(set(_texts(value)))
    secrets = _secrets("\n".join(texts)) if texts else None
    return value if secrets is None else _masked(value, secrets)


def _texts(value: "Any", place: bool = True) -> "Iterator[str]":
    """The paths in a value, and what is said of faults: that may begin with a path."""
    if isinstance(value, str):
        if place:
            yield value
    elif isinstance(value, tuple):
        fields = getattr(value, "_fields", None)
        if fields is None:
            for one in value:
                yield from _texts(one, place)
        else:
            told = (*PLACES, "message") if fields == ("path", "message") else PLACES
            for field, one in zip(fields, value, strict=True):
                yield from _texts(one, field in told)


def _secrets(text: str) -> Secrets | None:
    """What is secret in some lines of paths, if anything is: keys by their shape, and what rules about secrets claim (`password=…`)."""
    from agentkey_lint.discover.decode import path_bytes
    from agentkey_lint.engine import pipeline
    from agentkey_lint.match import assignments, keys
    from agentkey_lint.match.scan import scan
    from agentkey_lint.model.facts import Document
    from agentkey_lint.model.repository import empty
    from agentkey_lint.model.source import Source

    data = path_bytes(text)
    hits = scan(data)
    if not hits.candidates and not hits.words:
        return None
    named = assignments.find(data, hits.words, "paths") if hits.words else []
    document = Document(Source("paths", data), keys=tuple(keys.find(data, hits.candidates, named)), assignments=tuple(named))
    claims = [claim for claim in pipeline.claims(document, empty(), only=PRECEDENCE)[0] if claim.secret is not None]
    spans = secret_spans(document._replace(assignments=()), claims)
    return Secrets(data, spans) if spans else None


def _masked(value: "Any", secrets: Secrets) -> "Any":
    if isinstance(value, str):
        return secrets.without(value)
    if not isinstance(value, tuple):
        return value
    parts = tuple(_masked(one, secrets) for one in value)
    make = getattr(value, "_make", None)
    return parts if make is None else make(parts)
