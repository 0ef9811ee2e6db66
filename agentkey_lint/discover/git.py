"""The only module that runs git.

The repository is hostile: its own settings can name commands. So git gets an environment of our making, no hooks,
no file system monitor, no way to fetch, and no replaced objects (they would show other bytes than are committed).
"""

import io
import os
import select

from agentkey_lint.discover.decode import MAX_FILE, path_bytes, path_text, printable
from agentkey_lint.model.errors import AgentkeyError
from agentkey_lint.model.record import Record
from agentkey_lint.model.source import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from _typeshed import WriteableBuffer

PATIENCE = 300
"""Seconds without a byte from git after which it is given up: a named pipe called `.gitignore` makes it wait for ever."""

# A commit in the making has an index of its own, and linked work trees are found through the others.
_KEPT = (b"GIT_INDEX_FILE", b"GIT_DIR", b"GIT_WORK_TREE", b"GIT_COMMON_DIR", b"GIT_OBJECT_DIRECTORY", b"GIT_ALTERNATE_OBJECT_DIRECTORIES")
_SET = {
    b"GIT_ALLOW_PROTOCOL": b"",
    b"GIT_NO_LAZY_FETCH": b"1",
    b"GIT_NO_REPLACE_OBJECTS": b"1",
    b"GIT_OPTIONAL_LOCKS": b"0",
    b"GIT_TERMINAL_PROMPT": b"0",
    b"LC_ALL": b"C",
}
_SETTINGS = ("core.fsmonitor=false", "core.hooksPath=/dev/null", "protocol.allow=never")
_WANTED = ("--show-toplevel", "--absolute-git-dir", "--git-common-dir")
_LEAN = ("core.packedGitWindowSize=32m", "core.packedGitLimit=64m", "core.bigFileThreshold=16m")
"""Keep git from mapping a large pack as a whole, and from holding a large object in memory that it can pass on as it unpacks it: as fast, with a third of
the memory."""
_KINDS = {b"blob": "a file's content", b"commit": "a commit", b"tag": "a tag"}
BATCH = 48  # object names in one question: at 65 bytes each they fit into the smallest pipe, so writing never waits
HELD = 1 << 20  # bytes of answers that are kept until a question is answered in full


class Git(Record):
    """A repository with a work tree.

    root: the work tree. directory: its git folder. common: the folder that linked work trees share (all absolute).
    variables: those of git's environment variables that speak of this repository.
    """

    root: str
    directory: str
    common: str
    variables: tuple[tuple[bytes, bytes], ...] = ()


class Answer(Record):
    """What git said: its exit status, standard output, and the first 64 KiB of its complaints."""

    status: int
    output: bytes
    errors: bytes


def find(path: str) -> Git | None:
    """The repository that holds a folder, or None where there is no work tree (or no git on this machine).

    Raises AgentkeyError for a repository that git refuses to open: broken, or owned by somebody else.
    """
    if _program() is None:
        return None
    folder = path_bytes(path)
    variables = _variables()
    if not variables:
        return _find(folder, {})
    current = os.getcwdb()
    # The variables speak of the repository of the current folder, and of no other that is looked at meanwhile.
    here = _find(current, variables)
    if os.path.realpath(folder) == os.path.realpath(current):
        return here
    own = _find(folder, {})
    if here is None or not _below(os.path.realpath(folder), path_bytes(here.root)):
        return own
    return own if own is not None and own.root != here.root and _below(path_bytes(own.root), path_bytes(here.root)) else here


class Ahead:
    """git at work for the repository of the current folder while the caller goes on, before it is known where that repository is.

    place: the repository as it is if the current folder is its root, as it mostly is; what was asked holds for no other. talk: `git cat-file --batch`.
    """

    def __init__(self) -> None:
        variables, folder = _variables(), os.getcwdb()
        current = path_text(folder)
        self.place = Git(current, current + "/.git", current + "/.git", tuple(variables.items()))
        self._search = _search(folder, variables)
        self.talk = Talk(self.place, ("cat-file", "--batch"))

    def find(self) -> Git | None:
        """As find() of the current folder."""
        return _found(self._search, path_bytes(self.place.root), dict(self.place.variables))


def ahead() -> Ahead | None:
    """Set git to work for the current folder; None where there is no git."""
    return Ahead() if _program() is not None else None


