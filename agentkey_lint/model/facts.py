"""Facts: what parsers and matchers say of one file. Rules judge them and never look at a file format."""

from agentkey_lint.model.record import Record
from agentkey_lint.model.source import Source, Span


class Entry(Record):
    """One value of a configuration file.

    route: the way to the value: section and key, nested keys, list positions as decimal text.
    key: the span of the name that the value is assigned to (for a list item: of the item itself).
    value: the span of the value's text without its quotes. `data[value.start:value.end]` is the raw text.
    text: the value as its reader would see it, escapes resolved. Empty for an empty value.
    kind: string, number, boolean, null, date, or empty for a container that holds nothing.
    quote: the quoting in the file: '"', "'", '', or a longer delimiter.
    """

    route: tuple[str, ...]
    key: Span
    value: Span
    text: str
    kind: str = "string"
    quote: str = ""


class Problem(Record):
    """A place where a file does not follow its format; nothing is quoted from the file."""

    offset: int
    message: str


class Reference(Record):
    """A place where a value names something to be put in: `${NAME}`, `%(NAME)s`, `{env:NAME}`, …

    syntax: its canonical spelling with X for the name and d, e, a for default, error text and alternative: `${X:-d}`.
    span: of the whole reference. default: of the default's text, if it has one.
    fault: why it is malformed (empty when it is not): unclosed, empty-name, space, bad-name, nested.
    """

    name: str
    syntax: str
    span: Span
    default: Span | None = None
    fault: str = ""


class Expansion(Record):
    """What the reader of a file does with references in one field.

    syntaxes: the canonical spellings that it expands; empty if none. write: the one to recommend.
    names: a regular expression for the names it takes (empty: any). unset: literal, empty, error, none, omit.
    """

    syntaxes: frozenset[str] = frozenset()
    write: str = ""
    names: str = ""
    unset: str = "literal"


class Reader(Record):
    """The program that reads a file, and what it makes of it; compiled from rules/readers/. Routes are globs: * one step, ** any number.

    format: json, toml, yaml, ini, dotenv, properties, xml or text. evidence: run, source, documented, issue, text, unconfirmed.
    secrets: fields that always hold one. expands: pairs of field globs and what happens there, the first that matches counts.
    by_name: fields that hold a variable's name. pairs: list items of the form NAME=value. declares: fields that declare the variable they are
    named after. overridable: fields that the environment may supply. example: a template. generic: read by nobody in particular.
    names: fields whose text is the name of a variable that is declared there. overrides: (field globs, variable, joiner, confidence): the variable
    that beats the field; `{}` in it stands for the route's steps, joined. interpolation: Python's configparser reads the file and fills values in:
    basic, any (which way is not known) or percent. given: keys that the reader hands it as defaults. agent: an AI agent, or what hands it keys and tools.
    env_files: fields that name a file of variables.
    """

    id: str
    name: str
    format: str
    evidence: str
    source: str
    secrets: tuple[str, ...] = ()
    expands: tuple[tuple[tuple[str, ...], Expansion], ...] = ()
    unset: str = "literal"
    instead: str = ""
    by_name: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    declares: tuple[str, ...] = ()
    overridable: tuple[str, ...] = ()
    example: bool = False
    generic: bool = False
    case_insensitive: bool = False
    ignore: bool = False
    names: tuple[str, ...] = ()
    overrides: tuple[tuple[tuple[str, ...], str, str, str], ...] = ()
    interpolation: str = ""
    given: tuple[str, ...] = ()
    agent: bool = False
    env_files: tuple[str, ...] = ()


class Interpolated(Record):
    """What Python's configparser makes of a value: by its default interpolation (basic) and by ExtendedInterpolation.

    Each is filled (with keys of the file), syntax, missing or depth (reading the value raises that error), or empty (nothing is put in).
    missing: the name of the first key that is not there. stray: a `%` that begins nothing. used: the one way that fills in another value of the file.
    """

    basic: str = ""
    extended: str = ""
    missing: str = ""
    stray: Span | None = None
    used: str = ""


class Field(Record):
    """An entry with what its reader makes of it.

    secret: always (by the reader's own facts), named (its name says so), or empty.
    overridable: the environment may supply it when it is empty. by_name: holds a variable's name, not a value.
    interpolated: what configparser makes of it, where it may be the one that reads it.
    """

    entry: Entry
    name: str
    secret: str
    expansion: Expansion
    references: tuple[Reference, ...]
    reader: Reader
    overridable: bool = False
    by_name: bool = False
    interpolated: Interpolated | None = None


