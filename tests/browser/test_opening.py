"""Pages keep their place while they open: an early click must not hit something else."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.app_server import Server
from tests.browser.visitor import Visitor

# In every frame from the start, notes the room above the page's parts, and where the filters of
# Duplicates end on the right.
_WATCH = """
  window.seen = { padding: new Set(), right: new Set() };
  const look = () => {
    const page = document.querySelector(".stMainBlockContainer");
    if (page) window.seen.padding.add(getComputedStyle(page).paddingTop);
    const bar = document.querySelector(".st-key-duplicates-bar");
    if (bar) window.seen.right.add(Math.round(bar.getBoundingClientRect().right));
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
"""


def test_pages_keep_their_place_while_they_open(window: Visitor, server: Server) -> None:
    window.page.add_init_script(_WATCH)
    page = window.open(server.address + "/duplicates")
    expect(page.get_by_role("button", name="Keep rules")).to_be_visible()
    expect(page.get_by_role("radio").first).to_be_visible()
    padding, right = page.evaluate("[[...seen.padding], [...seen.right]]")
    assert len(padding) == 1
    assert max(right) - min(right) <= 2
