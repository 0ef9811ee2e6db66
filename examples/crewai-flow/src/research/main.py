"""Starts the crew."""

import os

from research.crew import Research

os.environ["OPENAI_API_KEY"] = "sk-proj-{{74 x aA0_-}}T3BlbkFJ{{74 x aA0_-}}"
os.environ.setdefault("OTEL_SDK_DISABLED", "true")


def run() -> None:
    """One report."""
    Research().crew().kickoff(inputs={"topic": "agents", "current_year": "2026"})
