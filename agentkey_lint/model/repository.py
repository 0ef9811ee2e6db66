"""Facts about a whole snapshot that a rule about one file may need."""

from agentkey_lint.model.record import Record
from agentkey_lint.model.settings import DEFAULT, Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import TypeVar

    Loaded = TypeVar("Loaded")


class Ignore(Record):
    """What git says of one path.

    pattern: the ignore pattern that decides (empty: none matches); source, line: where it stands.
    ignored: the pattern excludes it. negated: the pattern brings it back. tracked: it is in the index.
    shared: the pattern stands in a `.gitignore` of the repository, so that every clone has it; others are this machine's alone.
    """

    ignored: bool
    tracked: bool
    pattern: str = ""
    source: str = ""
    line: int = 0

    @property
    def negated(self) -> bool:
        return self.pattern.startswith("!")

    @property
    def shared(self) -> bool:
        return self.source.rsplit("/", 1)[-1] == ".gitignore" and self.source[:1] != "/"


class Expected(Record):
    """A file that git must ignore, whether it is there or not, and what git says of it.

    family: of rules/ignores/, by id. because: the file that shows that its tool is in use here; empty where every tool is taken for used.
    there: it lies in the work tree, untracked.
    """

    family: str
    path: str
    ignore: Ignore
    because: str = ""
    there: bool = False


class Past(Record):
    """A file that the history holds and the tip does not, and what git says of it now. secret: a version of it holds a secret."""

    ignore: Ignore
    secret: bool


class Declared(Record):
    """What a key manifest says of one key: where it does (line and column from 1), its role, first scopes and when it ends; no text of it is secret.

    more: how many scopes it has besides. ends: its `expires` or `ttl`, with that word before it. tier: the most that it can do (one of catalog.scopes.TIERS).
    """

    id: str
    path: str
    line: int
    column: int
    role: str = ""
    scopes: tuple[str, ...] = ()
    more: int = 0
    ends: str = ""
    tier: str = "read"


class Use(Record):
    """A place where a file asks the environment for a variable; line and column from 1. value: no reference stands there, but a secret that belongs in it."""

    name: str
    path: str
    line: int
    column: int
    value: bool = False


class Usage(Record):
    """How a whole snapshot uses its variables, which only a run over all of it knows.

    templates: the files that people copy to set their variables, with the names each declares. uses: what configuration files ask for.
    mentioned: names of a template or a key manifest that stand in the text of some other file. handed_on: something hands a whole environment file to
    a program, so that names are used which stand nowhere in this repository.
    """

    templates: "Mapping[str, frozenset[str]]"
    uses: tuple[Use, ...]
    mentioned: frozenset[str]
    handed_on: bool


def once(load: "Callable[[], Loaded]") -> "Callable[[], Loaded]":
    """What is loaded when it is first asked for, and then kept."""
    kept: list[Loaded] = []

    def loaded() -> "Loaded":
        if not kept:
            kept.append(load())
        return kept[0]

    return loaded


class Repository:
    """Lazy facts of one snapshot: each is worked out when it is first asked for, never from the arguments of a run.

    declared: every variable that a file of the snapshot declares, with the path that does (a template only where nothing else does, then a manifest).
    places: of the variables that one file declares, line and column. records: what key manifests say of the keys that a variable holds.
    manifests: the key manifests by path, each with all the variables that it names. uses: of these variables, the places where configuration files ask
    for them or hold a value of theirs.
    ignore: what git says of a path; None where there is no git. paths, read: the snapshot's files. settings: a person's, for a path.
    ignored: the files of a work tree that git ignores, but for those of folders that it ignores as a whole.
    """

    def __init__(
        self,
        declared: "Callable[[], Mapping[str, str]]",
        ignore: "Callable[[str], Ignore | None]",
        paths: "Callable[[], Iterable[str]]" = tuple,
        read: "Callable[[str], bytes] | None" = None,
        records: "Callable[[], Mapping[str, tuple[Declared, ...]]]" = dict,
        places: "Callable[[str], Mapping[str, tuple[int, int]]]" = lambda path: {},
        settings: "Callable[[str], Settings]" = lambda path: DEFAULT,
        manifests: "Callable[[], Mapping[str, frozenset[str]]]" = dict,
        uses: "Callable[[Repository], Mapping[str, tuple[Use, ...]]]" = lambda repository: {},
        ignored: "Callable[[], Iterable[str]]" = tuple,
    ) -> None:
        self._declared, self._records, self._manifests = once(declared), once(records), once(manifests)
        self._uses = once(lambda: uses(self))
        self._find_places = places
        self._places: dict[str, Mapping[str, tuple[int, int]]] = {}
        self.ignore = ignore
        self.paths = paths
        self.read = read
        self.settings = settings
        self.ignored = ignored

    @property
    def declared(self) -> "Mapping[str, str]":
        return self._declared()

    @property
    def records(self) -> "Mapping[str, tuple[Declared, ...]]":
        return self._records()

    @property
    def manifests(self) -> "Mapping[str, frozenset[str]]":
        return self._manifests()

    @property
    def uses(self) -> "Mapping[str, tuple[Use, ...]]":
        return self._uses()

    def places(self, path: str) -> "Mapping[str, tuple[int, int]]":
        if path not in self._places:
            self._places[path] = self._find_places(path)
        return self._places[path]


def empty() -> Repository:
    """A repository that declares nothing and has no git: for a buffer or a blob on its own."""
    return Repository(dict, lambda path: None)
