"""`manifest`: write a key manifest from what the repository refers to, add a key to it, or enter that a key was replaced."""

import os

from agentkey_lint.model.errors import UsageError
from agentkey_lint.report.text import plural, say, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable, Iterator

    from agentkey_lint.discover.worktree import Worktree
    from agentkey_lint.manifest.edit import Value
    from agentkey_lint.manifest.files import Manifest
    from agentkey_lint.model.facts import Document, KeyRecord
    from agentkey_lint.model.source import Fault

ROLES = ("read-only", "write", "admin")
TEXTS = ("provider", "agent", "owner", "role", "task", "env", "storage", "created", "expires", "ttl", "rotated", "rotation", "audit", "justification")
LISTS = ("scope", "resource", "environment")
MOST_PLACES = 3


def arguments(command: "ArgumentParser") -> None:
    command.epilog = "Nothing but the edit changes: comments, order and style of the manifest stay."
    verbs = command.add_subparsers(dest="verb", required=True, metavar="VERB")
    init = verbs.add_parser("init", help="write agentkeys.toml from the secret variables that this repository refers to")
    add = verbs.add_parser("add", help="add a key")
    add.add_argument("id", metavar="ID", help="the public name of the key, never the key itself")
    for name in TEXTS:
        if name == "role":
            add.add_argument("--role", choices=ROLES, default="read-only", help="default: read-only")
        else:
            add.add_argument(f"--{name}", metavar=name.upper(), default="", help="the name of the variable, never its value" if name == "env" else None)
    for name in LISTS:
        add.add_argument(f"--{name}", metavar=name.upper(), action="append", default=[], help="may be given again")
    rotated = verbs.add_parser("rotated", help="enter that a key was replaced")
    rotated.add_argument("id", metavar="ID")
    rotated.add_argument("--date", metavar="DATE", default="", help="when (default: today, UTC)")
    rotated.add_argument("--expires", metavar="DATE", default="", help="when the new key ends")
    for verb in (init, add, rotated):
        verb.add_argument("--manifest", metavar="PATH", default="", help="default: the one at the root of this repository")
        verb.add_argument("--diff", "--dry-run", dest="dry", action="store_true", help="show the change and write nothing")


def run(options: "Namespace") -> int:
    return {"init": _init, "add": _add, "rotated": _rotated}[options.verb](options)


def root(path: str = "") -> str:
    """The folder that a manifest belongs to, the one named or that of the current folder: the repository's root, without git the folder itself."""
    from agentkey_lint.discover.git import find

    folder = os.path.dirname(os.path.abspath(path)) if path else os.getcwd()
    git = find(folder) if os.path.isdir(folder) else None
    return git.root if git is not None else folder


def configured(tree: "Worktree", paths: "Iterable[str]") -> "Iterator[Document | Fault]":
    """Those of the files that some known program reads as its configuration."""
    from agentkey_lint.catalog import readers
    from agentkey_lint.discover.decode import sources
    from agentkey_lint.engine import documents
    from agentkey_lint.model.source import Fault

    for source in sources(tree, [path for path in paths if readers.known(path)]):
        yield source if isinstance(source, Fault) else documents.build(source)


def _init(options: "Namespace") -> int:
    from agentkey_lint.commands.worktrees import work_tree
    from agentkey_lint.manifest import draft, files
    from agentkey_lint.model.source import Fault

    top = root(options.manifest)
    path = options.manifest or os.path.join(top, "agentkeys.toml")
    if files.form_of(path) != "toml":
        raise UsageError("a new manifest is written in TOML: its name ends with .toml")
    files.inside(path, top)
    if os.path.lexists(path) or (not options.manifest and files.existing(top)):
        raise UsageError("there is a manifest already, and it is not overwritten")
    tree, _, repository = work_tree(())
    found: list[tuple[str, str, str]] = []
    faults = list(tree.faults)
    for document in configured(tree, tree.paths()):
        if isinstance(document, Fault):
            faults.append(document)
        else:
            found += draft.asked(document)
    known = draft.drafts([*found, *draft.declared(repository.declared)])
    data = draft.text(known)
    if options.dry:
        say(_diff(b"", data, os.path.basename(path)))
    else:
        files.create(path, top, data)
        say(f"{visible(os.path.basename(path))}: {plural(len(known), 'key')}\n")
    for one in known:
        more = f" and {len(one.places) - MOST_PLACES} more" if len(one.places) > MOST_PLACES else ""
        agents = "" if len(one.agents) == 1 else f"; agents: {', '.join(one.agents)}: give each a key of its own" if one.agents else "; agent not known"
        say(f"  {one.variable}: {', '.join(visible(place) for place in one.places[:MOST_PLACES])}{more}{agents}\n")
    if known:
        say("To be filled in: owner, scopes, expires or ttl, audit, and agent where it is not known. The role is the narrowest: widen it where it must be.\n")
    for fault in faults:
        say(f"fault: {visible(fault.path)}: {visible(fault.message)}\n")
    return 2 if faults else 0


