"""What a name says of its value: tokens, and whether a secret stands there."""

from agentkey_lint.catalog.compiled import WORDS

_SECRET = frozenset(WORDS["secret"])
_ABOUT = frozenset(WORDS["about"])
_ENDINGS = tuple({phrase.rsplit(" ", 1)[-1] for phrase in WORDS["secret"]} | {"key", *WORDS["secret_endings"]})
_NO_LETTERS = "".join(chr(code) for code in range(128) if not chr(code).isalpha())
_BLANKS = {code: " " for code in range(128) if not chr(code).isalnum()}


def tokens(name: str) -> list[str]:
    """A name's words in lower case: `apiKey`, `API_KEY`, `api-key` and `api.key` are all [api, key]. Upper-case runs stay together (`AWSKey`: aws, key)."""
    if name.isascii() and name == name.lower():
        return name.translate(_BLANKS).split()
    found: list[str] = []
    word = ""
    for at, character in enumerate(name):
        if not character.isalnum():
            if word:
                found.append(word)
            word = ""
            continue
        following = name[at + 1 : at + 2]
        starts = character.isupper() and word and (not word[-1].isupper() or (following.islower() and following.isalpha()))
        if starts:
            found.append(word)
            word = ""
        word += character
    if word:
        found.append(word)
    return [part.lower() for part in found]


def holds_secret(name: str) -> bool:
    """Whether a field of this name is expected to hold a secret: its last words say so, digits at the end do not count."""
    return _may_hold(name) and _hold_secret(_told(name))


def _may_hold(name: str) -> bool:
    """Whether a name ends like one that tells of a secret, which most do not: looked at before it is taken apart."""
    return not name.isascii() or name.rstrip(_NO_LETTERS).lower().endswith(_ENDINGS)


def _told(name: str) -> list[str]:
    """A name's words up to the last that is no number."""
    words = tokens(name)
    while words and words[-1].isdigit():
        words.pop()
    return words


def _hold_secret(words: list[str]) -> bool:
    if not words:
        return False
    phrases = [" ".join(words[-count:]) for count in (1, 2, 3)]
    if not _ABOUT.isdisjoint(phrases[:2]):
        return False
    return not _SECRET.isdisjoint(phrases) or words[-1].rstrip("0123456789").endswith(WORDS["secret_endings"])


_OTHER_TOKENS = frozenset(WORDS["other_tokens"])
_OTHER_KEYS = frozenset(WORDS["other_keys"])


def maybe_secret(name: str) -> bool:
    """Whether a name could be a secret's: as `holds_secret`, or one that ends with `key` and is none of the many other keys."""
    return bool(strength(name))


_known: dict[str, int] = {}


def strength(name: str) -> int:
    """How surely a name says that its value is a secret: 3 sure, 2 likely, 1 perhaps, 0 not."""
    if name not in _known:
        if len(_known) > 10_000:
            _known.clear()
        _known[name] = _strength(name)
    return _known[name]


def _strength(name: str) -> int:
    words = _told(name) if _may_hold(name) else []
    if not words or len(words) > 10:
        return 0
    if words[-1] == "token" and len(words) > 1 and words[-2] in _OTHER_TOKENS:
        return 0
    if words[-1] == "pat" and "PAT" not in name:
        return 0  # a pattern, more often than a personal access token
    if _hold_secret(words):
        return 2 if words[-1] in ("auth", "pat", "credentials", "credential", "jwt", "dsn", "creds") else 3
    if words[-1] == "key" and len(words) > 1 and " ".join(words[-2:]) not in _OTHER_KEYS and words[-2] not in _OTHER_KEYS:
        return 1
    return 0
