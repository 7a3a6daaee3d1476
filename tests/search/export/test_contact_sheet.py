"""Contact sheets: all photos are on them, with names that are text whatever they hold."""

from __future__ import annotations

import base64
import io
import re

import pytest
from PIL import Image

from explorer.library.rows import PhotoRow
from explorer.search.export import contact_sheet
from explorer.search.export.contact_sheet import html_sheet, pdf_sheet
from tests import pictures
from tests.factory import LibraryBuilder


def rows(builder: LibraryBuilder, number: int) -> list[PhotoRow]:
    ids = [builder.put(f"<b>{n}&.jpg", n, taken_at="2020-07-14T10:00:00") for n in range(number)]
    photos = list(builder.library.catalog.photos(ids).values())
    for photo in photos[:2]:
        preview = pictures.encoded(pictures.plain("red", (512, 256)))
        builder.library.previews.write(photo["hash"], preview)
    return photos


def test_html_contains_every_picture(builder: LibraryBuilder) -> None:
    page = html_sheet(rows(builder, 3), builder.library.previews, "<Beach>").decode()
    assert "<h1>&lt;Beach&gt;</h1>" in page
    assert "&lt;b&gt;0&amp;.jpg<br>2020-07-14" in page and "<b>" not in page
    found = re.findall(r"base64,([^\"]+)", page)
    with Image.open(io.BytesIO(base64.b64decode(found[0]))) as picture:
        assert picture.size == (320, 160)
    # The third one has no readable preview, and a place of its own all the same.
    assert len(found) == 3
    assert "http" not in page and "<script" not in page


def test_pdf_has_as_many_pages_as_needed(builder: LibraryBuilder) -> None:
    photos = rows(builder, 21)
    assert pdf_sheet(photos, builder.library.previews).count(b"/Type /Page\n") == 2
    assert pdf_sheet(photos[:20], builder.library.previews).startswith(b"%PDF")
    with pytest.raises(ValueError, match="needs a photo"):
        pdf_sheet([], builder.library.previews)


def test_a_sheet_ends_at_its_limit(
    builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact_sheet, "MAX_PHOTOS", 2)
    page = html_sheet(rows(builder, 3), builder.library.previews, "All").decode()
    assert page.count("<figure>") == 2


def test_long_names_fit() -> None:
    from PIL import ImageFont

    font = ImageFont.load_default(13)
    cut = contact_sheet._cut("a very long file name " * 9, font, 150)
    assert font.getlength(cut) <= 150 and "…" in cut
    assert contact_sheet._cut("short.jpg", font, 150) == "short.jpg"
