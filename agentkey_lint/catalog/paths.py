"""What a path says of what stands in the file."""

_TEST = ("test", "tests", "testing", "testdata", "spec", "specs", "fixture", "fixtures", "__tests__", "mock", "mocks", "example", "examples", "sample", "samples", "demo", "demos", "t", "e2e", "qa", "stubs", "dummy", "sandbox", "benchmark", "benchmarks", "playground", "quickstart", "tutorial", "tutorials")


def is_test(path: str) -> bool:
    """Whether a path is that of a test, a fixture or an example."""
    steps = path.lower().split("/")
    name = steps[-1]
    words = name.replace("-", "_").replace(".", "_").split("_")
    return any(step in _TEST for step in steps[:-1]) or any(word in ("test", "tests", "spec", "fixture", "mock", "example", "sample", "conftest") for word in words)


_TRANSLATION = ("locale", "locales", "i18n", "l10n", "lang", "langs", "translations", "translation", "messages", "languages")


def is_translation(path: str) -> bool:
    """Whether a path is that of a file of translated texts."""
    steps = path.lower().split("/")
    return any(step in _TRANSLATION for step in steps[:-1]) or steps[-1].endswith((".po", ".pot", ".xlf", ".xliff", ".resx", ".strings", ".arb"))


_DOCUMENTATION = ("doc", "docs", "documentation", "man", "manual", "tutorial", "tutorials", "guide", "guides", "cookbook", "website", "blog", "changelog", "release_notes", "whatsnew")


def is_documentation(path: str) -> bool:
    """Whether a path is that of documentation: secrets shown there are mostly made up."""
    steps = path.lower().split("/")
    return any(step in _DOCUMENTATION for step in steps[:-1]) or steps[-1].endswith((".md", ".rst", ".adoc", ".mdx", ".1", ".html", ".htm"))
