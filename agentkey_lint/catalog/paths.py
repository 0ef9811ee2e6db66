"""What a path says of what stands in the file."""

_TEST = ("test", "tests", "testing", "testdata", "spec", "specs", "fixture", "fixtures", "__tests__", "mock", "mocks", "example", "examples", "sample", "samples", "demo")


def is_test(path: str) -> bool:
    """Whether a path is that of a test, a fixture or an example."""
    steps = path.lower().split("/")
    name = steps[-1]
    words = name.replace("-", "_").replace(".", "_").split("_")
    return any(step in _TEST for step in steps[:-1]) or any(word in ("test", "tests", "spec", "fixture", "mock", "example", "sample", "conftest") for word in words)
