"""Forms in which a name is given a value other than by an operator of its own: headers, queries, connection strings, options, SQL, pairs.

Each form looks at what stands before the name and at what follows it; the first that fits counts. Every repeat is bounded.
"""

from agentkey_lint.model.expressions import regex
from agentkey_lint.model.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import Match, Pattern

LOOK_BACK = 40
LOOK_AHEAD = 700
_QUOTED = rb"(?P<quote>[\"'`])(?P<value>[^\"'`\n]{4,400})(?P=quote)"
_Q, _QUOTES, _B, _S = b"\"'", b"\"'`", b" \t", b" \t\n\r\f\v"
_DIRECTIVE = rb"(?:^|\n)[ \t]{0,40}(?:#define[ \t]{1,4}|set[ ](?:-\w{1,3}[ ])?|ENV[ ]|ARG[ ]|:|[{]:|proxy_set_header[ ])?"
_WORD = rb"[ \t]{1,4}(?P<value>[^\s\"'`$<>{}()\[\],;]{4,300})[ \t]{0,4}(?=[\r\n]|\Z)"
_ARGUMENT = rb"[ \t=]{1,2}(?P<value>[^\s\"'`$<>|&;(){}\[\],-][^\s\"'`<>|&;(){}\[\],]{3,400})(?=[\s\"'`)\\]|\Z)"
_QUERY = rb"(?:=|%3D)(?P<value>[^\s\"'`&<>#\\()\[\]{}$]{6,400}?)(?=[\s\"'`&<>#\\)]|%26|\Z)"
_NETRC = rb"[ \t]{1,4}(?P<value>[^\s\"'`$<>{}]{4,300})(?=\s|\Z)"
_OPEN = (_ARGUMENT, _WORD, _QUERY, _NETRC)
"""What mere text looks like as well: before these forms the text before the name decides."""
_YAML_WORD = rb"[ \t]{0,4}(?P<value>[^\s\"'#{}$&*!|>][^\s#]{3,300})[ \t]{0,4}(?=[\r\n]|\Z)"
_SCHEME = rb"(?:(?:bearer|basic|token|apikey|digest)[ ])"


class Form(Record):
    """before, after: what stands around the name. last: the bytes that may stand right before it, unless the text begins with it (empty: any); first: those
    that may follow it. style: how the value is judged (see Assignment)."""

    last: bytes
    first: bytes
    before: bytes
    after: bytes
    style: str


def _form(last: bytes, first: bytes, before: bytes, after: bytes, style: str) -> Form:
    return Form(last, first, before + rb"\Z", after, style)


_between: "dict[tuple[bytes, bytes, bool], tuple[tuple[Pattern[bytes], Form], ...]]" = {}
_compiled: "dict[bytes, Pattern[bytes]]" = {}


def _pattern(text: bytes) -> "Pattern[bytes]":
    """A pattern of the table, compiled when it is first tried: most runs need few of them."""
    if text not in _compiled:
        _compiled[text] = regex(b"(?i)" + text)
    return _compiled[text]


