"""What the page about editors gives to copy can be read by the programs it is for."""

import json
import re
import tomllib
from pathlib import Path

from agentkey_lint import arguments

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "editors.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    found = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found


def test_the_blocks_follow_their_formats() -> None:
    for text in blocks("json"):
        assert json.loads(text)
    servers = [table for text in blocks("toml") for table in tomllib.loads(text).get("language-server", {}).values()]
    assert servers == [{"command": "agentkey-lint", "args": ["serve"]}]


def test_every_editor_starts_the_command_that_there_is() -> None:
    assert PAGE.count('"serve"') + PAGE.count("'serve'") == 6  # Emacs has two
    assert vars(arguments.parser(["serve"]).parse_args(["serve", "--stdio", "--docs", "x"])).keys() >= {"docs", "stdio"}
