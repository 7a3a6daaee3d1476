"""The Search page, as the user uses it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, TimeoutError, expect

from tests import pictures
from tests.browser.app_server import Server, until_gone
from tests.browser.conftest import GREY
from tests.browser.visitor import Visitor

ALL = 8 + GREY


def tiles(page: Page) -> Locator:
    return page.locator("button.photo")


def names(page: Page) -> list[str]:
    return [
        str(name).split(",")[0]
        for name in tiles(page).evaluate_all("all => all.map(one => one.ariaLabel)")
    ]


def asked(page: Page) -> dict[str, str]:
    """The parameters of the URL, once the page's script has run."""
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    return _parameters(page.url)


def _parameters(url: str) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}


def expect_asked(page: Page, wanted: Mapping[str, str]) -> None:
    """Wait until the URL has these parameters and no others."""
    with contextlib.suppress(TimeoutError):
        page.wait_for_url(lambda url: _parameters(url) == wanted)
    assert asked(page) == wanted


def expect_asked_for(page: Page, *keys: str) -> None:
    """Wait until the URL has parameters of these names and no others."""
    with contextlib.suppress(TimeoutError):
        page.wait_for_url(lambda url: set(_parameters(url)) == set(keys))
    assert set(asked(page)) == set(keys)


def expect_names(page: Page, *wanted: str) -> None:
    """Wait until the first photos have these names, in this order."""
    for number, name in enumerate(wanted):
        expect(tiles(page).nth(number)).to_have_attribute(
            "aria-label", re.compile(rf"^{re.escape(name)}(,|$)")
        )


def look(window: Visitor, server: Server, address: str = "/") -> Page:
    page = window.open(server.address + address)
    tiles(page).first.wait_for()
    return page


def find(window: Visitor, phrase: str) -> None:
    box = window.page.get_by_role("searchbox")
    box.fill(phrase)
    box.press("Enter")
    window.page.wait_for_function(
        "phrase => new URL(location).searchParams.get('q') === phrase", arg=phrase
    )
    window.settle()


def test_all_photos_are_listed_newest_first(window: Visitor, server: Server) -> None:
    page = look(window, server)
    expect(page.get_by_text(f"{ALL} photos, newest first")).to_be_visible()
    # Only photos near the window are in the page.
    assert 0 < tiles(page).count() < ALL
    loaded = tiles(page).first.locator("img")
    expect(loaded).to_have_class("here")
    assert loaded.evaluate("image => image.naturalWidth") > 0
    # Photos out of view are not fetched.
    assert sum("/preview" in url for url in window.asked) < ALL


def test_a_phrase_finds_photos_and_is_part_of_the_link(window: Visitor, server: Server) -> None:
    page = look(window, server)
    find(window, "red")
    expect_names(page, "red.jpg")
    find(window, "blue")
    expect_names(page, "blue.jpg")
    window.reload()
    tiles(page).first.wait_for()
    expect_names(page, "blue.jpg")
    expect(page.get_by_role("searchbox")).to_have_value("blue")
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("red")
    window.settle()
    expect_names(page, "red.jpg")
    page.go_back()
    expect(page.get_by_text("newest first")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_have_value("")
    page.go_forward()
    expect(page.get_by_role("searchbox")).to_have_value("red")


def test_a_long_phrase_fits_the_window(window: Visitor, server: Server) -> None:
    page = look(window, server)
    box = page.get_by_role("searchbox")
    box.fill("an orange sunset over a purple dark sea.")
    assert box.evaluate("box => box.scrollWidth <= box.clientWidth")


def test_an_upload_finds_photos_and_is_part_of_the_link(
    window: Visitor, server: Server, tmp_path: Path
) -> None:
    photo = pictures.write(tmp_path / "mine.heic", pictures.plain("#ee1111", (64, 64)))
    page = look(window, server)
    page.get_by_role("button", name="Photo", exact=False).first.click()
    page.locator("input[type=file]").set_input_files(photo)
    expect(page).to_have_url(re.compile(r"[?&]example="))
    window.settle()
    expect_names(page, "red.jpg")
    expect(page.locator("input[type=file]")).to_have_count(0)
    window.reload()
    expect(page.get_by_text("Photos like")).to_be_visible()
    expect(tiles(page).first).to_have_attribute("aria-label", re.compile(r"red\.jpg"))
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("newest first")).to_be_visible()
    expect_asked(page, {})


