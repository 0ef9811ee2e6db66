"""The parts of fixing that have a job of their own: edits, quoting, ignore files, environment files, and writing."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.discover.decode import decode
from agentkey_lint.fix import apply, environment, ignores, write
from agentkey_lint.model.fix import Edit, Fix
from agentkey_lint.model.source import Span
from agentkey_lint.parse import dotenv


def fix(start: int, end: int, text: str = "x") -> Fix:
    return Fix("t", (Edit(Span(start, end), text),))


def test_of_fixes_that_overlap_or_touch_the_first_stays() -> None:
    assert apply.disjoint([fix(4, 6), fix(0, 4), fix(9, 9), fix(8, 9)]) == [fix(0, 4), fix(8, 9)]


def test_the_same_edit_twice_is_one() -> None:
    assert apply.disjoint([fix(0, 0, "a"), fix(0, 0, "a")]) == [fix(0, 0, "a")] * 2
    assert apply.edited(b"b", [fix(0, 0, "a"), fix(0, 0, "a")]) == b"ab"


@given(st.binary(max_size=60), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 9), st.text(max_size=4))))
def test_bytes_outside_of_the_edits_stay(data: bytes, wanted: list[tuple[int, int, str]]) -> None:
    fixes = apply.disjoint(fix(min(start, len(data)), min(start + length, len(data)), text) for start, length, text in wanted)
    after, at = apply.edited(data, fixes), 0
    for edit in sorted({edit for one in fixes for edit in one.edits}):
        assert after.startswith(data[at : edit.span.start] + edit.text.encode())
        after, at = after[edit.span.start - at + len(edit.text.encode()) :], edit.span.end
    assert after == data[at:]


TEXT = st.text(alphabet=st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=40)


@given(TEXT, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
def test_a_file_is_put_back_in_its_own_encoding(text: str, encoding: str) -> None:
    before = text.encode(encoding)
    source = decode("a", before)
    after = apply.raw(source, before, source.data)
    assert after == before or after is None


def test_what_cannot_be_put_back_is_left_alone() -> None:
    before = b"\xff\xfea\0b"  # half a character at the end
    assert apply.raw(decode("a", before), before, b"c") is None


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_ignore_lines_come_at_the_end_with_the_exceptions_that_they_need(end: str) -> None:
    before = f"node_modules/{end}.env{end}!.env.example".encode()
    lines = (".env", ".env.*", "*.env", "!.env.example", "!example.env", "!other")
    wanted = ["node_modules/", ".env", "!.env.example", "", "# dotenv files", ".env.*", "*.env", "!.env.example", "!example.env", ""]
    assert ignores.added(before, lines, "dotenv files").decode() == end.join(wanted)
    assert ignores.added(ignores.added(before, lines, "dotenv files"), lines, "dotenv files") == ignores.added(before, lines, "dotenv files")


def test_a_nested_ignore_file_that_holds_such_rules_is_the_right_one() -> None:
    held = {".gitignore": b"x\n", "service/.gitignore": b".env\n", "service/a/.gitignore": b"build/\n"}
    assert ignores.place("service/a/.env.local", (".env", ".env.*"), held.get) == "service/.gitignore"
    assert ignores.place("service/a/.env.local", ("**/.x", "a/b"), held.get) == ".gitignore"
    assert ignores.place("other/.env", (".env",), held.get) == ".gitignore"


def test_names_are_added_once() -> None:
    assert environment.declared(b"# names\nA=1", ["A", "B", "B"]) == b"# names\nA=1\nB=\n"
    assert environment.declared(b"", ["A"]) == b"A=\n"
    assert environment.declared(b"A=\r\n", ["B"]) == b"A=\r\nB=\r\n"


def test_the_template_is_the_nearest() -> None:
    there = {".env.example", "service/.env.sample"}
    assert environment.template("service/.cursor/mcp.json", there.__contains__) == ("service/.env.sample", True)
    assert environment.template("other/compose.yaml", there.__contains__) == (".env.example", True)
    assert environment.template("a/b", set[str]().__contains__) == (".env.example", False)


@given(st.text(max_size=30))
def test_a_value_is_kept_as_it_is_or_not_at_all(value: str) -> None:
    after = environment.kept(b"A=1\n", "B", value.encode("utf-8", "replace").decode())
    if after is not None:
        assert [(entry.route[0], entry.text) for entry in dotenv.parse(after)[0]] == [("A", "1"), ("B", value.encode("utf-8", "replace").decode())]
        assert "$" not in value or b"'" in after, "nobody expands what stands between single quotes"


def test_a_variable_that_is_set_stays_as_it_is() -> None:
    assert environment.kept(b"B=mine\n", "B", "other") is None
    assert environment.kept(b"B=\n", "B", "other") == b"B=\nB=other\n"


def test_a_file_is_replaced_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_bytes(b"old")
    (tmp_path / "a" / "b").chmod(0o751)
    write.replace(str(tmp_path), "a/b", b"old", b"new")
    assert (tmp_path / "a" / "b").read_bytes() == b"new" and (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o751
    assert os.listdir(tmp_path / "a") == ["b"]


def test_what_has_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"older")
    for before in (b"old", None, b""):
        with pytest.raises(OSError, match="changed"):
            write.replace(str(tmp_path), "b", before, b"new")
    with pytest.raises(FileNotFoundError):
        write.replace(str(tmp_path), "gone", b"old", b"new")
    assert os.listdir(tmp_path) == ["b"] and (tmp_path / "b").read_bytes() == b"older"


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_no_link_is_followed(tmp_path: Path, kind: str) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (outside / "b").write_bytes(b"old")
    (root / "a").symlink_to(outside if kind == "folder" else outside / "b")
    for before in (b"old", None):
        with pytest.raises(OSError):
            write.replace(str(root), "a/b" if kind == "folder" else "a", before, b"new")
    assert (outside / "b").read_bytes() == b"old" and os.listdir(outside) == ["b"]


@pytest.mark.parametrize("path", ["../a", "a/../../b", ".git/config", "a/.GIT/hooks/x", "/etc/x", ""])
def test_only_files_of_the_work_tree_are_written(tmp_path: Path, path: str) -> None:
    with pytest.raises(OSError):
        write.replace(str(tmp_path), path, None, b"new")
    assert os.listdir(tmp_path) == []
