from __future__ import annotations

import functools
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from explorer.errors import DamagedPhoto, OversizedPhoto, PhotoError, UnsupportedPhoto
from explorer.photos import limits
from explorer.photos.decode import decode, read_file
from explorer.photos.input_spec import InputSpec
from tests import pictures
from tests.fixtures.picture_checks import difference
from tests.thoroughness import times

SPEC = InputSpec(64, "squash", "bicubic")
KINDS = ("JPEG", "progressive", "PNG", "WEBP", "GIF", "BMP", "TIFF", "packed TIFF", "HEIF", "AVIF")


@functools.cache
def _small(kind: str) -> bytes:
    choices: dict[str, dict[str, Any]] = {
        "progressive": {"progressive": True},
        "packed TIFF": {"compression": "tiff_lzw"},
    }
    options = choices.get(kind, {})
    name = {"progressive": "JPEG", "packed TIFF": "TIFF"}.get(kind, kind)
    extra = (
        {"exif": pictures.exif("2019:07:12 14:30:00", (1, 2), ("A", "B"), 6)}
        if kind not in ("GIF", "BMP", "packed TIFF")
        else {}
    )
    return pictures.encoded(pictures.draw(6, (80, 60)), name, **options, **extra)


@pytest.fixture(autouse=True)
def _little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Broken headers ask for huge pictures; here as on a small computer none of them is tried."""
    monkeypatch.setattr(limits, "free_memory", lambda: 1 << 30)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (bytes(5000), "zeros"),
        (b"Dear diary,\nno photo today.\n", "text"),
        ("Grüße".encode() * 300, "text"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "web page"),
        (b"\xef\xbb\xbf \n<!doctype HTML><p>", "web page"),
        (b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"<svg/>", "SVG"),
        (b"%PDF-1.7\n", "document"),
        (b"PK\x03\x04" + bytes(90), "document"),
        (b"8BPS\0\1" + bytes(60), "Photoshop"),
        (b"\xff\x0a\xff\xff", "JPEG XL"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
        (b"FUJIFILMCCD-RAW 0201", "RAW"),
        (b"\0\0\0\x14ftypcrx \0\0\0\1isom", "RAW"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "video"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "video"),
        (b"RIFF\0\0\1\0AVI LIST", "video"),
        (b"\x1aE\xdf\xa3" + bytes(40), "video"),
        (bytes(range(256)), "not in a photo format that can be read"),
    ],
)
def test_files_that_are_not_photos_are_named(data: bytes, reason: str) -> None:
    with pytest.raises(PhotoError, match=reason) as caught:
        decode(data, SPEC, name="IMG_0001.jpg")
    assert isinstance(
        caught.value, DamagedPhoto if reason in ("empty", "zeros") else UnsupportedPhoto
    )
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8\xff\xe0",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"II*\0",
        b"RIFF\xff\0\0\0WEBPVP8 ",
        b"BM",
    ],
)
def test_truncated_headers_are_damaged(data: bytes) -> None:
    with pytest.raises(DamagedPhoto, match="damaged"):
        decode(data, SPEC)


def test_a_truncated_heic_is_damaged() -> None:
    with pytest.raises(DamagedPhoto, match="damaged"):
        decode(_small("HEIF")[:40], SPEC)


@pytest.mark.parametrize("kind", ["JPEG", "progressive", "PNG", "GIF", "BMP", "TIFF"])
def test_half_a_photo_is_shown_as_damaged(kind: str) -> None:
    data = (
        _small(kind)
        if kind != "TIFF"
        else pictures.encoded(pictures.draw(6, (80, 60)), "TIFF", strip_size=80 * 3 * 4)
    )
    whole = decode(data, SPEC)
    cut = data[: len(data) * 7 // 10] if kind != "TIFF" else data[:-8]
    try:
        photo = decode(cut, SPEC)
    except DamagedPhoto:
        # Not every format can be read in part.
        assert kind not in ("JPEG", "progressive", "PNG", "BMP")
        return
    assert photo.damaged is not None
    assert "missing" in photo.damaged
    assert (photo.width, photo.height) == (whole.width, whole.height)


def test_the_upper_part_of_a_truncated_jpeg_is_intact() -> None:
    data = pictures.encoded(pictures.draw(6, (400, 300)))
    whole, cut = decode(data, SPEC), decode(data[: len(data) * 3 // 4], SPEC)
    assert whole.input is not None
    assert cut.input is not None
    assert difference(whole.input[:30], cut.input[:30]) < 2
    assert not ImageFile.LOAD_TRUNCATED_IMAGES


def test_a_jpeg_truncated_after_its_header_is_no_photo() -> None:
    data = pictures.encoded(pictures.draw(6, (400, 300)))
    with pytest.raises(DamagedPhoto):
        decode(data[: data.index(b"\xff\xda") + 20], SPEC)


@pytest.mark.parametrize("kind", KINDS)
def test_any_truncated_file_is_a_photo_or_a_photo_error(kind: str) -> None:
    data = _small(kind)
    lengths = {
        *range(0, min(64, len(data))),
        *range(0, len(data), max(1, len(data) // 60)),
        len(data) - 1,
    }
    for length in sorted(lengths):
        _photo_or_reason(data[:length])


@settings(max_examples=times(60, 300), deadline=None, suppress_health_check=list(HealthCheck))
@pytest.mark.parametrize("kind", KINDS)
@given(seed=st.integers(0, 2**32 - 1), many=st.integers(1, 30), early=st.booleans())
def test_a_file_with_wrong_bytes_is_a_photo_or_a_photo_error(
    kind: str, seed: int, many: int, early: bool
) -> None:
    random = np.random.default_rng(seed)
    data = bytearray(_small(kind))
    for position in random.integers(0, min(len(data), 400) if early else len(data), many):
        data[position] = random.integers(256)
    _photo_or_reason(bytes(data))


@settings(max_examples=times(100, 500), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    start=st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\0", b"BM", b"GIF89a"]),
    rest=st.binary(max_size=300),
)
def test_any_bytes_are_a_photo_or_a_photo_error(start: bytes, rest: bytes) -> None:
    _photo_or_reason(start + rest)


def _photo_or_reason(data: bytes) -> None:
    try:
        photo = decode(data, SPEC, mtime=1.6e9, name="x.jpg")
    except PhotoError as error:
        assert str(error)
        assert len(str(error).splitlines()) == 1
        return
    assert photo.input is not None
    assert photo.input.shape == (64, 64, 3)
    assert photo.width > 0
    assert len(photo.phash) == 32


def _png_of(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "data",
    [
        _png_of(100_000, 100_000),
        b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\2\2\0\0;",
        b"BM"
        + struct.pack("<IHHIIiiHHIIiiII", 54, 0, 0, 54, 40, 60000, 60000, 1, 24, 0, 0, 0, 0, 0, 0),
    ],
)
def test_a_picture_that_exceeds_the_memory_is_refused_before_decoding(data: bytes) -> None:
    with pytest.raises(OversizedPhoto, match="megapixels"):
        decode(data, SPEC)


def test_a_file_that_exceeds_the_memory_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.jpg"
    with path.open("wb") as file:
        file.truncate(1 << 29)
    with pytest.raises(OversizedPhoto, match=r"0\.5 GB"):
        read_file(path)


def test_files_that_cannot_be_read_say_why(tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match="no longer exists"):
        read_file(tmp_path / "absent.jpg")
    with pytest.raises(PhotoError, match="folder"):
        read_file(tmp_path)
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(PhotoError, match="no longer exists"):
        read_file(tmp_path / "file" / "below.jpg")
    if hasattr(os, "geteuid") and os.geteuid() != 0:
        (tmp_path / "file").chmod(0)
        with pytest.raises(PhotoError, match="allowed"):
            read_file(tmp_path / "file")


def test_file_names_that_are_not_unicode_can_be_read(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/\xff\xfe.jpg"
    try:
        with open(path, "wb") as file:
            file.write(b"bytes")
    except OSError:
        pytest.skip("this file system wants names that are text")
    assert read_file(os.fsdecode(path)) == b"bytes"


def test_free_memory_is_known_or_assumed() -> None:
    assert limits.free_memory() > 1 << 20


def test_a_plain_photo_is_not_blank() -> None:
    assert decode(pictures.encoded(Image.new("RGB", (300, 200), "grey")), SPEC).damaged is None
