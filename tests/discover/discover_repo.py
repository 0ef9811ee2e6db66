"""A repository on the disk and the few things that tests do to it."""

import os
import subprocess
from pathlib import Path


class Repo:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.path = os.fsencode(root)

    def git(self, *arguments: str | bytes, **environment: str) -> bytes:
        done = subprocess.run(["git", *arguments], cwd=self.root, env={**os.environ, **environment}, capture_output=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def write(self, path: str | bytes, data: bytes | str = b"x\n") -> None:
        full = os.path.join(self.path, os.fsencode(path))
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as file:
            file.write(data.encode() if isinstance(data, str) else data)

    def stage(self, path: str | bytes, data: bytes | str = b"x\n") -> None:
        self.write(path, data)
        self.git("--literal-pathspecs", "add", "-f", "--", path)
