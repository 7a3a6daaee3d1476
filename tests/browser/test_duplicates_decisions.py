"""The Duplicates page: choosing what to keep, and taking decisions back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.app_server import Server
from tests.browser.test_duplicates_page import NARROW, open_page, press
from tests.browser.tidy_app import compare
from tests.browser.visitor import Visitor


def test_without_a_known_original_nothing_is_suggested_until_one_is_chosen(
    tidy: Server, window: Visitor
) -> None:
    compare(tidy, [("photo 0.jpg", "photo 1.jpg", "picture")])
    page = window.open(f"{tidy.address}/duplicates?tier=picture")
    expect(page.get_by_role("button", name="Accept all 2")).to_be_visible()
    for number in (2, 3):
        page.get_by_role("button", name="Next group").click()
        expect(page.get_by_text(f"Group {number} of 3", exact=True)).to_be_visible()
    expect(
        page.locator(
            ".because", has_text="Nothing is suggested: it is not clear which one is the original"
        )
    ).to_be_visible()
    expect(page.get_by_role("button", name="Nothing marked")).to_be_disabled()
    expect(page.locator(".member .word")).to_have_text(["keep", "keep"])
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    first = page.locator(".member").first.get_attribute("aria-label") or ""
    press(window, "k")
    expect(
        page.locator(".because", has_text=f"{first.partition(',')[0]} is kept because you chose it")
    ).to_be_visible()
    expect(page.get_by_role("button", name="Accept: remove 1 of 2")).to_be_visible()
    expect(page.get_by_role("button", name="Accept all 3")).to_be_visible()


def test_filters_apply_and_another_keeper_can_be_chosen(tidy: Server, window: Visitor) -> None:
    page = open_page(window, tidy)
    first = page.locator(".because").inner_text()
    press(window, "p")
    expect(page.locator(".because", has_text="you chose it")).to_be_visible()
    expect(page.locator(".because")).not_to_have_text(first)
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("combobox", name="Folder").click()
    page.get_by_role("option", name="Sent").click()
    page.keyboard.press("Escape")
    window.settle()
    expect(page.get_by_role("radio", name="Identical files · 0")).to_be_visible()
    expect(page.get_by_text("No group of this kind matches the filter.")).to_be_visible()
    expect(page.get_by_role("radio", name="Same picture · 2")).to_be_visible()


def test_an_acceptance_can_be_undone_like_a_decision(tidy: Server, window: Visitor) -> None:
    page = open_page(window, tidy, "picture")
    press(window, "Enter")
    expect(page.get_by_text("1 file to remove")).to_be_visible()
    press(window, "u")
    expect(page.get_by_text("Group 1 of 2", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Accept: remove 1 of 2")).to_be_visible()
    expect(page.get_by_text("to remove, ")).to_have_count(0)
    # In the order in which they were made, and from another tier, too.
    press(window, "Enter")
    expect(page.get_by_text("Group 2 of 2", exact=True)).to_be_visible()
    press(window, "l")
    expect(page.get_by_text("Group 1 of 1", exact=True)).to_be_visible()
    page.get_by_role("radio", name="Identical files").click()
    window.settle()
    page.get_by_role("button", name="Accept all 2").click()
    expect(page.get_by_text("3 files to remove")).to_be_visible()
    undo = page.get_by_role("button", name="Undo", exact=True)
    undo.click()
    expect(page.get_by_text("1 file to remove")).to_be_visible()
    undo.click()
    window.settle()
    expect(page.get_by_role("radio", name="Same picture · 2")).to_be_checked()
    expect(page.get_by_text("Group 2 of 2", exact=True)).to_be_visible()
    undo.click()
    window.settle()
    expect(page.get_by_text("Group 1 of 2", exact=True)).to_be_visible()
    expect(undo).to_have_count(0)
    expect(page.get_by_text("1 file to remove")).to_have_count(0)


@pytest.mark.parametrize("window", NARROW, indirect=True)
def test_keyboard_shortcuts_are_shown_where_they_were_requested(
    tidy: Server, window: Visitor
) -> None:
    page = open_page(window, tidy)
    keys = page.get_by_role("button", name="Keys")
    keys.click()
    expect(page.locator(".keys")).to_be_in_viewport(ratio=0.98)
    expect(keys).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".keys")).to_have_count(0)
    # By the keyboard alone, from the end of the page.
    page.locator(".entry").last.press("?")
    expect(page.locator(".keys")).to_be_in_viewport(ratio=0.98)
    page.keyboard.press("?")
    expect(page.locator(".keys")).to_have_count(0)


def test_without_a_suggestion_nothing_is_shown_as_kept(tidy: Server, window: Visitor) -> None:
    page = window.open(f"{tidy.address}/duplicates?tier=moment")
    expect(page.locator(".because", has_text="Nothing is suggested in this group")).to_be_visible()
    expect(page.locator(".member")).to_have_count(2)
    expect(page.locator(".member .word")).to_have_text(["keep", "keep"])
    expect(page.locator(".member.keeper")).to_have_count(0)
    expect(page.get_by_role("columnheader", name="First")).to_be_visible()
    # Once something is marked, what is kept for it is reported.
    press(window, "x")
    expect(page.locator(".member .word")).to_have_text(["keep", "remove"])
    expect(page.locator(".because", has_text="is kept because")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Kept")).to_be_visible()
    press(window, "x")
    expect(page.locator(".member.keeper")).to_have_count(0)
