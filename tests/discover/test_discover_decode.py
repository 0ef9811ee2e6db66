from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.discover.decode import decode, path_bytes, path_text, printable

TEXT = "key = Grüße 漢字 𝄞\n"


def test_marks() -> None:
    for encoding, mark in {
        "utf-16-le": b"\xff\xfe",
        "utf-16-be": b"\xfe\xff",
        "utf-32-le": b"\xff\xfe\0\0",
        "utf-32-be": b"\0\0\xfe\xff",
    }.items():
        assert decode("a", mark + TEXT.encode(encoding)) == ("a", TEXT.encode(), encoding)
        assert decode("a", mark) == ("a", b"", encoding)
    assert decode("a", b"\xef\xbb\xbf" + TEXT.encode()) == ("a", TEXT.encode(), "utf-8-sig")
    assert decode("a", TEXT.encode()) == ("a", TEXT.encode(), "utf-8")


def test_utf16_without_mark() -> None:
    text = "name = value\r\n" * 9
    assert decode("a", text.encode("utf-16-le")) == ("a", text.encode(), "utf-16-le")
    assert decode("a", text.encode("utf-16-be")) == ("a", text.encode(), "utf-16-be")


def test_binary_is_kept_as_it_is() -> None:
    for raw in (b"\x7fELF\2\1\1\0\0\0\0\0\0\0", b"text\0text", bytes(200), b"\xef\xbb\xbfa\0b"):
        found = decode("a", raw)
        assert found.encoding == "binary"
        assert found.data == raw.removeprefix(b"\xef\xbb\xbf")


def test_a_late_nul_is_text() -> None:
    assert decode("a", b"x" * 8192 + b"\0").encoding == "utf-8"
    assert decode("a", b"x" * 8191 + b"\0").encoding == "binary"


def test_invalid_utf8_stays() -> None:
    assert decode("a", b"a\xff\xc3\x28") == ("a", b"a\xff\xc3\x28", "utf-8")


def test_lone_surrogates_and_half_characters_do_not_stop_the_text() -> None:
    raw = b"\xff\xfe" + "ab".encode("utf-16-le") + b"\x00\xd8" + "cd".encode("utf-16-le")
    assert decode("a", raw) == ("a", b"ab\xed\xa0\x80cd", "utf-16-le")
    assert decode("a", b"\xff\xfea\0b\0c") == ("a", b"ab", "utf-16-le")


def test_what_is_no_utf32_after_all() -> None:
    # The mark of UTF-32 is also that of UTF-16 followed by a NUL character.
    raw = b"\xff\xfe\0\0" + "abcd".encode("utf-16-le")
    assert decode("a", raw) == ("a", b"\0abcd", "utf-16-le")
    assert decode("a", b"\0\0\xfe\xff\xff\xff\xff\xff").encoding == "binary"


@given(st.builds(bytes.__add__, st.sampled_from([b"", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"\xef\xbb\xbf"]), st.binary()))
def test_never_raises(raw: bytes) -> None:
    found = decode("a", raw)
    assert isinstance(found.data, bytes)
    if found.encoding == "binary" and not raw.startswith(b"\xef\xbb\xbf"):
        assert found.data == raw


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_any_marked_utf16_text_comes_back(text: str) -> None:
    assert decode("a", b"\xfe\xff" + text.encode("utf-16-be")).data == text.encode()


@given(st.binary())
def test_paths_go_there_and_back(raw: bytes) -> None:
    assert path_bytes(path_text(raw)) == raw
    assert printable(raw).isprintable()
