"""Numbers of charts: what the templates draw as SVG."""

from agentkey_lint.model.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

LATEST = 4102444800  # 2100-01-01: a commit may claim any date, and one beyond this says nothing of when a key entered
STEPS = (1, 3, 12, 60)  # months in one period
UNITS = ("month", "quarter", "year", "five years")
PERIODS = 40
WIDTH, HEIGHT = 960, 150  # of the plot, in units of the drawing
GAP = 4
LABEL = 60  # room for the longest name


class Period(Record):
    """One place of the timeline: its name, how many keys entered and left, and the bars for it, x and width, height up and height down."""

    name: str
    entered: int
    left: int
    x: float
    width: float
    up: float
    down: float
    labelled: bool


class Timeline(Record):
    """periods, and the line at which bars up and bars down meet. unit: one of UNITS."""

    periods: tuple[Period, ...]
    unit: str
    middle: float
    width: int = WIDTH
    height: int = HEIGHT


def bars(counted: "Mapping[str, int]") -> list[tuple[str, int, int]]:
    """(name, number, length in hundredths of the longest) for every name that occurs."""
    most = max(counted.values(), default=0)
    return [(name, number, max(1, round(100 * number / most))) for name, number in counted.items() if number]


def timeline(entered: "Iterable[int]", left: "Iterable[int]") -> Timeline | None:
    """The bars for dates in seconds since 1970; None where no date can be believed. A period is as short as the width allows."""
    came, went = _months(entered), _months(left)
    months = [*came, *went]
    if not months:
        return None
    first, last = min(months), max(months)
    step = next((step for step in STEPS if last // step - first // step < PERIODS), STEPS[-1])
    names = range(first // step, last // step + 1)
    numbers = [(sum(month // step == at for month in came), sum(month // step == at for month in went)) for at in names]
    most_up, most_down = (max(column) for column in zip(*numbers, strict=True))
    scale = HEIGHT / (most_up + most_down)
    slot = WIDTH / max(len(names), 6)  # a few periods do not become walls
    every = -(-len(names) // 12)
    periods = []
    for place, (at, (up, down)) in enumerate(zip(names, numbers, strict=True)):
        x, labelled = place * slot, place % every == 0 and place * slot + LABEL <= WIDTH
        heights = round(up * scale, 2), round(down * scale, 2)
        periods.append(Period(_name(at * step, step), up, down, round(x + GAP / 2, 2), round(slot - GAP, 2), *heights, labelled))
    return Timeline(tuple(periods), UNITS[STEPS.index(step)], round(most_up * scale, 2))


def _months(dates: "Iterable[int]") -> "Sequence[int]":
    """Each date that can be believed as its month since the year 0."""
    from time import gmtime

    times = [gmtime(date) for date in dates if 0 <= date < LATEST]
    return [time.tm_year * 12 + time.tm_mon - 1 for time in times]


def _name(month: int, step: int) -> str:
    year, of_year = divmod(month, 12)
    if step == 1:
        return f"{year}-{of_year + 1:02}"
    return f"{year} Q{of_year // 3 + 1}" if step == 3 else str(year) if step == 12 else f"{year}–{year + 4}"
