"""agentkey-lint: a static linter for the keys that agents and automations act with."""

__version__ = "0.1.0"
