"""What the pages say of files that could not be read, of copies, and of drives that are away."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests import pictures
from tests.browser.app_server import Server, until_indexed
from tests.browser.visitor import Visitor


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An app of these tests' own on the folders One and Two."""
    place = tmp_path_factory.mktemp("troubles")
    for folder in ("One", "Two"):
        pictures.write(place / folder / "same.jpg", pictures.draw(1))
    shutil.copy(place / "One" / "same.jpg", place / "Two" / "same.jpg")
    (place / "One" / "<b>notes.jpg").write_text("this is no photo")
    (place / "One" / "more notes.jpg").write_text("this is no photo either")
    (place / "Two" / "broken.jpg").write_bytes(bytes(5000))
    running = Server(place, str(place / "One"), str(place / "Two"))
    try:
        until_indexed(running, 1)
        yield running
    finally:
        running.stop()
    assert "Traceback" not in running.log, running.log


def test_failed_files_are_grouped_by_reason_and_retried_on_request(
    window: Visitor, own: Server
) -> None:
    page = window.open(own.address + "/library")
    expect(page.get_by_role("heading", name="Could not be read")).to_be_visible()
    texts, broken = (
        page.locator("summary").filter(has_text="2 files: it is text"),
        page.locator("summary").filter(has_text="1 file: "),
    )
    expect(texts).to_be_visible()
    expect(page.get_by_text("more notes.jpg")).to_have_count(0)
    # What arrives above them moves them.
    window.settle()
    texts.click()
    expect(page.get_by_text("<b>notes.jpg")).to_be_visible()
    expect(page.get_by_text("more notes.jpg")).to_be_visible()
    # One is read again when asked, fails again for the same reason, and is read by itself once it
    # has been mended …
    window.settle()
    broken.click()
    expect(page.get_by_text("broken.jpg")).to_be_visible()
    window.settle()
    page.get_by_role("button", name="Try again").last.click()
    expect(page.get_by_text("The file is being read again.")).to_be_visible()
    expect(page.get_by_text("trying again")).to_have_count(0)
    expect(broken).to_be_visible()
    pictures.write(own.folder / "Two" / "broken.jpg", pictures.draw(77))
    expect(broken).to_have_count(0)
    expect(page.get_by_text(re.compile("^2 photo files")).first).to_be_visible()
    # … and a whole group, which fails again for the same reason.
    window.settle()
    page.get_by_role("button", name="Try these again").click()
    expect(page.get_by_text("The files are being read again.")).to_be_visible()
    expect(page.get_by_text("trying again")).to_have_count(0)
    expect(texts).to_be_visible()
    mend_text = own.folder / "One" / "more notes.jpg"
    mend_text.write_bytes(pictures.encoded(pictures.draw(78)))
    expect(page.locator("summary").filter(has_text="1 file: it is text")).to_be_visible()
    page.get_by_role("button", name="Try all again").click()
    expect(page.get_by_text("The files are being read again.").last).to_be_visible()
    page.goto("about:blank")


def test_a_photo_lists_all_its_copies_and_which_are_missing(window: Visitor, own: Server) -> None:
    page = window.open(own.address)
    copied = page.locator('button.photo[aria-label^="same.jpg"]')
    copied.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("The same file is in 2 places:")).to_be_visible()
    for folder in ("One", "Two"):
        place = str(own.folder / folder / "same.jpg")
        expect(dialog.get_by_text(place, exact=True)).to_be_visible()
    expect(dialog.get_by_text("This file cannot be found now")).to_have_count(0)
    (own.folder / "One").rename(own.folder / "unplugged")
    try:
        window.open(own.address + "/library")
        expect(page.get_by_text("its drive is disconnected").first).to_be_visible()
        window.open(own.address)
        copied.click()
        expect(dialog.get_by_text("This file cannot be found now")).to_have_count(1)
        # The one that can be read is shown first, and in full.
        expect(dialog.locator("code").first).to_contain_text(str(own.folder / "Two" / "same.jpg"))
        shown = dialog.locator(".frame .picture")
        expect(shown).to_have_attribute("src", re.compile("/original$"))
        page.goto("about:blank")
    finally:
        (own.folder / "unplugged").rename(own.folder / "One")
