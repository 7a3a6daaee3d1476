from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from explorer.duplicates.describe_difference import describe_difference
from explorer.duplicates.pair_edge import Edge
from explorer.library.queries.duplicate_rows import DuplicateRow
from explorer.matching import geometry
from explorer.photos.containers.contents import NOTHING


def row(width: int, height: int, form: str = "JPEG") -> DuplicateRow:
    return DuplicateRow(
        1, 1, "", "/p", "/p/a", 1000, 0, 0, width, height, form, None, None, None, 0, NOTHING
    )


def relation(
    way: int = 0, box: tuple[float, float, float, float] = (0, 0, 1, 1), **more: Any
) -> dict[str, Any]:
    """A photo that shows that part of the one kept (left, top, right, bottom, as shares), turned in
    that way."""
    unit = np.vstack([geometry.image_to_image(way, (1, 1), (1, 1)), [0, 0, 1]])
    edges = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    left, top, right, bottom = box
    part = np.array([[right - left, 0, left], [0, bottom - top, top], [0, 0, 1]])
    return {"matrix": (part @ edges @ unit @ np.linalg.inv(edges))[:2].ravel().tolist(), **more}


@pytest.mark.parametrize(
    ("what", "keep", "other", "words"),
    [
        (relation(), row(800, 600), row(800, 600), "same size, saved again"),
        (relation(), row(800, 600), row(400, 300), "half the size"),
        (relation(), row(800, 600), row(240, 180), "30% of the size"),
        (relation(), row(800, 600), row(800, 600, "PNG"), "saved as PNG instead of JPEG"),
        (relation(3), row(800, 600), row(800, 600), "rotated by 180°"),
        (relation(1), row(800, 600), row(800, 600), "mirrored"),
        (relation(0, (0.1, 0, 1, 0.9)), row(800, 600), row(720, 540), "cropped to 81%"),
        (
            relation(0, (-0.05, -0.05, 1.05, 1.05)),
            row(800, 600),
            row(880, 660),
            "shows more around it",
        ),
        (
            relation(0, (-0.05, -0.05, 1.05, 1.05), border=1),
            row(800, 600),
            row(880, 660),
            "with a border",
        ),
        (
            relation(0, (0.05, 0.05, 0.95, 0.95), border=-1),
            row(880, 660),
            row(792, 594),
            "without the border",
        ),
        (relation(), row(400, 300), row(600, 450), "150% of the size"),
        (relation(changed=0.02), row(800, 600), row(800, 600), "with something added on top"),
        (relation(changed=0.01), row(800, 600), row(800, 600), "same size, saved again"),
        (
            relation(0, (0.1, 0, 1, 0.9)),
            row(800, 600),
            row(360, 270),
            "half the size, cropped to 81%",
        ),
        (relation(grey=1, light=0.5), row(800, 600), row(800, 600), "in black and white"),
        (relation(grey=-1, light=0.0), row(800, 600), row(800, 600), "in color"),
        (relation(grey=0, light=-20.0), row(800, 600), row(800, 600), "darker"),
        (relation(grey=0, light=20.0), row(800, 600), row(400, 300), "half the size, brighter"),
    ],
)
def test_differences_are_described_in_words(
    what: dict[str, Any], keep: DuplicateRow, other: DuplicateRow, words: str
) -> None:
    assert describe_difference(what, keep, other, forwards=True) == words


def test_quarter_turns_are_distinguished_and_inverted() -> None:
    keep, other = row(800, 600), row(600, 800)
    turns = {way: describe_difference(relation(way), keep, other, forwards=True) for way in (5, 6)}
    assert sorted(turns.values()) == ["rotated by 270°", "rotated by 90°"]
    for way, words in turns.items():
        assert describe_difference(relation(way), other, keep, forwards=False) != words


def test_compared_with_a_crop_the_original_shows_more() -> None:
    assert (
        describe_difference(
            relation(0, (0.1, 0, 1, 0.9)), row(720, 540), row(800, 600), forwards=False
        )
        == "shows more around it"
    )


def test_without_a_relation_only_the_format_is_described() -> None:
    assert describe_difference({}, row(8, 6), row(8, 6), forwards=True) == ""
    assert (
        describe_difference({}, row(8, 6), row(8, 6, "WEBP"), forwards=True)
        == "saved as WEBP instead of JPEG"
    )


# --- what is known of two photos, seen from either


@dataclasses.dataclass
class Shown:
    photo_id: int
    width: int = 800
    height: int = 600
    format: str = "JPEG"


A, B = Shown(1), Shown(2)


def edge(**relation: Any) -> Edge:
    return Edge((1, 2), 0.9, relation)


def test_the_description_names_the_file_with_the_border() -> None:
    assert [edge(border=value).bordered for value in (1, -1, 0)] == [
        2,
        1,
        None,
    ] and edge().bordered is None