class KeyFacts(Record):
    """What a key says of itself, offline. Empty text: not known. claims: what is decoded and no secret."""

    id: str
    vendor: str
    kind: str
    tier: str
    lifetime: str
    checksum: str = ""
    claims: tuple[tuple[str, str], ...] = ()


class KeyMatch(Record):
    """Key-shaped text: where it stands, which part of it is secret, and what it says of itself.

    prefix: how many bytes at the start of the secret are the vendor's public marker and may be shown.
    rule: the rule that judges it. name: the name it is assigned to, where that is known.
    companions: the other parts of the same credential (a key's id, a public key), which are no findings of their own and are not shown either.
    """

    span: Span
    secret: Span
    prefix: int
    rule: str
    facts: KeyFacts
    confidence: str
    name: str = ""
    companions: tuple[Span, ...] = ()


class Assignment(Record):
    """A name given a value in any text: code, configuration without a known reader, a command line.

    name: as written. value: the span of the value without quotes; text: its decoded text. quote: its quoting, empty for bare text.
    style: code, json, shell, doc or config, by the file; and where it says more: pair, default, compare, wrapped, comment, bare or prose.
    """

    name: str
    key: Span
    value: Span
    text: str
    quote: str
    style: str


class Grant(Record):
    """One scope that one subject is given, wherever that is declared.

    scope: as the system names it; what it grants is read from that, by what is known of the system, unless level (one of catalog.scopes.TIERS) says.
    resources: what it is limited to, as far as that is known; none: it is not limited, or that is not looked at.
    wildcard: it leaves open what is granted. because: what that means, as a sentence without its point. severity: empty for the rule's own.
    role: the one that a manifest declares for the subject. justified: the manifest says why. variable: the one that hands over the subject's key.
    endless: what it says is that what is handed out never ends.
    """

    subject: str
    scope: str
    span: Span
    system: str = ""
    resources: tuple[str, ...] = ()
    level: str = ""
    wildcard: bool = False
    because: str = ""
    severity: str = ""
    confidence: str = "high"
    role: str = ""
    justified: bool = False
    variable: str = ""
    endless: bool = False


class Measure(Record):
    """Something of a subject that has more and less: how long a key lives, how little an agent asks.

    amount: the more, the wider. text: as a person would say it. optional: where it is missing, nothing is granted; otherwise it says nothing then.
    severity: of having come to this. because: what that means, as a sentence without its point.
    """

    subject: str
    name: str
    amount: float
    text: str
    span: Span
    severity: str
    because: str = ""
    confidence: str = "high"
    optional: bool = False


class Powers(Record):
    """All that one version of a file lets somebody do."""

    grants: tuple[Grant, ...] = ()
    measures: tuple[Measure, ...] = ()


class Change(Record):
    """What a later version of a file allows and an earlier one did not, each as a text to show; old: empty if there was nothing of the kind.

    span: in the later version. fresh: the whole file is new.
    """

    subject: str
    old: str
    new: str
    span: Span
    severity: str
    because: str = ""
    confidence: str = "high"
    fresh: bool = False


class KeyRecord(Record):
    """One declared key of a manifest. `fields` maps each field to its entry (a list to its first item); scopes, agents, environments, resources: every item."""

    id: str
    span: Span
    fields: dict[str, Entry]
    scopes: tuple[Entry, ...] = ()
    agents: tuple[Entry, ...] = ()
    environments: tuple[Entry, ...] = ()
    resources: tuple[Entry, ...] = ()


class Document(Record):
    """All facts of one file. format is empty for a file that nobody reads as configuration; entries are kept for key manifests alone.

    commented: it may hold comments of ours.
    """

    source: Source
    format: str = ""
    reader: Reader | None = None
    keys: tuple[KeyMatch, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    fields: tuple[Field, ...] = ()
    records: tuple[KeyRecord, ...] = ()
    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()
    grants: tuple[Grant, ...] = ()
    commented: bool = True


class Suppression(Record):
    """A place that says that findings are to be hidden: a comment, or an entry of the settings.

    span: what it says, without the comment's marks. start, end: of the line that it hides findings on (the end is its last byte's).
    rules: those it names. reason: why, in a person's words. until: the last day it holds, in seconds since 1970, or None.
    fault: why it hides nothing at all. idle: rules among its own that say nothing there. entry: its number among the entries of settings, from 1.
    """

    span: Span
    start: int
    end: int
    rules: tuple[str, ...]
    reason: str = ""
    until: int | None = None
    fault: str = ""
    idle: tuple[str, ...] = ()
    entry: int = 0
