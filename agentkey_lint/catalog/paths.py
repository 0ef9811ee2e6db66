"""What a path says of what stands in the file."""

from agentkey_lint.catalog.compiled import WORDS

_TEST = frozenset(WORDS["test_paths"])
_DOCUMENTATION = frozenset(WORDS["documentation_paths"])
_TRANSLATION = frozenset(WORDS["translation_paths"])
_STYLES = tuple((style, frozenset(WORDS[f"{style}_endings"])) for style in ("code", "json", "shell", "doc"))


def is_test(path: str) -> bool:
    """Whether a path is that of a test, a fixture or an example: a folder's or the file's name has such a word."""
    *folders, name = path.lower().replace("-", "_").split("/")
    words = {word for folder in folders for word in folder.split("_")} | set(name.replace(".", "_").split("_"))
    return not words.isdisjoint(_TEST)


def is_documentation(path: str) -> bool:
    """Whether a path is that of documentation: secrets shown there are mostly made up."""
    *folders, name = path.lower().split("/")
    return not _DOCUMENTATION.isdisjoint(folders) or name.endswith(WORDS["documentation_endings"])


def is_translation(path: str) -> bool:
    """Whether a path is that of a file of translated texts."""
    *folders, name = path.lower().split("/")
    return not _TRANSLATION.isdisjoint(folders) or name.endswith(WORDS["translation_endings"])


def style(path: str) -> str:
    """How values are written in a file of this name: code, json, shell, doc or config."""
    name = path.rsplit("/", 1)[-1].lower()
    ending = name.rsplit(".", 1)[-1]
    for known, endings in _STYLES:
        if ending in endings:
            return known
    return "shell" if name.startswith(("dockerfile", "makefile")) else "config"