def _add(options: "Namespace") -> int:
    from agentkey_lint.manifest import edit

    fields: dict[str, Value] = {"id": options.id}
    for name in ("provider", "agent", "owner", "role", "scope", "resource", *TEXTS[4:], "environment"):
        value = getattr(options, name)
        if value:
            fields[name + "s" * (name in ("scope", "resource"))] = value if isinstance(value, str) else tuple(value)
    for value in fields.values():
        if any(not text.isprintable() for text in ((value,) if isinstance(value, str) else value)):
            raise UsageError("a value holds what cannot be printed")
    manifest = _manifest(options)
    return _finish(options, manifest, edit.add(manifest, fields), "added")


def _rotated(options: "Namespace") -> int:
    from agentkey_lint.catalog import durations
    from agentkey_lint.manifest import edit
    from agentkey_lint.model.days import day

    manifest = _manifest(options)
    record = next((record for record in manifest.records if record.id == options.id), None)
    if record is None:
        raise UsageError("the manifest has no key of this id")
    date = options.date or day(durations.today())
    if durations.date(date) is None or (options.expires and durations.date(options.expires) is None):
        raise UsageError("a date is written as 2027-01-31")
    fields = {"rotated": date}
    expires = options.expires or _new_end(record, date)
    if expires:
        fields["expires"] = expires
    status = _finish(options, manifest, edit.put(manifest, record, fields), "rotated")
    if not expires and "expires" in record.fields:
        say("`expires` was left as it is: say with --expires when the new key ends\n")
    return status


def _new_end(record: "KeyRecord", date: str) -> str:
    """The day that the new key ends on: its rotation after the given day, where the old key lived just so long; empty where that is not sure."""
    from agentkey_lint.catalog import durations
    from agentkey_lint.model.days import day

    def moment(name: str) -> "int | None":
        return durations.date(record.fields[name].text) if name in record.fields else None

    end, start = moment("expires"), max((known for name in ("created", "rotated") if (known := moment(name)) is not None), default=None)
    rotation = durations.seconds(record.fields["rotation"].text) if "rotation" in record.fields else None
    if end is None or rotation is None or rotation == durations.NEVER or (start is not None and end - start != rotation):
        return ""
    return day((durations.date(date) or 0) + int(rotation))


def _manifest(options: "Namespace") -> "Manifest":
    from agentkey_lint.manifest import files

    top = root(options.manifest)
    return files.load(files.chosen(options.manifest, top), top)


def _finish(options: "Namespace", manifest: "Manifest", data: bytes, done: str) -> int:
    """Show the change, or write it and say so."""
    from agentkey_lint.engine import documents
    from agentkey_lint.manifest import files

    def keys(text: bytes) -> int:
        return len(documents.build(manifest.source._replace(data=text)).keys)

    if keys(data) > keys(manifest.source.data):
        raise UsageError("what was given looks like a key itself: a manifest names keys and never holds one")
    if options.dry:
        say(_diff(manifest.source.data, data, manifest.source.path))
    else:
        files.write(manifest, data)
        say(f"{visible(manifest.source.path)}: {done} {visible(options.id)}\n")
    return 0


def _diff(before: bytes, after: bytes, name: str) -> str:
    """The change as a unified diff, secrets of the file masked."""
    from difflib import unified_diff

    from agentkey_lint.engine import documents
    from agentkey_lint.engine.judging import secret_spans
    from agentkey_lint.engine.masking import Secrets
    from agentkey_lint.model.source import Source

    document = documents.build(Source(name, before))
    masked = Secrets(before, secret_spans(document, ())).mask_text
    old, new = (text.decode("utf-8", "replace").splitlines() for text in (before, after))
    return "".join(f"{visible(masked(line))}\n" for line in unified_diff(old, new, f"a/{name}", f"b/{name}", lineterm=""))
