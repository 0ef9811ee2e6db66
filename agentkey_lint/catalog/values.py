"""What a value says of itself: a placeholder, a reference, a sample, or text that could be a secret."""

from agentkey_lint.catalog.compiled import WORDS

_PLACEHOLDERS: tuple[str, ...] = WORDS.get("placeholder", ())
_SEQUENCES = ("0123456789", "1234567890", "abcdefghij", "abcdefabcdef", "abc123abc123", "qwertyuiop", "9876543210", "012345678901", "abc123", "123abc", "123456", "qwerty", "asdfgh", "1q2w3e", "a1b2c3", "deadbeef", "cafebabe", "abcd1234", "xyzzy", "abcdefg", "87654321", "1a2b3c", "aaaa", "bbbb", "1111")


def placeholder(text: str) -> str:
    """Why a value stands for a secret that is still to be filled in; empty if it does not.

    `<your key>`, `[token]`, `{{x}}`, `...`, `xxxx`, `****` and words such as `changeme` count; references do not (the caller knows them).
    """
    value = text.strip().strip("\"'`").strip()
    if not value:
        return "empty"
    lower = value.lower()
    if value[0] == "<" and value[-1] == ">" and not lower.startswith("<?"):
        return "in angle brackets"
    if (value[0] == "[" and value[-1] == "]") or (value[0] == "{" and value[-1] == "}"):
        return "in brackets"
    if "***" in value:
        return "starred out"
    if "..." in value or "…" in value:
        return "cut short by dots"
    if "<" in value and ">" in value[value.index("<") :]:
        return "in angle brackets"
    if repeated(value):
        return "one character repeated"
    for word in _PLACEHOLDERS:
        if lower == word or (len(word) >= 4 and word in lower and not _only_inside(lower, word)):
            return f"reads like {word!r}"
        if lower.startswith(word) and len(word) == 3 and (len(lower) == 3 or not lower[3].isalnum()):
            return f"reads like {word!r}"
    return ""


def _only_inside(text: str, word: str) -> bool:
    """Whether a word occurs in a text only within a run of letters and digits, as chance would have it in random text."""
    at = text.find(word)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(word) : at + len(word) + 1]
        if not (before.isalnum() and after.isalnum()) or len(text) < 20:
            return False
        at = text.find(word, at + 1)
    return True


