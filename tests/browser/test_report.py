"""The HTML report in a real browser: what a person with a mouse, a keyboard, a screen reader, a printer or no scripts gets of it.

`make test-browser` runs this with Debian's chromium (or the one that CHROMIUM names) and playwright; where one of them is missing it is skipped, or fails
under BROWSER_REQUIRED=1.
"""

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from agentkey_lint.engine import pipeline
from agentkey_lint.model.audit import Audit, Audited
from agentkey_lint.model.finding import SEVERITIES, Excerpt, Judged
from agentkey_lint.model.source import Fault
from agentkey_lint.report import html
from agentkey_lint.report.text import About

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "report"))
from report_samples import KEY, finding, leak, report

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
REQUIRED = bool(os.environ.get("BROWSER_REQUIRED"))
HOSTILE = "<img src=x onerror=document.title='run'></noscript><script>document.title='run'</script>"
STATES = ("tip", "branch", "history", "unreachable")

try:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import Browser, Page, expect, sync_playwright
except ImportError:
    if REQUIRED:
        raise
    pytest.skip("playwright or axe-playwright-python is not installed here: `make test-browser` installs them", allow_module_level=True)
if not CHROMIUM and not REQUIRED:
    pytest.skip("chromium is not installed here (Debian's package chromium has it)", allow_module_level=True)

ABOUT = About("1.2.3", pipeline.rules(), manuals={rule.id: pipeline.manual(rule.id) for rule in pipeline.rules()})


