"""Every file below a plain folder; if need be listed by a child while the caller has other work."""

import os

from agentkey_lint.discover.decode import path_bytes, path_text
from agentkey_lint.model.source import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def walk(root: str) -> tuple[list[str], list[Fault]]:
    """The files below a folder, relative to it and sorted, and the folders that could not be listed. No links, nothing called `.git`."""
    top, files, faults, pending = path_bytes(root).rstrip(b"/") + b"/", [], [], [b""]
    while pending:
        folder = pending.pop()  # with a slash at its end, but for the root
        try:
            with os.scandir(top + folder) as entries:
                for entry in entries:
                    name = entry.name
                    if name == b".git":
                        continue
                    if entry.is_file(follow_symlinks=False):
                        files.append(folder + name)
                    elif entry.is_dir(follow_symlinks=False):
                        pending.append(folder + name + b"/")
        except OSError as error:
            faults.append(Fault(path_text(folder[:-1]) or ".", f"cannot be listed: {reason(error)}"))
    return sorted(path_text(b"\0".join(files)).split("\0")) if files else [], faults


def walk_beside(root: str, meanwhile: "Iterable[object]") -> tuple[list[str], list[Fault]]:
    """As walk(), by a child of this process, which meanwhile takes steps of its own work until the child is done or they are."""
    import select
    from marshal import dumps, loads

    answer, reply = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            files, faults = walk(root)
            with os.fdopen(reply, "wb") as stream:
                stream.write(dumps((files, [tuple(fault) for fault in faults])))
            status = 0
        finally:
            os._exit(status)
    os.close(reply)
    ended = False
    try:
        poll = select.poll()
        poll.register(answer, select.POLLIN)
        for _ in meanwhile:
            if poll.poll(0):
                break
        with os.fdopen(answer, "rb", closefd=False) as stream:
            data = stream.read()
        ended = True
    finally:
        os.close(answer)
        if not ended:
            os.kill(pid, 9)
        status = os.waitpid(pid, 0)[1]
    if status:
        return walk(root)
    files, told = loads(data)
    return files, [Fault(*fault) for fault in told]


def reason(error: OSError) -> str:
    """What is wrong, as the end of a sentence."""
    words = error.strerror or "unknown trouble"
    return words[0].lower() + words[1:]
