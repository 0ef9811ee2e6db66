"""What a person's settings say of one path."""

from agentkey_lint.model.record import Record
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentkey_lint.model.rule import Value


class Settings(Record):
    """options: rule id → option → value, only what differs from the rule's own defaults."""

    options: "Mapping[str, Mapping[str, Value]]" = {}  # noqa: RUF012

    def option(self, rule: Rule, name: str) -> "Value":
        """What an option of a rule is set to here: by a person, or by default. Raises KeyError for one that the rule does not have."""
        default = dict(rule.options)[name]
        return self.options.get(rule.id, {}).get(name, default)


DEFAULT = Settings()
