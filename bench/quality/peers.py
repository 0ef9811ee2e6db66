"""The linter beside its peers, on half B of the labelled set (the half that nobody tunes on) and on the carriers.

usage: python bench/quality/peers.py [SEEDS]            (how many keys of each recipe stand in the carriers; default 1)
"""

import sys
import tempfile
import time
from pathlib import Path

import carriers
import labelled
from scanners import PEERS, TOOLS, say, table

HEAD = [*labelled.HEAD, "keys found in carriers", "near-misses reported", "seconds"]


def main(seeds: int) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        lines = labelled.write(Path(one))
        # A near-miss of a kind without a shape ("a digit short", under a name that says secret) may well be a secret, so it judges nobody.
        files = [case for case in carriers.write(Path(other), seeds) if not (case.miss and case.bare)]
        rows = []
        for name, tool in TOOLS.items():
            start = time.monotonic()
            shaped, shapeless = labelled.rows(name, lines, tool(Path(one)), "B")
            carried = carriers.score(files, tool(Path(other)))
            seconds = time.monotonic() - start
            rows.append([*shaped, f"{carried.found / carried.keys:.1%}", f"{carried.hit / carried.misses:.1%}", f"{seconds:.0f}"])
            rows.append([*shapeless, "", "", ""])
    versions = ", ".join(f"{package} {version}" for package, version in PEERS.items())
    say(f"\n## Beside peers: half B of the labelled set, and {len(files)} files of carriers ({versions})\n")
    say(table(HEAD, rows))
    say("\nA near-miss of a shape counts as reported when any rule reports its file.")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
