"""A large tree on every core: forked children draw batches of paths from one pipe and send back what they found as they find it.

Plain forks and pipes: `multiprocessing` costs more to import than a small repository to lint. What a child that died had in hand is a fault.
"""

import os

from agentkey_lint.catalog import claimed
from agentkey_lint.engine import pipeline
from agentkey_lint.match.scan import FEW, scan
from agentkey_lint.model import expressions
from agentkey_lint.model.finding import Report
from agentkey_lint.model.source import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from typing import Any, NoReturn, TypeVar

    from agentkey_lint.discover.decode import Snapshot
    from agentkey_lint.model.repository import Repository

    Result = TypeVar("Result")

WORTH, WORTH_BYTES = 600, 8_000_000
"""Fewer files than this with fewer bytes are linted in the one process."""
BATCH, SHARES = 64, 16
"""So many files at the most are handed out together, and so many times at the least, so that nobody waits long for the last."""
MOST_TICKETS = 8_000
"""All tickets fit into a pipe at once, so that nobody has to hand them out."""
HEAD = 12
"""Before each answer stand its ticket and its length."""
CHECKS = (
    "hardcoded_secret",
    "hardcoded_key",
    "key_in_url",
    "private_key",
    "insecure_transport",
    "undeclared_reference",
    "malformed_reference",
    "missing_reference",
    "unexpanded_reference",
    "secret_in_default",
    "empty_when_unset",
    "value_for_name",
)
"""What nearly every child of a large check comes to import of the rules."""
YAML = (".yaml", ".yml")
LOST = "not examined: the process that was to do it ended early"
_share = [8]


def cores() -> int:
    """How many processes the work of this one may be shared by: those of the machine, eight at the most."""
    return min(os.cpu_count() or 1, _share[0])


def keep_to(number: int) -> None:
    """Use so many processes at the most from now on: this one is itself one of several."""
    _share[0] = number


def prepared(paths: "Sequence[str] | None" = None) -> "Iterator[object]":
    """Load, one thing at a step, what children of a large check come to need, so that each finds it there; first what few files need as well.

    paths: those that are to be linted, once they are known: what they have no use for is left out.
    """
    import pickle  # noqa: F401
    import signal

    yield signal
    from agentkey_lint.catalog import judge
    from agentkey_lint.match import assignments, encodings, parts  # noqa: F401

    yield judge
    from agentkey_lint.engine import baseline, joining, pragmas, secrets_baseline  # noqa: F401
    from agentkey_lint.parse import references

    yield references
    from agentkey_lint.parse import ini, jsonc, toml  # noqa: F401

    yield ini
    for name in CHECKS:
        yield __import__(f"agentkey_lint.checks.{name}")
    yield scan(bytes(FEW))  # which is so long that the database is loaded for it
    if paths is None or any(path.endswith(YAML) for path in paths):
        yield __import__("agentkey_lint.parse.yaml")


def lint(snapshot: "Snapshot", paths: "Sequence[str]", named: "Collection[str]", repository: "Repository", plan: pipeline.Plan) -> Report:
    """`pipeline.lint` over files of a snapshot, with the same report however many processes share the work."""
    return pipeline.joined(list(parts(snapshot, paths, named, repository, plan)), repository, plan)