def test_the_description_names_the_grayscale_file() -> None:
    assert (edge(grey=1).grayer(1), edge(grey=1).grayer(2)) == (1, -1)
    assert (edge(grey=-1).grayer(1), edge(grey=-1).grayer(2)) == (-1, 1)
    assert edge().grayer(1) == 0 == edge(grey=0).grayer(2) == edge(grey="?").grayer(1)


def test_missing_measurements_are_not_a_difference() -> None:
    assert (edge().changed, edge().light) == (0.0, 0.0)
    assert (edge(changed=0.25).changed, edge(light=-3).light) == (0.25, -3.0)


@pytest.mark.parametrize(
    ("what", "other", "geometry"),
    [
        (relation(), B, (1, 1, 0, 1, False)),
        (relation(), Shown(2, 400, 300), (0.5, 1, 0, 1, False)),
        (relation(), Shown(2, 800, 300), (0.5**0.5, 1, 0, 2, False)),
        (relation(), Shown(2, 400, 600), (0.5**0.5, 1, 0, 2, False)),
        (relation(0, (0.1, 0, 1, 0.9)), Shown(2, 720, 540), (1, 0.81, 0, 1, False)),
        (relation(0, (0, 0, 1, 0.5)), Shown(2, 800, 300), (1, 0.5, 0, 1, False)),
        (relation(0, (-0.1, 0, 1.1, 1)), Shown(2, 960, 600), (1, 1, 0.2, 1, False)),
        (relation(0, (0.5, 0.5, 1.5, 1)), Shown(2, 1600, 600), (2, 0.25, 0.25, 1, False)),
        # What shows nothing of it.
        (relation(0, (2, 2, 3, 3)), B, (1, 0, 1, 1, False)),
        (relation(3), B, (1, 1, 0, 1, True)),
        (relation(1), B, (1, 1, 0, 1, True)),
        (relation(5), Shown(2, 600, 800), (1, 1, 0, 1, True)),
        # Neither a quarter turn nor none.
        ({"matrix": [0.7, -0.7, 0.5, 0.7, 0.7, 0]}, B, (None, None, None, None, True)),
    ],
)
def test_relative_geometry_is_described(
    what: dict[str, Any], other: Shown, geometry: tuple[Any, ...]
) -> None:
    found = edge(**what).geometry(A, other)
    assert found is not None and found.turned is geometry[-1]
    for value, expected in zip(found[:-1], geometry[:-1], strict=True):
        assert expected is None or value == pytest.approx(expected)


def test_relative_geometry_is_inverted_for_the_other_keeper() -> None:
    cropped = edge(**relation(0, (0, 0, 1, 0.5)))
    found = cropped.geometry(Shown(2, 400, 150), A)
    assert found is not None and (found.scale, found.shown, found.beyond) == (
        pytest.approx(2),
        pytest.approx(1),
        pytest.approx(1),
    )
    assert edge().geometry(A, B) is None


def test_words_stored_with_an_edge_take_precedence() -> None:
    assert (
        Edge((1, 2), 1.0, relation(3), "identical pixels in another file").describe(A, B)
        == "identical pixels in another file"
    )
    one, other = Edge((1, 2), 1.0, relation(grey=1)), Edge((2, 1), 1.0, relation(grey=1))
    assert (
        (one.describe(A, B), one.describe(B, A))
        == ("in black and white", "in color")
        == (other.describe(B, A), other.describe(A, B))
    )


@pytest.mark.parametrize(
    ("what", "forwards", "words"),
    [
        (relation(border=1), False, "without the border"),
        (relation(border=-1), False, "with a border"),
        (relation(light=20.0), False, "darker"), (relation(light=-20.0), False, "brighter"),
        (relation(light=8.0), True, "same size, saved again"),
        (relation(light=8.1), True, "brighter"),
        (relation(grey=1, light=9.0), True, "in black and white, brighter"),
        (relation(grey=-1), False, "in black and white"),
        (relation(changed=0.015), True, "same size, saved again"),
        (relation(changed=0.016), True, "with something added on top"),
        (relation(2), True, "mirrored top to bottom"),
        (relation(4), True, "mirrored and rotated by 90°"),
        (relation(7), True, "mirrored and rotated by 270°"),
    ],
)  # fmt: skip
def test_small_and_inverted_differences(what: dict[str, Any], forwards: bool, words: str) -> None:
    keep = row(600, 800) if "rotated by" in words else row(800, 600)
    assert describe_difference(what, keep, row(800, 600), forwards=forwards) == words


@pytest.mark.parametrize(
    ("width", "words"),
    [
        (800, "same size, saved again"), (788, "same size, saved again"), (780, "98% of the size"),
        (820, "102% of the size"),
        (400, "half the size"), (410, "half the size"), (414, "52% of the size"),
        (200, "a quarter of the size"), (1600, "twice the size"),
        (1500, "188% of the size"),
    ],
)  # fmt: skip
def test_sizes_are_described_in_words(width: int, words: str) -> None:
    assert describe_difference(relation(), row(800, 800), row(width, width), forwards=True) == words
