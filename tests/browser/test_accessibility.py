"""Every page against the rules of axe-core (Deque's checker of WCAG 2.2)."""

from __future__ import annotations

import time
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import expect

from explorer.config import PROJECT
from tests.browser.app_server import Server
from tests.browser.test_search_page import look, tiles
from tests.browser.visitor import Visitor, escape

_AXE = PROJECT / "node_modules" / "axe-core" / "axe.min.js"
PAGES = [
    "Browse",
    "Albums",
    "Places",
    "Map",
    "Duplicates",
    "Anomalies",
    "Compare models",
    "Library",
    "Search",
]


@cache
def axe() -> str:
    if not _AXE.exists():
        pytest.skip("axe-core is not installed: run `npm ci` first")
    return _AXE.read_text(encoding="utf-8")


def violations(window: Visitor) -> list[str]:
    """What axe-core finds on the page as it is now: the rule, and the first elements."""
    window.page.evaluate(axe())
    found: list[dict[str, Any]] = window.page.evaluate(
        "axe.run(document, { resultTypes: ['violations'] }).then(all => all.violations)"
    )
    return [
        f"{rule['id']}: {', '.join(str(node['target'][-1]) for node in rule['nodes'][:5])}"
        f" ({rule['nodes'][0]['failureSummary']})"
        for rule in found
    ]


def check(window: Visitor) -> None:
    """The page as it is now violates no rule. The tooltip of what the mouse points at is left out,
    as it belongs to no landmark."""
    window.page.mouse.move(0, 0)
    window.settle()
    check_without_rest(window)


def check_without_rest(window: Visitor) -> None:
    """As `check`, of a page that does not come to rest, or where the mouse is."""
    # Streamlit fades elements in and out, and faint text lacks contrast for a moment.
    end = time.monotonic() + 60
    while (found := violations(window)) and time.monotonic() < end:
        window.page.wait_for_timeout(500)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("window", [(1440, "light"), (360, "dark")], indirect=True)
def test_no_page_violates_a_rule(window: Visitor, server: Server) -> None:
    page = window.open(server.address)
    narrow = bool(page.viewport_size and page.viewport_size["width"] < 700)
    for name in PAGES:
        if narrow:
            pages = page.get_by_role("button", name="Pages", exact=True)
            pages.press("Shift+Tab")
            expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
            page.keyboard.press("Tab")
            expect(pages).to_have_css("outline-width", "3px")
            pages.press("Enter")
            expect(page.get_by_role("button", name="Close pages")).to_be_focused()
            # The menu is the same on every page.
            if name == PAGES[0]:
                check(window)
        page.get_by_role("link", name=name, exact=True).click()
        path = "/" if name == "Search" else "/" + name.lower().split()[0]
        page.wait_for_function("path => location.pathname === path", arg=path)
        check(window)


@pytest.mark.parametrize("window", [(1440, "dark"), (360, "light")], indirect=True)
def test_what_opens_over_a_page_violates_no_rule(window: Visitor, server: Server) -> None:
    page = look(window, server, "/?q=red")
    check(window)
    # Forced colors would leave nothing of a slider that is drawn by backgrounds.
    page.emulate_media(forced_colors="active")
    expect(page.get_by_label("Size of the photos")).to_have_css("appearance", "auto")
    page.emulate_media(forced_colors="none")
    page.get_by_role("button", name="Help").click()
    expect(page.get_by_role("cell", name="iso:>800")).to_be_visible()
    check(window)
    page.keyboard.press("Escape")
    tiles(page).first.click(modifiers=["Control"])
    # The rules cannot tell what is seen of a bar that lies over photos.
    bar = page.locator("[class*=st-key-selection]")
    dark = page.evaluate("() => matchMedia('(prefers-color-scheme: dark)').matches")
    expect(bar).to_have_css("background-color", "rgb(38, 41, 46)" if dark else "rgb(255, 255, 255)")
    check(window)
    for name in ("Edit",):
        bar.get_by_role("button", name=name).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        check(window)
        escape(page.get_by_role("dialog"))
    # The selection is still there.
    bar.get_by_role("button", name="Clear").click()
    expect(bar).to_have_count(0)
    tiles(page).first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    check(window)
    page.keyboard.press("i")
    check(window)
