"""One query, ranked by several models side by side.

All models rank the same photos: those that each of them has encoded, and that pass the query's
conditions. Photos are ranked by the models alone. Names and texts, which are the same for every
model, do not count, and the photos that are searched by are left out, as every model finds them
first.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from explorer.encoders.base import Pixels
from explorer.errors import EncoderError, UsageError
from explorer.library.catalog import Catalog, Ids
from explorer.library.library import Library
from explorer.library.model_settings import encoders_by_use
from explorer.library.queries.filters import Filters
from explorer.library.queries.photo_masks import PhotoMask, ids_in, mask_of
from explorer.library.vectors import VectorIndex
from explorer.search.comparison.folder_classes import common_photos
from explorer.search.comparison.ranking_agreement import (
    RankingAgreement,
    compare_rankings,
    rank_numbers,
)
from explorer.search.engine import SearchEngine
from explorer.search.language.interpret_phrases import interpret
from explorer.search.language.query_tree import (
    AlternativeTerms,
    PhotoTerm,
    PhraseTerm,
    QueryTree,
    RankingTerm,
)
from explorer.search.query import ExamplePhoto, Query

DEPTH = 1000
"""How many of each model's first results are known."""

ONLY_FILTERS = "This query only filters photos: add a phrase or a photo to compare models by."

QueryFor = Callable[[SearchEngine], Query]
"""Returns the query for one model's engine, which encodes photos from outside the library."""
Loading = Callable[[str], contextlib.AbstractContextManager[object]]
"""Entered while the model with that name is loaded."""


@dataclass(frozen=True, eq=False)
class ModelRanking:
    """What one model answers."""

    encoder: str
    photos: int
    """Number of photos that it has encoded."""
    ids: Ids
    """The first results, best first, at most `DEPTH`."""
    scores: npt.NDArray[np.float32]
    """Their cosines; those of different models cannot be compared."""
    seconds: float
    """How long encoding the query and ranking took, with the model loaded."""
    problem: str = ""
    """Why it does not answer, in one sentence; empty if it does."""


@dataclass(frozen=True, eq=False)
class ModelComparison:
    """The answers of several models to one query."""

    models: tuple[ModelRanking, ...]
    compared: int
    """Number of photos that were ranked."""
    encoded: int
    """Number of photos that every one of the models that answer has encoded."""
    searched_by: tuple[int, ...] = ()
    """The photos of the library that the query ranks by."""

    @property
    def answers(self) -> list[ModelRanking]:
        """The models that answer."""
        return [model for model in self.models if not model.problem]

    def agreement(self, k: int) -> RankingAgreement | None:
        """The agreement at the first k ranks; None if fewer than two models answer."""
        return compare_rankings([model.ids.tolist() for model in self.answers], k)

    def ranks(self) -> dict[str, dict[int, int]]:
        """The rank of each photo, from 1, by the name of the model that answers."""
        return {model.encoder: rank_numbers(model.ids.tolist()) for model in self.answers}


class _TimedEngine(SearchEngine):
    """A search engine that adds up the time it takes to encode photos from outside the library."""

    def __init__(self, library: Library, encoder_name: str) -> None:
        super().__init__(library, encoder_name)
        self.encoding_seconds = 0.0

    def encode_photo(self, pixels: Pixels, name: str = "") -> ExamplePhoto:
        # Not timed: what only the first photo needs.
        self.encoder.warm_up()
        start = time.perf_counter()
        photo = super().encode_photo(pixels, name)
        self.encoding_seconds += time.perf_counter() - start
        return photo


def embedded_models(catalog: Catalog) -> dict[str, int]:
    """The models that have encoded photos of a library, with the number of photos: the one in use
    first, the others by this number."""
    photos = dict[str, int]()
    for name, _, _, number in encoders_by_use(catalog):
        photos[name] = max(number, photos.get(name, 0))
    return photos


def model_indexes(library: Library, names: Sequence[str]) -> dict[str, VectorIndex]:
    """The vectors of these models, by name, without loading the models. If several versions of one
    have encoded photos, those of the version with the most."""
    indexes = dict[str, VectorIndex]()
    for name, version, dim, _ in encoders_by_use(library.catalog):
        if name in names and name not in indexes:
            indexes[name] = library.vectors(name, version, dim)
    return {name: indexes[name] for name in names if name in indexes}


