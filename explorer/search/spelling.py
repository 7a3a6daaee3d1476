"""Corrections for misspelled words of a query: `elefant` → `elephant`.

A word counts as misspelled if no photo has it in its names and texts, no place has that name, and
the English vocabulary of the text model lacks it. Words of the library's photos are proposed first,
then words that people search for, then places. The query itself is not changed: the word may be
right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from explorer.encoders.english_words import is_english
from explorer.library.catalog import Catalog
from explorer.library.catalog_cache import CatalogCache
from explorer.library.queries.frequent_values import frequent_values
from explorer.library.text.ordinary_words import ORDINARY_WORDS
from explorer.library.text.text_folding import fold
from explorer.library.text.text_index import TextIndex
from explorer.library.text.word_ranking import whole_word
from explorer.search.language.interpret_phrases import interpret
from explorer.search.language.phrase_vocabulary import VOCABULARY
from explorer.search.language.place_names import is_well_known, large_places
from explorer.search.language.query_tree import PhraseTerm, QueryTree
from explorer.search.language.searched_words import SEARCHED_WORDS
from explorer.search.language.single_dates import MONTHS, WEEKDAYS

_MAX_VALUES = 500
_MAX_WORDS = 12
_MIN_LENGTH = 4
# From this length on, two mistakes are possible.
_LONG = 7
# The population of the cities that a word may mean that is written with a capital letter, or not.
_LARGE_CITY, _HUGE_CITY = 100_000, 500_000
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_ENDINGS = ("s", "es", "d", "ed", "ing", "er", "ers", "ly", "ies", "ness", "less", "like", "ful")
_BEGINNINGS = ("un", "re", "non", "over", "under", "out", "pre")
_EXPRESSIONS = frozenset(
    word for entry in VOCABULARY for each in entry.expressions for word in each.split()
)
_USUAL = SEARCHED_WORDS | ORDINARY_WORDS | _EXPRESSIONS
_WORDS = sorted(SEARCHED_WORDS | {*MONTHS, *WEEKDAYS, *filter(lambda w: len(w) > 4, _EXPRESSIONS)})
# What may have been meant: each word, and its plural.
_SEARCHED = {form: form for word in _WORDS for form in (word, f"{word}s")}


class _Candidates(NamedTuple):
    """Words that may have been meant, in lower case without accents → as they are written."""

    library: dict[str, str]
    proposed: dict[str, str | None]
    """What was found for the words that were looked up."""


class SpellingSuggestions:
    """Proposes corrections for the words of one library's queries. Thread-safe."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog, self._texts = catalog, TextIndex(catalog)
        self._candidates = CatalogCache(catalog, self._read_candidates, may_lag=True)

    def corrected(self, tree: QueryTree) -> QueryTree | None:
        """The query with misspelled words of its phrases corrected; None if there are none. Words
        that are understood as conditions are left alone."""
        left = {word.lower() for term in _phrases(interpret(tree)) for word in _words(term)}
        proposals = dict[str, str]()
        for word in dict.fromkeys(word for term in _phrases(tree) for word in _words(term)):
            if word.lower() in left and (found := self.proposal(word)):
                proposals[word] = found
        if not proposals:
            return None
        return QueryTree(
            tuple(
                replace(term, text=_WORD.sub(lambda m: proposals.get(m[0], m[0]), term.text))
                if isinstance(term, PhraseTerm)
                else term
                for term in tree.terms
            ),
            tree.condition,
        )

    def proposal(self, word: str) -> str | None:
        """The word that a misspelled one was probably meant to be; None for a known word, and if
        nothing is similar."""
        folded = fold(word)
        if len(folded) < _MIN_LENGTH or not word.isascii() or _is_known(folded):
            return None
        candidates = self._candidates.get()
        if word not in candidates.proposed:
            candidates.proposed[word] = self._looked_up(word, folded, candidates.library)
        return candidates.proposed[word]

    def _looked_up(self, word: str, folded: str, library: dict[str, str]) -> str | None:
        found = self._similar(word, folded, library)
        # Last, because the names of all places are read for it.
        return None if found is None or self._occurs(folded) or is_well_known(folded) else found

    def _similar(self, word: str, folded: str, library: dict[str, str]) -> str | None:
        for known in (library, _SEARCHED):
            if found := _nearest(folded, known):
                return _in_case_of(word, known[found])
        places = large_places(_LARGE_CITY if word[:1].isupper() else _HUGE_CITY)
        found = _nearest(folded, places, most=1)
        return places[found] if found else None

    def _occurs(self, folded: str) -> bool:
        """Whether photos have the word in their names or texts, not only as a part of another."""
        rows, whole = self._texts.texts_with(folded, _MAX_VALUES), whole_word(folded)
        return rows is None or any(whole.search(text) for row in rows for text in row.texts)

    def _read_candidates(self) -> _Candidates:
        """The words of keywords, names of people, places, folders and cameras in the library."""
        frequent = frequent_values(self._catalog, _MAX_VALUES)
        values = [*frequent.keywords, *frequent.places, *frequent.cameras]
        texts = [value for value, _ in values]
        texts += [re.split(r"[/\\]", path)[-1] for path, _ in frequent.folders]
        return _Candidates({fold(word): word for text in texts for word in _WORD.findall(text)}, {})


