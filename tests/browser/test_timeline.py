"""Browsing thousands of photos by date: scrolling, jumping, zooming out, and coming back."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from explorer.library.library import Library
from tests import pictures
from tests.browser import settling
from tests.browser.app_server import Server
from tests.browser.test_search_page import asked, expect_asked, fits, look, tiles
from tests.browser.visitor import Visitor, note_runs
from tests.factory import LibraryBuilder, digest_of

NUMBER = 1200
FIRST_DAY = dt.datetime(2010, 1, 1, 9)


def taken(number: int) -> dt.datetime:
    """Three photos of every eighth day, the last on 2018-09-28."""
    return FIRST_DAY + dt.timedelta(days=8 * (number // 3), minutes=number % 3)


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app on a library of nine years, whose folder is away: nothing of it is read again."""
    place = tmp_path_factory.mktemp("timeline")
    library = Library.open(place / "library")
    (place / "drive").mkdir()
    builder = LibraryBuilder(library, str(place / "drive"))
    jpegs = [pictures.encoded(pictures.plain(name, (80, 60))) for name in ("teal", "olive", "navy")]
    with builder.writer.transaction():
        for number in range(NUMBER):
            width = 30 + 10 * (number % 4)
            moment = taken(number).isoformat()
            name = f"{number // 100}/{number:04}.jpg"
            builder.put(name, number, taken_at=moment, taken_source="exif", width=width, height=60)
            library.previews.path(digest_of(number).hex()).write_bytes(jpegs[number % 3])
    builder.close()
    (place / "drive").rmdir()
    running = Server(place)
    try:
        yield running
    finally:
        running.stop()
    assert "Traceback" not in running.log, running.log


def day_in_view(page: Page) -> Locator:
    return page.locator(".bar .now")


def whole_height(page: Page) -> int:
    """The height of the list in pixels, once all of it is known."""
    handle = page.locator(".gallery").element_handle()
    page.wait_for_function("grid => grid.offsetHeight > 10_000", arg=handle)
    return int(handle.evaluate("grid => grid.offsetHeight"))


def scroll(page: Page, pixels: int) -> None:
    page.mouse.move(700, 600)
    page.mouse.wheel(0, pixels)


def test_days_and_months_have_headings(window: Visitor, years: Server) -> None:
    page = look(window, years)
    expect(page.get_by_text(f"{NUMBER:,} photos, newest first")).to_be_visible()
    expect(page.get_by_role("heading", name="September 2018")).to_be_visible()
    last = taken(NUMBER - 1)
    expect(page.locator(".gallery h3").first).to_have_text(f"{last:%a}, {last:%b} {last.day}")
    # Small days share a row.
    tops = page.locator(".gallery h3").evaluate_all("all => all.map(one => one.offsetTop)")
    assert len(set(tops)) < len(tops)