_FORMS = (
    # "X-Auth-Token: value" as one quoted text
    _form(_QUOTES, b":", rb"[\"'`]", rb":[ ]{0,2}(?P<value>" + _SCHEME + rb"?[^\s\"'`\\]{4,500})(?=\\?[\"'`])", "config"),
    # Authorization: Bearer value, on a line of its own
    _form(b"\n \t>*-", b":", rb"(?:^|\n)[ \t>*-]{0,12}", rb":[ \t]{0,3}(?P<value>" + _SCHEME + rb"[A-Za-z0-9._~+/=-]{8,500})[ \t]{0,8}(?=[\r\n]|\Z)", "config"),
    # ?api_key=value and its percent-encoded form
    _form(b"?&Ff6;", b"=%", rb"(?:[?&]|%3F|%26|&amp;)", _QUERY, "query"),
    # ;Password=value; within a connection string
    _form(b";\"'= ", b" =", rb"(?:;[ ]?|[\"'=][ ]?)", rb"[ ]?=[ ]?(?P<value>[^;\"'`\s<>&{}$]{4,300})(?=[;\"'`<&])", "config"),
    # --api-key value, and PASSWORD=value before a command
    _form(b"-", b" \t=", rb"(?:^|[\s\"'(,\[])-{1,2}", _ARGUMENT, "shell"),
    _form(_S + b";&(", b"=", rb"(?:^|[\s;&(])", rb"=(?P<quote>[\"'])(?P<value>[^\"'\n]{4,300})(?P=quote)[ \t]{1,4}(?=[a-z./$])", "shell"),
    # "key": "password", "value": "…"   and   <add key="Password" value="…"/>   and   <property name="password">…</property>
    _form(_Q, _Q, rb"[\"']", rb"[\"']\s{0,3},\s{0,40}[\"'](?:value|defaultValue|default|initialValue)[\"']\s{0,3}:\s{0,3}" + _QUOTED, "config"),
    _form(b"\"'.:", _Q, rb"[\"'.:]", rb"[\"']\s{1,10}value\s?=\s?" + _QUOTED, "config"),
    _form(b"\"'.:", _Q, rb"[\"'.:]", rb"[\"'][^<>\n]{0,40}>\s{0,4}(?P<value>[^<>\s][^<>\n]{3,300})</", "config"),
    # process.env.NAME || "…", ENV["NAME"] ?? "…"
    _form(b"", b"\"'`])|? \t", rb"", rb"[\"'`]?[\])]?[ \t]{0,3}(?:\|\||\?\?|or(?=[ ][\"']))[ \t]{0,3}" + _QUOTED, "default"),
    # a line that begins with the name, and no operator: #define NAME "…", gradle's and nginx's NAME "…", Clojure's :name "…"
    _form(b"\n \t:", _B, _DIRECTIVE, rb"[ \t]{1,12}" + _QUOTED, "config"),
    _form(b":", _B, rb":", rb"[ \t]{1,3}\"(?P<value>[^\"\n]{4,400})(?P<quote>\")", "config"),
    # ENV NAME value, set -x NAME value, .netrc
    _form(b" ", _B, rb"(?:^|\n)[ \t]{0,12}(?:ENV[ ]|set[ ]-\w{1,3}[ ])", _WORD, "config"),
    _form(_S, _B, rb"login[ \t]{1,4}[^\s\"'`]{1,28}\s{1,4}", _NETRC, "config"),
    # - name: NAME, and value: … on the next line
    _form(b":\"' ", b"\"',\r\n \t", rb"\bname[\"']?:[ ]?[\"']?", rb"[\"']?,?[ \t]{0,4}\r?\n[ \t]{0,40}[\"']?value[\"']?:[ \t]{0,4}" + _QUOTED, "config"),
    _form(b"\"' ", b"\"'\r\n \t", rb"\bname:[ ][\"']?", rb"[\"']?[ \t]{0,4}\r?\n[ \t]{0,40}value:" + _YAML_WORD, "config"),
    # {password, "…"} and setPassword("…"), .password("…")
    _form(b"{ ", b",", rb"[{][ ]?", rb",[ ]{0,3}" + _QUOTED, "pair"),
    _form(_S + b".>:", b"( ", rb"[.>:\s]", rb"[ ]?\([ ]?" + _QUOTED + rb"[ ]?\)", "call"),
    # WITH PASSWORD '…', IDENTIFIED BY '…'
    _form(_S + b"\"'`(", _B, rb"(?:^|[\s\"'`(])", rb"(?:[ \t]by|[ \t]=)?[ \t]{1,3}(?:as[ \t])?(?P<quote>['])(?P<value>[^'\n]{4,200})(?P=quote)", "sql"),
)
_SETTER = rb"(?:set|with|use|add)[A-Za-z_]{0,30}|(?:pass(?:word|wd)?|secret|token|api_?key|auth_?token)"
_TWO_ARGUMENTS = rb"[A-Za-z]{0,30}[ ]?=?[ ]?\([ ]?[rbu@]?[\"'][^\"'\n]{1,80}[\"'][ ]?,[ ]{0,3}[rbu@]?" + _QUOTED + rb"[ ]?\)"
_THREE_ARGUMENTS = rb"[^,;\n]{1,200},[ ]{0,3}[\"'][^\"'\n]{1,60}[\"'],[ ]{0,3}" + _QUOTED
_SQL_NAMES = (b"PASSWORD", b"IDENTIFIED", b"identified")
_SECURE_STRING = rb"ring(?:[ \t]-String)?[ \t]{1,3}" + _QUOTED
_USER_PASSWORD = rb"(?:[ =]{1,2})?[\"']?[^\s:\"'`$<>{}]{1,80}:(?P<value>[^\s\"'`$<>{}]{4,300})(?=[\s\"'`]|\Z)"
_SHORT_PASSWORD = rb"(?P<space>[ ]?)(?P<quote>[\"']?)(?P<value>[^\s\"'`$<>{}-][^\s\"'`<>{}]{3,200})(?P=quote)(?=[\s\"'`]|\Z)"
_SECOND_ARGUMENT = rb"[^\n;]{1,120}?,[ \t]{0,3}" + _QUOTED
_TAKES_SHORT = rb"(?:mysql\w{0,12}|mariadb|mongo\w{0,8}|docker login|sshpass|login)\b[^\n]{0,160}\Z"
_TAKES_USER = rb"\b(?:curl|http|wget|httpie)\b[^\n]{0,200}\Z"