def repository(path: str) -> Git:
    """As find, but a bare repository is one too; its root is its git folder. Raises AgentkeyError where there is none."""
    found = find(path)
    if found is not None:
        return found
    folder = path_bytes(path)
    if not os.path.isdir(folder):
        raise AgentkeyError(f"{printable(folder)} is no folder")
    places = []
    for wanted in ("--absolute-git-dir", "--git-common-dir"):
        answer = Process(None, ("rev-parse", wanted), folder, {}).finish()
        if answer.status:
            raise AgentkeyError(f"{printable(folder)} is in no repository of git: {complaint(answer)}")
        places.append(os.path.abspath(os.path.join(folder, answer.output[:-1])))
    directory, common = map(path_text, places)
    return Git(directory, directory, common)


def apart(directory: str) -> Git:
    """A git folder on its own, whatever work tree its settings name: that of a submodule, whose work tree may be gone."""
    place = path_bytes(directory)
    return Git(directory, directory, directory, ((b"GIT_DIR", place), (b"GIT_WORK_TREE", place)))


def run(git: Git, *arguments: str | bytes) -> bytes:
    """Run git in the work tree's root and return its output. Raises AgentkeyError when it fails."""
    answer = Process(git, arguments).finish()
    if answer.status:
        raise AgentkeyError(f"git failed in {printable(path_bytes(git.root))}: {complaint(answer)}")
    return answer.output


def remotes(git: Git) -> list[str]:
    """The URLs of a repository's remotes, as its own settings name them."""
    answer = Process(git, ("config", "--null", "--get-regexp", r"^remote\..*\.url$")).finish()
    return [path_text(line.partition(b"\n")[2]) for line in answer.output.split(b"\0") if line]


def cat_file(
    git: Git, names: "Sequence[str]", limit: int = MAX_FILE, kind: bytes = b"blob", idle: "list[Talk] | None" = None
) -> "Iterator[bytes | Fault]":
    """The blobs (or commits, or tags) of these object names, in order. A missing, damaged or too large one is a Fault without a path.

    idle: where processes of git wait for their next question, this caller's or another's; by default all of them end with this one.
    """
    idle = [] if idle is None else idle
    position = 0
    while position < len(names):
        talk = idle.pop() if idle and idle[-1].ours() else Talk(git, ("cat-file", "--batch"))
        ready: list[bytes | Fault] = []
        held = 0
        batch = names[position : position + BATCH]
        talk.say("".join(f"{name}\n" for name in batch).encode())
        for name in batch:
            position += 1
            ready.append(found := answered(talk, name, limit, kind))
            if talk.over:  # the rest is asked of a new process
                break
            held += len(found) if isinstance(found, bytes) else 0
            if held > HELD:
                yield from ready
                ready, held = [], 0
        else:
            idle.append(talk)
        yield from ready


def answered(talk: "Talk", name: str, limit: int, kind: bytes) -> bytes | Fault:
    """The next object that `git cat-file --batch` hands out, which was asked for by this name."""
    words = talk.output.readline().split()
    if len(words) == 3 and words[2].isdigit():
        size = int(words[2])
        if size > limit:
            talk.over = True
            return Fault("", f"its content is larger than {limit >> 20} MiB")
        data = talk.output.read(size)
        if len(data) == size and talk.output.read(1) == b"\n":
            if words[1] == kind:
                return data
            return Fault("", f"object {name[:12]} is not {_KINDS[kind]}")
    elif words[-1:] == [b"missing"]:
        return Fault("", f"object {name[:12]} is missing or damaged, and nothing is fetched")
    talk.over = True
    return Fault("", f"object {name[:12]} is damaged")


