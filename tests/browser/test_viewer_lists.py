"""The viewer in lists that change below it, and in lists that are not all there yet."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Route, expect

from tests.browser.app_server import Server
from tests.browser.test_anomalies_page import remove_files
from tests.browser.test_photo_edits import said, select
from tests.browser.test_search_page import ALL, asked, look, tiles
from tests.browser.test_viewer import expect_position, viewer_of
from tests.browser.visitor import Visitor


def test_a_photo_that_leaves_the_list_keeps_its_place(window: Visitor, server: Server) -> None:
    page = look(window, server, "/?q=folder%3AColours")
    select(page, "red.jpg", "green.jpg", "blue.jpg", "yellow.jpg")
    page.get_by_role("button", name="Favorite", exact=True).click()
    expect(said(page, "Marked as favorite.*4 photos")).to_be_visible()
    look(window, server, "/?q=is%3Afavourite")
    expect(tiles(page)).to_have_count(4)
    ids = tiles(page).evaluate_all("all => all.map((one) => one.dataset.id)")
    tiles(page).nth(1).click()
    viewer = viewer_of(page)
    expect_position(viewer, 2, 4)
    page.evaluate("document.querySelector('.photo-viewer').dataset.same = ''")
    viewer.get_by_role("button", name="Favorite", exact=True).click()
    # The photo stays, and so does the viewer; only its place in the list is gone.
    expect(viewer.locator(".position")).to_have_text("")
    assert asked(page)["photo"] == ids[1]
    expect(page.locator(".photo-viewer[data-same]")).to_have_count(1)
    page.keyboard.press("ArrowRight")
    expect_position(viewer, 2, 3)
    expect(page).to_have_url(re.compile(f"photo={ids[2]}$"))
    page.keyboard.press("ArrowLeft")
    expect_position(viewer, 1, 3)
    expect(page).to_have_url(re.compile(f"photo={ids[0]}$"))


def test_after_a_removal_the_next_photo_is_shown(
    window: Visitor, server: Server, tmp_path: Path
) -> None:
    page = look(window, server, "/?q=folder%3AColours")
    ids = tiles(page).evaluate_all("all => all.map((one) => one.dataset.id)")
    tiles(page).nth(1).click()
    viewer = viewer_of(page)
    expect_position(viewer, 2, 5)
    viewer.get_by_role("button", name="Remove…").click()
    remove_files(page, 1, tmp_path / "kept", "Undo")
    expect(viewer.get_by_text("1 file restored.")).to_be_visible()
    expect_position(viewer, 2, 5)
    viewer.get_by_role("button", name="Remove…").click()
    remove_files(page, 1, tmp_path / "kept")
    expect_position(viewer, 2, 4)
    expect(page).to_have_url(re.compile(f"photo={ids[2]}$"))
    page.keyboard.press("Escape")
    expect(page.locator("button.photo:focus")).to_have_attribute("data-id", ids[2])
    # A dialog that closes without what opened it leaves the focus with the photos.
    page.keyboard.press("x")
    page.get_by_role("button", name="Remove…").click()
    remove_files(page, 1, tmp_path / "kept", "Undo")
    expect(said(page, "1 file restored")).to_be_visible()
    page.get_by_role("button", name="Dismiss").press("Enter")
    expect(page.locator("button.photo:focus")).to_have_count(1)


def test_a_photo_that_is_not_there_yet_is_announced_once_it_is(
    window: Visitor, server: Server
) -> None:
    page, held = look(window, server), list[Route]()

    def only_the_beginning(route: Route) -> None:
        if "around=" not in route.request.url:
            held.append(route)
            return
        answer = route.fetch()
        found = answer.json()
        route.fulfill(response=answer, json=found | {"photos": found["photos"][:30]})

    page.route(re.compile("/photo/sequence/[0-9a-f]+\\?"), only_the_beginning)
    tiles(page).first.click()
    viewer = viewer_of(page)
    expect_position(viewer, 1)
    first = asked(page)["photo"]
    with page.expect_request(re.compile("start=")):
        page.keyboard.press("End")
    expect(viewer.get_by_text("Loading…")).to_be_visible()
    expect(viewer.locator(".frame img")).to_have_count(0)
    assert asked(page)["photo"] == first
    for route in held:
        route.continue_()
    page.unroute_all()
    expect(viewer.locator(".announcement")).to_have_text(re.compile(f", {ALL} of {ALL}$"))
    expect(page).not_to_have_url(re.compile(f"photo={first}$"))
    expect(viewer.get_by_text("Loading…")).to_have_count(0)
