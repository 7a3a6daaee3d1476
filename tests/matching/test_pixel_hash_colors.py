"""Files whose colors are stored in different ways do not have the same pixels."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import ExifTags, Image, ImageCms

from explorer.matching.full_resolution import pixel_hash
from explorer.photos.color.convert import to_rgb
from explorer.photos.picture_loader import open_picture
from tests.pictures import draw, encoded, exif


def test_colors_are_converted_by_the_embedded_profile() -> None:
    picture = draw(1, (64, 48))
    assert pixel_hash(encoded(picture, "PNG", icc_profile=swapped_profile())) != pixel_hash(
        encoded(picture, "PNG")
    )
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert pixel_hash(encoded(picture, "PNG", icc_profile=srgb)) == pixel_hash(
        encoded(picture, "PNG")
    )


def test_a_picture_in_a_wide_gamut_differs_from_its_conversion_to_srgb() -> None:
    wide, profile = draw(1, (64, 48)), swapped_profile()
    converted = to_rgb(tagged(wide, "PNG", icc_profile=profile), 1)
    original = pixel_hash(encoded(wide, "PNG", icc_profile=profile))
    assert pixel_hash(encoded(converted, "PNG")) != original
    # The same samples with the same profile are the same pixels in any container and orientation.
    assert pixel_hash(encoded(wide, "TIFF", icc_profile=profile)) == original
    turned = wide.transpose(Image.Transpose.ROTATE_90)
    for other in (
        encoded(turned, "PNG", icc_profile=profile, exif=exif(orientation=6)),
        encoded(with_alpha(wide, 255), "PNG", icc_profile=profile),
    ):
        assert pixel_hash(other) == original
    changed = wide.copy()
    red, *rest = changed.getpixel((3, 3))  # type: ignore[misc]
    changed.putpixel((3, 3), (red ^ 1, *rest))
    assert pixel_hash(encoded(changed, "PNG", icc_profile=profile)) != original


def test_a_declared_color_space_counts_like_a_profile() -> None:
    wide = draw(1, (64, 48))
    block = Image.Exif()
    block.get_ifd(ExifTags.IFD.Exif)[0xA001] = 2
    adobe = {"exif": block.tobytes()}
    converted = to_rgb(tagged(wide, "PNG", **adobe), 1)
    original = pixel_hash(encoded(wide, "PNG", **adobe))
    assert len({original, *(pixel_hash(encoded(p, "PNG")) for p in (converted, wide))}) == 3
    assert pixel_hash(encoded(wide, "TIFF", **adobe)) == original


@pytest.mark.parametrize("mode", ["CMYK", "LAB", "YCbCr"])
def test_samples_that_are_not_rgb_differ_from_their_conversion(mode: str) -> None:
    samples = draw(1, (64, 48))
    stored = Image.merge("LAB", samples.split()) if mode == "LAB" else samples.convert(mode)
    original = pixel_hash(encoded(stored, "TIFF"))
    assert original == pixel_hash(encoded(stored, "TIFF", dpi=(72, 72)))
    assert original != pixel_hash(encoded(to_rgb(tagged(stored, "TIFF"), 1), "TIFF"))


def test_indexed_and_gray_samples_are_equal_to_the_same_in_rgb_without_a_conversion() -> None:
    gray = Image.linear_gradient("L")
    indexed = gray.convert("RGB").quantize(256)
    profile = swapped_profile()
    assert pixel_hash(encoded(gray, "PNG")) == pixel_hash(encoded(gray.convert("RGB"), "PNG"))
    for options in ({}, {"icc_profile": profile}):
        assert pixel_hash(encoded(indexed, "PNG", **options)) == pixel_hash(
            encoded(indexed.convert("RGB"), "PNG", **options)
        )


def test_colors_below_transparency_count() -> None:
    """On white, they are rounded away."""
    one, other = (Image.new("RGBA", (8, 8), (level, 0, 0, 1)) for level in (100, 101))
    assert pixel_hash(encoded(one, "PNG")) != pixel_hash(encoded(other, "PNG"))


def with_alpha(picture: Image.Image, alpha: int) -> Image.Image:
    made = picture.copy()
    made.putalpha(alpha)
    return made


def tagged(picture: Image.Image, form: str, **options: Any) -> Image.Image:
    """The picture as it is loaded from a file that declares its colors."""
    loaded = open_picture(encoded(picture, form, **options))
    loaded.load()
    return loaded


def swapped_profile() -> bytes:
    """An sRGB profile, but with red and green in each other's place, and of another name."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for old, new in ((b"rXYZ", b"!XYZ"), (b"gXYZ", b"rXYZ"), (b"!XYZ", b"gXYZ")):
        at = profile.index(old)
        profile[at : at + 4] = new
    return bytes(profile).replace("sRGB".encode("utf-16-be"), "wide".encode("utf-16-be"))
