"""Is this literal a secret? One readable sum of named features of the name, the value and the place.

Each feature adds or takes points; the sum gives the confidence. `features` says which decided, so that a finding can be explained.
"""

from itertools import pairwise

from agentkey_lint.catalog import names, paths, values
from agentkey_lint.catalog.compiled import WORDS

_BIGRAMS: tuple[str, ...] = WORDS["bigrams"]
_COMMON = frozenset(WORDS["common"])
_NAMES = (("the name says nothing", -2), ("the name ends with key", 0), ("the name suggests a secret", 2), ("the name says secret", 3))
HIGH, MEDIUM = 7, 4
NEVER = -9
MOST_KNOWN, LONGEST_KNOWN = 4_000, 400
_known: dict[tuple[str, str, str, str], list[tuple[str, int]]] = {}
"""What was said of the last literals: files repeat themselves, and their versions do all the more."""
_WORD_LIKE = 5.15
"""Letters whose pairs are this frequent on average read like words; of random letters one run in twenty does."""


def features(name: str, text: str, quote: str, style: str, path: str) -> list[tuple[str, int]]:
    """What speaks for and against a secret, each with its points.

    style: code, json, config, shell, doc, and where it says more than the file: pair, compare, wrapped, bare, prose.
    """
    literal = name, text, quote, style
    found = _known[literal].copy() if literal in _known else _literal(*literal)
    if len(text) <= LONGEST_KNOWN and literal not in _known:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        _known[literal] = found.copy()
    if found[-1][1] == NEVER:
        return found
    if style in ("pair", "compare"):
        found.append(("only set side by side" if style == "pair" else "compared, not assigned", -1))
    if style in ("wrapped", "call"):
        found.append(("handed to a function", -1))
    if style == "prose":
        found.append(("in running text", -2))
    if style == "comment":
        found.append(("in a comment", -1))
    if paths.is_test(path):
        found.append(("in a test, fixture or example", -2 if len(text) >= 12 else -3))
    elif style != "prose" and paths.is_documentation(path):
        found.append(("in documentation", -2))
    if paths.is_translation(path):
        found.append(("in a translation", -4))
    return found


def _literal(name: str, text: str, quote: str, style: str) -> list[tuple[str, int]]:
    """What name and value say wherever they stand."""
    strength = names.strength(name)
    no = never(name, text, quote, style)
    return [_NAMES[strength], *([(no, NEVER)] if no else _value(text, strength, _password(name)))]


def confidence(found: list[tuple[str, int]]) -> str:
    """high, medium or low; empty for what is no candidate at all."""
    total = sum(points for _, points in found)
    return "high" if total >= HIGH else "medium" if total >= MEDIUM else "low" if total >= MEDIUM - 2 else ""


def never(name: str, text: str, quote: str, style: str) -> str:
    """Why a value cannot be a secret, whatever its name says; empty if it can."""
    value = text.strip()
    lower = value.lower()
    if len(value) < (4 if _password(name) else 8):
        return "too short"
    if values.placeholder(value):
        return "a placeholder"
    if values.templated(value):
        return "something is put in here"
    if not quote and _expression(value):
        return "an expression"
    if lower.startswith(("http://", "https://", "file:", "urn:", "data:", "git@", "ssh://", "//", "./", "../", "~/")) or "arn:" in lower or _path(value):
        return "an address or a path"
    if any(ord(character) > 126 or ord(character) < 32 for character in value):
        return "text of a language, or binary"
    if value.count(" ") >= 1 and _sentence(value):
        return "words of a sentence"
    if value[0] in ",)]};" or value[-1] in "([{":
        return "a piece of code"
    if value[0] == "$" and value[1:2].isalpha() and not values.is_password_hash(value):
        return "something is put in here"
    head, equals, _ = value.partition("=")
    if equals and readable(head) and value[len(head) :].strip("="):
        return "a name and its value"
    if _requirement(value):
        return "a requirement on a package"
    if value.count("|") >= 2 and readable(value.replace("|", " ")):
        return "a list of words"
    if readable(value) and not _password(name) and not _phrase(value):
        return "the name of something"
    if lower.replace("_", "").replace("-", "") in (name.lower().replace("_", "").replace("-", ""), "password", "secret", "token"):
        return "the name again"
    if values.looks_like_code(value):
        return "a pattern, a format or markup"
    return ""


def _value(text: str, strength: int, password: bool) -> list[tuple[str, int]]:
    value = text.strip()
    found: list[tuple[str, int]] = []
    letters = [character for character in value if character.isalpha()]
    digits = sum(character.isdigit() for character in value)
    symbols = sum(not character.isalnum() and character not in "-_. " for character in value)
    words = readable(value)
    random = not words and entropy(value) >= (3.0 if len(value) < 24 else 3.3)
    if value.replace(".", "").replace("-", "").isdigit():
        found.append(("a number", -2))
    elif letters and digits:
        found.append(("letters and digits mixed", 2))
    if words:
        found.append(("a phrase with digits and symbols", -1) if strength == 3 and _phrase(value, password) else ("made of words", -3))
    elif letters and not digits:
        found.append(("letters in no word's order", 1 if len(value) < 20 or value.isupper() else 2))
    if not words and any(word in unleet(value) for word in WORDS["disguised"]):
        words = True
        found.append(("words in disguise", -1 if _phrase(value, password) else -3))
    if symbols and (letters or digits) and not words:
        found.append(("a password's symbols", 1))
    if random and len(value) >= 16:
        found.append(("long and random", 2 if len(value) < 24 else 3))
    if values.is_uuid(value):
        found.append(("a UUID", -4))
    elif is_hex(value) and len(value) in (32, 40, 48, 56, 64, 96, 128):
        found.append(("as long as a digest", 1 if strength >= 2 else -1))
    if values.is_password_hash(value):
        found.append(("a password's hash", -5))
    if " " in value:
        found.append(("holds blanks", -4))
    if value.isalpha() and value.isupper() and len(value) < 16:
        found.append(("a constant's spelling", -1))
    if values.sample(value):
        found.append(("looks made up", -6))
    return found


