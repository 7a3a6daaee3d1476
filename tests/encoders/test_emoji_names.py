from __future__ import annotations

import numpy as np
import pytest

from explorer.encoders.emoji_names import with_emoji_named
from explorer.encoders.starter import StarterEncoder


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("🐶", "dog"), ("❤️", "heart"), ("⭐", "star"), ("🐶 on 🏖️", "dog on beach with umbrella"),
        ("🐶🐱", "dog cat"), ("👍🏽", "thumbs up sign"), ("🇫🇷", "flag"),
        ("⚽️ match", "soccer ball match"),
        ("👩‍🌾", "woman ear of rice"), ("two dogs  ", "two dogs  "),
        ("Strand schön", "Strand schön"),
        ("© 2019 ™", "© 2019 ™"), ("東京 駅", "東京 駅"), ("", ""),
    ],
)  # fmt: skip
def test_only_emoji_are_replaced(text: str, named: str) -> None:
    assert with_emoji_named(text) == named


def test_the_starter_distinguishes_emoji(encoder: StarterEncoder) -> None:
    dog, heart, word = encoder.encode_texts(["🐶", "❤️", "dog"])
    assert np.allclose(dog, word, atol=1e-6) and float(dog @ heart) < 0.9
