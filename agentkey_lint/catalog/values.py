"""What a value says of itself: a placeholder, a reference, a sample, or text that could be a secret."""

from itertools import pairwise

from agentkey_lint.catalog.compiled import WORDS
from agentkey_lint.model.expressions import regex

_PLACEHOLDERS: tuple[str, ...] = WORDS["placeholder"]
_HEX = frozenset("0123456789abcdefABCDEF")


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
        if word in lower and (lower == word or _stands_alone(lower, word) or (len(word) >= 6 and not _only_inside(lower, word))):
            return f"reads like {word!r}"
    return ""


def _stands_alone(text: str, word: str) -> bool:
    """Whether a word is one of a text's words, or the beginning of one: `your-key`, `put_it_here`, and `yourkey`, but not `sunset` for `unset`."""
    at = text.find(word)
    while at >= 0:
        if at == 0 or not text[at - 1].isalnum():
            after = text[at + len(word) : at + len(word) + 1]
            if not after.isalnum() or len(word) >= 4:
                return True
        at = text.find(word, at + 1)
    return False


def _only_inside(text: str, word: str) -> bool:
    """Whether a word occurs in a text only within a run of letters and digits, as chance would have it in random text."""
    at = text.find(word)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(word) : at + len(word) + 1]
        if not (before.isalnum() and after.isalnum()) or len(text) < 20:
            return False
        at = text.find(word, at + 1)
    return True


_UNCOUNTED = dict.fromkeys(map(ord, "-_. :"))
"""Marks between the parts of a value."""


def repeated(text: str) -> bool:
    """Whether a text is one or two characters over and over, or holds a long run of one: xxxx, 0000-0000, ****, abababab."""
    body = text.lower().translate(_UNCOUNTED)
    if not body:
        return True
    kinds = len(set(body))
    if (len(body) >= 3 and kinds == 1) or (len(body) >= 12 and kinds <= 2):
        return True
    runs = regex(r"(?s)(.)\1{5,}").finditer(body)
    return any(len(run[0]) >= len(body) // 3 for run in runs)


def sample(body: str) -> str:
    """Why the random part of a key or a password looks made up; empty if it looks real."""
    lower = body.lower()
    if repeated(body):
        return "one character repeated"
    if any(run in lower for run in WORDS["sequences"]):
        return "counts upwards"
    for word in WORDS["made_up"]:
        if word in lower:
            return f"holds the word {word!r}"
    if len(body) >= 16 and len(set(lower)) < min(8, len(body) // 3):
        return "made of few characters"
    return ""


def templated(text: str) -> bool:
    """Whether something is put into a value when it is used: a reference, a template, an interpolation of a programming language, a command."""
    if any(mark in text for mark in WORDS["templates"]):
        return True
    if text[:1] == "$" and text[1:].replace("_", "").isalnum() and text[1:2].isalpha():
        return True
    if text[:1] == "%" and text[-1:] == "%" and len(text) > 2:
        return True
    opening = text.find("{")
    following = text[opening + 1 : opening + 2]
    return opening >= 0 and "}" in text[opening:] and (following.isalnum() or following in "}_!'\"")


def is_password_hash(text: str) -> bool:
    """Whether a text is what a password hashing scheme stores: `$6$…`, `pbkdf2_sha256$…`, `{SSHA}…`, `$argon2id$…`, MySQL's `*` and hex."""
    if ((text[:1] == "*" and len(text) == 41) or (text[:3] == "md5" and len(text) == 35)) and _HEX.issuperset(text[-32:]):
        return True
    if text[:1] == "{" and text[1:].upper().startswith(("SSHA", "SHA}", "MD5}", "CRYPT}")):
        return True
    scheme, _, rest = text.lstrip("$").partition("$")
    return text.count("$") >= 2 and len(rest) >= 8 and len(scheme) <= 24 and scheme.lower().startswith(WORDS["hash_schemes"])


def is_uuid(text: str) -> bool:
    """Whether a text is a UUID in its usual form."""
    parts = text.strip("{}").split("-")
    return [len(part) for part in parts] == [8, 4, 4, 4, 12] and all(_HEX.issuperset(part) for part in parts)


def looks_like_code(text: str) -> bool:
    """Whether a value is a regular expression, a format string, markup, a selector, a call or another piece of code."""
    if any(mark in text for mark in WORDS["code"]) or text[0] == "<" or text[-1] in "([{<:" or text.endswith("..."):
        return True
    if text[0] in ".#" and text[1:].replace("-", "").replace("_", "").isalpha():
        return True
    return "(" in text and ")" in text and text[0].isalpha() and text[: text.index("(")].replace("_", "").replace(".", "").isalnum()


def could_be_secret(text: str) -> bool:
    """Whether a literal could be a secret at all: long enough, and not a plain word, an address, a path or a sentence."""
    if not 6 <= len(text) <= 4096 or (" " in text.strip() and sum(word.isalpha() for word in text.split()) >= 2):
        return False
    if text.lower().startswith(("http://", "https://", "./", "../", "/", "~/", "file:", "urn:")) and "@" not in text:
        return False
    letters = text.replace("-", "").replace("_", "").replace(".", "").replace(" ", "")
    return not letters.isalpha() or _mixed(letters)


def _mixed(text: str) -> bool:
    """Whether letters alone look random: upper and lower case in a disorder that camelCase words do not have."""
    return len(text) >= 16 and sum(before.islower() != here.islower() for before, here in pairwise(text)) > len(text) // 3
