"""The viewer: what it shows, its keys, its place in the browser's history, and where it leads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from explorer.library.catalog import Catalog
from tests import pictures
from tests.browser.app_server import Server, ids_of, until_gone
from tests.browser.test_search_page import (
    ALL,
    asked,
    expect_asked,
    expect_asked_for,
    expect_names,
    find,
    fits,
    look,
    tiles,
)
from tests.browser.visitor import Visitor, escape, note_runs
from tests.fixtures.waiting import wait


def viewer_of(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Photo viewer")


def expect_position(viewer: Locator, number: int, total: int = ALL) -> None:
    expect(viewer.locator(".position")).to_have_text(f"{number} of {total}")


def opened(window: Visitor, server: Server, path: str = "/", number: int = 0) -> Locator:
    page = look(window, server, path)
    tiles(page).nth(number).click()
    viewer = viewer_of(page)
    expect(viewer.locator(".frame.loaded")).to_be_visible()
    # Before that, only the photos beside it are known.
    expect(viewer.locator(".position")).to_have_text(re.compile(" of "))
    return viewer


def width_of(viewer: Locator) -> float:
    box = viewer.locator(".frame").bounding_box()
    assert box
    return box["width"]


def test_it_shows_photos_and_their_details(window: Visitor, server: Server) -> None:
    page = look(window, server)
    find(window, "red")
    # Before that, the photos may still be those that were listed without a phrase.
    expect_names(page, "red.jpg")
    tiles(page).first.press("Enter")
    viewer = viewer_of(page)
    for words in (
        "red.jpg",
        "January 15, 2021",
        "Canon",
        "48.1000° N",
        "of your photos",
        f"1 of {ALL}",
        "Similar photos",
    ):
        expect(viewer).to_contain_text(words)
    expect(viewer.locator(".frame .picture")).to_have_js_property("naturalWidth", 320)
    expect(viewer.get_by_role("img", name="Histogram")).to_be_visible()
    first = asked(page)["photo"]
    page.keyboard.press("ArrowRight")
    expect_position(viewer, 2)
    expect(page).not_to_have_url(re.compile(rf"photo={first}$"))
    second = asked(page)["photo"]
    window.reload()
    expect_position(viewer, 2)
    expect(page).to_have_url(re.compile(rf"photo={second}$"))
    page.keyboard.press("ArrowLeft")
    expect_position(viewer, 1)
    expect(page).to_have_url(re.compile(rf"photo={first}$"))
    page.keyboard.press("Escape")
    expect(viewer).to_have_count(0)
    expect(page).not_to_have_url(re.compile("photo="))
    expect_asked(page, {"q": "red"})


def test_photos_are_stepped_through_without_a_run_of_the_page(
    window: Visitor, server: Server
) -> None:
    runs = note_runs(window.page)
    viewer = opened(window, server)
    page = window.page
    window.settle()
    assert runs
    runs.clear()
    ids = [tiles(page).nth(number).get_attribute("data-id") for number in range(3)]
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    expect_position(viewer, 3)
    expect(page).to_have_url(re.compile(rf"photo={ids[2]}$"))
    window.settle()
    assert not runs
    page.keyboard.press("End")
    expect_position(viewer, ALL)
    expect(viewer.get_by_role("button", name="Next photo")).to_have_count(0)
    page.keyboard.press("Home")
    expect_position(viewer, 1)
    viewer.get_by_role("navigation", name="Film strip").get_by_role("button").nth(5).click()
    expect_position(viewer, 6)
    # The button that is pressed keeps the focus.
    viewer.get_by_role("button", name="Next photo").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect_position(viewer, 8)


def test_back_leaves_in_one_step_and_forward_opens_again(window: Visitor, server: Server) -> None:
    viewer = opened(window, server, "/?until=2021-12-31")
    page = window.page
    fourth = tiles(page).nth(3).get_attribute("data-id")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect_position(viewer, 4, 5)
    # The address follows once the steps have ended.
    expect(page).to_have_url(re.compile(rf"photo={fourth}$"))
    page.go_back()
    expect(viewer).to_have_count(0)
    expect_asked_for(page, "until")
    # The photo seen last, not the one that was opened.
    expect(tiles(page).nth(3)).to_be_focused()
    page.go_forward()
    expect_position(viewer, 4, 5)
    page.keyboard.press("Escape")
    expect(viewer).to_have_count(0)
    expect_asked_for(page, "until")


def test_a_photo_is_zoomed_moved_and_turned(window: Visitor, server: Server) -> None:
    viewer = opened(window, server, "/?q=red")
    page = window.page
    whole = width_of(viewer)
    for key, grows in (("+", True), ("0", None), ("1", False)):
        page.keyboard.press(key)
        width = width_of(viewer)
        assert width == pytest.approx(whole) if grows is None else (width > whole) == grows
    assert width_of(viewer) == pytest.approx(320)
    expect(viewer).to_contain_text("100%")
    page.keyboard.press("0")
    stage = viewer.locator(".photo-stage")
    stage.dblclick()
    large = width_of(viewer)
    assert large > whole
    stage.hover()
    page.mouse.wheel(0, -300)
    wait(lambda: width_of(viewer) > large, "the photo is enlarged by the wheel")
    before = viewer.locator(".frame").bounding_box()
    page.mouse.down()
    page.mouse.move(400, 300, steps=3)
    page.mouse.up()
    assert viewer.locator(".frame").bounding_box() != before
    moved = viewer.locator(".frame").bounding_box()
    page.keyboard.press("Shift+ArrowRight")
    assert viewer.locator(".frame").bounding_box() != moved
    viewer.get_by_role("button", name="Whole photo").click()
    assert width_of(viewer) == pytest.approx(whole)
    page.keyboard.press("r")
    turned = viewer.locator(".frame").bounding_box()
    assert turned and turned["height"] > turned["width"]
    page.keyboard.press("Escape")


def test_the_slideshow_goes_on_by_itself(window: Visitor, server: Server) -> None:
    viewer = opened(window, server)
    window.page.keyboard.press("s")
    expect(viewer.get_by_role("button", name="Slideshow")).to_have_attribute("aria-pressed", "true")
    expect_position(viewer, 2)
    window.page.keyboard.press("Space")
    expect(viewer.get_by_role("button", name="Slideshow")).to_have_attribute(
        "aria-pressed", "false"
    )


def test_keys_are_listed_and_stay_in_the_viewer(window: Visitor, server: Server) -> None:
    viewer = opened(window, server)
    page = window.page
    page.keyboard.press("?")
    expect(viewer.get_by_text("start or stop the slideshow")).to_be_visible()
    page.keyboard.press("Escape")
    expect(viewer.get_by_text("start or stop the slideshow")).to_be_hidden()
    page.keyboard.press("i")
    expect(viewer.get_by_role("complementary", name="Information")).to_be_hidden()
    # Whatever is reached by Tab is part of the viewer.
    for _ in range(12):
        page.keyboard.press("Tab")
        inside = page.evaluate("document.activeElement.className")
        assert inside in ("photo-viewer", ""), inside
    page.keyboard.press("Escape")
    expect(viewer).to_have_count(0)


def test_a_photo_that_no_browser_shows_is_rendered(
    window: Visitor, server: Server, heic: str
) -> None:
    page = window.open(f"{server.address}/?photo={heic}")
    viewer = viewer_of(page)
    picture = viewer.locator(".frame .picture")
    expect(picture).to_have_attribute("src", re.compile("/screen"))
    expect(picture).to_have_js_property("naturalWidth", 1600)
    # Enlarged, it is loaded at full size.
    page.keyboard.press("1")
    expect(picture).to_have_attribute("src", re.compile("size=full"))
    expect(picture).to_have_js_property("naturalWidth", 3000)
    page.goto("about:blank")


def test_focus_returns_to_the_photo_seen_last(window: Visitor, server: Server) -> None:
    page = look(window, server)
    tiles(page).first.press("ArrowRight")
    expect(tiles(page).nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect_position(viewer_of(page), 2)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(tiles(page).nth(2)).to_be_focused()


def test_escape_leads_to_a_photo_far_down_the_list(window: Visitor, server: Server) -> None:
    viewer = opened(window, server)
    page = window.page
    first = asked(page)["photo"]
    page.keyboard.press("End")
    expect_position(viewer, ALL)
    expect(page).not_to_have_url(re.compile(rf"photo={first}$"))
    last = asked(page)["photo"]
    page.keyboard.press("Escape")
    expect(viewer).to_have_count(0)
    expect(page.locator(f'button.photo[data-id="{last}"]')).to_be_focused()


def test_similar_photos_can_be_searched_for_from_it(window: Visitor, server: Server) -> None:
    page = look(window, server, "/?until=2021-12-31")
    tiles(page).first.click()
    page.get_by_role("dialog").get_by_role("button", name="More like this").click()
    expect(page.get_by_text("Photos like")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect_asked_for(page, "like", "until")


def test_an_action_opens_its_dialog_over_the_photo(window: Visitor, server: Server) -> None:
    viewer = opened(window, server)
    page = window.page
    viewer.get_by_role("button", name="Export").click()
    dialog = page.get_by_role("dialog", name="Export")
    expect(dialog.get_by_role("radio", name="1 photo selected")).to_be_checked()
    # Its keys are not the viewer's.
    dialog.get_by_role("button", name="Close", exact=True).press("ArrowRight")
    escape(dialog)
    expect_position(viewer, 1)
    page.keyboard.press("ArrowRight")
    expect_position(viewer, 2)


@pytest.mark.parametrize("window", [(360, "light"), (1440, "light")], indirect=True)
def test_the_viewer_fills_the_window(window: Visitor, server: Server) -> None:
    viewer = opened(window, server)
    box, size = viewer.bounding_box(), window.page.viewport_size
    assert box and size
    assert (box["width"], box["height"]) == (size["width"], size["height"])
    assert fits(window.page)
    viewer.get_by_role("button", name="Information").click()
    for name in ("Zoom in", "Turn the view", "Slideshow", "Information", "Back to the photos"):
        expect(viewer.get_by_role("button", name=name)).to_be_in_viewport()


@pytest.fixture
def heic(server: Server, photos: Path) -> Iterator[str]:
    """The id of a photo in HEIC, larger than the screen; it is gone again afterward."""
    path = pictures.write(photos / "Phone" / "phone.heic", pictures.plain("teal", (3000, 2000)))
    try:
        with closing(Catalog(server.library / "catalog.db")) as catalog:
            wait(lambda: bool(ids_of(catalog, [path.name])), "the photo is indexed")
            [photo] = ids_of(catalog, [path.name])
        yield str(photo)
    finally:
        path.unlink()
        until_gone(server, [path.name])
