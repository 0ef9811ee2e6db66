"""`python -m agentkey_lint`."""

from agentkey_lint.main import run

if __name__ == "__main__":
    run()
