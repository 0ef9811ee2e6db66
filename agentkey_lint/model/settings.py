"""What a person's settings say of one path."""

from agentkey_lint.model.record import NOTHING, Record
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentkey_lint.model.rule import Value


class Exemption(Record):
    """An `[[ignore]]` entry: findings that settings hide, for files that cannot hold a comment.

    rules: those it hides. key: the name that the value is given, as a reader of the file would know it; fingerprint: see `engine.digests`; either may
    be empty, and then any will do. reason: why, in a person's words. until: the last day it holds, in seconds since 1970, or None. file, number: its
    place among the entries of a file.
    """

    rules: tuple[str, ...]
    key: str = ""
    fingerprint: str = ""
    reason: str = ""
    until: int | None = None
    file: str = ""
    number: int = 0


class Settings(Record):
    """options: rule id → option → value, only what differs from the rule's own defaults.

    disabled: rules that do not speak here. severities: rule id → what its findings count as. min_severity, min_confidence: empty where nothing is set.
    excluded: the file is not looked at. exemptions: those whose paths hold this one. require_reason: a suppression without one hides nothing.
    adopt: the tools whose comments count. files: where all this stands, the nearest first.
    """

    options: "Mapping[str, Mapping[str, Value]]" = NOTHING
    disabled: frozenset[str] = frozenset()
    severities: "Mapping[str, str]" = NOTHING
    min_severity: str = ""
    min_confidence: str = ""
    excluded: bool = False
    exemptions: tuple[Exemption, ...] = ()
    require_reason: bool = True
    adopt: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    def option(self, rule: Rule, name: str) -> "Value":
        """What an option of a rule is set to here: by a person, or by default. Raises KeyError for one that the rule does not have."""
        default = dict(rule.options)[name]
        return self.options.get(rule.id, {}).get(name, default)


DEFAULT = Settings()
