"""Rank photos by the words of a phrase that occur in their names and texts.

Unlike `TextIndex.search`, not every word must occur, and only whole words count: “cat” does not
match “vacation”. Names of places count only as a whole: “beach” does not match Long Beach. A rare
word counts more than a frequent one, by its inverse document frequency (Spärck Jones 1972), and a
photo's score is the share of the phrase's words that it has.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.library.catalog import Catalog, Ids
from explorer.library.text.place_words import names_place
from explorer.library.text.text_index import PLACE_COLUMN, FoldedTexts, TextIndex, folded_words

MAX_WORD_MATCHES = 2000
"""A word in more photos than this says too little about any of them: it counts as missing."""
MAX_NAMED = 20
"""A number or name in the names of more photos than this is not the name of a file."""
_MIN_WORD_LENGTH = 3
# Frequent English words that say nothing about a photo; shorter ones are not looked up anyway.
_STOP_WORD_LIST = (
    "the and are for from with without that this these those his her hers him its she they"
    " their them there was were has have had who which what where while into onto over under"
    " out off near not but some any all can will photo photos photograph photographs pic pics"
    " picture pictures image images file show showing find see want you please img jpg jpeg"
    " png heic"
)
_STOP_WORDS = frozenset(_STOP_WORD_LIST.split())
_PUNCTUATION = re.compile(r"(?<!\S)[#¿¡«»‹›‘’‚]+|[?!.,;…«»‹›‘’‚]+(?!\S)")
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


def typed_words(phrase: str) -> list[str]:
    """The words of a phrase without the punctuation around them: `#dog`, `dog?`."""
    return _PUNCTUATION.sub(" ", phrase).split()


def phrase_words(phrase: str) -> list[str]:
    """The same words, folded, each once."""
    return folded_words(" ".join(typed_words(phrase)))


def ranking_words(phrase: str) -> list[str]:
    """The folded words of a phrase that photos are ranked by: without short and frequent ones."""
    return [
        word
        for word in phrase_words(phrase)
        if len(word) >= _MIN_WORD_LENGTH and word not in _STOP_WORDS
    ]


def rank_by_words(catalog: Catalog, phrase: str) -> WordRanking:
    """Rank the visible photos by the words of a phrase; photos without any of them are left out."""
    index = TextIndex(catalog)
    # All names would have to be read for shorter ones.
    whole = index.ids_named(phrase, MAX_NAMED) if len(phrase.strip()) >= _MIN_WORD_LENGTH else []
    search = _WordSearch(index, phrase)
    scores, sought = search.scores()
    named = np.array([*dict.fromkeys([*whole, *search.named()])], np.int64)
    ids = np.fromiter(scores, np.int64, len(scores))
    coverage = np.fromiter(scores.values(), np.float64, len(scores)) / (sought or 1.0)
    order = np.lexsort((ids, -coverage))
    return WordRanking(ids[order], coverage[order], named)


class _WordSearch:
    """The words of one phrase, and the photos whose texts have them."""

    def __init__(self, index: TextIndex, phrase: str) -> None:
        self._photos = index.photo_count()
        self._said, self._typed = phrase_words(phrase), typed_words(phrase)
        self._places = dict[tuple[str, str], bool]()
        words = ranking_words(phrase)
        # Only looked for where a longer word was found: “day 2”, “iphone 6”.
        self._short = [
            word for word in self._said if len(word) < _MIN_WORD_LENGTH and _has_digit(word)
        ]
        self._patterns = {word: whole_word(word) for word in (*words, *self._short)}
        self._rows = {word: index.texts_with(word, MAX_WORD_MATCHES) for word in words}

    def scores(self) -> tuple[dict[int, float], float]:
        """The weight of the words that each photo has, and of all words of the phrase."""
        scores, sought = defaultdict[int, float](float), 0.0
        for word, rows in self._rows.items():
            if rows is None:
                sought += math.log1p(self._photos / MAX_WORD_MATCHES)
                continue
            sought += self._add(
                scores, {row.photo_id for row in rows if self._occurs(row, self._patterns[word])}
            )
        for word in self._short:
            sought += self._add(scores, self._beside_longer_words(self._patterns[word]))
        return scores, sought

    def named(self) -> Iterator[int]:
        """Photos in whose file's name a word with a digit occurs, unless there are many. A mere
        number names a file only together with all other words: `100 people` does not."""
        for word, rows in self._rows.items():
            if not _has_digit(word):
                continue
            needed = self._patterns.values() if word.isdigit() else [self._patterns[word]]
            files = [
                row.photo_id
                for row in rows or ()
                if all(pattern.search(row.texts[0]) for pattern in needed)
            ]
            yield from files if len(files) <= MAX_NAMED else ()

    def _add(self, scores: dict[int, float], photos: set[int]) -> float:
        """Add a word that these photos have to their scores. Returns its weight."""
        weight = math.log1p(self._photos / max(1, len(photos)))
        for photo_id in photos:
            scores[photo_id] += weight
        return weight

    def _occurs(self, row: FoldedTexts, pattern: re.Pattern[str]) -> bool:
        return any(
            pattern.search(text)
            if column != PLACE_COLUMN
            else any(pattern.search(name) and self._names(name, text) for name in text.split("\n"))
            for column, text in enumerate(row.texts)
        )

    def _names(self, place: str, around: str) -> bool:
        """Whether the phrase names a place. around: all names that a photo there has, one a
        line."""
        if (place, around) not in self._places:
            named = names_place(place, self._typed, around.split("\n"))
            self._places[place, around] = named
        return self._places[place, around]

    def _beside_longer_words(self, pattern: re.Pattern[str]) -> set[int]:
        """The photos with a short word in the same name, keyword or other text as a longer one."""
        longer = [self._patterns[word] for word in self._rows]
        return {
            row.photo_id
            for rows in self._rows.values()
            for row in rows or ()
            if any(
                pattern.search(line) and any(other.search(line) for other in longer)
                for text in row.texts
                for line in text.split("\n")
            )
        }


def _has_digit(word: str) -> bool:
    return any(c.isdigit() for c in word)


def whole_word(word: str) -> re.Pattern[str]:
    """A pattern for a folded word that is not part of a longer one. Digits may follow letters, and
    letters digits, as in `beach01`. In scripts without spaces, the word may be anywhere."""
    return re.compile(f"{_boundary(word[0], '<!')}{re.escape(word)}{_boundary(word[-1], '!')}")


def _boundary(character: str, look: str) -> str:
    if _UNSPACED.match(character) or not character.isalnum():
        return ""
    same_kind = r"\d" if character.isdigit() else r"[^\W\d_]"
    return f"(?{look}{same_kind})"
