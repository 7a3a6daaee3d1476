"""TIFF files that begin with a thumbnail."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from explorer.photos.containers.content_reader import read_contents
from explorer.photos.decode import decode
from explorer.photos.readers.tiff_page_order import full_page_first
from explorer.photos.readers.tiff_parser import TiffParser
from tests.pictures import draw

PHOTO = draw(3, (400, 300))
THUMBNAIL = PHOTO.resize((80, 60), Image.Resampling.BOX)
OTHER = draw(5, (200, 100))


Page = tuple[Image.Image, dict[int, object]]


def tiff(*pages: Page, big: bool = False) -> bytes:
    """A file with these pages, each with its tags."""
    made = io.BytesIO()
    first, *others = (picture.copy() for picture, _ in pages)
    for picture, (_, tags) in zip(others, pages[1:], strict=True):
        vars(picture)["encoderinfo"] = {"tiffinfo": tags, "big_tiff": big}
    first.save(
        made, "TIFF", save_all=True, append_images=others, tiffinfo=pages[0][1], big_tiff=big
    )
    return made.getvalue()


def sizes(data: bytes) -> list[tuple[int, int]]:
    with Image.open(io.BytesIO(data)) as picture:
        found = list[tuple[int, int]]()
        for number in range(int(getattr(picture, "n_frames", 1))):
            picture.seek(number)
            found.append(picture.size)
        return found


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("tag", [(254, 1), (255, 2)])
def test_the_full_page_is_the_photo_and_the_thumbnail_adds_nothing(
    tag: tuple[int, int], big: bool
) -> None:
    data = tiff((THUMBNAIL, dict([tag])), (PHOTO, {}), big=big)
    assert sizes(data) == [(80, 60), (400, 300)]
    assert sizes(full_page_first(data)) == [(400, 300), (80, 60)]
    found = decode(data, None)
    assert (found.width, found.height) == (400, 300)
    contents = read_contents(data)
    assert contents.complete and not contents.parts


def test_further_pages_keep_their_order_and_count() -> None:
    smaller = PHOTO.resize((200, 150), Image.Resampling.BOX)
    data = tiff((THUMBNAIL, {254: 1}), (smaller, {254: 1}), (PHOTO, {}), (OTHER, {}))
    assert sizes(full_page_first(data)) == [(400, 300), (80, 60), (200, 150), (200, 100)]
    assert [part.kind for part in read_contents(data).parts] == ["page"]


def test_the_date_of_the_thumbnails_directory_is_that_of_the_photo() -> None:
    data = tiff((THUMBNAIL, {254: 1, 306: "2015:06:07 08:09:10"}), (PHOTO, {}))
    assert decode(data, None).taken_at == "2015-06-07T08:09:10"
    own = tiff(
        (THUMBNAIL, {254: 1, 306: "2015:06:07 08:09:10"}), (PHOTO, {306: "2014:06:07 08:09:10"})
    )
    assert decode(own, None).taken_at == "2014-06-07T08:09:10"


@pytest.mark.parametrize(
    "pages",
    [
        # A thumbnail alone, one that is larger than what follows, pages, and a reduced page last.
        ((THUMBNAIL, {254: 1}),),
        ((PHOTO, {254: 1}), (THUMBNAIL, {})),
        ((THUMBNAIL, {254: 2}), (PHOTO, {254: 2})),
        ((PHOTO, {}), (THUMBNAIL, {254: 1})),
        ((THUMBNAIL, {254: 1}), (PHOTO, {254: 4})),
    ],
)
def test_other_files_are_left_as_they_are(pages: tuple[Page, ...]) -> None:
    data = tiff(*pages)
    assert full_page_first(data) is data


def test_broken_chains_are_left_as_they_are() -> None:
    data = tiff((THUMBNAIL, {254: 1}), (PHOTO, {}))
    parser = TiffParser(data)
    first = parser.directory(parser.first_offset())
    link = first.end - 4
    for offset in (parser.first_offset(), len(data) + 10):
        broken = data[:link] + parser.encoded_offset(offset) + data[link + 4 :]
        assert full_page_first(broken) is broken
    for length in (8, first.end - 1):
        cut = data[:length]
        assert full_page_first(cut) is cut
    assert full_page_first(b"no TIFF") == b"no TIFF"
