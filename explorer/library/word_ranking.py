"""Rank photos by the words of a phrase that occur in their names and texts.

Unlike `TextIndex.search`, not every word must occur, and only whole words count: “cat” does not
match “vacation”. A rare word counts more than a frequent one, by its inverse document frequency
(Spärck Jones 1972), and a photo's score is the share of the phrase's words that it has.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.library.catalog import Catalog, Ids
from explorer.library.text_index import TextIndex, folded_words

MAX_WORD_MATCHES = 2000
"""A word in more photos than this says too little about any of them: it counts as missing."""
MAX_NAMED = 20
"""A number or name in the names of more photos than this is not the name of a file."""
_MIN_WORD_LENGTH = 3
# Frequent English words that say nothing about a photo; shorter ones are not looked up anyway.
_STOP_WORDS = frozenset(
    {
        "the",
        "and",
        "are",
        "for",
        "from",
        "with",
        "without",
        "that",
        "this",
        "these",
        "those",
        "his",
        "her",
        "hers",
        "him",
        "its",
        "she",
        "they",
        "their",
        "them",
        "there",
        "was",
        "were",
        "has",
        "have",
        "had",
        "who",
        "which",
        "what",
        "where",
        "while",
        "into",
        "onto",
        "over",
        "under",
        "out",
        "off",
        "near",
        "not",
        "but",
        "some",
        "any",
        "all",
        "can",
        "will",
        "photo",
        "photos",
        "picture",
        "pictures",
        "image",
        "images",
        "file",
        "show",
        "find",
        "img",
        "jpg",
        "jpeg",
        "png",
        "heic",
    }
)  # fmt: skip
# Scripts that put no spaces between words.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1100-\u11ff\u2e80-\U0010ffff]")


class WordRanking(NamedTuple):
    """Photos by the words that occur in them, best first. n photos."""

    ids: Ids
    """(n,)."""
    coverage: npt.NDArray[np.float64]
    """(n,), descending, above 0 and up to 1: the share of the phrase's words that occur, by inverse
    document frequency."""
    named: Ids
    """Photos whose file was named in the phrase, the best match first."""


def first_in_any_case(ids: Ids) -> WordRanking:
    """The ranking of photos that come first, in this order, whatever else matches."""
    return WordRanking(np.zeros(0, np.int64), np.zeros(0, np.float64), ids)


def ranking_words(phrase: str) -> list[str]:
    """The folded words of a phrase that photos are ranked by: without short and frequent ones."""
    return [
        word
        for word in folded_words(phrase)
        if len(word) >= _MIN_WORD_LENGTH and word not in _STOP_WORDS
    ]


def rank_by_words(catalog: Catalog, phrase: str) -> WordRanking:
    """Rank the visible photos by the words of a phrase; photos without any of them are left out."""
    index, scores = TextIndex(catalog), defaultdict[int, float](float)
    named = dict.fromkeys(
        # All names would have to be read for shorter ones.
        index.ids_named(phrase, MAX_NAMED) if len(phrase.strip()) >= _MIN_WORD_LENGTH else ()
    )
    photos, sought = index.photo_count(), 0.0
    for word in ranking_words(phrase):
        rows = index.texts_with(word, MAX_WORD_MATCHES)
        if rows is None:
            sought += math.log1p(photos / MAX_WORD_MATCHES)
            continue
        pattern = whole_word(word)
        found = [row.photo_id for row in rows if any(pattern.search(text) for text in row.texts)]
        weight = math.log1p(photos / max(1, len(found)))
        sought += weight
        for photo_id in found:
            scores[photo_id] += weight
        if any(c.isdigit() for c in word):
            files = [row.photo_id for row in rows if pattern.search(row.texts[0])]
            named |= dict.fromkeys(files if len(files) <= MAX_NAMED else ())
    ids = np.fromiter(scores, np.int64, len(scores))
    coverage = np.fromiter(scores.values(), np.float64, len(scores)) / (sought or 1.0)
    order = np.lexsort((ids, -coverage))
    return WordRanking(ids[order], coverage[order], np.fromiter(named, np.int64, len(named)))


def whole_word(word: str) -> re.Pattern[str]:
    """A pattern for a folded word that is not part of a longer one. Digits may follow letters, and
    letters digits, as in `beach01`. In scripts without spaces, the word may be anywhere."""
    return re.compile(f"{_boundary(word[0], '<!')}{re.escape(word)}{_boundary(word[-1], '!')}")


def _boundary(character: str, look: str) -> str:
    if _UNSPACED.match(character) or not character.isalnum():
        return ""
    same_kind = r"\d" if character.isdigit() else r"[^\W\d_]"
    return f"(?{look}{same_kind})"
