"""A search's query and its results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.library.catalog import Ids
from explorer.search.language.concept_ranking import rank_by_concepts
from explorer.search.language.query_tree import (
    AlternativeTerms,
    FileTerm,
    PhraseTerm,
    QueryTree,
    RankingTerm,
)

NOTHING = QueryTree()
Vector = npt.NDArray[np.float32]
Match = Literal["strong", "fair", "weak", "none"]
"""How well a photo matches: `strong` and `fair` are good matches, `none` is as unlike the query as
most photos are."""


@dataclass(frozen=True)
class ExamplePhoto:
    """A photo from outside the library to search with, as encoded by one encoder."""

    vector: tuple[float, ...]
    name: str = ""
    """Its file name, to show to the user."""
    top_score: float = 1.0
    """The score of the very same photo; below 1 for an instance query."""

    @classmethod
    def of(cls, vector: Vector, name: str = "", top_score: float = 1.0) -> ExamplePhoto:
        """From a vector of shape (dim,)."""
        return cls(tuple(float(x) for x in vector), name, top_score)

    def array(self) -> Vector:
        """The vector as float32 of shape (dim,)."""
        return np.array(self.vector, np.float32)


@dataclass(frozen=True)
class Query:
    """Typed text, photos of the library, photos from outside, or any combination; their vectors are
    added. False if it is empty."""

    tree: QueryTree = NOTHING
    photo_ids: tuple[int, ...] = ()
    examples: tuple[ExamplePhoto, ...] = ()
    files: tuple[tuple[str, int | ExamplePhoto], ...] = ()
    """The photos of the files that the tree names: the path as written, and the id of a photo of
    the library or a photo from outside."""

    @classmethod
    def of_phrase(cls, phrase: str) -> Query:
        """A literal phrase, not parsed as a query."""
        words = phrase.strip()
        return cls(QueryTree((PhraseTerm(words, literal=True),) if words else ()))

    @property
    def is_ranked(self) -> bool:
        """Whether it has terms or concepts that rank photos, and not only a condition."""
        terms = rank_by_concepts(self.tree).terms
        return bool(terms or self.photo_ids or self.examples)

    def __bool__(self) -> bool:
        return bool(self.tree) or self.is_ranked


def file_paths(tree: QueryTree) -> list[str]:
    """The photo files that a query names, each once."""
    found = list[str]()
    waiting = list[RankingTerm](reversed(tree.terms))
    while waiting:
        term = waiting.pop()
        if isinstance(term, FileTerm):
            found.append(term.path)
        elif isinstance(term, AlternativeTerms):
            waiting += reversed(term.terms)
    return list(dict.fromkeys(found))


class SearchHit(NamedTuple):
    """One result of a search."""

    id: int
    """The photo's id."""
    score: float
    """Cosine similarity of photo and query, from -1 to 1; 1 if the query only filters."""
    rank: int
    """Rank, from 1 for the best match."""
    relevance: float
    """Estimated probability that it is what was searched for, 0 to 1; comparable between
    queries."""
    match: Match


@dataclass(frozen=True, eq=False)
class SearchResult:
    """The results of a search as arrays of shape (n,), best first, or newest first if the query
    only filters."""

    ids: Ids
    scores: npt.NDArray[np.float32]
    relevance: npt.NDArray[np.float32]
    matches: tuple[Match, ...]
    total: int
    """Number of photos that pass the filters."""
    good: int
    """How many of all results are strong or fair matches, at most `ranked_search.MAX_GOOD`; they
    come first."""

    def __len__(self) -> int:
        return len(self.ids)

    def hits(self) -> list[SearchHit]:
        """The results one by one."""
        rows = zip(self.ids, self.scores, self.relevance, self.matches, strict=True)
        return [
            SearchHit(int(i), max(-1.0, min(1.0, float(score))), rank, float(relevance), match)
            for rank, (i, score, relevance, match) in enumerate(rows, 1)
        ]