def _phrases(tree: QueryTree) -> list[PhraseTerm]:
    return [term for term in tree.terms if isinstance(term, PhraseTerm)]


def _words(term: PhraseTerm) -> list[str]:
    return _WORD.findall(term.text)[:_MAX_WORDS]


def _is_known(word: str) -> bool:
    """Whether a folded word, a part of it, or what it is derived from, is correct English."""
    if any(map(_is_in_vocabulary, re.split("['’-]", word))):
        return True
    stems = [word.removesuffix(end) for end in _ENDINGS if word.endswith(end)]
    stems += [word.removeprefix(start) for start in _BEGINNINGS if word.startswith(start)]
    return any(
        _is_in_vocabulary(form)
        for stem in stems
        if len(stem) > 3
        for form in (stem, f"{stem}e", f"{stem}y", *([stem[:-1]] if stem[-1] == stem[-2] else []))
    )


def _is_in_vocabulary(word: str) -> bool:
    return word in _USUAL or is_english(word)


def _nearest(word: str, known: Iterable[str], most: int = 2) -> str | None:
    """The known word with the fewest mistakes between them; the first of equal ones. All are
    folded."""
    most = min(most, 1 if len(word) < _LONG else 2)
    best, fewest = None, most + 1
    for each in known:
        if abs(len(each) - len(word)) > most or len(each) < _MIN_LENGTH - 1:
            continue
        # Few mistakes are made in the first letter.
        if each[0] != word[0] and each[:2] != word[1::-1]:
            continue
        mistakes = edit_distance(word, each, fewest - 1)
        # Of two mistakes, none is in the last letter.
        if mistakes < fewest and (mistakes < 2 or each[-1] == word[-1]):
            best, fewest = each, mistakes
    return best


def edit_distance(one: str, other: str, most: int) -> int:
    """The number of letters to insert, remove, replace or swap with their neighbor to turn one word
    into another (optimal string alignment); above `most`, any larger number."""
    last = list(range(len(other) + 1))
    earlier = last
    for row, letter in enumerate(one, 1):
        now = [row]
        for column, its in enumerate(other, 1):
            cost = min(last[column] + 1, now[column - 1] + 1, last[column - 1] + (letter != its))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == its:
                cost = min(cost, earlier[column - 2] + 1)
            now.append(cost)
        if min(now) > most and min(last) > most:
            return most + 1
        earlier, last = last, now
    return last[-1]


def _in_case_of(word: str, known: str) -> str:
    """A known word, capitalized as the typed one is, unless it is a name."""
    if word[:1].isupper():
        return known[:1].upper() + known[1:]
    return known.lower() if known.lower() in _SEARCHED else known
