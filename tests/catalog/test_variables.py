"""Variables by name: which one is proposed for a field."""

import pytest

from agentkey_lint.catalog import kinds, variables
from agentkey_lint.catalog.compiled import VARIABLES


@pytest.mark.parametrize(
    ("route", "wanted"),
    [
        ("provider.anthropic.options.apiKey", "ANTHROPIC_API_KEY"),
        ("provider.gemini.options.apiKey", "GEMINI_API_KEY"),
        ("providers.mistral.api_key", "MISTRAL_API_KEY"),
        ("provider.hugging-face.token", "HF_TOKEN"),
        ("mcpServers.github.headers.Authorization", "GITHUB_TOKEN"),
        ("mcp.sentry.oauth.clientSecret", "SENTRY_CLIENT_SECRET"),
        ("mcpServers.github.env.API_KEY", "API_KEY"),
        ("mcpServers.github.openaiApiKey", "OPENAI_API_KEY"),
        ("servers.tickets.token", "TOKEN"),
        ("OAuth.OAuthSecret", "OAUTH_SECRET"),
        ("AccountAccessKey", "ACCOUNT_ACCESS_KEY"),
        ("", ""),
    ],
)
def test_the_variable_that_is_proposed_for_a_field(route: str, wanted: str) -> None:
    steps = route.split(".")
    assert variables.proposed(steps[-1], steps) == wanted


@pytest.mark.parametrize("name", ["apiKey", "api-key", "api_key", "api.key", "API_KEY", "ApiKey"])
def test_a_variable_is_named_after_its_field(name: str) -> None:
    assert kinds.variable(name) == "API_KEY"


@pytest.mark.parametrize("behind", ["", "X", "_A", "*"])
def test_who_provides_a_variable_is_told_as_the_table_says(behind: str) -> None:
    listed = [(group, known) for group, names in VARIABLES.items() for known in names]
    for _, known in listed:
        name = known.rstrip("*") + behind
        says = (group for group, one in listed if name == one or (one.endswith("*") and name.startswith(one[:-1])))
        assert variables.provided(name) == next(says, "")
