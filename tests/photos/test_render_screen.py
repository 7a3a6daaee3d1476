"""Photos in any format are rendered upright, in sRGB, and no larger than asked."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from explorer.errors import PhotoError
from explorer.photos import render_screen as module
from explorer.photos.render_screen import ScreenRendition, render_screen
from tests import pictures

PICTURE = pictures.draw(3, (900, 600))


def opened(found: ScreenRendition) -> Image.Image:
    picture = Image.open(io.BytesIO(found.jpeg))
    assert picture.size == (found.width, found.height)
    assert (picture.format, picture.mode) == ("JPEG", "RGB")
    return picture


def difference(one: Image.Image, other: Image.Image) -> float:
    return float(np.abs(np.asarray(one, np.int16) - np.asarray(other, np.int16)).mean())


@pytest.mark.parametrize("suffix", [".tif", ".heic", ".jpg", ".png", ".bmp", ".webp", ".avif"])
@pytest.mark.parametrize("side", [300, None])
def test_every_format_is_rendered(tmp_path: Path, suffix: str, side: int | None) -> None:
    data = pictures.write(tmp_path / f"photo{suffix}", PICTURE).read_bytes()
    found = opened(render_screen(data, side))
    expected = PICTURE if side is None else PICTURE.resize((300, 200), Image.Resampling.HAMMING)
    assert found.size == expected.size
    assert difference(found, expected) < 5


def test_a_photo_is_never_enlarged() -> None:
    found = render_screen(pictures.encoded(PICTURE), 1600)
    assert (found.width, found.height) == PICTURE.size


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_the_rendition_is_upright(kind: str) -> None:
    data = pictures.encoded(PICTURE, kind, exif=pictures.exif(orientation=6))
    found = opened(render_screen(data, 300))
    assert found.size == (200, 300)
    assert difference(found, PICTURE.transpose(Image.Transpose.ROTATE_270).resize((200, 300))) < 6


def test_sixteen_bits_are_reduced_to_eight() -> None:
    import cv2

    deep = np.asarray(PICTURE).astype(np.uint16)[:, :, ::-1] * 257
    done, data = cv2.imencode(".tif", deep)
    assert done
    assert difference(opened(render_screen(data.tobytes(), None)), PICTURE) < 3


def test_colors_are_converted_by_the_profile() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    lab = ImageCms.applyTransform(
        PICTURE, ImageCms.buildTransform(ImageCms.createProfile("sRGB"), profile, "RGB", "LAB")
    )
    assert lab is not None
    assert difference(opened(render_screen(pictures.encoded(lab, "TIFF"), None)), PICTURE) < 4


def test_full_size_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PIXELS", 135_000)
    found = render_screen(pictures.encoded(PICTURE, "TIFF"), None)
    assert (found.width, found.height) == (450, 300)


def test_metadata_stays_behind() -> None:
    stamp = pictures.exif(place=(48.1, 11.6), camera=("Canon", "EOS 80D"))
    data = pictures.encoded(PICTURE, "TIFF", exif=stamp)
    picture = opened(render_screen(data, 300))
    assert not picture.getexif() and "comment" not in picture.info


def test_of_a_damaged_photo_the_rest_is_rendered() -> None:
    data = pictures.encoded(PICTURE, quality=95)
    found = opened(render_screen(data[: len(data) // 2], None))
    assert difference(found.crop((0, 0, 900, 100)), PICTURE.crop((0, 0, 900, 100))) < 5


def test_what_is_no_photo_raises_a_photo_error() -> None:
    with pytest.raises(PhotoError, match="text"):
        render_screen(b"these are my notes\n" * 50, 300)
