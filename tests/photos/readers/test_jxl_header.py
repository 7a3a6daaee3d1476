"""The header of JPEG XL, of files by libjxl and of headers written here."""

from __future__ import annotations

import pytest

from explorer.photos.readers.jxl_header import JxlHeader, is_jxl, read_header
from tests import pictures
from tests.fixtures.jxls import header, jxl


@pytest.mark.parametrize("distance", [None, 1.0])
def test_the_encoders_own_headers(distance: float | None) -> None:
    options = {} if distance is None else {"distance": distance}
    for picture in (pictures.draw(1), pictures.draw(1).convert("L")):
        assert read_header(jxl(picture, **options)) == JxlHeader()
    clear = pictures.draw(1).convert("RGBA")
    clear.putalpha(90)
    assert read_header(jxl(clear, **options)) == JxlHeader()


def test_bit_depth_and_animation() -> None:
    assert read_header(header(bits=16)).bits == 16
    assert read_header(header(bits=10)).bits == 10
    assert read_header(header(bits=32, floats=True)).bits == 32
    assert read_header(header(animated=True)) == JxlHeader(animated=True)


@pytest.mark.parametrize(
    ("channels", "others"),
    [((), False), ((0,), False), ((1,), True), ((0, 1), True), ((0, 0), True)],
)
def test_extra_channels(channels: tuple[int, ...], others: bool) -> None:
    found = read_header(header(channels=channels, color=(0, 1, 9, 16)))
    assert found == JxlHeader(cicp=(9, 16), other_channels=others)


@pytest.mark.parametrize(
    ("color", "cicp"),
    [
        ((0, 1, 1, 13), (1, 13)),
        ((0, 1, 11, 13), (12, 13)),
        ((0, 11, 11, 17), (11, 17)),
        ((0, 1, 9, 18), (9, 18)),
        ((1, 1, 0, 8), (1, 8)),
    ],
)
def test_color_spaces(color: tuple[int, int, int, int], cicp: tuple[int, int]) -> None:
    assert read_header(header(color=color)).cicp == cicp


def test_a_profile_replaces_the_color_space() -> None:
    assert read_header(header(profile=True)).cicp is None


def test_headers_that_end_early_are_refused() -> None:
    whole = header(animated=True, channels=(0, 1), color=(0, 1, 9, 16))
    # The last byte ends what is not read.
    for end in range(len(whole) - 1):
        with pytest.raises(ValueError):
            read_header(whole[:end])


def test_other_files_are_not_taken_for_jpeg_xl() -> None:
    assert is_jxl(jxl(pictures.draw(1))) and is_jxl(b"\0\0\0\x0cJXL \r\n\x87\n")
    assert not is_jxl(pictures.encoded(pictures.draw(1))) and not is_jxl(
        b"\0\0\0\x0cjP  \r\n\x87\n"
    )
