"""A concept is made of selected photos, corrected in its results, and deleted."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.app_server import Server
from tests.browser.test_search_page import expect_asked, look, names, tiles
from tests.browser.visitor import Visitor, escape


def select(page: Page, *places: int) -> None:
    """Select photos by keyboard."""
    for place in places:
        tiles(page).nth(place).press("x")


def expect_named(page: Page, place: int, *allowed: str) -> None:
    """Wait until the photo at a place has one of these names."""
    name = "|".join(map(re.escape, allowed))
    expect(tiles(page).nth(place)).to_have_attribute("aria-label", re.compile(rf"^({name})(,|$)"))


def test_a_concept_is_made_refined_and_deleted(window: Visitor, server: Server) -> None:
    page = look(window, server, "/?q=grey")
    select(page, 0, 1, 2)
    first = names(page)[:3]
    page.get_by_role("button", name="Make a concept…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Plain Grey")
    dialog.get_by_role("button", name="Make concept").click()
    chip = page.locator(".st-key-query-chips").get_by_role("button", name=re.compile("Plain Grey"))
    expect(chip).to_be_visible()
    expect_asked(page, {"q": 'concept:"Plain Grey"'})
    window.settle()
    # In whatever order.
    for place in range(3):
        expect_named(page, place, *first)
    expect(tiles(page).nth(3)).to_be_visible()
    wrong = names(page)[3]
    # Another photo is wrong, and its place is taken.
    select(page, 3)
    page.get_by_role("button", name="Not this").click()
    expect(page.get_by_text("1 photo is a counter-example of “Plain Grey” now.")).to_be_visible()
    expect(page.get_by_role("button", name=wrong)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("is a counter-example")).to_have_count(0)
    expect(page.get_by_role("button", name=wrong)).to_have_count(1)
    window.settle()
    select(page, 3)
    page.get_by_role("button", name="Not this").click()
    expect(page.get_by_text("1 photo is a counter-example of “Plain Grey” now.")).to_be_visible()
    page.get_by_role("button", name="Concepts").click()
    expect(dialog).to_contain_text("3 examples, 1 counter-example")
    dialog.get_by_role("button", name="Edit").click()
    box = dialog.get_by_label("Name")
    box.fill("Grey")
    box.press("Enter")
    expect(dialog.get_by_text("Counter-examples (1)")).to_be_visible()
    dialog.get_by_role("button", name="All concepts").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog).to_contain_text("“Grey” is deleted.")
    dialog.get_by_role("button", name="Undo").click()
    expect(dialog.get_by_text("is deleted")).to_have_count(0)
    window.settle()
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog).to_contain_text("“Grey” is deleted.")
    escape(dialog)
    expect(page.get_by_text("There is no concept “Grey”.")).to_be_visible()


def test_a_button_acts_on_what_is_selected_when_it_is_pressed(
    window: Visitor, server: Server
) -> None:
    page = look(window, server, "/?q=grey")
    select(page, 0)
    button = page.get_by_role("button", name="Make a concept…")
    button.wait_for()
    window.settle()
    # Two more photos are selected so quickly that the page cannot learn of it before the click.
    button.evaluate(
        """(button, photos) => {
            for (const photo of photos)
                photo.dispatchEvent(new KeyboardEvent("keydown", { key: "x", bubbles: true }));
            button.click();
        }""",
        [tiles(page).nth(1).element_handle(), tiles(page).nth(2).element_handle()],
    )
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("img")).to_have_count(3)
    dialog.get_by_label("Name").press("Escape")
    expect(dialog).to_have_count(0)


@pytest.mark.parametrize("window", [(360, "dark")], indirect=True)
def test_without_concepts_the_list_says_how_to_make_one(window: Visitor, server: Server) -> None:
    page = look(window, server)
    page.get_by_role("button", name="Concepts").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Select a few photos of it")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