class Process:
    """One run of git whose output is collected. Starting does not wait, so that two can run side by side."""

    def __init__(
        self, git: Git | None, arguments: "Sequence[str | bytes]", folder: bytes = b"", variables: "dict[bytes, bytes] | None" = None, given: bytes = b""
    ) -> None:
        """given: what git reads from its input."""
        self._pid = self.status = 0
        self.errors = b""
        self._given = given
        (self._output, output), (self._errors, errors) = os.pipe(), os.pipe()
        read, self._input = os.pipe() if given else (os.open("/dev/null", os.O_RDONLY | os.O_CLOEXEC), -1)
        actions: list[tuple[object, ...]] = [(os.POSIX_SPAWN_DUP2, read, 0), (os.POSIX_SPAWN_DUP2, output, 1), (os.POSIX_SPAWN_DUP2, errors, 2)]
        self._pid = _spawn(git, arguments, folder, variables, actions, ours=self._open(), theirs=(output, errors, read))

    def __del__(self) -> None:
        self._stop(kill=True)

    def speaks(self) -> bool:
        """Whether it has said something or ended."""
        poll = select.poll()
        poll.register(self._output, select.POLLIN)
        return bool(poll.poll(0))

    def finish(self) -> Answer:
        """Wait for the end. Raises AgentkeyError when git is silent for too long."""
        output = b"".join(self.chunks())
        return Answer(self.status, output, self.errors)

    def chunks(self) -> "Iterator[bytes]":
        """The output as it comes; at its end `status` and `errors` are known. Who stops early ends git. Raises as finish() does."""
        poll = select.poll()
        pending = {self._output, self._errors}
        for descriptor in pending:
            poll.register(descriptor, select.POLLIN)
        if self._given:
            poll.register(self._input, select.POLLOUT)
        try:
            while pending:
                ready = poll.poll(PATIENCE * 1000)
                if not ready:
                    raise AgentkeyError(f"git has given no answer for {PATIENCE} seconds and was stopped")
                for descriptor, _ in ready:
                    if descriptor == self._input:
                        if not self._give():
                            poll.unregister(descriptor)
                            self._end_input()
                        continue
                    part = os.read(descriptor, 1 << 18)
                    if not part:
                        poll.unregister(descriptor)
                        pending.discard(descriptor)
                    elif descriptor == self._output:
                        yield part
                    elif len(self.errors) < 1 << 16:
                        self.errors += part
        finally:
            self.status = self._stop(kill=bool(pending))

    def _give(self) -> bool:
        """Write some of what git is to read, as much as always fits; whether there is more of it, and somebody who reads it."""
        try:
            self._given = self._given[os.write(self._input, self._given[: select.PIPE_BUF]) :]
        except BrokenPipeError:
            self._given = b""
        return bool(self._given)

    def _end_input(self) -> None:
        os.close(self._input)
        self._input = -1

    def _stop(self, kill: bool) -> int:
        pid, self._pid = self._pid, 0
        return _end(pid, self._open(), kill) if pid else 0

    def _open(self) -> tuple[int, ...]:
        return (self._output, self._errors, *((self._input,) if self._input >= 0 else ()))


class Talk:
    """A git process that is asked and answers, again and again. Its complaints are dropped.

    say() takes whole questions of at most 4 KiB, or a single longer one; all answers must be read before the next
    say(), so neither side ever waits for the other. over: nothing more can be read.
    """

    def __init__(self, git: Git, arguments: "Sequence[str | bytes]", folder: bytes = b"", asked: int = -1) -> None:
        """asked: a descriptor from which git reads all its questions, in place of say(); it stays open."""
        self._pid = 0
        (questions, self._input), (self._output, answers) = os.pipe() if asked < 0 else (os.dup(asked), os.dup(asked)), os.pipe()
        null = (os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0)
        self._pid = _spawn(git, arguments, folder, None, [(os.POSIX_SPAWN_DUP2, questions, 0), (os.POSIX_SPAWN_DUP2, answers, 1), null],
                           ours=(self._input, self._output), theirs=(questions, answers))  # fmt: skip
        self.output = io.BufferedReader(_Patient(self._output), 1 << 16)
        self.over = False
        self._owner = os.getpid()

    def __del__(self) -> None:
        self.close()

    def say(self, questions: bytes) -> None:
        try:
            while questions:
                questions = questions[os.write(self._input, questions) :]
        except BrokenPipeError:
            self.over = True

    def widen(self, size: int) -> None:
        """Let so many bytes wait between git and us, where the system can."""
        import fcntl

        if hasattr(fcntl, "F_SETPIPE_SZ"):
            from contextlib import suppress

            with suppress(OSError):  # one user may have only so much of it
                fcntl.fcntl(self._output, fcntl.F_SETPIPE_SZ, size)

    def ours(self) -> bool:
        """Whether this process started it: after a fork the parent may be in the middle of a question."""
        return self._owner == os.getpid()

    def close(self) -> None:
        if self._pid and self.ours():
            _end(self._pid, (self._input, self._output), kill=True)
        self._pid = 0


