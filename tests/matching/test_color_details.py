"""Small areas in another color, at half the size of previews."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw

from explorer.matching.color_details import color_details_differ
from tests.pictures import draw, encoded

SIZE = (256, 192)
WHOLE = np.eye(2, 3)


def preview(
    spot: tuple[int, int, int] | None = None, quality: int = 88, size: tuple[int, int] = SIZE
) -> npt.NDArray[np.uint8]:
    picture = draw(4, SIZE)
    if spot:
        ImageDraw.Draw(picture).ellipse((120, 80, 123, 83), fill=spot)
    data = encoded(picture.resize(size, Image.Resampling.LANCZOS), "JPEG", quality=quality)
    return np.asarray(Image.open(io.BytesIO(data)))[..., ::-1]


@pytest.mark.parametrize(("quality", "size"), [(88, SIZE), (75, (205, 154)), (40, SIZE)])
def test_only_another_color_is_a_difference(quality: int, size: tuple[int, int]) -> None:
    red, green = (200, 40, 40), (20, 130, 60)
    for spot in (None, red):
        one, other = preview(spot), preview(spot, quality, size)
        assert not color_details_differ(one, other, WHOLE)
        assert not color_details_differ(other, one, WHOLE)
    one, other = preview(red), preview(green, quality, size)
    assert color_details_differ(one, other, WHOLE) and color_details_differ(other, one, WHOLE)


def test_a_cast_over_the_whole_picture_is_no_detail() -> None:
    one = preview()
    warmer = (one.astype(int) + np.array([-20, 0, 20])).clip(0, 255).astype(np.uint8)
    assert not color_details_differ(one, warmer, WHOLE)


def test_pictures_without_a_common_area_do_not_differ() -> None:
    apart = np.array([[1.0, 0, 3], [0, 1, 3]])
    assert not color_details_differ(preview((200, 40, 40)), preview(), apart)
