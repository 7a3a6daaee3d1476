"""Contact sheets: many small pictures with their names on one page, as HTML or PDF."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Iterator, Sequence

from PIL import Image, ImageDraw, ImageFont

from explorer.library.paths import printable
from explorer.library.previews import PreviewStore
from explorer.library.rows import PhotoRow
from explorer.photos.metadata.partial_dates import known_part

MAX_PHOTOS = 500
"""The maximum number of photos on a contact sheet; a longer one is slow to open."""

# Longest side of a picture in the HTML file, in pixels.
_HTML_SIDE = 320
_QUALITY = 82
# A4 in portrait format at 120 dots per inch, with 4 × 5 pictures.
_DPI, _PAGE = 120, (992, 1403)
_COLUMNS, _ROWS = 4, 5
_MARGIN, _GAP, _TEXT_HEIGHT, _TEXT_SIZE = 48, 16, 38, 13

_STYLE = """
body { font: 14px/1.4 system-ui, sans-serif; margin: 2rem; color: #222; background: #fff; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(180px, 1fr)); gap: 16px; }
figure { margin: 0; break-inside: avoid; }
img { width: 100%; height: 180px; object-fit: contain; background: #f2f2f2; }
figcaption { font-size: 12px; overflow-wrap: anywhere; }
"""


def html_sheet(photos: Sequence[PhotoRow], previews: PreviewStore, title: str) -> bytes:
    """A contact sheet as one HTML file, self-contained and usable offline. Only the first
    `MAX_PHOTOS` photos are on it."""
    figures = list[str]()
    for photo in photos[:MAX_PHOTOS]:
        picture = _small(photo, previews, _HTML_SIDE)
        packed = io.BytesIO()
        picture.save(packed, "JPEG", quality=_QUALITY)
        data = base64.b64encode(packed.getvalue()).decode()
        lines = "<br>".join(html.escape(line) for line in _lines(photo))
        figures.append(
            f'<figure><img src="data:image/jpeg;base64,{data}" alt=""><figcaption>{lines}'
            "</figcaption></figure>"
        )
    name = html.escape(printable(title))
    page = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{name}</title><style>{_STYLE}</style></head>\n"
        f"<body><h1>{name}</h1><main>\n{chr(10).join(figures)}\n</main></body></html>\n"
    )
    return page.encode("utf-8", "replace")


def pdf_sheet(photos: Sequence[PhotoRow], previews: PreviewStore) -> bytes:
    """A contact sheet as PDF, 20 photos on a page of A4. Only the first `MAX_PHOTOS` photos are on
    it. Raises ValueError if there are no photos."""
    pages = list(_pages(photos[:MAX_PHOTOS], previews))
    if not pages:
        raise ValueError("a contact sheet needs a photo")
    packed = io.BytesIO()
    pages[0].save(
        packed, "PDF", save_all=True, append_images=pages[1:], resolution=_DPI, quality=_QUALITY
    )
    return packed.getvalue()


def _pages(photos: Sequence[PhotoRow], previews: PreviewStore) -> Iterator[Image.Image]:
    width = (_PAGE[0] - 2 * _MARGIN - (_COLUMNS - 1) * _GAP) // _COLUMNS
    height = (_PAGE[1] - 2 * _MARGIN - (_ROWS - 1) * _GAP) // _ROWS
    font, a_page = ImageFont.load_default(_TEXT_SIZE), _COLUMNS * _ROWS
    for start in range(0, len(photos), a_page):
        page = Image.new("RGB", _PAGE, "white")
        pen = ImageDraw.Draw(page)
        for at, photo in enumerate(photos[start : start + a_page]):
            left = _MARGIN + at % _COLUMNS * (width + _GAP)
            top = _MARGIN + at // _COLUMNS * (height + _GAP)
            picture = _small(photo, previews, width, height - _TEXT_HEIGHT)
            page.paste(
                picture,
                (
                    left + (width - picture.width) // 2,
                    top + (height - _TEXT_HEIGHT - picture.height) // 2,
                ),
            )
            for number, line in enumerate(_lines(photo)):
                place = (left, top + height - _TEXT_HEIGHT + 4 + number * (_TEXT_SIZE + 3))
                pen.text(place, _cut(line, font, width), fill="#222", font=font)
        yield page


def _cut(line: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> str:
    """A line, shortened in the middle to at most `width` pixels."""
    kept = len(line)
    while kept > 8 and font.getlength(line) > width:
        kept -= 1
        line = f"{line[: kept // 2]}…{line[-(kept // 2) :]}"
    return line


def _lines(photo: PhotoRow) -> list[str]:
    """The caption of a picture: its name and the day it was taken."""
    lines = [printable(photo["name"])]
    if photo["taken_at"]:
        lines.append(known_part(photo["taken_at"], photo["taken_precision"])[:10])
    return lines


def _small(
    photo: PhotoRow, previews: PreviewStore, width: int, height: int | None = None
) -> Image.Image:
    """The preview, scaled down to fit; a gray square if there is none."""
    try:
        with Image.open(previews.path(photo["hash"])) as stored:
            picture = stored.convert("RGB")
    except OSError:
        picture = Image.new("RGB", (width, width), "#ddd")
    picture.thumbnail((width, height or width))
    return picture
