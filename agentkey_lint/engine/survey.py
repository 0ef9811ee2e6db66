"""What there is in a repository to be audited: what its refs hold now, and then its log."""

from agentkey_lint.discover import history as past
from agentkey_lint.discover.git import Git
from agentkey_lint.discover.history import Wish
from agentkey_lint.discover.log import History, empty
from agentkey_lint.engine import pool
from agentkey_lint.engine.chains import Survey
from agentkey_lint.engine.leaks import Tips
from agentkey_lint.model.errors import AgentkeyError
from agentkey_lint.model.source import Fault


def standing(git: Git, wish: Wish, faults: list[Fault]) -> Survey:
    """What refs hold now; the history is still empty."""
    refs = past.refs(git, faults)
    tip = past.branch_tip(git, wish.branch) if wish.branch else past.default_branch(git, refs)[1]
    tree, others = past.Tree(git, ""), []
    try:
        tree = past.Tree(git, tip)
        others = [] if wish.branch or wish.since else past.others(git, refs)
    except AgentkeyError as error:
        faults.append(Fault("", str(error)))
    return Survey(tuple(refs), tip, tree, empty(), empty(), (), tuple(others))


def ahead(git: Git, wish: Wish) -> History | None:
    """A long log, read on every core before anything else is done; None where it is better read while others work on the tip."""
    return past.reachable_in_parts(git, wish, pool.spread) if pool.cores() > 1 else None


def with_history(git: Git, now: Survey, wish: Wish, history: History | None) -> tuple[Survey, list[Fault]]:
    """The survey with the log, and what could not be read of it. history: the log, if it was read already."""
    faults: list[Fault] = []
    history = history or past.reachable(git, wish, faults)
    notes = past.notes(git, now.refs, wish, faults)
    loose: list[str] = []
    if wish.unreachable or faults:  # where the log broke off, the objects behind the break are still there
        every = wish._replace(branch="", since="")
        led = (history, notes) if wish == every else (past.reachable(git, every, faults), past.notes(git, now.refs, every, faults))
        history, loose = past.lost(git, history, led, faults)
    seen = {*history.blobs, *loose}
    others = tuple(one for one in now.others if one[1] not in seen)
    return now._replace(history=history, notes=notes, loose=tuple(loose), others=others), faults


def tips(git: Git, survey: Survey) -> Tips:
    """What refs hold now. A stash keeps what was staged, and files that were not tracked, in commits of their own."""
    others = [past.commit_of(git, f"refs/stash^{number}") for ref in survey.refs if ref.name == "refs/stash" for number in (2, 3)]
    others += [ref.commit for ref in sorted(survey.refs, key=lambda ref: (ref.name.startswith("refs/tags/"), ref.name)) if ref.commit]
    return Tips(survey.tip, survey.tree.at(), tuple(one for one in dict.fromkeys(others) if one and one != survey.tip))