def test_an_upload_that_is_not_a_photo_is_refused_with_a_message(
    window: Visitor, server: Server, tmp_path: Path
) -> None:
    (tmp_path / "letter.pdf").write_bytes(b"%PDF-1.4 Dear Sirs")
    page = look(window, server)
    page.get_by_role("button", name="Photo", exact=False).first.click()
    page.locator("input[type=file]").set_input_files(tmp_path / "letter.pdf")
    expect(page.get_by_role("alert")).to_contain_text("letter.pdf cannot be used")
    expect(page.get_by_text("newest first")).to_be_visible()


def test_photos_similar_to_one_photo_are_found(window: Visitor, server: Server) -> None:
    page = look(window, server)
    find(window, "green")
    expect_names(page, "green.jpg")
    tiles(page).first.hover()
    tiles(page).first.get_by_title("More like this").click()
    expect(page.get_by_text("Photos like")).to_be_visible()
    window.settle()
    expect_names(page, "green.jpg")
    expect_asked_for(page, "like")


def test_filters_select_the_matching_photos(window: Visitor, server: Server, photos: Path) -> None:
    page = look(window, server, "/?since=2021-02-01&until=2021-03-31")
    expect(tiles(page)).to_have_count(2)
    expect_names(page, "blue.jpg", "green.jpg")
    expect(page.get_by_text("taken from February 1, 2021 to March 31, 2021")).to_be_visible()
    page.get_by_role("button", name="Filter").press("Enter")
    clear = page.get_by_role("button", name="Clear filters")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Help for From")).to_be_focused()
    clear.press("Tab")
    expect(page.get_by_role("button", name="Saved")).to_be_focused()
    page.get_by_role("button", name="Filter").press("Enter")
    clear.press("Enter")
    expect(page.get_by_text(f"{ALL} photos")).to_be_visible()
    page.get_by_role("combobox").last.click()
    page.get_by_role("option", name="My photos/Drawn").click()
    expect(page.get_by_text("3 photos")).to_be_visible()
    expect_asked(page, {"folder": str(photos / "Drawn")})
    window.reload()
    expect(page.get_by_text("3 photos")).to_be_visible()
    expect(page.get_by_text("in My photos/Drawn")).to_be_visible()


def test_an_empty_result_is_explained(window: Visitor, server: Server) -> None:
    page = window.open(server.address + "/?since=1990-01-01&until=1990-12-31")
    expect(page.get_by_text("No photos match")).to_be_visible()
    page.get_by_role("button", name="Show all photos").click()
    expect(page.get_by_text(f"{ALL} photos")).to_be_visible()


def test_a_link_to_a_missing_photo_says_so(window: Visitor, server: Server) -> None:
    asking = "/?like=987654&q=red&example=..%2Fetc&at=900&zoom=no&since=never"
    page = window.open(server.address + asking)
    expect(page.get_by_role("alert").filter(has_text="no longer exists")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="is not a date")).to_be_visible()
    window.settle()
    expect(tiles(page).first).to_be_visible()
    window.open(server.address + "/?photo=987654")
    expect(page.get_by_role("dialog")).to_contain_text("no longer in the library")


def test_photos_are_selected_by_mouse(window: Visitor, server: Server) -> None:
    page = look(window, server)
    tiles(page).nth(1).hover()
    tiles(page).nth(1).locator(".check").click()
    tiles(page).nth(4).click(modifiers=["Shift"])
    expect(page.get_by_role("status").filter(has_text="4 selected")).to_have_count(1)
    bar = page.get_by_role("button", name="Find similar")
    expect(bar).to_be_in_viewport()
    tiles(page).nth(2).click()
    expect(page.get_by_test_id("stMarkdown").get_by_text("3 selected")).to_be_visible()
    expect(tiles(page).nth(2)).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(bar).to_have_count(0)
    expect(page.locator("button.photo[aria-pressed=true]")).to_have_count(0)


