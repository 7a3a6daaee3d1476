"""JPEG XL files as photos: pixels, metadata, color, orientation, and files that are broken."""

from __future__ import annotations

import base64
import io

import numpy as np
import pylibjxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from explorer.errors import DamagedPhoto, OversizedPhoto, PhotoError, UnsupportedPhoto
from explorer.matching.full_resolution import pixel_hash
from explorer.photos import limits
from explorer.photos.decode import decode
from explorer.photos.metadata.face_regions import face_regions
from explorer.photos.picture_loader import open_picture
from explorer.photos.readers import jxl as reader
from explorer.photos.render_screen import render_screen
from tests import pictures
from tests.containers import box
from tests.fixtures.jxls import boxed, header, jxl
from tests.fixtures.picture_checks import difference
from tests.thoroughness import times

DRAWN = pictures.draw(3, (120, 80))
EXIF = pictures.exif("2019:07:12 14:30:00", (48.5, 9.25), ("Acme", "X1"), 6)


def swapped_profile() -> bytes:
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    spans = dict[bytes, slice]()
    for at in range(132, 132 + 12 * int.from_bytes(profile[128:132], "big"), 12):
        start, size = (int.from_bytes(profile[at + n : at + n + 4], "big") for n in (4, 8))
        spans[bytes(profile[at : at + 4])] = slice(start, start + size)
    red, green = bytes(profile[spans[b"rXYZ"]]), bytes(profile[spans[b"gXYZ"]])
    profile[spans[b"rXYZ"]], profile[spans[b"gXYZ"]] = green, red
    return bytes(profile)


@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA"])
def test_pixels_are_exact(mode: str) -> None:
    picture = DRAWN.convert(mode)
    found = open_picture(jxl(picture))
    assert found.mode == mode and np.array_equal(np.asarray(found), np.asarray(picture))


def test_a_photo_with_its_metadata() -> None:
    photo = decode(jxl(DRAWN, exif=EXIF), None)
    assert (photo.format, photo.width, photo.height, photo.frames) == ("JXL", 120, 80, 1)
    assert (photo.taken_at, photo.taken_source) == ("2019-07-12T14:30:00", "exif")
    assert photo.camera == "Acme X1" and photo.damaged is None
    assert photo.latitude == pytest.approx(48.5) and photo.longitude == pytest.approx(9.25)
    assert difference(Image.open(io.BytesIO(photo.preview)), DRAWN) < 6


def test_the_first_frame_of_an_animation_is_shown() -> None:
    """Its frames are red and green, made by libjxl."""
    data = base64.b64decode(
        "/wpDBE0AICYIBAEAZABLGIsVANQTY4xxJs4BxMCBFgB1NQhB2gABCAQFAGQASxiLFQDUGWOMMWOcAzgCMwsAgd2csNuGAw=="
    )
    assert open_picture(data).getpixel((8, 8)) == (200, 40, 60)


def test_the_orientation_is_applied_once() -> None:
    """That of the JPEG file is stored in the codestream and, again, in the EXIF data."""
    jpeg = pictures.encoded(DRAWN, exif=EXIF, quality=95)
    whole = pylibjxl.jpeg_to_jxl(jpeg)
    photo, original = decode(whole, None), decode(jpeg, None)
    assert (photo.width, photo.height) == (original.width, original.height) == (80, 120)
    assert photo.taken_at == original.taken_at and photo.camera == original.camera
    shown = [Image.open(io.BytesIO(each.preview)) for each in (photo, original)]
    assert difference(*shown) < 3
    screen = render_screen(whole, None)
    assert (screen.width, screen.height) == (80, 120)


@pytest.mark.parametrize("said", [b'tiff:Orientation="6"', b"tiff:Orientation>6<"])
def test_an_orientation_in_xmp_is_not_applied_again(said: bytes) -> None:
    data = jxl(DRAWN, xmp=b"<x:xmpmeta " + said + b"/>")
    photo, screen = decode(data, None), render_screen(data, None)
    assert (photo.width, photo.height) == (screen.width, screen.height) == DRAWN.size