_TAKES_TWO = (b"basicaut", b"credenti", b"_auth", b"auth=")
_TAKES_SECOND = (b".login(", b"wt.sign(")
_NO_NAMES = (b" -u ", b"--user", b" -p", b"nection(", *_TAKES_SECOND, b"securest")
HEADS = frozenset(head[-3:] for head in _NO_NAMES)
"""The last bytes of what `option` knows and is no part of a name."""
OPTIONS = HEADS | {head[-3:] for head in _TAKES_TWO}
"""The last bytes of all that it knows."""


def ahead(right: bytes) -> "Pattern[bytes]":
    """Whether what follows a word in a name could give it a value: one expression to be matched where the word ends, which most words fail.

    It takes the rest of the name, and then in a group of its own what `right` takes (what follows a name that an operator gives a value), or what any form or a
    call with two arguments takes (`form`), or forms that mere text looks like (`open`), or more of a name that is too long (`long`).
    """
    form, opened = (
        b"|".join(rb"(?=[" + _escaped(form.first) + rb"])(?:" + form.after + rb")" for form in _FORMS if (form.after in _OPEN) == wanted)
        for wanted in (False, True)
    )
    groups = rb"(?P<form>" + _lax(form) + rb"|=?" + _lax(_TWO_ARGUMENTS) + rb")|(?P<open>" + _lax(opened) + rb")|(?P<long>[a-z0-9_.\-])"
    return regex(rb"[A-Za-z0-9_.\-]{0,40}+(?i:(?P<right>(?x:" + right + rb"))|" + groups + rb")")


def _escaped(members: bytes) -> bytes:
    return b"".join(b"\\x%02x" % byte for byte in members)


def _lax(text: bytes) -> bytes:
    """A form's pattern without its groups, whose names stand in many forms: any quote may close a text then."""
    return text.replace(b"(?P<value>", b"(?:").replace(b"(?P<quote>", b"(?:").replace(b"(?P=quote)", b"[\"'`]")


def around(data: bytes, start: int, end: int, opened: bool = False) -> "tuple[Match[bytes], str] | None":
    """The value that one of the forms gives to a name, and its style. opened: only forms that mere text looks like can."""
    for follows, form in _forms(data[start - 1 : start], data[end : end + 1], opened):
        match = follows.match(data, end, end + LOOK_AHEAD)
        if match is None:
            continue  # mostly at the first bytes, while the text before is searched as a whole
        if _pattern(form.before).search(data[max(0, start - LOOK_BACK) : start]) is None:
            continue
        if form.style == "sql" and data[start:end] not in _SQL_NAMES:
            continue
        if form.style == "call" and _pattern(_SETTER).fullmatch(data, start, end) is None:
            continue
        return match, form.style
    return None


def _forms(before: bytes, after: bytes, opened: bool = False) -> "tuple[tuple[Pattern[bytes], Form], ...]":
    """The forms of a name that stands between two bytes (empty: where the text begins or ends), each with what must follow the name."""
    key = before, after, opened
    if key not in _between:
        forms = (form for form in _FORMS if after and after in form.first and (before in form.last or not form.last) and (form.after in _OPEN or not opened))
        _between[key] = tuple((_pattern(form.after), form) for form in forms)
    return _between[key]


def option(data: bytes, end: int) -> "Match[bytes] | None":
    """The password behind an option of one letter: `curl -u user:password`, `mysql -p'…'`, `docker login -p …`, `ConvertTo-SecureString "…"`; and the second
    argument of calls that take a secret there."""
    head = data[max(0, end - 12) : end].lower()
    if head.endswith(_TAKES_TWO):  # by far the commonest
        return _pattern(_TWO_ARGUMENTS).match(data, end, end + LOOK_AHEAD)
    line = data[max(0, end - 240) : end]
    if head.endswith((b" -u ", b"--user")):
        return _pattern(_USER_PASSWORD).match(data, end, end + LOOK_AHEAD) if _pattern(_TAKES_USER).search(line) else None
    if head.endswith(b" -p"):
        match = _pattern(_SHORT_PASSWORD).match(data, end, end + LOOK_AHEAD) if _pattern(_TAKES_SHORT).search(line) else None
        # mysql takes its password without a blank; behind one stands a database
        return match if match is not None and not (match["space"] and b"mysql" in line) else None
    if head.endswith(b"nection("):
        return _pattern(_THREE_ARGUMENTS).match(data, end, end + LOOK_AHEAD)
    if head.endswith(_TAKES_SECOND):
        return _pattern(_SECOND_ARGUMENT).match(data, end, end + LOOK_AHEAD)
    if head.endswith(b"securest"):
        return _pattern(_SECURE_STRING).match(data, end, end + LOOK_AHEAD)
    return None
