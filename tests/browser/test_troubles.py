"""What the pages say of files that could not be read, of copies, and of drives that are away."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import pictures
from tests.browser.conftest import Server, Visitor, _until_indexed


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Server]:
    """An app of the test's own on the folders One and Two."""
    for folder in ("One", "Two"):
        pictures.write(tmp_path / folder / "same.jpg", pictures.draw(1))
    shutil.copy(tmp_path / "One" / "same.jpg", tmp_path / "Two" / "same.jpg")
    (tmp_path / "One" / "<b>notes.jpg").write_text("this is no photo")
    (tmp_path / "One" / "more notes.jpg").write_text("this is no photo either")
    (tmp_path / "Two" / "broken.jpg").write_bytes(bytes(5000))
    running = Server(tmp_path, str(tmp_path / "One"), str(tmp_path / "Two"))
    try:
        _until_indexed(running, 1)
        yield running
    finally:
        running.stop()
    assert "Traceback" not in running.log, running.log


def test_failed_files_are_grouped_by_reason_and_retried_on_request(
    window: Visitor, own: Server, tmp_path: Path
) -> None:
    page = window.page
    page.goto(own.address + "/library")
    expect(page.get_by_role("heading", name="Could not be read")).to_be_visible()
    texts, broken = (
        page.locator("summary").filter(has_text="2 files: it is text"),
        page.locator("summary").filter(has_text="1 file: "),
    )
    expect(texts).to_be_visible()
    expect(page.get_by_text("more notes.jpg")).to_have_count(0)
    texts.click()
    expect(page.get_by_text("<b>notes.jpg")).to_be_visible()
    expect(page.get_by_text("more notes.jpg")).to_be_visible()
    # One is read again when asked, fails again for the same reason, and is read by itself once it
    # has been mended …
    broken.click()
    expect(page.get_by_text("broken.jpg")).to_be_visible()
    page.get_by_role("button", name="Try again").last.click()
    expect(page.get_by_text("The file is being read again.")).to_be_visible()
    expect(page.get_by_text("trying again")).to_have_count(0)
    expect(broken).to_be_visible()
    pictures.write(tmp_path / "Two" / "broken.jpg", pictures.draw(77))
    expect(broken).to_have_count(0)
    expect(page.get_by_text(re.compile("^2 photo files")).first).to_be_visible()
    # … and a whole group, which fails again for the same reason.
    page.get_by_role("button", name="Try these again").click()
    expect(page.get_by_text("The files are being read again.")).to_be_visible()
    expect(page.get_by_text("trying again")).to_have_count(0)
    expect(texts).to_be_visible()
    mend_text = tmp_path / "One" / "more notes.jpg"
    mend_text.write_bytes(pictures.encoded(pictures.draw(78)))
    expect(page.locator("summary").filter(has_text="1 file: it is text")).to_be_visible()
    page.get_by_role("button", name="Try all again").click()
    expect(page.get_by_text("The files are being read again.").last).to_be_visible()
    page.goto("about:blank")


def test_a_photo_lists_all_its_copies_and_which_are_missing(
    window: Visitor, own: Server, tmp_path: Path
) -> None:
    page = window.page
    page.goto(own.address)
    page.locator("button.photo").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("The same file is in 2 places:")).to_be_visible()
    for folder in ("One", "Two"):
        expect(dialog.get_by_text(str(tmp_path / folder / "same.jpg"), exact=True)).to_be_visible()
    expect(dialog.get_by_text("This one is offline")).to_have_count(0)
    (tmp_path / "One").rename(tmp_path / "unplugged")
    page.goto(own.address + "/library")
    expect(page.get_by_text("its drive is disconnected").first).to_be_visible()
    page.goto(own.address)
    page.locator("button.photo").first.click()
    expect(dialog.get_by_text("This one is offline")).to_have_count(1)
    # The one that can be read is shown first, and in full.
    expect(dialog.locator("code").first).to_contain_text(str(tmp_path / "Two" / "same.jpg"))
    shown = dialog.locator(".frame .picture")
    expect(shown).to_have_attribute("src", re.compile("/original$"))
    page.goto("about:blank")
