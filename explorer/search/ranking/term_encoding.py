"""From the terms of a query to vectors."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np

from explorer.encoders.base import Encoder, unit
from explorer.encoders.prompt_ensemble import plain_phrase
from explorer.errors import EncoderError, NoTextEncoder
from explorer.library.vectors import VectorIndex
from explorer.search.language.query_tree import (
    AlternativeTerms,
    ConceptTerm,
    FileTerm,
    PhraseTerm,
    RankingTerm,
)
from explorer.search.query import Query, Vector
from explorer.search.ranking.concepts import ConceptModels
from explorer.search.ranking.query_terms import CombinedTerm, QueryTerms, ScoringTerm, VectorTerm

_MAX_CACHED = 256


class TermEncoder:
    """Encodes the terms of queries with one encoder. Safe to use from several threads."""

    def __init__(self, encoder: Encoder, concepts: ConceptModels) -> None:
        self._encoder, self._concepts = encoder, concepts
        self._lock = threading.Lock()
        self._phrases = dict[str, Vector]()

    def encode(self, query: Query, index: VectorIndex) -> QueryTerms:
        """All terms of a query. index: the vectors of the library's photos.

        Raises NoTextEncoder for a phrase if the encoder has no text encoder, EncoderError for a
        photo that is not indexed, UnknownConcept for a concept, and ValueError if there are none.
        """
        added, subtracted = list[ScoringTerm](), list[ScoringTerm]()
        for term in query.tree.terms:
            into = added if term.weight > 0 else subtracted
            into.append(self._term(term, query, index))
        added += [VectorTerm(_stored(index, photo_id)) for photo_id in query.photo_ids]
        added += [
            VectorTerm(example.array(), top_score=example.top_score) for example in query.examples
        ]
        if not added and not subtracted:
            raise ValueError("a query without a term to rank by")
        return QueryTerms(tuple(added), tuple(subtracted))

    def phrase(self, phrase: str) -> Vector:
        """The vector of a phrase, float32 of shape (dim,). Raises NoTextEncoder."""
        phrase = plain_phrase(phrase)
        with self._lock:
            known = self._phrases.get(phrase)
        if known is not None:
            return known
        if not self._encoder.has_text:
            raise NoTextEncoder(
                f"“{self._encoder.name}” does not understand phrases: search with a photo,"
                " or choose a model that does, such as “starter”."
            )
        vector: Vector = self._encoder.encode_texts([phrase])[0]
        with self._lock:
            if len(self._phrases) >= _MAX_CACHED:
                self._phrases.clear()
            self._phrases[phrase] = vector
        return vector

    def _term(self, term: RankingTerm, query: Query, index: VectorIndex) -> ScoringTerm:
        weight = abs(term.weight)
        if isinstance(term, PhraseTerm):
            return VectorTerm(self.phrase(term.text), weight, plain_phrase(term.text))
        if isinstance(term, FileTerm):
            return VectorTerm(_file_vector(term.path, query, index), weight)
        if isinstance(term, ConceptTerm):
            return self._concepts.term(term.name, self._encoder, index, weight)
        if isinstance(term, AlternativeTerms):
            alternatives = tuple(self._term(each, query, index) for each in term.terms)
            return CombinedTerm(alternatives, "any", weight)
        vectors = [_stored(index, each) for each in term.ids]
        if term.combination == "mean":
            return VectorTerm(_mean(vectors), weight)
        return CombinedTerm(tuple(map(VectorTerm, vectors)), term.combination, weight)


def _mean(vectors: Sequence[Vector]) -> Vector:
    return np.asarray(unit(np.sum(vectors, axis=0)), np.float32)


def _stored(index: VectorIndex, photo_id: int) -> Vector:
    vector = index.get(photo_id)
    if vector is None:
        raise EncoderError(
            f"Photo {photo_id} is not in the index:"
            " it was removed, or is still waiting to be indexed."
        )
    return vector


def _file_vector(path: str, query: Query, index: VectorIndex) -> Vector:
    known = dict(query.files).get(path)
    if known is None:
        raise EncoderError(
            f"“{path}” is not a photo of this library. To search by a photo from elsewhere, add it"
            " with the Photo button."
        )
    return _stored(index, known) if isinstance(known, int) else known.array()
