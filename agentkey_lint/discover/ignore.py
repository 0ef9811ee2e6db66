"""What git ignores, by asking git: its pattern language has too many corners to have a second home here."""

import atexit
import os

from agentkey_lint.discover.decode import path_bytes, path_text
from agentkey_lint.discover.git import Git, Process, Talk, complaint
from agentkey_lint.model.errors import AgentkeyError
from agentkey_lint.model.repository import Ignore

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MAX_PATTERNS = 64 << 20
"""Bytes of all ignore files of an index together, beyond which they are not written out."""

_QUESTION = ("check-ignore", "--no-index")


class Ignores:
    """Answers to "does git ignore this path?", each worked out once, by one process of git.

    tracked: whether a path is in the index. files: the `.gitignore` files to go by, as pairs of path and bytes: those beside
    and above a path that it has not given yet, put into a private temporary folder that git takes for the work tree before it
    is asked about that path; None: those of the work tree. The patterns of `info/exclude` and of the user count in both cases.
    """

    def __init__(self, git: Git, tracked: "Callable[[str], bool]", files: "Callable[[str], Iterable[tuple[str, bytes]]] | None" = None) -> None:
        self._git = git
        self._tracked = tracked
        self._files = files
        self._answers: dict[str, Ignore | None] = {}
        self._talk: Talk | None = None
        self._folder: bytes | None = None
        self._owner = 0
        self._room = MAX_PATTERNS

    def __call__(self, path: str) -> Ignore | None:
        """What git says of a path relative to the root; None where it has nothing to say: behind a symbolic link, outside.

        Raises AgentkeyError when git fails.
        """
        if path not in self._answers:
            self._answers[path] = self._ask(path)
        return self._answers[path]

    def close(self) -> None:
        """End the process and remove the temporary folder."""
        self._hang_up()
        if self._folder is not None and self._owner == os.getpid():
            _remove(self._folder)
        self._folder = None

    def _ask(self, path: str) -> Ignore | None:
        folder, place = self._place(path)
        # `./` because a leading colon would be read as pathspec magic.
        name = b"./" + path_bytes(path)
        if b"\0" in name:
            return None
        fields = self._fields(name, folder, place)
        if fields is None:
            return self._ask_alone(name, folder, place, self._tracked(path))
        source, line, pattern = (path_text(field) for field in fields[:3])
        if source.startswith(self._git.root + "/"):
            source = source[len(self._git.root) + 1 :]
        return Ignore(bool(pattern) and not pattern.startswith("!"), self._tracked(path), pattern, source, int(line or 0))

    def _fields(self, name: bytes, folder: bytes, place: list[bytes]) -> list[bytes] | None:
        """Source, line, pattern and path, as git answers; None when it ends instead."""
        if self._talk is None or not self._talk.ours():
            self._talk = Talk(self._git, [*place, *_QUESTION, "-z", "-v", "-n", "--stdin"], folder)
        self._talk.say(name + b"\0")
        answer = b""
        while answer.count(b"\0") < 4:
            part = self._talk.output.read1(1 << 16)
            if not part:
                self._hang_up()
                return None
            answer += part
        return answer.split(b"\0")

    def _ask_alone(self, name: bytes, folder: bytes, place: list[bytes], tracked: bool) -> Ignore | None:
        """git has ended at this path: for a reason that it gives, or in a crash (as at a thousand folders deep, when it is to name the pattern)."""
        answer = Process(self._git, [*place, *_QUESTION, "--", name], folder).finish()
        if answer.status in (0, 1):
            return Ignore(answer.status == 0, tracked)
        if b"beyond a symbolic link" in answer.errors or b"outside repository" in answer.errors:
            return None
        raise AgentkeyError(f"git cannot say what it ignores: {complaint(answer)}")

    def _hang_up(self) -> None:
        if self._talk is not None:
            self._talk.close()
        self._talk = None

    def _place(self, path: str) -> tuple[bytes, list[bytes]]:
        """The folder to ask about a path in, and the options that make git take it for the work tree."""
        if self._files is None:
            return path_bytes(self._git.root), []
        if self._folder is None:
            self._folder, self._owner = _temporary(), os.getpid()
            atexit.register(self.close)
        self._room -= _write(self._folder, self._files(path), self._room)
        return self._folder, [b"--git-dir=" + path_bytes(self._git.directory), b"--work-tree=" + self._folder]


def _temporary() -> bytes:
    """A new folder that only this user can enter (`tempfile` would cost more than git's answer)."""
    folder = os.path.join(os.path.abspath(os.environb.get(b"TMPDIR") or b"/tmp"), b"agentkey-" + os.urandom(12).hex().encode())
    try:
        os.mkdir(folder, 0o700)
    except OSError as error:
        raise AgentkeyError(f"no temporary folder could be made for the ignore files of the index: {error.strerror}") from None
    return folder


def _write(folder: bytes, files: "Iterable[tuple[str, bytes]]", room: int) -> int:
    """Write files below a folder; how many bytes they have. Raises AgentkeyError for more than there is room."""
    size = 0
    for path, data in files:
        size += len(data)
        if size > room:
            raise AgentkeyError(f"the ignore files of the index are larger than {MAX_PATTERNS >> 20} MiB together")
        raw = path_bytes(path)
        parts = raw.split(b"/")
        if any(part in (b"", b".", b"..") or part.lower() == b".git" for part in parts):
            continue  # an index made by hand must not lead out of the folder
        try:
            os.makedirs(os.path.join(folder, *parts[:-1]), exist_ok=True)
            with open(os.path.join(folder, raw), "xb") as file:
                file.write(data)
        except (FileExistsError, NotADirectoryError):
            continue  # a name that is both file and folder: no index of git's own making holds one
        except OSError as error:
            raise AgentkeyError(f"the ignore files of the index could not be written to a temporary folder: {error.strerror}") from None
    return size


def _remove(folder: bytes) -> None:
    for parent, _, names in os.walk(folder, topdown=False):
        for name in names:
            os.unlink(os.path.join(parent, name))
        os.rmdir(parent)