def test_photos_are_selected_by_keyboard_and_searched_by(window: Visitor, server: Server) -> None:
    page = look(window, server, "/?until=2021-12-31")
    tiles(page).first.press("x")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.get_by_test_id("stMarkdown").get_by_text("2 selected")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stMarkdown").get_by_text("2 selected")).to_have_count(0)
    page.keyboard.press("Control+a")
    expect(page.get_by_test_id("stMarkdown").get_by_text("5 selected")).to_be_visible()
    page.get_by_role("button", name="Find similar").click()
    expect(page.get_by_text("Photos like")).to_be_visible()
    expect_asked_for(page, "like", "until")
    assert len(asked(page)["like"].split(",")) == 5
    assert asked(page)["until"] == "2021-12-31"
    window.settle()
    expect(page.locator("button.photo[aria-pressed=true]")).to_have_count(0)


def test_results_follow_changes_to_the_folder(
    window: Visitor, server: Server, photos: Path
) -> None:
    page = look(window, server, f"/?folder={photos / 'Drawn'}")
    new = pictures.write(photos / "Drawn" / "just now.jpg", pictures.draw(77))
    try:
        expect(page.get_by_role("button", name="just now.jpg")).to_be_visible()
        page.get_by_role("button", name="just now.jpg").click()
        expect(page.get_by_role("dialog")).to_contain_text("just now.jpg")
        # The photo itself has come, too: it is not asked for any more when it goes.
        expect(page.get_by_role("dialog").locator(".frame.loaded")).to_be_visible()
        window.wait_for_requests()
    finally:
        new.unlink()
        until_gone(server, [new.name])
    # The page has heard of it, and yet the open photo stays.
    expect(page.get_by_role("dialog")).to_contain_text("no longer in the library")
    expect(page.get_by_role("dialog")).to_contain_text("just now.jpg")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="just now.jpg")).to_have_count(0)


@pytest.mark.parametrize("window", [(360, "light"), (360, "dark"), (1440, "dark")], indirect=True)
def test_everything_fits_the_window(window: Visitor, server: Server) -> None:
    page = look(window, server, "/?q=red")
    assert fits(page)
    tiles(page).first.click()
    page.get_by_role("dialog").wait_for()
    window.settle()
    assert fits(page)
    window.open(server.address + "/library")
    page.get_by_text("Up to date").wait_for()
    window.settle()
    assert fits(page)
    page.get_by_role("button", name="Main menu").click()
    expect(page.get_by_role("menuitem", name="About")).to_be_visible()
    expect(page.get_by_text("Record screen")).to_have_count(0)
    expect(page.get_by_text("Made with Streamlit")).to_be_hidden()
    page.keyboard.press("Escape")
    if page.viewport_size and page.viewport_size["width"] == 360:
        page.get_by_role("button", name="Pages", exact=True).click()
        page.get_by_role("link", name="Albums").click()
        expect(page.get_by_text("There are no albums yet.")).to_be_visible()
        expect(page.get_by_role("link", name="Albums")).not_to_be_in_viewport()


def fits(page: Page) -> bool:
    return bool(
        page.evaluate(
            "[document.documentElement, ...document.querySelectorAll('main')].every(part =>"
            " part.scrollWidth <= part.clientWidth)"
        )
    )


def test_a_search_is_kept_while_another_page_is_visited(window: Visitor, server: Server) -> None:
    page = look(window, server, "/?since=2021-02-01")
    find(window, "green")
    page.get_by_role("link", name="Library").click()
    page.get_by_text("Up to date").wait_for()
    page.get_by_role("link", name="Search").click()
    expect(page.get_by_role("searchbox")).to_have_value("green")
    expect_asked(page, {"q": "green", "since": "2021-02-01"})
