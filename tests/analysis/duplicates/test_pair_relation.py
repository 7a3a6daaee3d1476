"""What the relation of two copies says about edits that registration overlooks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from explorer.analysis.duplicates.pair_relation import pair_relation
from explorer.analysis.duplicates.preview_images import PreviewImage
from explorer.matching import same_picture, tone
from explorer.matching.geometry import image_to_image, invert
from explorer.matching.pair_alignment import align_and_measure
from explorer.matching.same_picture import is_same_picture
from tests.pictures import draw


def preview(folder: Path, name: str, picture: Image.Image) -> PreviewImage:
    path = folder / name
    picture.save(path, "JPEG", quality=85)
    return PreviewImage(path, None)


def related(
    folder: Path,
    one: Image.Image,
    other: Image.Image,
    box: tuple[float, float, float, float] | None = None,
) -> dict[str, Any]:
    """box: where the smaller one is in the larger one, if that has a frame."""
    a, b = preview(folder, "a.jpg", one), preview(folder, "b.jpg", other)
    assert a.gray is not None and b.gray is not None
    matrix = image_to_image(0, a.gray.shape, b.gray.shape) + 1e-6
    if box is not None:
        offset = np.array([[1.0, 0, box[0]], [0, 1, box[1]]])
        matrix = offset if a.gray.size > b.gray.size else invert(offset)
    measured = align_and_measure(a.gray, b.gray, matrix)
    assert measured is not None and is_same_picture(measured)
    return pair_relation(measured, a, b)


def detailed() -> Image.Image:
    """A picture with detail everywhere."""
    random = np.random.default_rng(1)
    fine = Image.fromarray(random.integers(0, 256, (96, 128)).astype(np.uint8))
    return Image.blend(draw(8, (512, 384)), fine.resize((512, 384)).convert("RGB"), 0.35)


@pytest.mark.parametrize("size", [(512, 384), (256, 192), (120, 90)])
def test_a_plain_copy(tmp_path: Path, size: tuple[int, int]) -> None:
    photo = detailed()
    found = related(tmp_path, photo, photo.resize(size, Image.Resampling.LANCZOS))
    assert found["tone"] < 10 and found["detail"] == 0 and found["changed"] < 0.0075


def test_a_copy_with_a_part_in_another_color(tmp_path: Path) -> None:
    photo = detailed()
    gray = np.asarray(photo.convert("L"), np.float32)[..., None]
    opposite = (2 * gray - np.asarray(photo, np.float32)).clip(0, 255).astype(np.uint8)
    recolored = photo.copy()
    box = (150, 100, 300, 250)
    recolored.paste(Image.fromarray(opposite).crop(box), box)
    found = related(tmp_path, photo, recolored)
    assert found["tone"] > 10 and found["changed"] < 0.0075


def test_a_copy_in_which_something_small_is_missing(tmp_path: Path) -> None:
    photo = detailed()
    bird = photo.copy()
    ImageDraw.Draw(bird).ellipse((250, 186, 259, 193), fill="black")
    small = bird.resize((400, 300), Image.Resampling.LANCZOS)
    found = related(tmp_path, photo, small)
    assert found["detail"] == 1 and found["changed"] < 0.0075


@pytest.mark.parametrize("swapped", [False, True])
def test_the_direction_of_a_change(tmp_path: Path, swapped: bool) -> None:
    """A photo, and a copy of it in a frame, brighter and in black and white."""
    photo, sign = detailed(), -1 if swapped else 1
    framed = ImageOps.expand(photo, 40, "white")
    brighter = ImageEnhance.Brightness(photo).enhance(1.2)
    for copy, name in ((framed, "border"), (brighter, "light"), (photo.convert("L"), "grey")):
        pair = (copy, photo) if swapped else (photo, copy)
        found = related(tmp_path, *pair, box=(40, 40, 552, 424) if name == "border" else None)
        assert np.sign(found["light"]) == (sign if name == "light" else 0) or name != "light"
        assert found["border"] == (sign if name == "border" else 0)
        assert found["grey"] == (sign if name == "grey" else 0)


def test_measurements_are_stored_to_a_tenth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tone, "tone_change", lambda *_: tone.ToneChange(0, 12.34, 5.67))
    found = related(tmp_path, detailed(), detailed())
    assert (found["light"], found["tone"]) == (12.3, 5.7)


def test_without_a_preview_nothing_more_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A preview may be missing or damaged, wholly or from the point on that colors need."""
    a, b = (preview(tmp_path, name, detailed()) for name in ("a.jpg", "b.jpg"))
    assert a.gray is not None and b.gray is not None
    matrix = image_to_image(0, a.gray.shape, b.gray.shape) + 1e-6
    measured = align_and_measure(a.gray, b.gray, matrix)
    assert measured is not None
    gone = PreviewImage(tmp_path / "gone.jpg", None)
    assert pair_relation(measured, gone, b) == {} == pair_relation(measured, a, gone)
    plain = same_picture.relation(measured, a.gray.shape, b.gray.shape)
    colorless = PreviewImage(tmp_path / "gone.jpg", None)
    colorless.__dict__["gray"] = b.gray
    assert pair_relation(measured, a, colorless) == plain == pair_relation(measured, colorless, b)
    # Nor of pictures that are not the same.
    monkeypatch.setattr(same_picture, "is_same_picture", lambda _: False)
    assert pair_relation(measured, a, b) == plain


@pytest.mark.parametrize("scale", [1, 0.6])
@pytest.mark.parametrize("same", [True, False])
def test_a_copy_in_which_something_small_has_another_color(
    tmp_path: Path, same: bool, scale: float
) -> None:
    """A traffic light is red or green, equally bright."""
    lights = [detailed(), detailed()]
    red, green = (200, 50, 60), (30, 132, 60)
    for photo, color in zip(lights, (red, red if same else green), strict=True):
        ImageDraw.Draw(photo).ellipse((250, 186, 257, 193), fill=color)
    lights[1] = lights[1].resize((round(512 * scale), round(384 * scale)))
    found = related(tmp_path, lights[0], lights[1])
    assert found["detail"] == (not same) and found["tone"] < 10


def test_a_gray_copy_differs_in_no_detail(tmp_path: Path) -> None:
    photo = detailed()
    ImageDraw.Draw(photo).ellipse((250, 186, 257, 193), fill=(200, 50, 60))
    assert related(tmp_path, photo, photo.convert("L").convert("RGB"))["detail"] == 0


def test_a_small_preview_is_compared_at_full_size(tmp_path: Path) -> None:
    def color(size: tuple[int, int]) -> tuple[int, ...]:
        found = preview(tmp_path, "c.jpg", draw(1, size)).color
        assert found is not None
        return found.shape[:2]

    assert color((512, 256)) == (64, 128) and color((512, 248)) == (248, 512)
