"""The entry of pre-commit."""

from agentkey_lint.setup import Refused, yaml
from agentkey_lint.setup.home import Home, requirement

PATH = ".pre-commit-config.yaml"
ID = "agentkey-lint"


def added(data: bytes | None, home: Home | None) -> bytes:
    """pre-commit's settings with our hook; the same bytes where they have it. Raises Refused."""
    lines = entry(home)
    text = yaml.text_of(data or b"")
    node = yaml.root(text)
    repos = yaml.value(node, "repos")
    if any(getattr(yaml.value(hook, "id"), "value", "") == ID for repo in yaml.items(repos) for hook in yaml.items(yaml.value(repo, "hooks"))):
        return data or b""
    if repos is None:
        item = "\n".join(f"  {'- ' if number == 0 else '  '}{line}" for number, line in enumerate(lines))
        return yaml.extended(text, f"repos:\n{item}\n").encode()
    from yaml import SequenceNode

    if not isinstance(repos, SequenceNode):
        raise Refused("its `repos` is no list")
    return yaml.appended(text, repos, lines).encode()


def entry(home: Home | None) -> list[str]:
    """The item of `repos`, without its dash. Without a home the hook runs the command that is installed beside pre-commit."""
    if home is not None and home.url:
        frozen = f"  # frozen: {home.tag}" if home.tag else ""
        return [f"repo: {home.url}", f"rev: {home.revision}{frozen}", "hooks:", f"  - id: {ID}"]
    language = "language: system  # whoever commits has agentkey-lint installed" if home is None else "language: python"
    own = ["repo: local", "hooks:", f"  - id: {ID}", f"    name: {ID}", f"    entry: {ID} hook --", f"    {language}"]
    own += [f'    additional_dependencies: ["{requirement(home)}"]'] if home is not None else []
    return [*own, "    types: [file]", "    require_serial: true", "    stages: [pre-commit, pre-merge-commit, pre-push, manual]"]