class _Patient(io.RawIOBase):
    """The reading end of a pipe that gives up when nothing comes for too long."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLIN)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        if not self._poll.poll(PATIENCE * 1000):
            raise AgentkeyError(f"git has given no answer for {PATIENCE} seconds and was stopped")
        return os.readv(self._descriptor, [buffer])


def _spawn(git: Git | None, arguments: "Sequence[str | bytes]", folder: bytes, variables: "dict[bytes, bytes] | None",
           actions: "list[tuple[object, ...]]", ours: tuple[int, ...], theirs: tuple[int, ...]) -> int:  # fmt: skip
    """Start git and return its process id. `subprocess` would cost more than git itself."""
    if git is not None:
        folder, variables = folder or path_bytes(git.root), dict(git.variables)
    command: list[str | bytes] = ["git", "--no-pager", "-C", folder]
    for setting in (*_SETTINGS, *_LEAN):
        command += ["-c", setting]
    environment = {name: value for name, value in os.environb.items() if not name.startswith(b"GIT_")}
    try:
        program = _program()
        if program is None:
            raise FileNotFoundError(2, "it is needed for this and is not on PATH")
        return os.posix_spawn(program, [*command, *arguments], {**environment, **_SET, **(variables or {})}, file_actions=actions)
    except OSError as error:
        for descriptor in ours:
            os.close(descriptor)
        raise AgentkeyError(f"git could not be started: {error.strerror}") from None
    finally:
        for descriptor in theirs:
            os.close(descriptor)


def _end(pid: int, descriptors: tuple[int, ...], kill: bool) -> int:
    for descriptor in descriptors:
        os.close(descriptor)
    if kill:
        os.kill(pid, 9)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _program() -> bytes | None:
    """git on PATH. Folders relative to the current one are passed over: a repository could bring a program of that name."""
    for folder in os.environb.get(b"PATH", b"/usr/bin:/bin").split(b":"):
        program = folder + b"/git"
        if folder.startswith(b"/") and os.access(program, os.X_OK) and os.path.isfile(program):
            return program
    return None


def _variables() -> "dict[bytes, bytes]":
    """Those of git's variables that speak of the repository of the current folder."""
    variables = {name: value for name in _KEPT if (value := os.environb.get(name))}
    for name in _KEPT[1:5]:  # relative to the current folder; the index is relative to the root, where all others run
        if name in variables:
            variables[name] = os.path.join(os.getcwdb(), variables[name])
    return variables


def _find(folder: bytes, variables: "dict[bytes, bytes]") -> Git | None:
    return _found(_search(folder, variables), folder, variables)


def _search(folder: bytes, variables: "dict[bytes, bytes]") -> Process:
    return Process(None, ("rev-parse", *_WANTED), folder, variables)


def _found(search: Process, folder: bytes, variables: "dict[bytes, bytes]") -> Git | None:
    answer = search.finish()
    if answer.status == 0:
        answers = answer.output.split(b"\n")[:-1]
        if len(answers) != len(_WANTED):  # a folder's name holds a newline
            answers = [Process(None, ("rev-parse", one), folder, variables).finish().output[:-1] for one in _WANTED]
        root, directory, common = answers
        common = os.path.normpath(os.path.join(folder, common))
        return Git(path_text(root), path_text(directory), path_text(os.path.abspath(common)), tuple(variables.items()))
    if b"must be run in a work tree" in answer.errors:  # a bare repository, or a place inside a git folder
        return None
    if b"not a git repository (or any " in answer.errors:
        broken = _remains(folder)
        if broken is None:
            return None
        raise AgentkeyError(f"{printable(broken)} is there, but git does not take it for a repository: mend or remove it")
    raise AgentkeyError(f"git cannot open the repository of {printable(folder)}: {complaint(answer)}")


def _remains(folder: bytes) -> bytes | None:
    """A `.git` with something in it, in this folder or above: a repository that is broken is not the same as none."""
    folder = os.path.realpath(folder)
    device = os.stat(folder).st_dev
    while os.stat(folder).st_dev == device:  # git does not look further either
        place = os.path.join(folder, b".git")
        try:
            if os.path.lexists(place) and not (os.path.isdir(place) and not os.listdir(place)):
                return place
        except OSError:
            return place
        if folder == b"/":
            break
        folder = os.path.dirname(folder)
    return None


def _below(path: bytes, folder: bytes) -> bool:
    return path == folder or path.startswith(folder.rstrip(b"/") + b"/")


def complaint(answer: Answer) -> str:
    """git's reason in one printable line. Values of settings are left out: they may be secret."""
    lines = [line for line in answer.errors.splitlines() if line.startswith((b"fatal: ", b"error: "))]
    if not lines:
        return f"it ended with status {answer.status}"
    line = lines[-1].partition(b": ")[2]
    if b"config value" in line or b"config variable" in line:
        return "its configuration holds a value that git does not accept"
    if b"dubious ownership" in line:
        return "it belongs to another user, and git refuses such a repository unless it is listed in the setting safe.directory"
    return printable(line[:300])