def parts(
    snapshot: "Snapshot",
    paths: "Sequence[str]",
    named: "Collection[str]",
    repository: "Repository",
    plan: pipeline.Plan,
    meanwhile: "Callable[[], object] | None" = None,
) -> "Iterator[pipeline.Part]":
    """What some of the files of a snapshot came to after the others, on every core if they are many. meanwhile: as in spread()."""
    from agentkey_lint.discover.decode import sources

    workers = cores()
    if workers < 2 or not hasattr(os, "fork") or not _worth(snapshot, paths):
        yield pipeline.collect(sources(snapshot, paths, named), repository, plan)
        return
    for _ in prepared(paths):
        pass
    plan.fingerprint(b"")  # so that every child has the one key
    asking, others = claimed.keep(paths)
    paths = [*asking, *others]  # configuration takes longest, and what it asks of the whole repository is so worked out by one child if it is by any
    size = max(min(BATCH, -(-len(paths) // (workers * SHARES))), -(-len(paths) // MOST_TICKETS))
    batches = [paths[at : at + size] for at in range(0, len(paths), size)]
    left = set(range(len(batches)))

    def work(number: int) -> pipeline.Part:
        return pipeline.collect(sources(snapshot, batches[number], named), repository, plan)

    for number, part in spread(len(batches), work, workers, meanwhile):
        left.discard(number)
        yield part
    faults = tuple(Fault(path, LOST) for number in sorted(left) for path in batches[number])
    yield pipeline.Part(Report((), faults, 0, 0))


def _worth(snapshot: "Snapshot", paths: "Sequence[str]") -> bool:
    """Whether the files take longer than starting others to help; a snapshot that cannot say how large they are is judged by their number."""
    if len(paths) >= WORTH:
        return True
    size = getattr(snapshot, "size", None)
    return len(paths) > 1 and size is not None and size(paths) >= WORTH_BYTES


def spread(
    count: int, work: "Callable[[int], Result]", workers: int = 0, meanwhile: "Callable[[], object] | None" = None
) -> "Iterator[tuple[int, Result]]":
    """work(0) … work(count - 1) on every core, each answer with its number as soon as it is there, in no order.

    count: MOST_TICKETS at the most. The number that a child had in hand when it died is left out. Who stops early ends the children, and so does
    an interruption: they themselves take no notice of one, nor do the programs that they start. meanwhile: is called here once children work, if any do.
    """
    workers = workers or cores()
    if workers < 2 or count < 2 or not hasattr(os, "fork"):
        for number in range(count):
            yield number, work(number)
        return
    import gc

    tickets, hand_out = os.pipe()
    os.write(hand_out, b"".join(number.to_bytes(4, "big") for number in range(count)))
    os.close(hand_out)
    children: dict[int, int] = {}  # the pipe that a child answers by, and its process
    gc.freeze()  # what is here already is garbage for no child, and looking at it would copy its pages
    try:
        for _ in range(min(workers, count)):
            answer, reply = os.pipe()
            pid = os.fork()
            if pid == 0:
                _work(tickets, reply, work)
            os.close(reply)
            children[answer] = pid
        os.close(tickets)
        if meanwhile is not None:
            meanwhile()
        yield from _answers(children)
    finally:
        gc.unfreeze()
        for answer, pid in children.items():
            os.close(answer)
            os.kill(pid, 9)
            os.waitpid(pid, 0)


def _work(tickets: int, reply: int, work: "Callable[[int], object]") -> "NoReturn":
    """What a child does. It ends here, whatever happens: the parent's own clean-up is not this child's."""
    status = 1
    try:
        import pickle
        import signal

        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with os.fdopen(reply, "wb") as stream:
            while ticket := os.read(tickets, 4):
                data = pickle.dumps(work(int.from_bytes(ticket, "big")))
                stream.write(ticket + len(data).to_bytes(8, "big") + data)
                stream.flush()
        expressions.keep()
        status = 0
    finally:
        os._exit(status)


def _answers(children: dict[int, int]) -> "Iterator[tuple[int, Any]]":
    """The answers of children as they come; who has ended is taken out."""
    import pickle
    import select

    poll = select.poll()
    kept = {answer: bytearray() for answer in children}
    for answer in children:
        poll.register(answer, select.POLLIN)
    while children:
        for answer, _ in poll.poll():
            data = os.read(answer, 1 << 18)
            if not data:
                poll.unregister(answer)
                os.close(answer)
                os.waitpid(children.pop(answer), 0)
                continue
            buffer = kept[answer]
            buffer += data
            while len(buffer) >= HEAD and len(buffer) >= (end := HEAD + int.from_bytes(buffer[4:HEAD], "big")):
                yield int.from_bytes(buffer[:4], "big"), pickle.loads(bytes(buffer[HEAD:end]))
                del buffer[:end]
