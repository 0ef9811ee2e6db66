"""Colours of a terminal, and what every report there says of a fault."""

from agentkey_lint.report.text import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentkey_lint.model.source import Fault

BOLD, DIM, RED, YELLOW, CYAN = "1", "2", "1;31", "33", "36"
COLOURS = {"critical": RED, "high": RED, "medium": YELLOW, "low": CYAN, "info": DIM}
"""The style of each severity."""


def paint(text: str, style: str, colour: bool) -> str:
    """The text in a style (numbers of an ANSI sequence), if there is to be colour."""
    return f"\x1b[{style}m{text}\x1b[0m" if colour else text


def fault_line(fault: "Fault", colour: bool) -> str:
    """A line that says where something was not done, and why."""
    place = f"{visible(fault.path)}: " if fault.path else ""
    return f"{paint('fault:', RED, colour)} {place}{visible(fault.message)}\n"
