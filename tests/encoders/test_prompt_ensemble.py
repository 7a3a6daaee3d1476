from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from explorer.encoders.base import Vectors, unit
from explorer.encoders.prompt_ensemble import encode_prompts, paraphrases, plain_phrase, prompts
from tests.tiny import Tiny


class Listening(Tiny):
    """Remembers what it was asked to encode."""

    def __init__(self) -> None:
        self.asked = list[str]()

    def encode_texts(self, phrases: Sequence[str]) -> Vectors:
        self.asked += phrases
        return unit(np.array([[1.0, len(phrase)] for phrase in phrases]))


class Ensembling(Listening):
    ensembles_prompts = True


@pytest.mark.parametrize(
    ("phrase", "others"),
    [
        ("dog", ["a photo of a dog", "a picture of dog"]),
        ("A dog", ["a photo of a dog", "a picture of dog"]),
        ("the old dog", ["a photo of a old dog", "a picture of old dog"]),
        ("theater", ["a photo of a theater", "a picture of theater"]),
        ("two dogs run fast", []),
        ("", []),
        (" ", []),
    ],
)
def test_names_have_paraphrases_and_sentences_none(phrase: str, others: list[str]) -> None:
    assert prompts(phrase) == [phrase, *others]
    assert paraphrases(Listening(), phrase) == others


def test_all_prompts_are_encoded_the_phrase_first() -> None:
    encoder = Listening()
    assert np.array_equal(encode_prompts(encoder, "dog"), Listening().encode_texts(encoder.asked))
    assert encoder.asked == prompts("dog")


def test_an_encoder_that_ensembles_prompts_itself_is_asked_for_the_phrase_alone() -> None:
    encoder = Ensembling()
    assert encode_prompts(encoder, "dog").shape == (1, 2)
    assert encoder.asked == ["dog"] and paraphrases(encoder, "dog") == []


@pytest.mark.parametrize(
    ("phrase", "plain"),
    [
        ("dog?", "dog"), ("dogs!", "dogs"), ("dog!!!", "dog"), ("#dog", "dog"), ("dog ?", "dog"),
        ("##dog #beach", "dog beach"), ("where is my dog?!", "where is my dog"), ("dog.", "dog"),
        ("dog,", "dog"), ("what? a dog", "what a dog"),
        ("two dogs, one brown", "two dogs, one brown"),
        ("t-shirt", "t-shirt"), ("C#", "C#"), ("#", "#"), ("?", "?"), ("...", "..."),
        ("a dog runs .", "a dog runs ."), ("f/2.8", "f/2.8"), ("", ""),
        ("dog…", "dog"), ("¿dog?", "dog"), ("«dog»", "dog"), ("‘dog’", "dog"),
        ("don’t walk", "don’t walk"), ("the dog's bowl", "the dog's bowl"),
    ],
)  # fmt: skip
def test_punctuation_that_says_nothing_is_removed(phrase: str, plain: str) -> None:
    assert plain_phrase(phrase) == plain == plain_phrase(plain)


@pytest.mark.parametrize(
    ("phrase", "plain"),
    [
        ("search for dogs", "dogs"), ("photos that contain dogs", "dogs"),
        ("photos of dogs", "dogs"), ("show me pictures of dogs", "dogs"), ("show me dogs", "dogs"),
        ("all my photos of my dog", "dog"), ("where is my photo of the cat?", "the cat"),
        ("I want to see all the pictures with boats", "boats"),
        ("can you find the picture where anna is laughing?", "anna is laughing"),
        ("picture frame", "picture frame"), ("photos of", "photos of"), ("find", "find"),
        ("2 dogs", "two dogs"), ("a group of 5 people", "a group of five people"),
        ("day 2 beach", "day 2 beach"), ("1 dog", "1 dog"), ("2 km", "2 km"),
        ("shot of espresso", "shot of espresso"), ("a shot of whisky", "a shot of whisky"),
        ("shot with a gun", "shot with a gun"), ("show me shots of dogs", "dogs"),
        ("my shots of the dog", "the dog"), ("10 downing street", "10 downing street"),
        ("3 red cars", "three red cars"), ("7 eleven", "7 eleven"), ("4 people", "four people"),
    ],
)  # fmt: skip
def test_requests_are_removed_and_small_numbers_spelled_out(phrase: str, plain: str) -> None:
    assert plain_phrase(phrase) == plain == plain_phrase(plain)