def repeated(text: str) -> bool:
    """Whether a text is one or two characters over and over, or holds a long run of one: xxxx, 0000-0000, ****, abababab."""
    body = [character for character in text.lower() if character not in "-_. :"]
    if not body:
        return True
    if len(body) >= 3 and len(set(body)) == 1:
        return True
    if len(body) >= 12 and len(set(body)) <= 2:
        return True
    longest = run = 1
    for before, here in zip(body, body[1:], strict=False):
        run = run + 1 if here == before else 1
        longest = max(longest, run)
    return longest >= max(6, len(body) // 3)


def sample(body: str) -> str:
    """Why the random part of a shaped key looks made up; empty if it looks real."""
    lower = body.lower()
    if repeated(body):
        return "one character repeated"
    for run in _SEQUENCES:
        if run in lower:
            return "counts upwards"
    for word in ("example", "sample", "placeholder", "your", "dummy", "redacted", "changeme", "insert", "fake", "xxxx", "secret", "notreal", "testtest", "foobar"):
        if word in lower:
            return f"holds the word {word!r}"
    if len(body) >= 16 and len(set(lower)) < min(8, len(body) // 3):
        return "made of few characters"
    return ""


_LOCAL = ("localhost", "127.0.0.1", "0.0.0.0", "[::1]", "host.docker.internal", "example.com", "example.org", "example.net", "test", "host", "hostname", "server")  # noqa: S104
_DEFAULTS = ("password", "pass", "passwd", "pw", "pwd", "secret", "root", "admin", "user", "guest", "postgres", "mysql", "redis", "test", "token", "123456", "1234", "12345")


def weak_url_password(address: str, password: str) -> str:
    """Why the password of a URL (`scheme://user:password@host…`) is no secret: `reference` where something is put in, another reason, or empty."""
    if any(mark in password for mark in ("${", "$(", "{{", "%(", "{env:", "<%")) or (password[:1] in "$%{<" and password[1:2].isalpha()) or "{" in password:
        return "reference"
    reason = placeholder(password)
    if reason:
        return reason
    before, _, after = address.partition("@")
    user = before.rpartition("//")[2].split(":")[0]
    host = after.split("/")[0].split(":")[0].split("?")[0].strip("\"'`),;").lower()
    lower = password.lower()
    if lower in _DEFAULTS or lower == user.lower():
        return "a well-known default"
    if host in _LOCAL or host.endswith((".example.com", ".example.org", ".example.net", ".test", ".example")):
        return "a local or sample host" if len(password) < 12 or not could_be_secret(password) else ""
    return ""


def could_be_secret(text: str) -> bool:
    """Whether a literal could be a secret at all: not a plain word, a number, a path, a URL, a sentence or an expression."""
    if len(text) < 6 or len(text) > 4096:
        return False
    lower = text.lower()
    if lower.startswith(("http://", "https://", "./", "../", "/", "~/", "file:", "urn:")) and "@" not in text:
        return False
    if lower in ("true", "false", "none", "null", "enabled", "disabled", "required", "optional", "password", "secret", "string", "integer", "boolean", "bearer", "basic"):
        return False
    if " " in text.strip() and sum(word.isalpha() for word in text.split()) >= 2:
        return False
    if text.isalpha() and (text.islower() or text.istitle() or text.isupper()) and len(text) < 20:
        return False
    return not text.replace("-", "").replace("_", "").replace(".", "").replace(" ", "").isalpha() or _mixed(text)


def _mixed(text: str) -> bool:
    """Whether letters alone look random: upper and lower case in a disorder that camelCase words do not have."""
    changes = sum(before.islower() != here.islower() for before, here in zip(text, text[1:], strict=False))
    return len(text) >= 16 and changes > len(text) // 3


def templated(text: str) -> bool:
    """Whether something is put into a value when it is used: a reference, a template, an interpolation of a programming language, a command."""
    if any(mark in text for mark in ("${", "$(", "{{", "}}", "<%", "#{", "%(", "{env:", "os.environ", "process.env", "getenv", "ENV[", "$__", "op://", "vault:", "ssm:", "secretsmanager", "@Microsoft.KeyVault", "\\(")):
        return True
    if text[:1] == "$" and text[1:].replace("_", "").isalnum() and text[1:2].isalpha():
        return True
    if text[:1] == "%" and text[-1:] == "%" and len(text) > 2:
        return True
    opening = text.find("{")
    return opening >= 0 and "}" in text[opening:] and (text[opening + 1] == "}" or text[opening + 1].isalnum() or text[opening + 1] in "_!'\"")


def is_password_hash(text: str) -> bool:
    """Whether a text is what a password hashing scheme stores: `$6$…`, `pbkdf2_sha256$…`, `{SSHA}…`, `$argon2id$…`."""
    if (text[:1] == "*" and len(text) == 41 or text[:3] == "md5" and len(text) == 35) and all(character in "0123456789abcdefABCDEF" for character in text[-32:]):
        return True
    scheme, dollar, rest = text.lstrip("$").partition("$")
    known = scheme.lower().startswith(("pbkdf2", "bcrypt", "argon2", "scrypt", "sha1", "sha256", "sha512", "md5", "2a", "2b", "2y", "1", "5", "6", "apr1", "y", "crypt"))
    return (bool(dollar) and known and len(scheme) <= 24 and len(rest) >= 8 and text.count("$") >= 2) or text[:1] == "{" and text[1:7].upper().startswith(("SSHA", "SHA}", "MD5}", "CRYPT"))


def is_uuid(text: str) -> bool:
    """Whether a text is a UUID in its usual form."""
    parts = text.strip("{}").split("-")
    return [len(part) for part in parts] == [8, 4, 4, 4, 12] and all(character in "0123456789abcdefABCDEF" for part in parts for character in part)


def looks_like_code(text: str) -> bool:
    """Whether a value is a regular expression, a format string, markup, a selector, a call or another piece of code."""
    if any(mark in text for mark in ("\\d", "\\w", "\\s", "[a-z", "[A-Z", "[0-9", "(?:", ".*", "[name", "=\"", "%s", "%d", "%v", "</", "/>", "=>", "();", "&&", "||", "==", "::", "!=", "\\n", "\\t", "\\x", "\\u")):
        return True
    if text[0] == "<" or text[-1] in "([{<" or text.endswith(("...", "…", "=", ":")) and not text.endswith(("==", "=")):
        return True
    if text[0] in ".#" and text[1:].replace("-", "").replace("_", "").isalpha():
        return True
    return "(" in text and ")" in text and text[0].isalpha() and text[: text.index("(")].replace("_", "").replace(".", "").isalnum()


def basic_password(credentials: str) -> str:
    """The password of a basic authorization header's value; the value itself where it is no `user:password` in base64."""
    import base64

    try:
        user, colon, password = base64.b64decode(credentials.strip(), validate=True).decode().partition(":")
    except ValueError:
        return credentials
    return password if colon else credentials
