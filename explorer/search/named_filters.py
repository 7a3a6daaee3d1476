"""Queries that name a person, a keyword or a place of the library beside other words: `Anna at the
beach`, `sydney beach`; or that are nothing but a camera of the library: `nikon d750`.

The vector of such a phrase says little about the name, so the query that filters by it, `at the
beach keyword:Anna`, finds much better. It is only offered: the name may mean something else, and a
photo without it in its metadata would not be found.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from explorer.library.catalog import Catalog
from explorer.library.catalog_cache import CatalogCache
from explorer.library.queries.frequent_values import frequent_values
from explorer.library.text.ordinary_words import ORDINARY_WORDS
from explorer.library.text.place_words import names_place
from explorer.library.text.text_folding import fold
from explorer.search.language.camera_expressions import may_be_camera
from explorer.search.language.interpret_phrases import interpret
from explorer.search.language.phrase_vocabulary import PHOTO_WORDS, PHRASE_ENDS
from explorer.search.language.query_parts import all_of
from explorer.search.language.query_tree import (
    Condition,
    FieldTest,
    FieldValue,
    PhraseTerm,
    QueryTree,
    RankingTerm,
)
from explorer.search.language.searched_words import SEARCHED_WORDS

_MAX_VALUES = 1000
_MAX_WORDS = 4
_JOINTS = PHRASE_ENDS | {"the", "my", "our", "a", "an", "next"}
# With these, the photos that are meant may lack the name: `nobody but Anna`, `Anna or Ben`.
_EXCEPTIONS = frozenset({"not", "no", "without", "except", "excluding", "but", "nor", "or"})
_PHOTOS = re.compile(r"(?:(?:all|my|our|the) )*(?:photo|picture|pic|image|shot)s?", re.IGNORECASE)
_OF_PHOTOS = re.compile(rf" {PHOTO_WORDS}$", re.IGNORECASE)
_EDGES = ".,;:!?()"


class _LibraryNames(NamedTuple):
    tests: dict[str, tuple[str, str]]
    """Folded names of places and people, and keywords → the field and its value."""
    cameras: tuple[str, ...]
    """Folded."""


class NamedFilters:
    """Finds names of one library in queries. Thread-safe."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._names = CatalogCache(catalog, self._read_names, may_lag=True)

    def narrowed(self, tree: QueryTree) -> QueryTree | None:
        """The query with names in its phrases as conditions; None if it has none, or nothing but
        names of places and people, or keywords."""
        understood, names = interpret(tree), self._names.get()
        terms, tests = list[RankingTerm](), list[Condition]()
        for term in understood.terms:
            if not isinstance(term, PhraseTerm) or term.weight != 1 or term.literal:
                terms.append(term)
                continue
            rest, found = _split(term.text, names.tests)
            tests += found
            if rest:
                terms.append(PhraseTerm(rest))
        own = (understood.condition,) if understood.condition is not None else ()
        if camera := _only_camera(understood.terms, names.cameras):
            return QueryTree((), all_of([*own, camera]))
        if not tests or not any(isinstance(term, PhraseTerm) and term.weight > 0 for term in terms):
            return None
        return QueryTree(tuple(terms), all_of([*own, *tests]))

    def _read_names(self) -> _LibraryNames:
        frequent = frequent_values(self._catalog, _MAX_VALUES)
        tests = {fold(name): ("place", name) for name, _ in frequent.places}
        # What is written in lower case is a thing, which photos show.
        tests |= {
            fold(word): ("keyword", word)
            for word, _ in frequent.keywords
            if word[:1].isupper() and fold(word) not in SEARCHED_WORDS
        }
        return _LibraryNames(tests, tuple(fold(name) for name, _ in frequent.cameras))


def _only_camera(terms: tuple[RankingTerm, ...], cameras: tuple[str, ...]) -> FieldTest | None:
    """The test for the camera if a query consists of nothing else: `fuji photos`. cameras: those of
    the library, folded."""
    (term,) = terms if len(terms) == 1 else (None,)
    if not isinstance(term, PhraseTerm) or term.weight != 1 or term.literal:
        return None
    name = _OF_PHOTOS.sub("", term.text)
    if not may_be_camera(name) or not any(fold(name) in each for each in cameras):
        return None
    return FieldTest("camera", (FieldValue(name),))


def _split(text: str, names: dict[str, tuple[str, str]]) -> tuple[str, list[FieldTest]]:
    """The rest of a phrase, and the tests for the names in it."""
    words, rest, tests, at = text.split(), list[str](), list[FieldTest](), 0
    if not _EXCEPTIONS.isdisjoint(word.strip(_EDGES) for word in text.lower().split()):
        return text, []
    while at < len(words):
        length = _name_at(words, at, names)
        if not length:
            rest.append(words[at])
            at += 1
            continue
        field, value = names[_folded(words[at : at + length])]
        tests.append(FieldTest(field, (FieldValue(value),)))
        while rest and rest[-1].lower() in _JOINTS:
            rest.pop()
        at += length
    while rest and rest[0].lower() in {"and", "with"}:
        rest.pop(0)
    left = " ".join(rest).strip(_EDGES + " ")
    return "" if _PHOTOS.fullmatch(left) else left, tests


def _name_at(words: list[str], at: int, names: dict[str, tuple[str, str]]) -> int:
    """How many words from there are a name; the most possible."""
    for length in range(min(_MAX_WORDS, len(words) - at), 0, -1):
        name = _folded(words[at : at + length])
        if name in names and (name not in ORDINARY_WORDS or names_place(name, words)):
            return length
    return 0


def _folded(words: list[str]) -> str:
    return re.sub("['’]s$", "", fold(" ".join(words)).strip(_EDGES))
