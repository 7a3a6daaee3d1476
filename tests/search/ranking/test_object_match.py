"""Photos that show the same object come first, wherever it is in them, and no others do."""

from __future__ import annotations

import functools
import io

import numpy as np
import pytest
from PIL import Image

from explorer.demo.photographs import photograph
from explorer.search.ranking import object_match
from explorer.search.ranking.object_match import (
    MIN_INLIERS,
    PHOTO_SIDE,
    REGION_SIDE,
    count_inliers,
    detect_features,
    same_object_first,
)
from tests import pictures


def jpeg(picture: Image.Image) -> bytes:
    data = io.BytesIO()
    picture.convert("RGB").save(data, "JPEG", quality=85)
    return data.getvalue()


@functools.cache
def photo_of(name: str) -> Image.Image:
    return photograph(name).convert("RGB")


def thing() -> Image.Image:
    return photo_of("coins").crop((40, 30, 240, 190))


@functools.cache
def planted(name: str, size: tuple[int, int], turn: float, at: tuple[int, int]) -> bytes:
    """The object in a photograph, at that size in pixels, turned by so many degrees."""
    photo = photo_of(name).resize((500, 375))
    turned = thing().resize(size).convert("RGBA").rotate(turn, expand=True)
    photo.paste(turned, at, turned)
    return jpeg(photo)


@functools.cache
def other(name: str) -> bytes:
    """A photograph without the object."""
    return jpeg(photo_of(name))


SAME: list[tuple[str, tuple[int, int], float, tuple[int, int]]] = [
    ("castle", (200, 160), 0, (20, 30)),
    ("tea", (280, 224), 12, (150, 60)),
    ("hills", (150, 120), -15, (330, 200)),
]
OTHERS = ["castle", "tea", "hills", "city", "desk", "gravel"]


@pytest.mark.parametrize("place", SAME, ids=lambda place: place[0])
def test_an_object_is_found_at_another_size_and_turned(
    place: tuple[str, tuple[int, int], float, tuple[int, int]],
) -> None:
    photo = planted(*place)
    region, found = detect_features(jpeg(thing()), REGION_SIDE), detect_features(photo, PHOTO_SIDE)
    assert region and found and count_inliers(region, found) >= MIN_INLIERS


@pytest.mark.parametrize("name", OTHERS)
def test_another_photo_has_no_match(name: str) -> None:
    region = detect_features(jpeg(thing()), REGION_SIDE)
    found = detect_features(other(name), PHOTO_SIDE)
    assert region and found and count_inliers(region, found) < MIN_INLIERS


def test_photos_with_the_object_come_first_and_the_others_keep_their_order() -> None:
    shown = [*map(other, OTHERS), *(planted(*place) for place in SAME)]
    previews = dict(enumerate([*shown, b"", b"no picture"]))
    ids = [3, 9, 0, 8, 1, 10, 6, 2, 5, 7, 4]
    found = same_object_first(ids, [jpeg(thing())], previews.__getitem__, 1000.0)
    assert set(found[:3]) == {6, 7, 8}
    assert found[3:] == [i for i in ids if i not in {6, 7, 8}]


def test_several_regions_are_ranked_by_the_best() -> None:
    previews = dict(enumerate([*map(other, OTHERS), planted(*SAME[0])]))
    regions = [jpeg(photo_of("cat")), jpeg(thing())]
    assert same_object_first(range(7), regions, previews.__getitem__, 1000.0)[0] == 6


def test_nothing_is_compared_without_features_or_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[int]()

    def preview(photo_id: int) -> bytes:
        asked.append(photo_id)
        return planted(*SAME[0])

    assert same_object_first([2, 1], [jpeg(pictures.plain("red"))], preview) == [2, 1]
    assert same_object_first([2, 1], [], preview) == [2, 1]
    assert same_object_first([2, 1], [jpeg(thing())], preview, -1.0) == [2, 1]
    assert asked == []
    monkeypatch.setattr(object_match, "MAX_VERIFIED", 3)
    same_object_first(range(10), [jpeg(thing())], preview, 1000.0)
    assert sorted(asked) == [0, 1, 2]


def test_noise_matches_nothing() -> None:
    random = np.random.default_rng(1)
    noise = [
        detect_features(jpeg(Image.fromarray(random.integers(0, 256, (90, 120, 3), np.uint8))), 300)
        for _ in range(2)
    ]
    assert noise[0] and noise[1] and count_inliers(noise[0], noise[1]) < MIN_INLIERS
