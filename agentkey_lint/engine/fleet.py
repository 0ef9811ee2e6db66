"""Many repositories: each is a task of its own, done by whatever process takes it; tasks and answers travel as JSON.

Here a process is forked for each repository, as many at a time as there are cores, and each keeps to its share of them. A process that dies takes
nothing with it but its repository, which is tried again. engine/cluster.py sends the same tasks to other machines.
"""

import os

from agentkey_lint.discover.git import Git, Process, repository, run
from agentkey_lint.discover.history import Wish, is_shallow
from agentkey_lint.discover.submodules import submodules
from agentkey_lint.engine import audit, cache, pool
from agentkey_lint.engine.audit import Terms
from agentkey_lint.engine.judging import Thresholds
from agentkey_lint.engine.shown import without_secrets
from agentkey_lint.model.audit import Audited
from agentkey_lint.model.errors import AgentkeyError, UsageError
from agentkey_lint.model.record import Record
from agentkey_lint.model.source import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import NoReturn

TRIES = 3
"""So often a repository is begun whose process died."""
OTHER = "not examined: the worker has another version of agentkey-lint, or other rules"


class Answer(Record):
    """What one repository came to. standing: what the result is good for. common: its git folder.

    audited: itself and its submodules; None: its standing is the one that the asker knows the result of.
    """

    standing: str
    common: str
    audited: tuple[Audited, ...] | None


def audited_at(place: str, name: str, terms: Terms) -> "Iterator[Audited]":
    """The repository at a path, then its submodules that are there. One that git cannot read any further is a fault."""
    pending: list[tuple[str, Git]] = [(name, repository(place))]
    while pending:
        name, git = pending.pop(0)
        try:
            one = audit.audit(git, name, terms)
        except UsageError:
            raise
        except AgentkeyError as error:
            one = Audited(name, (), (Fault("", str(error)),))
        yield one
        if one.partial:
            return
        pending += submodules(git, name)
        terms = terms._replace(wish=terms.wish._replace(branch="", since=""))  # these are the outer repository's alone


def task(place: str, name: str, terms: Terms, known: str = "") -> str:
    """One repository to be audited, for `work`. known: the standing whose result need not be worked out again."""
    import json

    return json.dumps([place, name, terms.wish, terms.thresholds, terms.cache, terms.key.hex(), terms.strict, terms.isolated, known, cache.ruleset().hex()])


def work(text: str) -> str:
    """Do a task. Whatever is wrong with its repository is a fault in the answer, for `answer` to read."""
    import json

    place, name, wish, thresholds, keep, key, strict, isolated, known, ruleset = json.loads(text)
    terms = Terms(Wish(*wish), Thresholds(*thresholds), keep, bytes.fromhex(key), strict, isolated)
    standing = common = ""
    found: list[Audited] | None = []
    try:
        if ruleset != cache.ruleset().hex():
            raise AgentkeyError(OTHER)
        git = repository(place)
        standing, common = _standing(git, name, terms), os.path.realpath(git.common)
        found = None if standing == known else list(audited_at(place, name, terms))
    except AgentkeyError as error:
        found = [Audited(name, (), (Fault("", str(error)),))]
    except Exception as error:
        from agentkey_lint.engine.pipeline import place_of

        found = [Audited(name, (), (Fault("", f"a bug: {place_of(error)}"),))]
    return json.dumps([standing, common, found and without_secrets(tuple(found))])  # is kept on disk, or goes over a wire


def answer(text: str) -> Answer:
    """What `work` gave. Raises ValueError or TypeError for what no `work` of this version gives."""
    import json

    from agentkey_lint.engine.plain import audited

    standing, common, found = json.loads(text)
    return Answer(str(standing), str(common), None if found is None else tuple(map(audited, found)))


def _standing(git: Git, name: str, terms: Terms) -> str:
    """A digest of all that a result goes by: this code and its rules, the wish, the name, the key of fingerprints, and every ref, of submodules too."""
    from hashlib import blake2b

    digest = blake2b(cache.ruleset() + repr(terms[:-1]).encode(), digest_size=16)
    pending = [(name, git)]
    while pending:
        name, one = pending.pop(0)
        head = Process(one, ("rev-parse", "--symbolic-full-name", "HEAD", "HEAD^{commit}")).finish().output
        refs = run(one, "for-each-ref", "--format=%(objectname) %(refname) %(symref)")
        loose = run(one, "count-objects", "-v") if terms.wish.unreachable else b""
        digest.update(repr((name, head, refs, is_shallow(one), loose)).encode())
        pending += submodules(one, name)
    return digest.hexdigest()


def local(tasks: "Sequence[str]") -> "Iterator[tuple[int, str | None]]":
    """The answer to each task, with its number, as soon as it is there; None to one whose process died every time. Who stops early ends the rest."""
    left = [(number, TRIES) for number in reversed(range(len(tasks)))]
    most = min(pool.cores(), len(tasks)) if hasattr(os, "fork") else 0
    if not most:
        yield from ((number, work(one)) for number, one in enumerate(tasks))
        return
    share = pool.cores() // most
    running: dict[int, tuple[int, int, int]] = {}  # the pipe that a child answers by: its process, its task, and how often that may be tried
    kept: dict[int, bytearray] = {}
    try:
        while left or running:
            while left and len(running) < most:
                number, tries = left.pop()
                reader, pid = _child(tasks[number], share, running)
                running[reader], kept[reader] = (pid, number, tries), bytearray()
            for reader in _ready(running):
                data = os.read(reader, 1 << 18)
                kept[reader] += data
                if data:
                    continue
                pid, number, tries = running.pop(reader)
                os.close(reader)
                said = kept.pop(reader)
                if os.waitpid(pid, 0)[1] == 0:
                    yield number, said.decode()
                elif tries > 1:
                    left.insert(0, (number, tries - 1))
                else:
                    yield number, None
    finally:
        for reader, (pid, _, _) in running.items():
            os.close(reader)
            os.kill(pid, 9)
            os.waitpid(pid, 0)


def _ready(running: "dict[int, tuple[int, int, int]]") -> list[int]:
    import select

    poll = select.poll()
    for reader in running:
        poll.register(reader, select.POLLIN)
    return [reader for reader, _ in poll.poll()]


def _child(text: str, share: int, others: "Sequence[int] | dict[int, tuple[int, int, int]]") -> tuple[int, int]:
    """Fork a process that does one task with its share of the cores: the pipe that it answers by, and its id."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        _do(text, share, writer, (reader, *others))
    os.close(writer)
    return reader, pid


def _do(text: str, share: int, writer: int, foreign: "Sequence[int]") -> "NoReturn":
    """What a child does. It ends here, whatever happens, and an interruption is its parent's to handle."""
    status = 1
    try:
        import signal

        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for one in foreign:
            os.close(one)
        pool.keep_to(share)
        with os.fdopen(writer, "wb") as stream:
            stream.write(work(text).encode())
        status = 0
    finally:
        os._exit(status)