def compare_models(
    library: Library,
    names: Sequence[str],
    tree: QueryTree,
    query_for: QueryFor,
    *,
    filters: Filters | None = None,
    loading: Loading = lambda _: contextlib.nullcontext(),
) -> ModelComparison:
    """Rank the photos by each of these models. A model that cannot answer has a `problem`, and has
    no influence on which photos are compared.

    tree: the text of the query. Raises UsageError if the query only filters, and whatever
    `query_for` raises apart from EncoderError.
    """
    ready = dict[str, tuple[_TimedEngine, Query]]()
    problems = dict[str, str]()
    phrase = has_phrase(interpret(tree))
    for name in names:
        engine = _TimedEngine(library, name)
        try:
            with loading(name):
                _load(engine, phrase=phrase)
            query = engine.understood(query_for(engine))
        except EncoderError as error:
            problems[name] = str(error)
            continue
        if not query.is_ranked:
            raise UsageError(ONLY_FILTERS)
        ready[name] = engine, query
    common = common_photos([engine.index() for engine, _ in ready.values()])
    answers = dict[str, ModelRanking]()
    compared, searched_by = 0, set[int]()
    for name, (engine, query) in ready.items():
        searched_by = _searched_by(query)
        among = _among(engine, query, common, filters)
        compared = int(among.sum())
        try:
            answers[name] = _answer(name, engine, query, among)
        except EncoderError as error:
            problems[name] = str(error)
    photos = embedded_models(library.catalog)
    return ModelComparison(
        tuple(
            answers.get(name) or _silent(name, photos.get(name, 0), problems.get(name, ""))
            for name in names
        ),
        compared,
        len(common),
        tuple(sorted(searched_by)),
    )


def has_phrase(tree: QueryTree) -> bool:
    """Whether a query has a phrase, which takes a model that reads text."""

    def is_phrase(term: RankingTerm) -> bool:
        if isinstance(term, AlternativeTerms):
            return any(is_phrase(each) for each in term.terms)
        return isinstance(term, PhraseTerm)

    return any(is_phrase(term) for term in tree.terms)


def cannot_read(name: str) -> str:
    """The message about a model without text if the query has a phrase."""
    return f"{name} cannot read phrases; search with a photo to compare it."


def _load(engine: SearchEngine, *, phrase: bool) -> None:
    """Load what the query needs, so that it is not part of the time that the query takes. Raises
    EncoderError, also for a model that cannot answer."""
    encoder = engine.encoder
    if phrase and not encoder.has_text:
        raise EncoderError(cannot_read(encoder.name))
    if not engine.photo_count and engine.catalog.encoders_in_use():
        raise EncoderError(
            f"{encoder.name} has to encode the photos again: its weights are not those that they"
            " were encoded with."
        )
    if phrase:
        encoder.encode_texts(["a photo"])


def _among(engine: SearchEngine, query: Query, common: Ids, filters: Filters | None) -> PhotoMask:
    """The photos to rank: those that all models have encoded and that pass the query's conditions,
    without the photos that are searched by."""
    passing = engine.passing(query, filters)
    ids = common if passing is None else common[ids_in(passing, common)]
    return mask_of(ids[~np.isin(ids, list(_searched_by(query)))])


def _searched_by(query: Query) -> set[int]:
    """The photos of the library that a query ranks by."""
    found = {*query.photo_ids, *(photo for _, photo in query.files if isinstance(photo, int))}
    for term in query.tree.terms:
        for each in term.terms if isinstance(term, AlternativeTerms) else (term,):
            if isinstance(each, PhotoTerm):
                found.update(each.ids)
    return found


def _answer(name: str, engine: _TimedEngine, query: Query, among: PhotoMask) -> ModelRanking:
    terms = replace(query, tree=QueryTree(query.tree.terms))
    start = time.perf_counter()
    ids, scores = engine.rank_by_meaning(terms, among).first(DEPTH)
    seconds = time.perf_counter() - start + engine.encoding_seconds
    return ModelRanking(name, engine.photo_count, ids, np.clip(scores, -1, 1), seconds)


def _silent(name: str, photos: int, problem: str) -> ModelRanking:
    return ModelRanking(name, photos, np.zeros(0, np.int64), np.zeros(0, np.float32), 0.0, problem)
