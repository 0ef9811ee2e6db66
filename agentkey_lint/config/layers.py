"""What the tables of settings of a path come to: each file is a layer, and a nearer one adds to those that it extends."""

from agentkey_lint.catalog.globs import matches
from agentkey_lint.model.record import NOTHING, Record
from agentkey_lint.model.settings import Exemption, Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agentkey_lint.model.rule import Value

OF_ANY_RULE = ("enabled", "severity")
"""What may be set of every rule, beside its own options."""


class Glob(Record):
    """A glob and the folder that it is relative to. Without a slash it means a name in any folder; of a folder, everything below it."""

    folder: str
    steps: tuple[str, ...]

    def covers(self, path: str) -> bool:
        if self.folder:
            if not path.startswith(self.folder + "/"):
                return False
            path = path[len(self.folder) + 1 :]
        return matches(self.steps, path.split("/"))


class Part(Record):
    """What a table says of some files. rules: rule id → option → value, `enabled` and `severity` among them."""

    min_severity: str = ""
    min_confidence: str = ""
    disable: frozenset[str] = frozenset()
    enable: frozenset[str] = frozenset()
    rules: "Mapping[str, Mapping[str, Value]]" = NOTHING


class Layer(Record):
    """One file of settings. What is None or empty is not set there, and the file that it extends decides."""

    file: str
    own: Part = Part()
    extends: str = ""
    exclude: tuple[Glob, ...] = ()
    env: tuple[str, ...] = ()
    adopt: tuple[str, ...] | None = None
    require_reason: bool | None = None
    overrides: tuple[tuple[tuple[Glob, ...], Part], ...] = ()
    exemptions: tuple[tuple[tuple[Glob, ...], Exemption], ...] = ()


def resolve(layers: "Iterable[Layer]", path: str) -> Settings:
    """What some layers, the nearest first, say of a path: each adds to those it extends, and where both speak the nearer one counts."""
    layers = tuple(layers)
    severity = confidence = ""
    disabled: set[str] = set()
    options: dict[str, dict[str, Value]] = {}
    reason: bool | None = None
    adopt: tuple[str, ...] | None = None
    for one in reversed(layers):
        for part in (one.own, *(part for globs, part in one.overrides if any(glob.covers(path) for glob in globs))):
            severity, confidence = part.min_severity or severity, part.min_confidence or confidence
            disabled = (disabled - part.enable) | part.disable
            for rule, values in part.rules.items():
                options.setdefault(rule, {}).update(values)
                if "enabled" in values:
                    (disabled.discard if values["enabled"] else disabled.add)(rule)
        reason = one.require_reason if one.require_reason is not None else reason
        adopt = one.adopt if one.adopt is not None else adopt
    return Settings(
        {rule: {name: value for name, value in values.items() if name not in OF_ANY_RULE} for rule, values in options.items()},
        frozenset(disabled),
        {rule: str(values["severity"]) for rule, values in options.items() if "severity" in values},
        severity,
        confidence,
        any(glob.covers(path) for one in layers for glob in one.exclude),
        tuple(exemption for one in layers for globs, exemption in one.exemptions if any(glob.covers(path) for glob in globs)),
        reason is not False,
        adopt or (),
        tuple(one.file for one in layers),
    )
