"""The kinds of the pairs that are found in real files: same pixels, same picture, same scene."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

from explorer.duplicates.find_groups import find_groups
from tests.analysis.duplicates.pair_library import PICTURES, SIZE, PairLibrary, quiet
from tests.pictures import FORMATS, draw, encoded, screenshot


def grainy(number: int, picture: Image.Image) -> Image.Image:
    noise = np.random.default_rng(number).normal(0, 4, (picture.height, picture.width, 3))
    return Image.fromarray((np.asarray(picture) + noise).round().clip(0, 255).astype(np.uint8))


def test_a_grayscale_copy_and_a_brighter_one_are_described(library: PairLibrary) -> None:
    picture = draw(2, SIZE)
    library.add("b.jpg", encoded(picture))
    library.add("b-gray.jpg", encoded(ImageOps.grayscale(picture).resize((360, 270))))
    library.add(
        "b-light.jpg", encoded(ImageEnhance.Brightness(picture).enhance(1.3).resize((340, 255)))
    )
    library.stages().run(quiet)
    (group,) = find_groups(library.library, ["pixels", "picture"])
    words = {Path(item.path).name: item.relation for item in group.others}
    assert words["b-gray.jpg"].endswith("in black and white") and words["b-light.jpg"].endswith(
        "brighter"
    )


def test_a_copy_with_a_border_is_described_and_not_kept_for_its_pixels(
    library: PairLibrary,
) -> None:
    library.add_picture("a.jpg")
    library.add(
        "a-framed.jpg", encoded(ImageOps.expand(PICTURES["a.jpg"](), 20, "white"), FORMATS[".jpg"])
    )
    library.add_picture("a-small.jpg")
    library.stages().run(quiet)
    (group,) = find_groups(library.library, ["picture"])
    assert Path(group.keep.path).name == "a.jpg"
    said = {Path(item.path).name: item.relation for item in group.others}
    assert "with a border" in said["a-framed.jpg"] and "border" not in said["a-small.jpg"]
    framed = group.with_keeper(next(item.file_id for item in group.others if "framed" in item.path))
    assert all("without the border" in item.relation for item in framed.others)


def test_equal_pixels_in_another_format_are_found(library: PairLibrary) -> None:
    picture = draw(1, SIZE)
    library.add("a.png", encoded(picture, "PNG"))
    library.add("b.bmp", encoded(picture, "BMP"))
    library.add("c.jpg", encoded(picture, "JPEG", quality=97))
    library.stages().run(quiet)
    assert library.pairs() == {
        ("a.png", "b.bmp"): "pixels",
        ("a.png", "c.jpg"): "picture",
        ("b.bmp", "c.jpg"): "picture",
    }


def test_photos_are_not_copies_while_their_files_are_away(library: PairLibrary) -> None:
    picture = draw(1, SIZE)
    library.add("a.png", encoded(picture, "PNG"))
    library.add("b.bmp", encoded(picture, "BMP"))
    (Path(library.catalog.roots()[0]["path"]) / "b.bmp").unlink()
    library.stages().run(quiet)
    assert library.pairs() == {}


def test_two_shots_within_a_second_are_distinguished_by_the_fraction(library: PairLibrary) -> None:
    def shot(digits: str | None, quality: int) -> bytes:
        block = Image.Exif()
        block.get_ifd(0x8769).update(
            {0x9003: "2024:05:01 10:00:00", **({0x9291: digits} if digits else {})}
        )
        return encoded(draw(1, SIZE), quality=quality, exif=block.tobytes())

    for name, digits, quality in (
        ("a.jpg", "120", 95),
        ("b.jpg", "220", 94),
        ("c.jpg", "22", 90),
        ("d.jpg", None, 85),
    ):
        library.add(name, shot(digits, quality))
    library.stages().run(quiet)
    kinds = library.pairs("picture", "scene")
    assert kinds.pop(("a.jpg", "b.jpg")) == kinds.pop(("a.jpg", "c.jpg")) == "scene"
    assert set(kinds.values()) == {"picture"} and len(kinds) == 4


def test_two_shots_without_times_are_distinguished_by_their_noise(library: PairLibrary) -> None:
    one, other = (encoded(grainy(number, draw(1, SIZE)), quality=92) for number in (1, 2))
    again = encoded(Image.open(io.BytesIO(one)), quality=75)
    for name, data in (("a.jpg", one), ("a-again.jpg", again), ("a-other.jpg", other)):
        library.add(name, data)
    library.stages().run(quiet)
    assert library.pairs("picture", "scene") == {
        ("a-again.jpg", "a.jpg"): "picture", ("a-other.jpg", "a.jpg"): "scene",
        ("a-again.jpg", "a-other.jpg"): "scene"
    }  # fmt: skip


def test_a_screenshot_is_not_a_copy_of_the_previous_one(library: PairLibrary) -> None:
    """Although recompression explains all differences of its bars and keys."""
    one, other = (
        encoded(screenshot([words, "bring the cake"]), quality=90)
        for words in ("see you at seven", "the train is late")
    )
    again = encoded(Image.open(io.BytesIO(one)), quality=70)
    for name, data in (("a.jpg", one), ("a-again.jpg", again), ("a-next.jpg", other)):
        library.add(name, data)
    library.stages().run(quiet)
    assert library.pairs("picture") == {("a-again.jpg", "a.jpg"): "picture"}


def test_a_shot_offset_by_a_fraction_of_a_pixel_is_not_a_copy(library: PairLibrary) -> None:
    scene = draw(1, SIZE)
    shifted = scene.transform(
        SIZE, Image.Transform.AFFINE, (1, 0, 0.4, 0, 1, 0.2), Image.Resampling.BICUBIC
    )
    for name, picture in (("a.jpg", scene), ("a-shifted.jpg", shifted)):
        library.add(name, encoded(picture))
    library.stages().run(quiet)
    assert library.pairs("picture", "scene") == {("a-shifted.jpg", "a.jpg"): "scene"}
