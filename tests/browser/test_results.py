"""How results are shown: stacks that open, months with headings, any page of them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from explorer.library.catalog import Catalog
from explorer.library.stores.pair_store import PAIRS_VERSION, similar_shots
from tests import pictures
from tests.browser.app_server import Server, until_gone
from tests.browser.contexts import WAIT
from tests.browser.test_search_page import expect_asked, expect_names, fits, look, tiles
from tests.browser.visitor import Visitor, escape


@pytest.fixture(scope="module")
def _copies(server: Server, photos: Path) -> Iterator[Path]:
    """A picture and two copies of it in other sizes, compared."""
    folder = photos / "Copies"
    drawn = pictures.draw(41, (480, 640))
    for width in (640, 560, 500):
        size = (width, width * drawn.height // drawn.width)
        pictures.write(folder / f"copy {width}.jpg", drawn.resize(size, Image.Resampling.LANCZOS))
    with closing(Catalog(server.library / "catalog.db")) as catalog:
        end = time.monotonic() + WAIT
        while len({i for pair in similar_shots(catalog, PAIRS_VERSION, 60) for i in pair}) < 3:
            assert time.monotonic() < end, server.log
            time.sleep(0.1)
    yield folder
    copies = list(folder.iterdir())
    for path in copies:
        path.unlink()
    until_gone(server, [path.name for path in copies])


def stack(page: Page) -> Locator:
    return page.get_by_role("button", name="stack of 3 photos")


@pytest.mark.usefixtures("_copies")
def test_a_stack_opens_and_closes(window: Visitor, server: Server, photos: Path) -> None:
    page = look(window, server, f"/?folder={photos / 'Copies'}")
    expect(tiles(page)).to_have_count(1)
    expect(page.get_by_text("2 similar shots in stacks")).to_be_visible()
    stack(page).locator(".stack").click()
    expect(tiles(page)).to_have_count(3)
    # The keyboard's place is the same photo, which closes the stack again.
    stack(page).press("s")
    expect(tiles(page)).to_have_count(1)
    expect(stack(page)).to_be_focused()
    page.keyboard.press("s")
    expect(tiles(page)).to_have_count(3)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("1 of 3")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Newest").click()
    page.get_by_text("Stack similar shots").click()
    expect(stack(page)).to_have_count(0)
    expect(tiles(page)).to_have_count(3)
    expect(page).to_have_url(re.compile("stack=no"))


def test_months_are_headings_and_arrow_keys_cross_them(window: Visitor, server: Server) -> None:
    page = look(window, server, "/?until=2021-12-31")
    page.get_by_role("button", name="Newest").click()
    page.get_by_text("Group by month").click()
    months = [f"{month} 2021" for month in ("May", "April", "March", "February", "January")]
    expect(page.locator(".gallery h3")).to_have_text(months)
    expect_asked(page, {"until": "2021-12-31", "group": "month"})
    page.keyboard.press("Escape")
    tiles(page).first.press("ArrowDown")
    expect(tiles(page).nth(1)).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("ArrowUp")
    expect(tiles(page).nth(3)).to_be_focused()
    window.reload()
    page.get_by_role("button", name="Newest").click()
    page.get_by_text("Oldest", exact=True).click()
    expect(page.get_by_text("5 photos, oldest first")).to_be_visible()
    expect_names(page, "red.jpg")


@pytest.mark.parametrize("window", [(360, "dark")], indirect=True)
@pytest.mark.usefixtures("_copies")
def test_months_and_stacks_fit_a_small_window(window: Visitor, server: Server) -> None:
    page = look(window, server, "/?group=month&q=red")
    expect(page.locator(".gallery h3").first).to_be_visible()
    assert fits(page)
    page.emulate_media(media="print")
    expect(page.locator(".gallery h3").first).to_be_visible()
    expect(page.get_by_role("searchbox")).to_be_hidden()
    expect(page.get_by_role("button", name="Main menu")).to_be_hidden()
    below = "tile => getComputedStyle(tile, '::after').content"
    assert tiles(page).first.get_attribute("title") in tiles(page).first.evaluate(below)


def test_selected_photos_are_copied_into_a_folder(
    window: Visitor, server: Server, tmp_path: Path
) -> None:
    page = look(window, server, "/?until=2021-12-31")
    tiles(page).first.press("x")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.get_by_test_id("stMarkdown").get_by_text("2 selected")).to_be_visible()
    page.locator("[class*=st-key-selection]").get_by_role("button", name="Export").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("radio", name="2 photos selected")).to_be_checked()
    dialog.get_by_role("combobox").click()
    page.get_by_role("option", name="Copies in a folder").click()
    dialog.get_by_role("textbox", name="Folder").fill(str(tmp_path / "Album"))
    dialog.get_by_role("textbox", name="Folder").press("Tab")
    dialog.get_by_role("button", name="Write 2 copies").click()
    expect(dialog.get_by_text("2 copies written")).to_be_visible()
    assert sorted(path.name for path in (tmp_path / "Album").iterdir()) == [
        "purple.jpg",
        "yellow.jpg",
    ]
    dialog.get_by_role("combobox").click()
    page.get_by_role("option", name="Table (CSV)").click()
    dialog.get_by_role("button", name="Write a list of 2 photos").click()
    with page.expect_download() as table:
        dialog.get_by_role("button", name="Download photos.csv").click()
    assert table.value.path().read_text().count("yellow.jpg") == 1
    escape(dialog)
    window.settle()