def test_scrolling_shows_everything_without_running_the_page(
    window: Visitor, years: Server
) -> None:
    runs = note_runs(window.page)
    page = look(window, years)
    height = whole_height(page)
    window.settle()
    runs.clear()
    most = 0
    for _ in range(12):
        scroll(page, height // 10)
        page.wait_for_timeout(100)
        most = max(most, page.locator(".gallery > *").count())
    # The oldest photo, which is the last one.
    expect(page.locator('button.photo[aria-label^="0000.jpg"]')).to_be_in_viewport()
    expect(day_in_view(page)).to_contain_text("2010")
    assert most < 500
    window.settle()
    assert not runs


def test_the_position_is_in_the_address(window: Visitor, years: Server) -> None:
    page = look(window, years)
    expect_asked(page, {})
    whole_height(page)
    scroll(page, 5000)
    settling.until_scrolled(page)
    expect(page.locator(".gallery.moving")).to_have_count(0)
    page.wait_for_function("() => new URL(location).searchParams.has('at')")
    window.settle()
    seen, at = day_in_view(page).inner_text(), asked(page)["at"]
    window.reload()
    expect(day_in_view(page)).to_have_text(seen)
    expect(page.locator(f'button.photo[data-id="{at}"]')).to_be_in_viewport()
    # Back from another page returns to the photo.
    page.get_by_role("link", name="Library").click()
    expect(page.get_by_role("button", name="Rescan").first).to_be_visible()
    page.go_back()
    expect(day_in_view(page)).to_have_text(seen)
    scroll(page, -20_000)
    page.wait_for_function("() => !new URL(location).searchParams.has('at')")


def test_a_date_is_jumped_to_by_keyboard(window: Visitor, years: Server) -> None:
    page = look(window, years)
    page.get_by_label("Go to date").focus()
    page.keyboard.type("05202013")
    # 17 May is the nearest day with photos, and shares its row with 25 May.
    expect(day_in_view(page)).to_have_text(re.compile(r"May (17|25), 2013"))
    expect(page.get_by_role("heading", name="Fri, May 17")).to_be_in_viewport()
    # From the year to the button that opens a calendar, and on.
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(page.get_by_label("Size of the photos")).to_be_focused()
    page.get_by_label("Go to date").fill("1990-01-01")
    expect(day_in_view(page)).to_contain_text("2010")


def test_the_scrubber_moves_by_keyboard_and_mouse(window: Visitor, years: Server) -> None:
    page = look(window, years)
    whole_height(page)
    scrubber = page.get_by_role("slider", name="Date")
    expect(scrubber).to_have_attribute("aria-valuetext", re.compile("September 2018"))
    scrubber.press("ArrowDown")
    expect(scrubber).to_have_attribute("aria-valuetext", re.compile(r"August 2018, \d+ photos"))
    page.keyboard.press("PageDown")
    expect(scrubber).to_have_attribute("aria-valuetext", re.compile("December 2017"))
    expect(day_in_view(page)).to_contain_text("2017")
    page.keyboard.press("End")
    expect(day_in_view(page)).to_contain_text("2010")
    box = scrubber.bounding_box()
    assert box
    x, top = box["x"] + box["width"] / 2, box["y"]
    page.mouse.move(x, top + box["height"] * 0.9)
    page.mouse.down()
    page.mouse.move(x, top + box["height"] * 0.5, steps=8)
    expect(page.locator(".bubble")).to_be_visible()
    page.mouse.up()
    expect(day_in_view(page)).to_have_text(re.compile("201[345]"))
    expect(tiles(page).first).to_be_visible()


def test_months_and_years_lead_into_days_and_back(window: Visitor, years: Server) -> None:
    page = look(window, years)
    zoom_to_years = page.get_by_role("button", name="Years", exact=True)
    zoom_to_years.click()
    expect(page.locator(".card[data-day]")).to_have_count(9)
    expect(page.locator(".card[data-day]").first.locator("img")).to_have_class("here")
    page.get_by_role("button", name=re.compile("^2014")).click()
    expect(page.get_by_role("button", name="Months")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name=re.compile("^December 2014"))).to_be_focused()
    expect(page).to_have_url(re.compile("zoom=months"))
    # By keyboard.
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name=re.compile("^November 2014"))).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="November 2014")).to_be_in_viewport()
    expect(day_in_view(page)).to_contain_text("November")
    expect(page).not_to_have_url(re.compile("zoom="))
    page.go_back()
    expect(page.get_by_role("button", name="Months")).to_have_attribute("aria-pressed", "true")
    page.go_back()
    expect(zoom_to_years).to_have_attribute("aria-pressed", "true")
    page.go_back()
    expect(page.get_by_role("button", name="Days")).to_have_attribute("aria-pressed", "true")
    expect(tiles(page).first).to_be_visible()


def test_keys_reach_every_photo_and_select_across_windows(window: Visitor, years: Server) -> None:
    page = look(window, years)
    whole_height(page)
    tiles(page).first.press("End")
    last = page.locator('button.photo[aria-label^="0000.jpg"]')
    expect(last).to_be_focused()
    expect(last).to_be_in_viewport()
    page.keyboard.press("ArrowLeft")
    expect(page.locator('button.photo[aria-label^="0001.jpg"]')).to_be_focused()
    page.keyboard.press("x")
    page.keyboard.press("Shift+Home")
    selected = page.get_by_test_id("stMarkdown").get_by_text(f"{NUMBER - 1:,} selected")
    expect(selected).to_be_visible()
    expect(page.locator(f'button.photo[aria-label^="{NUMBER - 1}.jpg"]')).to_be_focused()
    page.keyboard.press("Escape")
    expect(selected).to_have_count(0)
    page.keyboard.press("PageDown")
    page.keyboard.press("PageDown")
    expect(page.locator("button.photo:focus")).to_be_in_viewport()
    page.keyboard.press("Control+a")
    expect(page.get_by_test_id("stMarkdown").get_by_text(f"{NUMBER:,} selected")).to_be_visible()


