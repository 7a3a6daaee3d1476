"""What JPEG XL files contain besides their picture."""

from __future__ import annotations

import numpy as np
import pylibjxl
import pytest

from explorer.photos.containers.content_reader import read_contents
from explorer.photos.containers.contents import NOTHING, reason_to_keep
from explorer.photos.containers.pixel_digest import Budget
from tests import pictures
from tests.containers import box, film
from tests.fixtures.jxls import boxed, header, jxl

DRAWN = pictures.draw(4, (120, 80))
WHOLE = jxl(DRAWN)


@pytest.mark.parametrize("options", [{}, {"distance": 1.0}, {"distance": 3.0, "effort": 4}])
def test_a_single_picture_contains_nothing_else(options: dict[str, float]) -> None:
    for picture in (DRAWN, DRAWN.convert("L"), pictures.draw(5, (300, 281))):
        bare = jxl(picture, **options)
        assert read_contents(bare) == read_contents(boxed(bare)) == NOTHING
    assert read_contents(boxed(WHOLE, box(b"xml ", b"<x/>"), box(b"jxll", b"\x0a"))) == NOTHING


def test_other_boxes_count() -> None:
    mapped, more = boxed(WHOLE, box(b"jhgm", b"map")), boxed(WHOLE, box(b"abcd", b"what"))
    assert read_contents(mapped).words() == ["gain map"]
    assert read_contents(more).words() == ["other data"]
    packed = boxed(WHOLE, box(b"brob", b"jhgm", b"compressed"))
    assert read_contents(packed).words() == ["gain map"]
    assert read_contents(boxed(WHOLE, box(b"brob", b"Exif", b"compressed"))) == NOTHING


def test_a_picture_lacks_what_only_another_contains() -> None:
    other = jxl(pictures.draw(5, (120, 80)))
    mapped = read_contents(boxed(WHOLE, box(b"jhgm", b"map")))
    assert reason_to_keep(mapped, read_contents(boxed(WHOLE, box(b"jhgm", b"other")))) != ""
    # The same, whatever comes before it.
    same = boxed(other, box(b"Exif", b"facts"), box(b"jhgm", b"map"), box(b"xml ", b"<x/>"))
    assert reason_to_keep(mapped, read_contents(same)) == ""
    one, two = (read_contents(boxed(WHOLE, box(kind, b"data"))) for kind in (b"abcd", b"efgh"))
    assert reason_to_keep(one, two) != "" != reason_to_keep(two, one)


def test_an_appended_video_counts() -> None:
    assert read_contents(boxed(WHOLE) + film()).words() == ["video inside"]
    # Whether anything follows a bare codestream is known, and not what.
    assert not read_contents(WHOLE + film()).complete
    assert not read_contents(WHOLE + b"\0").complete


def test_a_bare_codestream_beyond_the_budget_is_not_known_to_end() -> None:
    assert not read_contents(WHOLE, Budget(pixels=100)).complete


def test_frames_and_channels_that_cannot_be_read_are_not_known() -> None:
    for data in (header(animated=True), header(channels=(0, 1))):
        found = read_contents(boxed(data))
        assert not found.complete and reason_to_keep(found, found)
    assert read_contents(boxed(header(channels=(0,)))) == NOTHING


def test_a_file_made_from_a_jpeg_contains_what_that_contained() -> None:
    plain = pictures.encoded(DRAWN, quality=90)
    motion = plain + film()
    made = pylibjxl.jpeg_to_jxl(motion)
    assert pylibjxl.jxl_to_jpeg(made) == motion
    assert read_contents(made) == read_contents(motion)
    assert reason_to_keep(read_contents(made), read_contents(plain)) != ""
    assert reason_to_keep(read_contents(motion), read_contents(made)) == ""
    assert read_contents(pylibjxl.jpeg_to_jxl(plain)) == NOTHING


def test_truncated_files_are_incomplete() -> None:
    for end in (50, 200, len(boxed(WHOLE)) - 1):
        assert not read_contents(boxed(WHOLE)[:end]).complete
    assert not read_contents(b"\xff\x0a").complete
    assert np.array_equal(pylibjxl.decode(WHOLE), np.asarray(DRAWN))
