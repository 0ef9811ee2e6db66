"""The tasks of engine/fleet.py on the workers of a Dask cluster: the one module of the linter that opens a connection, to the address that a person gave.

Dask gives a task whose worker died to another one, three times unless its scheduler is set otherwise. Workers must see the repositories under the same
paths and have this version of agentkey-lint. They are sent the key of the fingerprints, and read the repositories: they and the network between are trusted.
"""

from threading import Lock

from agentkey_lint.engine import fleet, pool
from agentkey_lint.model.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PATIENCE = 30
"""Seconds for a scheduler to answer."""
_ONE = Lock()
MISSING = "--scheduler needs dask.distributed: pip install 'agentkey-lint[fleet]'"


def cluster(tasks: "Sequence[str]", address: str) -> "Iterator[tuple[int, str | None]]":
    """As fleet.local, by the cluster whose scheduler has this address (tcp://host:port). Raises UsageError where none answers."""
    try:
        dask = __import__("distributed")
    except ImportError:
        raise UsageError(MISSING) from None
    try:
        client = dask.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(f"--scheduler: no Dask scheduler answers at this address ({type(error).__name__})") from None
    with client:
        futures = {client.submit(alone, one, pure=False): number for number, one in enumerate(tasks)}
        for future in dask.as_completed(futures, loop=client.loop):
            yield futures[future], future.result() if future.status == "finished" else None
            future.release()


def alone(text: str) -> str:
    """fleet.work on a worker: one at a time in its process, for what finds the keys there is not made for threads, and a process with threads is not forked."""
    with _ONE:
        pool.keep_to(1)
        return fleet.work(text)
