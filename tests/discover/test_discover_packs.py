"""Objects that are read straight from packs are those that git hands out; what is not as usual is left to it."""

import hashlib
import os
import random
import subprocess
import tracemalloc
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from discover_repo import Repo
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentkey_lint.discover import deltas, objects, packs
from agentkey_lint.discover.git import Git, repository
from agentkey_lint.discover.packs import Packs
from agentkey_lint.model.source import Fault

ALL = 1 << 28
LINES = [f"line {number} {hashlib.md5(b'%d' % number).hexdigest()[:9]}\n" for number in range(400)]


def history(repo: Repo, seed: int, versions: int, files: int = 3) -> None:
    """Versions of some files, each a few lines from the one before, some of them without a byte."""
    chance = random.Random(seed)
    texts = [chance.sample(LINES, chance.choice((0, 5, 200, 400))) for _ in range(files)]
    stream = []
    for number in range(versions):
        stream.append(f"commit refs/heads/main\ncommitter T <t@example.com> {10**9 + number} +0000\ndata 2\nv\n")
        for at, text in enumerate(texts):
            if text and chance.random() < 0.8:
                place = chance.randrange(len(text))
                text[place : place + chance.randrange(3)] = [f"edit {chance.random()}\n" for _ in range(chance.randrange(3))]
            data = "".join(text)
            stream.append(f"M 644 inline f{at}\ndata {len(data)}\n{data}\n")
    subprocess.run(["git", "fast-import", "--quiet"], cwd=repo.root, input="".join(stream).encode(), check=True)


def names(repo: Repo, kind: str = "blob") -> list[str]:
    listing = repo.git("cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)", "--unordered").decode().split("\n")
    return [line.split()[0] for line in listing if line.endswith(f" {kind}")]


