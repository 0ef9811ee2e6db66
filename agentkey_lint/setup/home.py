"""Where other machines get this linter from, as far as it is known: what a hook and a CI job have to name.

pip writes down what it was told to install (PEP 610, `direct_url.json`): nothing for a package of an index, the commit for one of a git repository. A
folder on this machine is of no use to anybody else, and a name that is in no index could be anybody's: then nothing is guessed.
"""

import re

from agentkey_lint.model.errors import UsageError
from agentkey_lint.model.record import Record

_URL = re.compile(r"(?:[a-z][a-z0-9+]*://|/|[A-Za-z0-9_.-]+@[A-Za-z0-9.-]+:)[A-Za-z0-9._~:/@%+=-]{1,500}\Z")
_REVISION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/+-]{0,200}\Z")
_SSH = re.compile(r"([A-Za-z0-9_.-]+@[A-Za-z0-9.-]+):([^/].*)")


class Home(Record):
    """url, revision: the git repository and what of it; without a url the package of this version in an index. tag: another name of the revision."""

    url: str = ""
    revision: str = ""
    version: str = ""
    tag: str = ""


def given(url: str, revision: str) -> Home:
    """The home that a person names. Raises UsageError for text that has no place in a file, such as a password."""
    if not _URL.match(url):
        raise UsageError("--source takes the URL of a git repository")
    if ":" in url.partition("://")[2].rpartition("@")[0]:
        raise UsageError("the URL of --source holds a password, and would be written into files")
    if not _REVISION.match(revision):
        raise UsageError("--rev takes a tag or a commit, such as v0.1.0")
    return Home(url, revision)


def installed() -> Home | None:
    """The home that the installed package was fetched from; None where that is not known, or is a folder of this machine."""
    import json
    import os
    from importlib.metadata import PackageNotFoundError, distribution

    import agentkey_lint

    try:
        package = distribution("agentkey-lint")
        if package.read_text("INSTALLER") is None or not os.path.samefile(str(package.locate_file("agentkey_lint")), os.path.dirname(agentkey_lint.__file__)):
            return None
        text = package.read_text("direct_url.json")
        return Home(version=package.version) if text is None else recorded(json.loads(text))
    except (PackageNotFoundError, OSError, ValueError):
        return None


def recorded(origin: object) -> Home | None:
    """The home that a `direct_url.json` tells of, if it is a git repository that others can reach."""
    vcs = origin.get("vcs_info") if isinstance(origin, dict) else None
    if not isinstance(origin, dict) or not isinstance(vcs, dict) or vcs.get("vcs") != "git":
        return None
    url, commit, asked = str(origin.get("url", "")), str(vcs.get("commit_id", "")), str(vcs.get("requested_revision", ""))
    try:
        home = given("" if url.startswith("file:") else url, commit)
    except UsageError:
        return None
    return home._replace(tag=asked) if asked != commit and _REVISION.match(asked) else home


def requirement(home: Home) -> str:
    """What pip is told to install."""
    if not home.url:
        return f"agentkey-lint=={home.version}"
    url = _SSH.sub(r"ssh://\1/\2", home.url) if "://" not in home.url else home.url
    return f"git+{'file://' if url.startswith('/') else ''}{url}@{home.revision}"
