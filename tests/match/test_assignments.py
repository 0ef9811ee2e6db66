"""Names that are given a value, in any text: the forms that people write, and what is no assignment."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentkey_lint.match import assignments, forms
from agentkey_lint.match.scan import scan
from agentkey_lint.testing import expand

VALUE = expand("{{20 x aA0}}", "assignment")


def find(text: str | bytes, path: str = "app.py") -> list[tuple[str, str]]:
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return [(one.name, one.text) for one in assignments.find(data, scan(data).words, path)]


@pytest.mark.parametrize(
    ("path", "text", "name"),
    [
        ("a.py", f'password = "{VALUE}"', "password"),
        ("a.py", f"call(api_key='{VALUE}', x=1)", "api_key"),
        ("a.py", f'd = {{"client_secret": "{VALUE}"}}', "client_secret"),
        ("a.py", f'self.config.password = "{VALUE}"', "password"),
        ("a.js", f"const apiKey = `{VALUE}`;", "apiKey"),
        ("a.ts", f'let token: string = "{VALUE}"', "token"),
        ("a.go", f'secret := "{VALUE}"', "secret"),
        ("a.json", f'{{"api_key": "{VALUE}"}}', "api_key"),
        ("a.yaml", f"api_key: {VALUE}", "api_key"),
        ("a.yaml", f"api_key: '{VALUE}' # old", "api_key"),
        ("a.ini", f"password={VALUE}", "password"),
        ("run.sh", f"export API_TOKEN={VALUE}", "API_TOKEN"),
        ("a.rb", f':secret_key => "{VALUE}"', "secret_key"),
    ],
)
def test_what_people_write(path: str, text: str, name: str) -> None:
    assert (name, VALUE) in find(text, path)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "password = get_password()"),
        ("a.py", 'token = os.environ["TOKEN"]'),
        ("a.py", "def login(password: str) -> None:"),
        ("a.md", "The password is needed, and the token too."),
        ("a.py", f'username = "{VALUE}"'),
        ("a.py", f'password_length = "{VALUE}"'),
        ("a.js", "if (token) { return token.value }"),
        ("a.py", "password = ''"),
    ],
)
def test_what_assigns_no_literal(path: str, text: str) -> None:
    assert not find(text, path)


def test_the_span_is_the_value_without_its_quotes() -> None:
    data = f'x\n  db_password = "{VALUE}"\n'.encode()
    (one,) = assignments.find(data, scan(data).words, "a.py")
    assert data[one.value.start : one.value.end].decode() == VALUE
    assert data[one.key.start : one.key.end] == b"db_password"
    assert one.quote == '"'


def test_a_value_does_not_reach_beyond_its_line() -> None:
    assert not find('password = "never closed\nnext = "line"', "a.py")


def test_quotes_within_a_value() -> None:
    assert ("password", 'a\\"b' + VALUE) in find(f'password = "a\\"b{VALUE}"')


@given(st.text(alphabet="password=:'\"token \n\\`[]{}(),;#>key_", max_size=120), st.sampled_from(["a.py", "a.json", "a.sh", "a.md", "a.ini", "Dockerfile"]))
def test_no_text_is_too_odd(text: str, path: str) -> None:
    data = text.encode()
    for one in assignments.find(data, scan(data).words, path):
        assert 0 <= one.key.start <= one.key.end <= len(data)
        assert 0 <= one.value.start < one.value.end <= len(data)
        assert b"\n" not in data[one.key.start : one.key.end]


@given(
    st.lists(st.sampled_from(["api", "auth", "x2", "AES256", "master", "stripe"]), min_size=1, max_size=3),
    st.sampled_from(["snake", "kebab", "dotted", "camel", "capitals", "upper"]),
    st.sampled_from([' = "{}"', '="{}"', ': "{}"', '"] = "{}"', "' : '{}'", '" => "{}"']),
)
def test_the_pass_misses_no_name_that_ends_with_key(parts: list[str], spelling: str, given_by: str) -> None:
    """Only some spellings of `key` are looked for: those in which it is a word of its own, and not the first."""
    words = [*parts, "key"]
    name = {
        "snake": "_".join(words),
        "kebab": "-".join(words),
        "dotted": ".".join(words),
        "camel": words[0] + "".join(word.title() for word in words[1:]),
        "capitals": "".join(parts).lower() + "KEY",
        "upper": "_".join(words).upper(),
    }[spelling]
    for path in ("app.py", "app.ini"):
        data = f"({name}{given_by.format(VALUE)})".encode()
        everywhere = [(one.name, one.text) for one in assignments.find(data, range(1, len(data) + 1), path)]
        assert find(data, path) == everywhere, "the same as with a look at every offset"


def test_sql_gives_a_password_without_its_name() -> None:
    assert find(f"CREATE USER x IDENTIFIED BY '{VALUE}'", "a.sql") == [("password", VALUE)]
    assert not find(f"identifier = '{VALUE}'", "a.sql")


PARTS = (" ", "  ", "=", ":", "'", '"', "`", "\\", "(", ")", "[", "]", ",", ">", "</", "\n", "\r\n", "value", "by ", "or ", "||", "str", "word", "&", ";")
CALLS = ("%3D", "Bearer ", "as ", "identified ", "getenv(", "1", "_", "-", "x" * 41, "$", "login u ")
FOLLOWS = st.lists(st.sampled_from((*PARTS, *CALLS)), max_size=9).map("".join)


@given(st.sampled_from(["", " ", "-", "--", "?", ";", '"', "\n", "ENV ", "login u ", ".", "{", "'"]), FOLLOWS, st.sampled_from(["a.py", "a.md"]))
def test_the_one_expression_passes_over_nothing(before: str, after: str, path: str) -> None:
    """Held against each of the expressions that it is made of, by itself, and against the value that the forms find."""
    data = f"{before}password{after}".encode()
    end = len(before) + len("password")
    style = "code" if path == "a.py" else "doc"
    rest = re.compile(rb"[A-Za-z0-9_.\-]{0,40}").match(data, end)
    assert rest is not None
    stop = rest.end()
    value = assignments._STRING if style == "code" else rb"(?:" + assignments._STRING + rb"|" + assignments._BARE + rb")"
    right = re.compile(rb"(?xi)" + assignments._UP_TO_VALUE + value).match(data, stop)
    match = assignments._ahead(style).match(data, end)
    assert match is None or match.start(match.lastindex or 0) == stop
    assert (match is not None and match.lastgroup == "right") == (right is not None)
    if right is not None:
        assert match is not None and match.groupdict().items() >= right.groupdict().items()
        return
    by_form = forms.around(data, len(before), stop)
    fitting = forms.around(data, len(before), stop, match.lastgroup == "open") if match is not None else None
    assert (by_form and by_form[0].span()) == (fitting and fitting[0].span())


@pytest.mark.parametrize("form", forms._FORMS, ids=lambda form: form.after.decode()[:40])
@settings(deadline=None)  # text of a pattern is found by trial
@given(data=st.data())
def test_the_one_expression_knows_every_form(form: forms.Form, data: st.DataObject) -> None:
    after = data.draw(st.from_regex(re.compile(rb"\A(?:" + form.after + rb")", re.IGNORECASE)))
    for style in ("code", "doc"):
        assert assignments._ahead(style).match(b"password" + after, len(b"password")) is not None


@pytest.mark.parametrize("head", forms._TAKES_TWO)
@settings(deadline=None)
@given(data=st.data())
def test_the_one_expression_knows_calls_with_two_arguments(head: bytes, data: st.DataObject) -> None:
    text = head + data.draw(st.from_regex(re.compile(rb"\A" + forms._TWO_ARGUMENTS, re.IGNORECASE)))
    at = len(head.rstrip(b"="))
    assert forms.option(text, len(head)) is None or assignments._ahead("code").match(text, at) is not None