def test_a_photo_far_down_opens_and_is_returned_to(window: Visitor, years: Server) -> None:
    page = look(window, years)
    page.get_by_label("Go to date").fill("2014-07-01")
    expect(day_in_view(page)).to_contain_text("2014")
    name = page.locator('button.photo[aria-label*="2014"]').nth(4).get_attribute("aria-label") or ""
    # By its name: which photo is the fifth changes while rows are still arriving.
    page.locator(f'button.photo[aria-label="{name}"]').click()
    expect(page.get_by_role("dialog")).to_contain_text(name.split(",", maxsplit=1)[0])
    expect(page.get_by_role("dialog")).to_contain_text(f"of {NUMBER:,}")
    window.settle()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(f'button.photo[aria-label="{name}"]')).to_be_focused()
    expect(day_in_view(page)).to_contain_text("2014")


def test_the_size_of_photos_is_remembered(window: Visitor, years: Server) -> None:
    page = look(window, years)
    tall = tiles(page).first.evaluate("tile => tile.offsetHeight")
    page.get_by_label("Size of the photos").fill("100")
    expect(tiles(page).first).not_to_have_js_property("offsetHeight", tall)
    window.reload()
    tiles(page).first.wait_for()
    assert tiles(page).first.evaluate("tile => tile.offsetHeight") <= 100
    tiles(page).first.press("+")
    expect(page.get_by_label("Size of the photos")).to_have_value("130")


@pytest.mark.parametrize("window", [(360, "dark")], indirect=True)
def test_the_timeline_fits_a_small_window(window: Visitor, years: Server) -> None:
    page = look(window, years)
    assert fits(page)
    expect(page.get_by_role("slider", name="Date")).to_be_visible()
    page.get_by_role("button", name="Months").click()
    page.locator(".card[data-day]").first.wait_for()
    assert fits(page)


def test_a_list_that_the_server_dropped_is_read_again(window: Visitor, years: Server) -> None:
    refused = list[str]()

    def refuse_once(route: object) -> None:
        refused.append("")
        if len(refused) == 1:
            route.fulfill(status=410, body="{}")  # type: ignore[attr-defined]
        else:
            route.continue_()  # type: ignore[attr-defined]

    window.page.route("**/photo/list/*/tiles*", refuse_once)
    page = look(window, years)
    page.get_by_label("Go to date").fill("2014-07-01")
    expect(page.locator('button.photo[aria-label*="2014"]').first).to_be_visible()
    assert len(refused) > 1
    window.complaints = [each for each in window.complaints if not each.startswith("410 ")]


def test_a_window_that_grows_shows_more(window: Visitor, years: Server) -> None:
    page = window.page
    page.set_viewport_size({"width": 1440, "height": 420})
    look(window, years)
    whole_height(page)
    canvas = page.locator(".scrubber canvas").element_handle()
    before = canvas.evaluate("canvas => canvas.height")
    page.set_viewport_size({"width": 1440, "height": 1800})
    # Without scrolling, there are photos down to the end of the window.
    page.wait_for_function(
        """grid => Math.max(...[...grid.querySelectorAll("button.photo")].map(
             (photo) => photo.getBoundingClientRect().bottom)) >= innerHeight""",
        arg=page.locator(".gallery").element_handle(),
    )
    page.wait_for_function(
        "([canvas, before]) => canvas.height > before && canvas.height === canvas.clientHeight",
        arg=[canvas, before],
    )


def test_photos_that_could_not_be_read_are_read_again(window: Visitor, years: Server) -> None:
    page, refused = look(window, years), list[str]()
    whole_height(page)

    def refuse(route: Route) -> None:
        refused.append(route.request.url)
        route.abort()

    page.route(re.compile("/tiles\\?from="), refuse, times=3)
    scroll(page, 40_000)
    expect(page.locator(".gallery .waiting").first).to_be_visible()
    expect(page.locator(".gallery .waiting")).to_have_count(0)
    assert refused