def _phrase(value: str, password: bool = False) -> bool:
    """Words that were made a password: long enough, with a digit, and with a symbol or both cases of letters.

    Under a password's name, words that name nothing technical are enough.
    """
    if len(value) < 8 or not any(character.isdigit() for character in value):
        return False
    if any(not character.isalnum() and character not in "-_. :/" for character in value):
        return True
    parts = [piece for part in value.translate(_JOINTS).split() for piece in names.tokens(part)]
    if password and len(value) >= 12 and _COMMON.isdisjoint(piece.rstrip("0123456789") for piece in parts):
        return True
    return len(value) >= 10 and "-" in value and value.lower() != value and value.upper() != value


def readable(text: str) -> bool:
    """Whether a text names something rather than hiding it: words, acronyms and small numbers joined by `_`, `-`, `.`, `/` or as camelCase.

    Every part must be a short number, or letters (with at most three digits behind) that split into few words, each of up to three letters, or with
    the pairs of letters that words have. Random text splits into many short pieces, or holds digits in its midst.
    """
    parts = text.translate(_JOINTS).split()
    letters = sum(character.isalpha() for character in text)
    digits = sum(character.isdigit() for character in text)
    if not parts or letters < digits or letters < 3:
        return False
    odd = [part for part in parts if not _part(part)]
    return not odd or (len(parts) - len(odd) >= 2 and max(len(part) for part in odd) <= 5 and sum(len(part) for part in odd) <= letters * 0.4)


_JOINTS = str.maketrans("_-.:/\\ @+|,;&#!?()[]", " " * 20)


def _part(part: str) -> bool:
    if part.isdigit():
        return len(part) <= 4 or (len(part) == 8 and part[:2] in ("19", "20"))
    if not part.isascii() or not part.isalnum():
        return False
    pieces = names.tokens(part)
    if len(pieces) > 1 and len(part) / len(pieces) < 3:
        return False
    return all(_word(piece) for piece in pieces)


def _word(piece: str) -> bool:
    """One word with at most three digits behind: known, short, or with the pairs of letters that words have."""
    stem = piece.rstrip("0123456789")
    if len(piece) - len(stem) > 3 or not (stem.isalpha() or not stem):
        return piece in _COMMON
    return stem in _COMMON or len(stem) <= 3 or wordness(stem) >= (_WORD_LIKE if len(stem) > 4 else _WORD_LIKE - 0.5)


_LEET = str.maketrans("@4301!$57", "aaeoiisst")


def unleet(text: str) -> str:
    """A text with the digits and symbols that stand for letters put back: p@ssw0rd."""
    return text.lower().translate(_LEET)


def wordness(run: str) -> float:
    """How frequent a run's pairs of letters are in words, 0 to 9, on average."""
    if len(run) < 2:
        return 9.0
    total = sum(int(_BIGRAMS[ord(first) - 97][ord(second) - 97]) for first, second in pairwise(run))
    return total / (len(run) - 1)


def entropy(text: str) -> float:
    """Shannon entropy in bits a character."""
    from math import log2

    size = len(text)
    return -sum(count / size * log2(count / size) for count in (text.count(character) for character in set(text)))


def is_hex(text: str) -> bool:
    return len(text) >= 8 and all(character in "0123456789abcdef" for character in text.lower()) and (text == text.lower() or text == text.upper())


def _password(name: str) -> bool:
    return any(word.startswith(("pass", "pwd", "pw")) for word in names.tokens(name))


def _expression(value: str) -> bool:
    """Unquoted text that names something rather than being it: a call, a member, a constant."""
    if any(character in value for character in "()[]{}<>") or value[0] in "@&!%=*|$" or "->" in value:
        return True
    parts = value.split(".")
    return len(parts) > 1 and all(part.isidentifier() for part in parts) and not any(character.isdigit() for character in value)


def _requirement(value: str) -> bool:
    """A package and the versions of it that will do, as PEP 508 writes it: `google-auth[requests]>=2.36,<3`."""
    at = min((at for at in (value.find(sign) for sign in (">=", "<=", "==", "~=", "!=")) if at > 0), default=0)
    name = value[:at].rstrip().partition("[")[0]
    return bool(name) and readable(name) and value[at + 2 :].lstrip()[:1].isdigit()


def _path(value: str) -> bool:
    if "/" not in value and "\\" not in value:
        stem, dot, ending = value.rpartition(".")
        if dot and 1 <= len(ending) <= 4 and ending.isalpha() and ending.islower() and readable(stem):
            return True
        return value.lower().endswith((".pem", ".key", ".json", ".yaml", ".toml", ".conf", ".html"))
    steps = [step for step in value.replace("\\", "/").split("/") if step]
    plain = value[0] in "/~." and all(step == step.lower() and len(step) <= 40 and not is_hex(step) for step in steps)
    return len(steps) >= 2 and (plain or all(readable(step) or len(step) <= 4 for step in steps))


def _sentence(value: str) -> bool:
    parts = value.split()
    return (
        len(parts) >= 2 and sum(part.strip(".,:;!?'()\"`").replace("'", "").replace("-", "").isalpha() or len(part) <= 2 for part in parts) >= len(parts) * 0.5
    )