def test_xmp_is_read_without_decoding_twice() -> None:
    people = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-'
        b'syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:subject>'
        b"<rdf:Bag><rdf:li>harbor</rdf:li></rdf:Bag></dc:subject></rdf:Description></rdf:RDF>"
        b"</x:xmpmeta>"
    )
    data = jxl(DRAWN, xmp=people)
    assert decode(data, None).keywords == ("harbor",)
    assert face_regions(open_picture(data)) == []


def test_colors_are_converted_by_the_profile() -> None:
    red = Image.new("RGB", (64, 64), (200, 40, 30))
    for options in ({}, {"distance": 0.5}):
        shown = render_screen(jxl(red, icc=swapped_profile(), **options), None)
        r, g, _ = Image.open(io.BytesIO(shown.jpeg)).convert("RGB").getpixel((9, 9))  # type: ignore[misc]
        assert g > 150 and r < 90


def test_colors_are_converted_by_the_header(monkeypatch: pytest.MonkeyPatch) -> None:
    data = jxl(Image.new("RGB", (64, 64), (200, 40, 30)))
    plain = render_screen(data, None).jpeg
    real = reader.header_of(data)
    monkeypatch.setattr(reader, "header_of", lambda _: real._replace(cicp=(12, 13)))
    wide = render_screen(data, None).jpeg
    red = [np.asarray(Image.open(io.BytesIO(each)))[9, 9, 0] for each in (plain, wide)]
    # Display P3's red is redder than sRGB's.
    assert int(red[1]) > int(red[0]) + 5


class TestSamePixels:
    def test_a_lossless_copy_has_the_same_pixels(self) -> None:
        png = pictures.encoded(DRAWN, "PNG")
        assert pixel_hash(jxl(DRAWN)) == pixel_hash(png) == pixel_hash(boxed(jxl(DRAWN)))
        assert pixel_hash(jxl(DRAWN)) != pixel_hash(jxl(DRAWN, distance=2.0))

    def test_more_bits_are_never_the_same_pixels(self, monkeypatch: pytest.MonkeyPatch) -> None:
        real = reader.header_of(jxl(DRAWN))
        monkeypatch.setattr(reader, "header_of", lambda _: real._replace(bits=16))
        with pytest.raises(UnsupportedPhoto):
            pixel_hash(jxl(DRAWN))

    def test_frames_that_cannot_be_compared_are_never_the_same(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        one, other = jxl(DRAWN), jxl(DRAWN, effort=3)
        assert one != other and pixel_hash(one) == pixel_hash(other)
        real = reader.header_of(one)
        monkeypatch.setattr(reader, "header_of", lambda _: real._replace(animated=True))
        assert pixel_hash(one) != pixel_hash(other)


class TestBroken:
    def test_truncated_containers_are_damaged(self) -> None:
        whole = boxed(jxl(DRAWN))
        for end in (60, len(whole) // 2, len(whole) - 1):
            with pytest.raises(DamagedPhoto, match="ends before"):
                decode(whole[:end], None)

    def test_a_bare_codestream_does_not_prove_that_it_is_truncated(self) -> None:
        whole = jxl(DRAWN)
        for end in (2, 3, len(whole) // 2, len(whole) - 1):
            with pytest.raises(UnsupportedPhoto, match="truncated or damaged"):
                decode(whole[:end], None)

    @pytest.mark.parametrize(
        "data", [b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n", boxed(b""), boxed(header(bits=16))]
    )
    def test_files_without_a_picture(self, data: bytes) -> None:
        with pytest.raises(PhotoError):
            decode(data, None)

    @given(data=st.data())
    @settings(max_examples=times(20, 200), deadline=None)
    def test_changed_bytes_cost_one_file(self, data: st.DataObject) -> None:
        whole = bytearray(boxed(jxl(DRAWN.resize((48, 32))), box(b"Exif", bytes(4), EXIF[6:])))
        for _ in range(data.draw(st.integers(1, 6))):
            whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
        try:
            decode(bytes(whole), None)
        except PhotoError as error:
            assert str(error)

    def test_a_huge_picture_is_not_decoded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limits, "free_memory", lambda: 1 << 20)
        monkeypatch.setattr(limits, "_SMALL_PIXELS", 100)
        monkeypatch.setattr(reader, "_decode", lambda _: pytest.fail("it was decoded"))
        with pytest.raises(OversizedPhoto):
            decode(jxl(DRAWN.resize((400, 300))), None)
