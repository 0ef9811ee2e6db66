"""What a name says of its value: tokens, and whether a secret stands there."""

from agentkey_lint.catalog.compiled import WORDS

_SECRET = frozenset(WORDS.get("secret", ()))
_ABOUT = frozenset(WORDS.get("about", ()))


def tokens(name: str) -> list[str]:
    """A name's words in lower case: `apiKey`, `API_KEY`, `api-key` and `api.key` are all [api, key]. Upper-case runs stay together (`AWSKey`: aws, key)."""
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
    words = tokens(name)
    while words and words[-1].isdigit():
        words.pop()
    if not words:
        return False
    for count in (1, 2):
        if " ".join(words[-count:]) in _ABOUT:
            return False
    return any(" ".join(words[-count:]) in _SECRET for count in (1, 2, 3) if count <= len(words)) or words[-1].rstrip("0123456789") in _SECRET
