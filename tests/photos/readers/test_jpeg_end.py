"""JPEG files without an end marker."""

from __future__ import annotations

from typing import Any

import pytest

from explorer.photos.decode import decode
from explorer.photos.readers.jpeg_end import lacks_only_end_marker
from tests import pictures
from tests.fixtures.picture_checks import difference, preview

DRAWN = pictures.draw(3, (640, 480))


@pytest.mark.parametrize("options", [{}, {"restart_marker_blocks": 20}], ids=str)
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("cut", [1, 2])
def test_a_file_that_lacks_only_its_end_marker_is_complete(
    cut: int, mode: str, options: dict[str, Any]
) -> None:
    whole = pictures.encoded(DRAWN.convert(mode), **options)
    photo = decode(whole[:-cut], None)
    assert photo.damaged is None
    assert difference(preview(photo), preview(decode(whole, None))) == 0


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("cut", [4, 5, 6, 40, 4000, 15000])
def test_a_file_that_lacks_image_data_is_damaged(cut: int, seed: int) -> None:
    whole = pictures.encoded(pictures.draw(seed, (333, 250)), quality=95)
    assert decode(whole[:-cut], None).damaged is not None


def test_of_a_progressive_file_it_is_not_known() -> None:
    whole = pictures.encoded(DRAWN, progressive=True)
    assert decode(whole[: whole.rindex(b"\xff\xda")], None).damaged is not None
    assert decode(whole[:-2], None).damaged is not None


def test_a_file_without_a_scan_is_not_complete() -> None:
    whole = pictures.encoded(DRAWN)
    at = whole.rindex(b"\xff\xda")
    for end in (at, at + 2, at + 14, at + 15, at + 300):
        assert not lacks_only_end_marker(whole[:end])
    # One of three components in the only scan.
    alone = whole[: at + 4] + b"\1" + whole[at + 5 : -2]
    assert lacks_only_end_marker(whole[:-2]) and not lacks_only_end_marker(alone)


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", b"\xff\xd8\xff\xc0", b"GIF89a"])
def test_other_data(data: bytes) -> None:
    assert not lacks_only_end_marker(data)
