"""Where text comes from: a source is one file of one snapshot."""

from agentkey_lint.model.record import Record


class Span(Record):
    """A half-open range of byte offsets into `Source.data`."""

    start: int
    end: int


class Source(Record):
    """One file: its path and its bytes.

    path: relative to the root, with `/`; bytes that are not UTF-8 are kept as surrogate escapes.
    data: the text as UTF-8 without a byte order mark (UTF-16 and UTF-32 are transcoded); whatever is not valid UTF-8 is kept as it is.
    encoding: what the file itself is in: utf-8, utf-8-sig, utf-16-le, utf-16-be, utf-32-le, utf-32-be or binary.
    """

    path: str
    data: bytes
    encoding: str = "utf-8"


class Fault(Record):
    """Trouble with one file or rule, as data: the job was not whole. path is empty where no file is to blame."""

    path: str
    message: str
