from __future__ import annotations

import struct
import warnings
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.photos.containers import content_reader, pixel_digest
from explorer.photos.containers.content_reader import read_contents
from explorer.photos.containers.contents import NOTHING, FileContents
from explorer.photos.containers.pixel_digest import Budget
from tests.containers import ZIP, animation, box, coded, film, heif, pages
from tests.photos.containers.content_pictures import JPEG, SIZE, mpo, words
from tests.pictures import draw, encoded, exif
from tests.thoroughness import times

KINDS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF", "AVIF")


@pytest.mark.parametrize("kind", KINDS)
def test_a_single_picture_has_no_contents(kind: str) -> None:
    assert read_contents(encoded(draw(1, SIZE), kind)) == NOTHING
    block = exif("2024:05:01 10:00:00", (48.1, 11.5), ("Maker", "Model"))
    if kind not in ("GIF", "BMP"):
        assert read_contents(encoded(draw(1, SIZE), kind, exif=block)) == NOTHING


@pytest.mark.parametrize("kind", KINDS)
def test_appended_data_counts_in_every_format_and_padding_does_not(kind: str) -> None:
    data = encoded(draw(1, SIZE), kind)
    for tail, held in (
        (ZIP, ["other data"]),
        (film(), ["video inside"]),
        (bytes(600), []),
        (JPEG, ["2 pictures"]),
    ):
        assert words(data + tail) == held
    assert read_contents(data + film(1)) != read_contents(data + film(2))


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA"])
@pytest.mark.parametrize("kind", ["BMP", "PNG", "TIFF"])
def test_the_end_of_a_picture_in_any_mode(kind: str, mode: str) -> None:
    data = encoded(draw(1, (61, 47)).convert(mode), kind)
    assert words(data) == [] and words(data + b"PK\3\4") == ["other data"]


def test_a_bmp_without_its_size() -> None:
    data = encoded(draw(1, SIZE), "BMP")
    silent = data[:2] + bytes(4) + data[6:34] + bytes(4) + data[38:]
    upside_down = silent[:22] + struct.pack("<i", -SIZE[1]) + silent[26:]
    for each in (silent, upside_down):
        assert words(each) == [] and words(each + ZIP) == ["other data"]


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\nnothing",
        b"II*\0\x08\0\0\0",
        b"MM\0*\0\0\0\0",
        b"GIF89a",
        b"RIFF\0\0\0\0WEBP",
        b"BM",
        b"\0\0\0\x18ftypheic" + bytes(12) + box(b"meta", bytes(4)),
    ],
)
def test_unreadable_files_are_incomplete(data: bytes) -> None:
    assert not read_contents(data).complete


@pytest.mark.parametrize(("own", "of_the_jpeg"), [(True, True), (True, False), (False, True)])
def test_a_jxl_file_is_complete_if_the_jpeg_in_it_is_too(
    own: bool, of_the_jpeg: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = FileContents(complete=own)
    monkeypatch.setattr(content_reader, "jxl_contents", lambda *_: whole)
    monkeypatch.setattr(
        content_reader, "restored_jpeg", lambda _: JPEG if of_the_jpeg else b"no JPEG"
    )
    assert content_reader._jxl(b"", Budget()).complete is (own and of_the_jpeg)


def test_files_without_a_picture_have_no_contents() -> None:
    assert read_contents(b"") == read_contents(b"text") == NOTHING


def _mutated(made: Callable[[], bytes], at: int, damage: bytes) -> bytes:
    data = made()
    at %= len(data)
    return data[:at] + damage + data[at + len(damage) :]


_MADE = {
    "tiff": pages([1, 2], (32, 24)),
    "gif": animation("GIF", [1, 2], size=(32, 24)),
    "mpo": mpo(1, 2, size=(32, 24)),
    "heic": heif([coded(1, (64, 64)), coded(2, (64, 64))]),
    "png": animation("PNG", [1, 2], size=(32, 24)),
}


@settings(deadline=None, max_examples=times(150, 750))
@given(st.sampled_from(sorted(_MADE)), st.integers(0, 1 << 20), st.binary(min_size=1, max_size=6))
def test_damage_never_raises(name: str, at: int, damage: bytes) -> None:
    read_contents(_mutated(lambda: _MADE[name], at, damage), Budget(10_000_000))


def test_a_lack_of_memory_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def short(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(pixel_digest, "check_pixels", short)
    with pytest.raises(MemoryError):
        read_contents(animation("PNG", [1, 2]))
    with pytest.raises(MemoryError):
        read_contents(pages([1, 2]))


def test_warnings_are_ignored_in_the_reading_alone() -> None:
    before = list(warnings.filters)
    assert read_contents(JPEG) == NOTHING
    assert warnings.filters == before
