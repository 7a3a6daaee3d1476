"""The Compare models page with three models, one of which reads no phrases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from explorer.indexing.foreground import index_folders
from explorer.library.library import Library
from tests import pictures
from tests.browser.app_server import Server
from tests.browser.test_search_page import fits
from tests.browser.visitor import Visitor
from tests.fixtures.three_models import MODELS


class ComparingServer(Server):
    """The program with three models."""

    module = "tests.fixtures.three_models"


@pytest.fixture(scope="module")
def _photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three folders of photos of one kind each."""
    folder = tmp_path_factory.mktemp("comparing") / "Photos"
    for colour in ("red", "green", "blue"):
        for number in range(4):
            size = (96 + 4 * number, 64)
            pictures.write(folder / colour / f"{colour} {number}.png", pictures.plain(colour, size))
    for seed in range(3):
        pictures.write(folder / "drawn" / f"drawn {seed}.png", pictures.draw(seed, (96, 64)))
    return folder


@pytest.fixture(scope="module")
def comparing(_photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComparingServer]:
    """The app on photos that all three models have encoded."""
    place = tmp_path_factory.mktemp("three")
    library = Library.open(place / "library")
    for model in MODELS.values():
        index_folders(library, [str(_photos)], model(), lambda _: None)
    library.close()
    running = ComparingServer(place, str(_photos))
    try:
        yield running
    finally:
        running.stop()
    assert "Traceback" not in running.log, running.log


def look(window: Visitor, server: Server, query: str = "") -> Page:
    window.open(f"{server.address}/compare{query}")
    expect(window.page.get_by_role("group", name="Photos").first).to_be_visible()
    return window.page


def column(page: Page, model: str) -> Locator:
    return page.get_by_role("group", name=f"Photos found by {model}")


def expect_first(page: Page, model: str, colour: str) -> None:
    """Wait until the first four photos of a model's column are those of a colour."""
    for number in range(4):
        expect(column(page, model).locator("button.photo").nth(number)).to_have_attribute(
            "aria-label", re.compile(rf"^{colour} \d")
        )


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def find(page: Page, phrase: str) -> None:
    box = page.get_by_role("searchbox")
    box.fill(phrase)
    box.press("Enter")
    page.wait_for_url(re.compile(f"[?&]q={phrase}"))


def test_a_phrase_by_mouse_and_keyboard(window: Visitor, comparing: ComparingServer) -> None:
    page = look(window, comparing)
    expect(page.get_by_text("Describe a photo, or choose one")).to_be_visible()
    find(page, "red")
    expect(page.get_by_text("layout cannot read phrases; search with a photo")).to_be_visible()
    for model in ("tiny", "light"):
        expect_first(page, model, "red")
        expect(page.get_by_role("heading", name=model, exact=True)).to_be_visible()
    expect(column(page, "layout")).to_have_count(0)
    expect(page.get_by_text("overlap@10")).to_be_visible()
    expect(page.get_by_text("photos found by both")).to_be_visible()
    expect(
        page.get_by_text("Your library looks like one folder per class: 4 folders")
    ).to_be_visible()

    first = column(page, "tiny").locator("button.photo").first
    expect(first.locator(".badge")).to_have_text(re.compile(r"^1 · [01]\.\d{3}$"))
    expect(first).to_have_accessible_name(
        re.compile("in the first 10 of every model; 1st in light")
    )
    first.focus()
    expect(first.locator(".note")).to_have_css("opacity", "1")
    same = column(page, "light").locator("button.photo.pointed")
    expect(same).to_have_count(1)
    expect(same).to_have_attribute("data-id", str(first.get_attribute("data-id")))
    page.keyboard.press("ArrowRight")
    second = column(page, "tiny").locator("button.photo").nth(1)
    expect(second).to_be_focused()
    expect(same).to_have_attribute("data-id", str(second.get_attribute("data-id")))

    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("2nd in tiny, 2nd in light")
    expect(dialog).to_contain_text("2 of 10")
    page.keyboard.press("ArrowRight")
    expect(dialog).to_contain_text("3 of 10")
    page.keyboard.press("Escape")
    page.wait_for_url(lambda url: parse_qs(urlsplit(url).query) == {"q": ["red"]})
    expect(dialog).to_have_count(0)


