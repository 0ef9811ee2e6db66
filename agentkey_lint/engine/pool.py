"""A large tree on every core: forked children draw batches of paths from one pipe and send back what they found.

Plain forks and pipes: `multiprocessing` costs more to import than a small repository to lint. What a child that died had in hand is a fault.
"""

import os

from agentkey_lint.engine import pipeline
from agentkey_lint.model.finding import Report
from agentkey_lint.model.source import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from agentkey_lint.discover.decode import Snapshot
    from agentkey_lint.model.repository import Repository

WORTH = 600
"""Fewer files than this are linted in the one process."""
BATCH = 64
MOST_TICKETS = 8_000
"""All tickets fit into a pipe at once, so that nobody has to hand them out."""


def lint(snapshot: "Snapshot", paths: "Sequence[str]", named: "Collection[str]", repository: "Repository", plan: pipeline.Plan) -> Report:
    """`pipeline.lint` over files of a snapshot, with the same report however many processes share the work."""
    from agentkey_lint.discover.decode import sources

    workers = min(os.cpu_count() or 1, 8)
    if len(paths) < WORTH or workers < 2 or not hasattr(os, "fork"):
        return pipeline.lint(sources(snapshot, paths, named), repository, plan)
    plan.fingerprint(b"")  # so that every child has the one key
    size = max(BATCH, -(-len(paths) // MOST_TICKETS))
    batches = [paths[at : at + size] for at in range(0, len(paths), size)]
    tickets, hand_out = os.pipe()
    os.write(hand_out, b"".join(number.to_bytes(4, "big") for number in range(len(batches))))
    os.close(hand_out)
    children = []
    for _ in range(workers):
        answer, reply = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(answer)
            status = 1
            try:
                _work(tickets, reply, batches, lambda batch: pipeline.collect(sources(snapshot, batch, named), repository, plan))
                status = 0
            finally:
                os._exit(status)  # whatever happened: the parent's own clean-up is not this child's
        os.close(reply)
        children.append((pid, answer))
    os.close(tickets)
    return pipeline.joined(_gather(children, batches), repository, plan)


def _work(tickets: int, reply: int, batches: "Sequence[Sequence[str]]", examine: "Callable[[Sequence[str]], pipeline.Part]") -> None:
    import pickle

    done = []
    while ticket := os.read(tickets, 4):
        number = int.from_bytes(ticket, "big")
        done.append((number, examine(batches[number])))
    with os.fdopen(reply, "wb") as stream:
        pickle.dump(done, stream)


def _gather(children: list[tuple[int, int]], batches: "Sequence[Sequence[str]]") -> list[pipeline.Part]:
    """What every batch came to; the files of one whose child died are faults."""
    import pickle

    parts: dict[int, pipeline.Part] = {}
    for pid, answer in children:
        with os.fdopen(answer, "rb") as stream:
            data = stream.read()
        if os.waitpid(pid, 0)[1] == 0:
            parts.update(pickle.loads(data))
    lost = [path for number, batch in enumerate(batches) if number not in parts for path in batch]
    faults = tuple(Fault(path, "not examined: the process that was to do it ended early") for path in lost)
    return [*parts.values(), pipeline.Part(Report((), faults, 0, 0))]