def straight(git: Git, wanted: list[str], kind: bytes = b"blob") -> list[bytes | None]:
    """What comes from packs alone, None for what is left to git."""
    opened = Packs(git, len(wanted[0]) // 2)
    try:
        return [None if (place := opened.find(name)) is None else opened.read(*place, ALL, kind) for name in wanted]
    finally:
        opened.close()


def read(git: Git, wanted: Sequence[str], limit: int, kind: bytes = b"blob") -> Iterator[bytes | Fault]:
    """What comes from packs and from git together."""
    opened = Packs(git, len(wanted[0]) // 2 if wanted else 0)
    try:
        yield from objects.many(git, opened, wanted, limit, kind)
    finally:
        opened.close()


@pytest.fixture(params=[packs.HELD_INDEX, 0], ids=["index held", "index in its file"])
def packed(make: Callable[..., Repo], request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[Repo, Git]:
    monkeypatch.setattr(packs, "HELD_INDEX", request.param)
    repo = make()
    history(repo, 1, 40)
    repo.git("repack", "-adfq")
    return repo, repository(str(repo.root))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6), st.integers(1, 60), st.sampled_from(["sha1", "sha256"]), st.booleans(), st.integers(0, 60), st.integers(0, 20), st.booleans())
def test_packs_say_what_git_says(
    tmp_path_factory: pytest.TempPathFactory, seed: int, versions: int, digest: str, by_offset: bool, depth: int, window: int, several: bool
) -> None:
    repo = Repo(tmp_path_factory.mktemp("repo"))
    repo.git("init", "-q", f"--object-format={digest}")
    repo.git("config", "repack.useDeltaBaseOffset", str(by_offset).lower())
    history(repo, seed, versions)
    repo.git("repack", "-adfq", f"--depth={depth}", f"--window={window}")
    if several:
        repo.write("more", f"{seed}\n" * 99)
        repo.git("add", "more")
        repo.git("-c", "core.compression=0", "commit", "-qm", "loose")
        repo.git("repack", "-dq")
    git = repository(str(repo.root))
    for kind in ("blob", "commit"):
        wanted = names(repo, kind)
        random.Random(seed).shuffle(wanted)
        from_git = list(objects.asked(git, wanted, ALL, kind.encode()))
        assert straight(git, wanted, kind.encode()) == from_git == list(read(git, wanted, ALL, kind.encode()))


def test_what_is_loose_missing_or_of_another_type_is_said_in_its_place(packed: tuple[Repo, Git]) -> None:
    repo, git = packed
    wanted = names(repo)
    repo.write("loose", "loose\n")
    loose = repo.git("hash-object", "-w", "loose").decode().strip()
    tree = names(repo, "tree")[0]
    asked = [loose, wanted[0], "0" * 40, tree, wanted[1], "f" * 40, loose, names(repo, "commit")[0], wanted[2]]
    got = list(read(git, asked, ALL))
    assert [one is None for one in straight(git, asked)] == [True, False, True, True, False, True, True, True, False]
    assert got == list(objects.asked(git, asked, ALL))
    assert [isinstance(one, Fault) for one in got] == [False, False, True, True, False, True, False, True, False]
    assert list(read(git, [], ALL)) == []
    (large,) = read(git, [max(wanted, key=lambda name: len(repo.git("cat-file", "blob", name)))], 10)
    assert isinstance(large, Fault) and "larger" in large.message


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_pack_says_what_git_says_or_nothing(packed: tuple[Repo, Git], data: st.DataObject) -> None:
    repo, git = packed
    folder = repo.root / ".git" / "objects" / "pack"
    (place,) = folder.glob(data.draw(st.sampled_from(["*.pack", "*.idx"])))
    whole = place.read_bytes()
    broken = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        broken[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.sampled_from([len(whole)] * 4 + [len(whole) // 2, 1_100, 20, 0]))
    (index,) = folder.glob("*.idx")
    rows = index.read_bytes()[8 + 1024 :]
    wanted = [rows[at : at + 20].hex() for at in range(0, 20 * 60, 20)]
    place.chmod(0o644)
    try:
        place.write_bytes(broken[:cut])
        for ours, theirs in zip(straight(git, wanted), objects.asked(git, wanted, ALL), strict=True):
            assert ours is None or ours == theirs
    finally:
        place.write_bytes(whole)


def test_a_folder_of_packs_elsewhere_and_files_that_are_none_are_left_alone(packed: tuple[Repo, Git], tmp_path: Path) -> None:
    repo, git = packed
    wanted, folder = names(repo)[:5], repo.root / ".git" / "objects" / "pack"
    assert None not in straight(git, wanted)
    assert straight(git._replace(variables=((b"GIT_OBJECT_DIRECTORY", b"/nowhere"),)), wanted) == [None] * 5
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    assert straight(git, wanted) == [None] * 5
    assert all(isinstance(one, bytes) for one in read(git, wanted, ALL))
    folder.unlink()
    (tmp_path / "elsewhere").rename(folder)
    (index,) = folder.glob("*.idx")
    index.rename(tmp_path / "idx")
    index.symlink_to(tmp_path / "idx")
    assert straight(git, wanted) == [None] * 5
    index.unlink()
    os.mkfifo(index)
    assert straight(git, wanted) == [None] * 5


def test_reading_stops_early_without_leftovers(packed: tuple[Repo, Git]) -> None:
    repo, git = packed
    wanted = names(repo)
    before = len(os.listdir("/dev/fd"))
    for asked in (wanted, ["0" * 40, *wanted], [names(repo, "tree")[0], *wanted]):
        reading = read(git, asked, ALL)
        next(reading)
        reading.close()  # type: ignore[attr-defined]
        assert len(os.listdir("/dev/fd")) == before


def head(kind: int, size: int) -> bytes:
    """What stands before an object in a pack."""
    out = bytearray([kind << 4 | size & 15])
    size >>= 4
    while size:
        out[-1] |= 128
        out.append(size & 127)
        size >>= 7
    return bytes(out)


def varint(size: int) -> bytes:
    """A size as it stands in a difference."""
    return bytes([size & 127 | 128]) + varint(size >> 7) if size > 127 else bytes([size])


def crafted(git: Git, rows: list[tuple[bytes, bytes]], beyond: int = 0) -> list[str]:
    """Write a pack with these names and raw entries, as no git would. beyond: what is added to offsets, in the table of large ones."""
    pack, offsets = bytearray(b"PACK" + (2).to_bytes(4, "big") + len(rows).to_bytes(4, "big")), {}
    for name, entry in rows:
        offsets[name] = len(pack)
        pack += entry
    pack += hashlib.sha1(pack).digest()
    order = sorted(offsets)
    index = bytearray(b"\xfftOc" + (2).to_bytes(4, "big"))
    index += b"".join(sum(name[0] <= first for name in order).to_bytes(4, "big") for first in range(256))
    index += b"".join(order) + bytes(4 * len(order))
    far = [name for name in order if offsets[name] > 12]  # git wants one offset to be small
    index += b"".join(((1 << 31) + far.index(name) if name in far else 12).to_bytes(4, "big") for name in order)
    index += b"".join((offsets[name] + beyond).to_bytes(8, "big") for name in far) + pack[-20:]
    stem = Path(git.common) / "objects" / "pack" / "pack-crafted"
    stem.with_suffix(".pack").write_bytes(pack)
    stem.with_suffix(".idx").write_bytes(index + hashlib.sha1(index).digest())
    return [name.hex() for name, _ in rows]


def deflated(kind: int, data: bytes, between: bytes = b"") -> bytes:
    return head(kind, len(data)) + between + zlib.compress(data)


def test_what_a_hostile_pack_claims_is_bounded(repo: Repo) -> None:
    """Each of these entries is refused at once and without the memory that it claims to need; the sound ones beside them are read."""
    git = repository(".")
    one, two, three = (bytes([number]) * 20 for number in (1, 2, 3))
    copies = b"\x90\xff" * 400_000  # 255 bytes from offset 0, again and again
    base = bytes(range(250)) * 2
    sized = b"\xf4\x03"  # 500
    much = b"\x80\x80\x80\x02"  # 4 MiB
    entries = {
        "bomb": head(3, 1_000) + zlib.compress(bytes(50 << 20)),
        "claims too much": head(3, 1 << 60) + zlib.compress(b"x"),
        "claims more than it has": head(3, 900_000) + zlib.compress(b"x"),
        "a size without end": b"\xb0" + b"\xff" * 2_000,
        "of itself": deflated(7, sized + b"\x01\x01x", one),
        "in a circle": deflated(7, sized + b"\x01\x01x", two),
        "of what is elsewhere": deflated(7, sized + b"\x01\x01x", b"\x09" * 20),
        "before the pack": deflated(6, sized + b"\x01\x01x", b"\xff\xff\xff\x7f"),
        "of nothing before it": deflated(6, sized + b"\x01\x01x", b"\0"),
        "grows without end": deflated(7, sized + much + copies, three),
        "claims to grow": deflated(7, sized + b"\xff" * 8 + b"\x01\x90\xff", three),
        "makes too much": deflated(7, sized + varint(4_200_000) + b"\xb0\xf4\x01" * 8_400, three),
        "makes less": deflated(7, sized + b"\x05\x01x", three),
        "of another base": deflated(7, b"\x05\x01\x01x", three),
        "copies from behind the end": deflated(7, sized + b"\x64\x93\xff\xff\x64", three),
        "ends in a command": deflated(7, sized + b"\x01\x93", three),
        "of a wrong sum": head(3, 5_000) + b"\x78\1\0\x88\x13\x77\xec" + bytes(5_000) + b"\0\0\0\xff\xff" * 99 + b"\1\0\0\xff\xff" + b"sum?",
        "no type": deflated(5, b"x"),
        "nothing": b"",
    }
    for what, entry in entries.items():
        tracemalloc.start()
        back = deflated(7, sized + b"\x01\x01x", one)
        wanted = crafted(git, [(three, deflated(3, base)), (two, back), (one, entry)])
        got = straight(git, wanted)
        assert tracemalloc.get_traced_memory()[1] < 24 << 20, what
        tracemalloc.stop()
        assert (got[0], got[2]) == (base, None), what
    sound = crafted(git, [(three, deflated(3, base)), (one, deflated(7, sized + b"\x06\x90\x05\x01!", three))])
    assert straight(git, sound) == [base, base[:5] + b"!"]
    for beyond in (1 << 33, (1 << 63) - 1_000, 1 << 63):
        assert straight(git, crafted(git, [(three, deflated(3, base)), (one, deflated(3, b"x"))], beyond)) == [base, None]


def grown(size: int) -> bytes:
    """A difference that adds one byte to so many."""
    return varint(size) + varint(size + 1) + (b"\xb0" + size.to_bytes(2, "little") if size else b"") + b"\1+"


def test_chains_and_objects_beyond_the_bounds_are_left_to_git(repo: Repo) -> None:
    git, chain = repository("."), [number.to_bytes(20, "big") for number in range(1, 301)]
    steps = [deflated(7, grown(at), chain[at]) for at in range(299)]
    wanted = crafted(git, [(chain[0], deflated(3, b"")), *zip(chain[1:], steps, strict=True), (b"L" * 20, deflated(3, bytes(deltas.LARGEST + 1)))])
    alone = [straight(git, [name])[0] for name in wanted]  # with nothing kept of a neighbour
    assert [one is None for one in alone] == [at > packs.DEEPEST for at in range(301)]
    assert None not in straight(git, wanted[:300])
    assert list(read(git, wanted[::-1], ALL)) == list(objects.asked(git, wanted[::-1], ALL))


def test_every_way_to_copy(repo: Repo) -> None:
    git, base = repository("."), random.Random(1).randbytes(200_000)
    commands = b"\x80" + b"\x84\x02" + b"\xc2\x01\x01" + b"\xff\x01\x02\x01\0\x03\x04\x01" + b"\2.."
    made = base[:65_536] + base[131_072:196_608] + base[256:65_792] + base[66_049:132_612] + b".."
    delta = varint(len(base)) + varint(len(made)) + commands
    wanted = crafted(git, [(b"b" * 20, deflated(3, base)), (b"d" * 20, deflated(7, delta, b"b" * 20))])
    assert straight(git, wanted) == [base, made] == list(objects.asked(git, wanted, ALL))


def test_a_name_that_only_two_others_spell_together_is_in_no_pack(repo: Repo) -> None:
    git = repository(".")
    halves = [b"\1" + bytes([number]) * 9 for number in (0, 5, 6)]
    wanted = crafted(git, [(halves[0] + halves[1], deflated(3, b"one")), (halves[1] + halves[2], deflated(3, b"two"))])
    assert straight(git, [*wanted, (halves[1] + halves[1]).hex()]) == [b"one", b"two", None]


def test_a_pack_that_is_not_the_index_s_own(repo: Repo) -> None:
    git = repository(".")
    wanted = crafted(git, [(b"b" * 20, deflated(3, b"sound"))])
    assert straight(git, wanted) == [b"sound"]
    pack = repo.root / ".git" / "objects" / "pack" / "pack-crafted.pack"
    data = pack.read_bytes()
    for other in (data[:-1] + b"\0", data[:7] + b"\4" + data[8:], data[:11] + b"\2" + data[12:], data[:40], b""):
        pack.write_bytes(other)
        assert straight(git, wanted) == [None] and isinstance(next(read(git, wanted, ALL)), Fault)


@given(st.binary(max_size=60), st.binary(max_size=300))
def test_a_difference_of_any_bytes(delta: bytes, base: bytes) -> None:
    head_of_base = bytes([len(base) & 127 | 128, len(base) >> 7])
    for one in (delta, head_of_base + delta):
        with suppress(deltas.Unusual, IndexError):
            assert len(deltas.applied(one, base)) <= deltas.LARGEST


def test_what_is_kept_is_bounded(make: Callable[..., Repo]) -> None:
    repo = make()
    for number in range(60):
        repo.write(f"f{number}", random.Random(number).randbytes(1 << 20))
    repo.git("add", ".")
    repo.git("commit", "-qm", "much")
    repo.git("repack", "-adfq", "--window=0")
    git, wanted = repository(str(repo.root)), names(repo)
    tracemalloc.start()
    total = sum(len(one) for one in read(git, wanted, ALL) if isinstance(one, bytes))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total == 60 << 20 and peak < packs.HELD + (6 << 20)