def test_what_is_said_of_a_photo_follows_the_other_columns(
    window: Visitor, comparing: ComparingServer
) -> None:
    page = look(window, comparing)
    group = page.get_by_role("group", name="Photos to compare by")
    photo = group.locator("button.photo").first.get_attribute("data-id")
    # The first column shows the same photos each time.
    for models in ("tiny light", "tiny light layout"):
        chosen = "".join(f"&model={model}" for model in models.split())
        window.open(f"{comparing.address}/compare?like={photo}{chosen}")
        column(page, "tiny").locator("button.photo").first.click()
        told = page.get_by_role("dialog").locator(".why-photo")
        expect(told).to_contain_text("1st in tiny")
        for model in MODELS:
            other = re.compile(rf"\d(st|nd|rd|th) in {model}\b")
            if model in models.split():
                expect(told).to_have_text(other)
            else:
                expect(told).not_to_have_text(other)


def test_a_photo_compares_all_three(window: Visitor, comparing: ComparingServer) -> None:
    page = look(window, comparing)
    page.get_by_role("group", name="Photos to compare by").locator("button.photo").first.click()
    page.wait_for_url(re.compile(r"[?&]like=\d+"))
    for model in MODELS:
        expect(column(page, model).locator("button.photo")).to_have_count(10)
    expect(page.get_by_text("photos found by all 3")).to_be_visible()
    expect(page.get_by_text(re.compile(r"precision@10 .* \(this search"))).to_have_count(3)
    expect(column(page, "layout").locator(".mark").first).to_be_visible()
    column(page, "layout").locator("button.photo:has(.mark)").first.hover()
    expect(page.locator("button.photo.pointed").first).to_be_visible()
    page.get_by_role("button", name="Each pair").click()
    expect(page.get_by_role("cell", name="tiny and layout")).to_be_visible()
    page.keyboard.press("Escape")

    # What is shown is in the address, and back leads to what was shown before.
    before = page.url
    column(page, "light").locator("button.photo").nth(2).press("m")
    page.wait_for_url(lambda url: url != before)
    after = asked(page)["like"]
    page.go_back()
    expect(page).to_have_url(before)
    assert asked(page)["like"] != after
    expect(page.get_by_text("photos found by all 3")).to_be_visible()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Describe a photo, or choose one")).to_be_visible()


def test_models_and_number_are_chosen_and_kept(window: Visitor, comparing: ComparingServer) -> None:
    page = look(window, comparing, "?q=blue&model=tiny&model=light&top=5")
    for model in ("tiny", "light"):
        expect(column(page, model).locator("button.photo")).to_have_count(5)
    expect(page.get_by_text("cannot read phrases")).to_have_count(0)
    expect(page.get_by_text("overlap@5")).to_be_visible()
    # A click while the columns are still being drawn may be lost.
    window.settle()
    page.get_by_role("button", name="layout").click()
    expect(page.get_by_text("layout cannot read phrases")).to_be_visible()
    page.wait_for_url(lambda url: parse_qs(urlsplit(url).query) == {"q": ["blue"], "top": ["5"]})
    window.reload()
    expect(page.get_by_text("layout cannot read phrases")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_have_value("blue")
    expect(column(page, "tiny").locator("button.photo")).to_have_count(5)


def test_an_upload_is_encoded_by_each_model(
    window: Visitor, comparing: ComparingServer, tmp_path: Path
) -> None:
    page = look(window, comparing)
    other = pictures.write(tmp_path / "other.png", pictures.plain("green", (70, 70)))
    page.get_by_role("button", name="Photo", exact=True).click()
    page.locator("input[type=file]").set_input_files(other)
    page.wait_for_url(re.compile("[?&]example="))
    for model in ("tiny", "light"):
        expect_first(page, model, "green")
    expect(column(page, "layout").locator("button.photo")).to_have_count(10)


def test_queries_that_cannot_be_compared_say_why(
    window: Visitor, comparing: ComparingServer
) -> None:
    page = window.open(f"{comparing.address}/compare?q=date:2020")
    expect(page.get_by_text("This query only filters photos")).to_be_visible()
    window.open(f"{comparing.address}/compare?q=(red")
    expect(page.get_by_text("This bracket is never closed")).to_be_visible()
    window.open(f"{comparing.address}/compare?like=999999&q=red")
    expect(page.get_by_text("A photo of this query no longer exists.")).to_be_visible()
    expect(column(page, "tiny")).to_be_visible()


@pytest.mark.parametrize("window", [(360, "light"), (360, "dark")], indirect=True)
def test_it_fits_a_small_window(window: Visitor, comparing: ComparingServer) -> None:
    page = look(window, comparing, "?q=red")
    expect(column(page, "tiny").locator("button.photo").first).to_be_visible()
    assert fits(page)
    # The columns scroll sideways, also for the keyboard.
    last = column(page, "light").locator("button.photo").first
    last.focus()
    expect(last).to_be_in_viewport()
    assert fits(page)
