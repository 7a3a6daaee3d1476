"""The Duplicates page: groups are reviewed, removed and restored."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.app_server import Server
from tests.browser.contexts import WAIT
from tests.browser.test_photo_edits import said
from tests.browser.tidy_app import files
from tests.browser.visitor import Visitor

NARROW = [(360, "light"), (1440, "dark")]


def open_page(window: Visitor, server: Server, tier: str = "identical") -> Page:
    page = window.open(f"{server.address}/duplicates?tier={tier}")
    expect(page.get_by_text("Group 1 of 2", exact=True)).to_be_visible()
    return page


def reload_until(window: Visitor, shown: Locator) -> None:
    """Load the page again until it shows this: on a slow computer the groups are kept for some
    seconds."""
    end = time.monotonic() + WAIT
    while not shown.is_visible():
        assert time.monotonic() < end, window.page.locator("main").inner_text()
        window.reload()


def press(window: Visitor, key: str) -> None:
    window.page.keyboard.press(key)
    window.settle()


@pytest.mark.parametrize("window", NARROW, indirect=True)
def test_the_page_fits_the_window_and_has_a_title(tidy: Server, window: Visitor) -> None:
    page = open_page(window, tidy)
    for title in (
        "Identical files · 2 · ",
        "Same pixels · 0",
        "Same picture · 2 · ",
        "Same moment · 1",
        "Look-alikes · ",
    ):
        expect(page.get_by_role("radio", name=title)).to_be_visible()
    expect(page.locator(".because")).to_be_visible()
    expect(page.get_by_role("img", name="photo").first).to_be_visible()
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.get_by_role("radio", name="Same pixels").click()
    expect(page.get_by_text("There are no files with the same pixels.")).to_be_visible()


def test_groups_are_reviewed_by_keyboard_then_removed_and_restored(
    tidy: Server, window: Visitor
) -> None:
    page, before = open_page(window, tidy, "picture"), files(tidy)
    expect(page.get_by_role("button", name="Accept: remove 1 of 2")).to_be_visible()
    for key, button in (("d", "Difference"), ("f", "Flicker"), ("s", "Side by side")):
        page.keyboard.press(key)
        expect(page.get_by_role("button", name=button)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("+")
    expect(page.get_by_label("Zoom", exact=True)).to_have_text("1.5×")
    expect(page.locator(".picture")).to_have_count(2)
    moved = page.evaluate(
        "[...document.querySelectorAll('*')].map(e =>"
        " e.shadowRoot).filter(Boolean).concat(document)"
        ".flatMap(r => [...r.querySelectorAll('.picture')]).map(e => e.style.transform)"
    )
    assert len(moved) == 2 and len(set(moved)) == 1 and "scale(1.5)" in moved[0]
    press(window, "x")
    expect(page.get_by_role("button", name="Nothing marked")).to_be_disabled()
    # Without waiting for what comes of the first.
    page.keyboard.press("x")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Group 2 of 2", exact=True)).to_be_visible()
    expect(page.get_by_text("1 file to remove")).to_be_visible()
    press(window, "n")
    expect(page.get_by_text("Group 1 of 1", exact=True)).to_be_visible()
    press(window, "u")
    expect(page.get_by_text("Group 2 of 2", exact=True)).to_be_visible()
    press(window, "l")
    expect(page.get_by_text("Group 1 of 1", exact=True)).to_be_visible()
    assert files(tidy) == before
    page.get_by_role("button", name="Review and remove").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Check first").click()
    expect(dialog.get_by_text("All 1 can be removed")).to_be_visible()
    dialog.get_by_role("button", name="Remove 1 file").click()
    expect(dialog.get_by_text("1 file removed")).to_be_visible()
    assert len(before - files(tidy)) == 1 and next(iter(before - files(tidy))).startswith("Sent/")
    dialog.get_by_role("button", name="Undo").click()
    expect(said(page, "1 file restored")).to_be_visible()
    assert files(tidy) == before


def test_accept_all_export_remove_and_undo_from_the_history_work(
    tidy: Server, window: Visitor
) -> None:
    page, before = open_page(window, tidy), files(tidy)
    page.get_by_role("button", name="Accept all 2").click()
    expect(page.get_by_text("2 files to remove")).to_be_visible()
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="JSON").click()
    plan = json.loads(download.value.path().read_text())
    assert {Path(row["path"]).parent.name for row in plan["removals"]} <= {
        "Backup",
        "Camera",
    } and len(plan["removals"]) == 2
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Review and remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove 2 files").click()
    expect(page.get_by_role("dialog").get_by_text("2 files removed")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Done").click()
    window.settle()
    expect(page.get_by_role("radio", name="Identical files · 0")).to_be_visible()
    assert len(before - files(tidy)) == 2
    page.get_by_role("button", name="Removed photos").click()
    expect(page.get_by_role("dialog").get_by_text(".jpg").first).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Undo").click()
    expect(said(page, "2 files restored")).to_be_visible()
    assert files(tidy) == before


def test_rules_and_protected_folders_can_be_changed(tidy: Server, window: Visitor) -> None:
    page = open_page(window, tidy)
    page.get_by_role("button", name="Keep rules").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("1. In a protected folder")).to_be_visible()
    dialog.get_by_role("button", name="Move down").first.click()
    expect(dialog.get_by_text("1. RAW before JPEG")).to_be_visible()
    window.settle()
    dialog.get_by_role("combobox", name="Protect a folder").scroll_into_view_if_needed()
    dialog.get_by_role("combobox", name="Protect a folder").click()
    page.get_by_role("option", name="Camera").click()
    expect(dialog.get_by_role("button", name="Stop protecting")).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    window.settle()
    expect(page.locator(".because", has_text="it is in a protected folder")).to_be_visible()
    page.get_by_role("radio", name="Same moment").click()
    window.settle()
    expect(page.get_by_role("button", name="Nothing marked")).to_be_disabled()
    expect(page.get_by_role("button", name="Remove", exact=True)).to_be_disabled()
    expect(page.get_by_role("button", name="Accept all")).to_have_count(0)


def test_a_photo_with_the_only_film_is_kept_until_the_keeper_has_the_same_film(
    tidy: Server, window: Visitor
) -> None:
    sent, camera = (tidy.folder / "My photos" / folder for folder in ("Sent", "Camera"))
    (sent / "sent 2.mp4").write_bytes(b"film")
    page = open_page(window, tidy, "picture")
    expect(page.get_by_role("button", name="Accept all 1")).to_be_visible()
    if "photo 2.jpg" not in page.locator(".because").inner_text():
        press(window, "ArrowRight")
    expect(
        page.get_by_text("sent 2.jpg is kept: there is no second copy of its video sent 2.mp4")
    ).to_be_visible()
    expect(page.get_by_role("button", name="Nothing marked")).to_be_disabled()
    expect(page.get_by_role("button", name="Remove", exact=True)).to_be_disabled()
    # The other way round nothing is lost.
    press(window, "p")
    expect(
        page.locator(".because", has_text="sent 2.jpg is kept because you chose it")
    ).to_be_visible()
    expect(page.get_by_role("button", name="Accept: remove 1 of 2")).to_be_visible()
    press(window, "p")
    (camera / "photo 2.mp4").write_bytes(b"film")
    before = files(tidy)
    reload_until(window, page.get_by_role("button", name="Accept all 2"))
    page.get_by_role("button", name="Accept all 2").click()
    expect(page.get_by_text("2 files to remove with 1 file that belongs to them")).to_be_visible()
    # A page that is loaded again has forgotten nothing.
    window.reload()
    page.get_by_role("button", name="Review and remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove 2 files").click()
    expect(
        page.get_by_role("dialog").get_by_text("2 files removed, with 1 file that belongs to them")
    ).to_be_visible()
    assert before - files(tidy) == {"Sent/sent 2.jpg", "Sent/sent 2.mp4", "Sent/sent 3.jpg"}
    page.get_by_role("dialog").get_by_role("button", name="Undo").click()
    expect(said(page, "3 files restored")).to_be_visible()
    assert files(tidy) == before