def audit(number: int = 240) -> Audit:
    """Two repositories with keys of every severity and state."""
    leaks = []
    for at in range(number):
        key = KEY._replace(vendor=f"Vendor {at % 7}", tier=("admin", "write", "restricted", "public")[at % 4]) if at % 5 else None
        one = finding(f"src/file{at}.py", line=at + 1, severity=SEVERITIES[at % 5], key=key, message=f"A key numbered {at}.", fingerprint=f"{at:016x}")
        leaks.append(leak(STATES[at % 4], finding=one if at else one._replace(path=HOSTILE, message=HOSTILE, excerpt=Excerpt(HOSTILE, 5, 10))))
    half = number // 2
    return Audit((Audited("shop", tuple(leaks[:half]), commits=50, blobs=90, bytes=1000), Audited("site", tuple(leaks[half:]), (Fault("x.bin", "too large"),))))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "chromium is not installed here"
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        yield running
        running.close()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text("".join(html.render_audit(audit(), ABOUT)), encoding="utf-8")
    return path


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a file in a context of its own. At the end: nothing was said on the console, nothing was thrown, no request was made but for the file."""
    said: list[str] = []
    contexts = []

    def visit(path: Path, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: said.append(f"error: {error}"))

        def guard(route: Any) -> None:
            if route.request.url.partition("#")[0] == path.as_uri():
                route.continue_()
            else:
                said.append(f"request: {route.request.url}")
                route.abort()

        page.route("**/*", guard)
        page.goto(path.as_uri())
        return page

    yield visit
    for context in contexts:
        context.close()
    assert said == []


def rows(page: Page) -> int:
    return page.locator("tbody.finding:visible").count()


def search(page: Page, words: str, number: int) -> None:
    """Look for words, and wait until the page says how many findings hold them."""
    page.get_by_label("Search").fill(words)
    said = f"Showing {number} finding{'s' * (number != 1)} that match, of 240." if number else "No finding matches."
    expect(page.locator("#shown")).to_have_text(said)


def shown(page: Page) -> str:
    return page.locator("#shown").inner_text()


# -- filter


def test_a_hundred_rows_are_shown_and_more_when_asked(written: Path, visit: Callable[..., Page]) -> None:
    page = visit(written)
    assert (rows(page), shown(page)) == (100, "Showing 100 of 240 findings.")
    page.get_by_role("button", name="Show 140 more").click()
    assert (rows(page), shown(page)) == (240, "Showing 240 findings.")
    assert not page.locator("#further").is_visible()


def test_filters_narrow_together_and_are_cleared(written: Path, visit: Callable[..., Page]) -> None:
    page = visit(written)
    page.get_by_label("Severity").select_option("critical")
    assert (rows(page), shown(page)) == (48, "Showing 48 findings that match, of 240.")
    page.get_by_label("State", exact=True).select_option("history")
    page.get_by_label("Repository", exact=True).select_option("site")
    assert rows(page) == 6
    assert set(page.locator("tbody.finding:visible .badge").all_inner_texts()) == {"critical"}
    assert set(page.locator("tbody.finding:visible .c-repository").all_inner_texts()) == {"site"}
    page.get_by_label("Vendor", exact=True).select_option("Vendor 5")
    assert rows(page) < 6
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#shown")).to_have_text("Showing 100 of 240 findings.")


def test_words_are_looked_for_in_what_is_still_closed(written: Path, visit: Callable[..., Page]) -> None:
    page = visit(written)
    for words, number in (("file77.py", 1), ("NUMBERED file23", 11), ("000000000000004d", 1), ("<img onerror", 1), ("dd class=", 0), ("noscript", 1)):
        search(page, words, number)
        assert rows(page) == number


# -- sort


def test_columns_sort_both_ways_and_say_so(written: Path, visit: Callable[..., Page]) -> None:
    page = visit(written)
    page.get_by_role("button", name="Show").click()
    header = page.get_by_role("columnheader", name="Severity")
    assert header.get_attribute("aria-sort") is None
    for direction, gravest in (("ascending", list(SEVERITIES[::-1])), ("descending", list(SEVERITIES))):
        header.get_by_role("button").click()
        assert header.get_attribute("aria-sort") == direction
        assert list(dict.fromkeys(page.locator("tbody.finding .badge").all_inner_texts())) == gravest
    page.get_by_role("columnheader", name="Place").get_by_role("button").click()
    paths = page.locator("tbody.finding .path").all_inner_texts()
    assert paths[1:4] == ["src/file1.py", "src/file2.py", "src/file3.py"], "numbers sort as numbers"
    assert page.locator("[aria-sort]").count() == 1


# -- open


def test_a_row_opens_with_excerpt_places_actions_link_and_manual(written: Path, visit: Callable[..., Page]) -> None:
    page = visit(written)
    search(page, "file6.py", 1)
    row = page.locator("tbody.finding:visible")
    button = row.get_by_role("button")
    assert button.get_attribute("aria-expanded") == "false" and not row.locator(".more").is_visible()
    button.click()
    assert button.get_attribute("aria-expanded") == "true"
    assert button.get_attribute("aria-controls") == row.locator(".more").get_attribute("id")
    more = row.locator(".more")
    assert more.locator(".excerpt").inner_text().split() == ["7", "token", "=", "ex-*******"]
    assert more.locator("mark").inner_text() == "ex-*******"
    assert more.locator(".actions li").all_inner_texts() == ["Revoke the key at Example.", "Write ${EXAMPLE_API_KEY}."]
    assert "old/config.ini:7" in more.locator(".places").inner_text()
    assert more.get_by_role("link", name="Revoke it at the vendor").get_attribute("href") == "https://example.com/keys"
    more.get_by_role("link", name="Manual of").click()
    manual = page.locator("#rule-hardcoded-key")
    expect(manual).to_have_attribute("open", "")  # the browser tells of a changed fragment a moment later
    assert "Why it matters" in manual.inner_text()
    button.click()
    assert not more.is_visible()


def test_everything_is_reached_by_the_keyboard(written: Path, visit: Callable[..., Page]) -> None:
    page = visit(written)
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the findings"
    page.keyboard.press("Enter")
    reached = []
    for _ in range(20):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        reached.append(focused.get_attribute("id") or focused.inner_text())
        if page.evaluate("document.activeElement.hasAttribute('aria-expanded')"):
            break
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", "focus is seen"
    assert reached[:3] == ["words", "filter-severity", "filter-state"] and {"Clear", "Severity", "Place"} <= set(reached)
    for key, expanded in (("Enter", "true"), ("Space", "false"), ("Space", "true")):
        page.keyboard.press(key)
        assert page.locator(":focus").get_attribute("aria-expanded") == expanded


def test_what_the_repository_wrote_is_text(written: Path, visit: Callable[..., Page]) -> None:
    page = visit(written)
    search(page, "onerror", 1)
    page.locator("tbody.finding:visible button").click()
    assert page.locator("tbody.finding:visible .message").inner_text() == HOSTILE
    assert page.title() != "run" and page.locator("img").count() == 0


def test_the_policy_runs_nothing_that_was_slipped_in(written: Path, browser: Browser) -> None:
    page = browser.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.goto(written.as_uri())
    page.evaluate("document.body.insertAdjacentHTML('beforeend', \"<img src='https://example.com/x.png' onerror=document.title='run'><p style='color:red'>\")")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {textContent: \"document.title = 'run'\"}))")
    page.wait_for_timeout(100)
    for _ in range(100):  # refusals are reported a moment later
        if sum("Content Security Policy" in text for text in refused) >= 3:
            break
        page.wait_for_timeout(100)
    assert page.title() != "run"
    assert sum("Content Security Policy" in text for text in refused) >= 3
    page.close()


# -- without scripts, on paper


def test_without_scripts_every_finding_stands_open(written: Path, visit: Callable[..., Page]) -> None:
    page = visit(written, java_script_enabled=False)
    assert page.locator("tbody.finding .message").count() == 240
    assert page.locator("tbody.finding .message").first.is_visible() and page.locator("tbody.finding .message").last.is_visible()
    assert page.locator("button:visible").count() == 0, "no button that does nothing"
    assert page.locator(".manuals details[open]").count() == page.locator(".manuals details").count() > 0


def test_paper_shows_all_that_was_not_filtered_away(written: Path, visit: Callable[..., Page]) -> None:
    page = visit(written)
    page.get_by_label("Repository", exact=True).select_option("shop")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator("tbody.finding .message:visible").count() == 120
    assert not page.locator("#filters").is_visible()
    assert page.locator(".manuals details[open]").count() == page.locator(".manuals details").count()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(26, 33, 45)", "paper is light"


def test_nothing_is_wider_than_a_telephone(written: Path, visit: Callable[..., Page]) -> None:
    page = visit(written, viewport={"width": 360, "height": 740})
    page.locator("tbody.finding button").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


# -- accessibility, size


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["audit", "check", "clean"])
def test_axe_finds_no_serious_fault(kind: str, scheme: str, tmp_path: Path, visit: Callable[..., Page]) -> None:
    check = report(*(Judged(finding(f"{one}.ini", severity=one, key=KEY), "reported") for one in SEVERITIES), Judged(finding(), "suppressed"))
    chunks = {"audit": lambda: html.render_audit(audit(), ABOUT), "check": lambda: html.render(check, ABOUT), "clean": lambda: html.render(report(), ABOUT)}
    path = tmp_path / "report.html"
    path.write_text("".join(chunks[kind]()), encoding="utf-8")
    # The policy keeps axe out as it keeps everybody out, so it is put aside for this test alone.
    page = visit(path, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce")
    if kind != "clean":
        page.locator("tbody.finding button").first.click()
        page.locator("details").first.evaluate("one => { one.open = true }")
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["impact"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")] == []


def test_ten_thousand_findings_stay_usable(tmp_path: Path, visit: Callable[..., Page]) -> None:
    path = tmp_path / "large.html"
    path.write_text("".join(html.render_audit(audit(10_000), ABOUT)), encoding="utf-8")
    begin = time.monotonic()
    page = visit(path)
    assert shown(page) == "Showing 100 of 10000 findings."
    opened = time.monotonic() - begin
    begin = time.monotonic()
    page.get_by_role("columnheader", name="Place").get_by_role("button").click()
    page.get_by_label("Severity").select_option("high")
    assert shown(page) == "Showing 100 of 2000 findings that match, of 10000."
    worked = time.monotonic() - begin
    assert page.evaluate("document.querySelectorAll('*').length") < 200_000, "what is closed is not built"
    # Each takes about a second where nothing else runs; the bounds are for a machine that is shared.
    assert opened < 15 and worked < 15, f"opened in {opened:.1f} s, sorted and filtered in {worked:.1f} s"
