from __future__ import annotations

import pytest

from explorer.search.language.interpret_phrases import interpret
from explorer.search.language.parse_query import parse
from tests.search.language.meant_queries import meant


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("shot on my iphone 6", 'camera:"iphone 6"'),
        ("taken with a samsung phone", "camera:samsung"),
        ("taken with a nikon camera", "camera:nikon"),
        ("taken with a canon lens", "camera:canon"),
        ("taken with canon not blurry", "-is:blurred camera:canon"),
        ("taken with iphone blurry", "is:blurred camera:iphone"),
        ("shot on iphone june 2019", "date:2019-06 camera:iphone"),
        ("taken with canon or nikon", "camera:canon|nikon"),
        ("dogs taken with a canon eos 5d or my old iphone", 'dogs camera:"canon eos 5d"|iphone'),
        ("photos not taken with my iphone", "-camera:iphone"),
        ("taken with my apple phone", "camera:apple"),
        ("picture taken with apple", "camera:apple"),
        ("taken with an apple iphone", 'camera:"apple iphone"'),
        ("beach shot on pixel 6", 'beach camera:"pixel 6"'),
        ("movie shot on iphone", "movie camera:iphone"),
        ("taken with sony a7 iii", 'camera:"sony a7 iii"'),
        ("fuji x-t3 photos", 'camera:"fuji x-t3"'),
    ],
)
def test_cameras_are_conditions(text: str, meaning: str) -> None:
    assert meant(text) == meaning


@pytest.mark.parametrize(
    "text",
    [
        "cake made with apple",
        "juice made by apple",
        "game made with pixel art",
        "shot by canon fire",
        "taken by canon",
        "landscape shot on pixel",
        "cake shot with apple",
        "shot on kodak film",
        "taken with nikon dog",
        "canon or nikon",
        "apple",
        "fuji photos",
        "olympus pictures",
        "shot with canon in hand",
    ],
)
def test_other_things_of_that_name_stay(text: str) -> None:
    assert interpret(parse(text)) == parse(text)
