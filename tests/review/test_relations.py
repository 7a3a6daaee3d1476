from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from explorer.library.pairs import CopyRow
from explorer.photos import placing
from explorer.photos.contents import NOTHING
from explorer.review.relations import in_words


def row(width: int, height: int, form: str = "JPEG") -> CopyRow:
    return CopyRow(1, 1, "", "/p", "/p/a", 1000, 0, 0, width, height, form, None, None, None, 0, NOTHING)


def relation(way: int = 0, box: tuple[float, float, float, float] = (0, 0, 1, 1), **more: Any) -> dict[str, Any]:
    """A photo that shows that part of the one kept (left, top, right, bottom, as shares), turned in that way."""
    unit = np.vstack([placing.whole(way, (1, 1), (1, 1)), [0, 0, 1]])
    edges = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    left, top, right, bottom = box
    part = np.array([[right - left, 0, left], [0, bottom - top, top], [0, 0, 1]])
    return {"matrix": (part @ edges @ unit @ np.linalg.inv(edges))[:2].ravel().tolist(), **more}


@pytest.mark.parametrize(
    ("what", "keep", "other", "words"),
    [
        (relation(), row(800, 600), row(800, 600), "the same size, saved again"),
        (relation(), row(800, 600), row(400, 300), "half the size"),
        (relation(), row(800, 600), row(240, 180), "30 % of the size"),
        (relation(), row(800, 600), row(800, 600, "PNG"), "saved as PNG instead of JPEG"),
        (relation(3), row(800, 600), row(800, 600), "turned by 180°"),
        (relation(1), row(800, 600), row(800, 600), "mirrored"),
        (relation(0, (0.1, 0, 1, 0.9)), row(800, 600), row(720, 540), "cropped to 81 %"),
        (relation(0, (-0.05, -0.05, 1.05, 1.05)), row(800, 600), row(880, 660), "with more around it"),
        (relation(0, (-0.05, -0.05, 1.05, 1.05), border=1), row(800, 600), row(880, 660), "with a border around it"),
        (relation(0, (0.05, 0.05, 0.95, 0.95), border=-1), row(880, 660), row(792, 594), "without the border"),
        (relation(changed=0.05), row(800, 600), row(800, 600), "with something put on it"),
        (relation(0, (0.1, 0, 1, 0.9)), row(800, 600), row(360, 270), "half the size, cropped to 81 %"),
        (relation(grey=1, light=0.5), row(800, 600), row(800, 600), "in grey"),
        (relation(grey=-1, light=0.0), row(800, 600), row(800, 600), "in colour"),
        (relation(grey=0, light=-20.0), row(800, 600), row(800, 600), "darker"),
        (relation(grey=0, light=20.0), row(800, 600), row(400, 300), "half the size, brighter"),
    ],
)
def test_relations_in_words(what: dict[str, Any], keep: CopyRow, other: CopyRow, words: str) -> None:
    assert in_words(what, keep, other, forwards=True) == words


def test_quarter_turns_are_told_apart_and_turn_back_the_other_way() -> None:
    keep, other = row(800, 600), row(600, 800)
    turns = {way: in_words(relation(way), keep, other, forwards=True) for way in (5, 6)}
    assert sorted(turns.values()) == ["turned by 270°", "turned by 90°"]
    for way, words in turns.items():
        assert in_words(relation(way), other, keep, forwards=False) != words


def test_seen_from_the_crop_the_original_shows_more() -> None:
    assert in_words(relation(0, (0.1, 0, 1, 0.9)), row(720, 540), row(800, 600), forwards=False) == "with more around it"


def test_without_a_relation_only_the_format_is_said() -> None:
    assert in_words({}, row(8, 6), row(8, 6), forwards=True) == ""
    assert in_words({}, row(8, 6), row(8, 6, "WEBP"), forwards=True) == "saved as WEBP instead of JPEG"
