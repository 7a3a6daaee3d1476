"""The user's concepts as the encoder in use sees them: vectors, matching photos, and examples.

Nothing is stored: a concept's vector is computed from the stored vectors of its example photos when
it is first needed, and again when the examples, the encoder or the library have changed.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from explorer.encoders.base import Encoder, Vectors
from explorer.errors import EncoderError
from explorer.library.catalog import Ids
from explorer.library.edits.typed_names import did_you_mean, name_key, nearest_names
from explorer.library.library import Library
from explorer.library.queries.photo_masks import PhotoMask
from explorer.library.stores.concept_store import Concept, concepts, example_vectors, photo_ids_of
from explorer.library.vectors import VectorIndex
from explorer.search.language.syntax_error import QuerySyntaxError
from explorer.search.ranking.concept_vector import ConceptBackground, ConceptVector, fit_concept
from explorer.search.ranking.query_terms import VectorTerm
from explorer.search.relevance.relevance_weights import LIMITS
from explorer.text_format import excerpt

SAMPLE = 2000
"""Number of vectors that stand for a library."""
# The sample is taken again once the library has grown or shrunk by this share.
_DRIFT = 0.05
_MAX_CACHED = 128
# The maximum number of concepts that an error lists.
_NAMED = 5

T = TypeVar("T")


class UnknownConcept(QuerySyntaxError):
    """No concept has that name."""


class ConceptExamples(NamedTuple):
    """Photos that the user decided about, by their ids."""

    shown: set[int]
    """Examples: they match."""
    hidden: set[int]
    """Counter-examples: they do not."""


class _Background(NamedTuple):
    key: tuple[str, str]
    photos: int
    background: ConceptBackground


class ConceptModels:
    """The concepts of one library. Safe to use from several threads."""

    def __init__(self, library: Library) -> None:
        self._catalog = library.catalog
        self._lock = threading.RLock()
        self._background: _Background | None = None
        self._fitted = OrderedDict[object, ConceptVector]()
        self._masks = OrderedDict[object, PhotoMask]()

    def all(self) -> tuple[Concept, ...]:
        """All concepts, by name."""
        return concepts(self._catalog)

    def named(self, name: str) -> Concept:
        """The concept with this name, ignoring accents and capitals. Raises UnknownConcept."""
        known = self.all()
        by_key = {name_key(each.name): each for each in known}
        found = by_key.get(name_key(name))
        if found is not None:
            return found
        if known:
            more = ", …" if len(known) > _NAMED else ""
            listed = ", ".join(f"“{each.name}”" for each in known[:_NAMED])
            hint = f"Your concepts: {listed}{more}."
        else:
            hint = "Select some photos and use “Make a concept”."
        hint = did_you_mean(nearest_names(name, (each.name for each in known), 3), hint)
        raise UnknownConcept(f"There is no concept “{excerpt(name)}”. {hint}")

    def fitted(self, concept: Concept, encoder: Encoder, index: VectorIndex) -> ConceptVector:
        """The concept as an encoder sees it. Raises EncoderError if none of the examples has a
        vector."""
        key = (encoder.name, encoder.version, concept.positive, concept.negative, index.change)
        with self._lock:
            known = self._fitted.get(key)
            if known is not None:
                self._fitted.move_to_end(key)
                return known
            vectors = example_vectors(
                self._catalog, [*concept.positive, *concept.negative], encoder.name, encoder.version
            )
            # Vectors of a damaged catalog may have any length.
            vectors = {h: vector for h, vector in vectors.items() if len(vector) == encoder.dim}
            positive, negative = (
                np.array([vectors[h] for h in hashes if h in vectors], np.float32)
                for hashes in (concept.positive, concept.negative)
            )
            if not len(positive):
                raise EncoderError(self._why_not_ready(concept, encoder))
            background = self._background_of(encoder, index, positive)
            found = fit_concept(positive, negative.reshape(-1, encoder.dim), background)
            return _keep(self._fitted, key, found)

    def _why_not_ready(self, concept: Concept, encoder: Encoder) -> str:
        name = excerpt(concept.name)
        if not concept.positive:
            return f"The concept “{name}” has no example photos: add some."
        if not photo_ids_of(self._catalog, concept.positive):
            return (
                f"The example photos of the concept “{name}” are no longer in the library: add"
                " others, or delete the concept."
            )
        return (
            f"The concept “{name}” cannot be used yet: it is computed again when “{encoder.name}”"
            " has encoded its example photos."
        )

    def _background_of(
        self, encoder: Encoder, index: VectorIndex, positive: Vectors
    ) -> ConceptBackground:
        key, known, photos = (encoder.name, encoder.version), self._background, len(index)
        if (
            known is None
            or known.key != key
            or abs(photos - known.photos) > _DRIFT * min(photos, known.photos)
        ):
            # By id, so that the same library gives the same sample.
            ids = np.sort(index.ids())
            sample = index.rows(ids[:: max(1, len(ids) // SAMPLE)][:SAMPLE])
            if not len(sample):
                # All photos are hidden.
                return ConceptBackground(positive)
            known = self._background = _Background(key, photos, ConceptBackground(sample))
        return known.background

    def term(
        self, name: str, encoder: Encoder, index: VectorIndex, weight: float = 1.0
    ) -> VectorTerm:
        """The term that ranks photos by a concept. Raises UnknownConcept, EncoderError."""
        found = self.fitted(self.named(name), encoder, index)
        return VectorTerm(found.vector, weight, judgement=found.judgement)

    def mask(self, name: str, encoder: Encoder, index: VectorIndex) -> PhotoMask:
        """The photos that match a concept, strong or fair: examples do, counter-examples do not.
        Some of them may be hidden. Shared: do not modify it. Raises UnknownConcept,
        EncoderError."""
        concept = self.named(name)
        key = (encoder.name, encoder.version, concept, index.change)
        with self._lock:
            known = self._masks.get(key)
        if known is not None:
            return known
        found = self.fitted(concept, encoder, index)
        ids, scores = index.scores(found.vector)
        good = ids[found.judgement.relevance(scores) >= LIMITS.fair]
        examples = self.examples([[concept.name]])
        mask = np.zeros(
            1 + max([int(good.max(initial=-1)), *examples.shown, *examples.hidden]), np.bool_
        )
        mask[good] = True
        mask[list(examples.shown)] = True
        mask[list(examples.hidden)] = False
        mask.setflags(write=False)
        with self._lock:
            return _keep(self._masks, key, mask)

    def examples(self, names: Sequence[Sequence[str]]) -> ConceptExamples:
        """What the user decided about photos that must show one concept of each list. Raises
        UnknownConcept."""
        shown_ids, hidden_ids = list[set[int]](), list[set[int]]()
        for some in names:
            found = [self.named(name) for name in some]
            ids = photo_ids_of(
                self._catalog, {h for c in found for h in (*c.positive, *c.negative)}
            )
            shown_ids.append({ids[h] for c in found for h in c.positive if h in ids})
            against = [{ids[h] for h in c.negative if h in ids} for c in found]
            hidden_ids.append(set.intersection(*against) - shown_ids[-1])
        hidden = set.union(*hidden_ids)
        return ConceptExamples(set.intersection(*shown_ids) - hidden, hidden)

    def matching(self, photo_id: int, encoder: Encoder, index: VectorIndex) -> list[Concept]:
        """The concepts that a photo matches, best first; without those that cannot be computed."""
        vector = index.get(photo_id)
        ranked = list[tuple[float, Concept]]()
        for concept in self.all():
            examples = self.examples([[concept.name]])
            relevance = float(photo_id in examples.shown)
            if not relevance and photo_id not in examples.hidden and vector is not None:
                try:
                    found = self.fitted(concept, encoder, index)
                except EncoderError:
                    continue
                relevance = float(found.judgement.relevance(found.vector @ vector))
            if relevance >= LIMITS.fair:
                ranked.append((relevance, concept))
        return [concept for _, concept in sorted(ranked, key=lambda each: -each[0])]

    def best_first(self, ids: set[int], vector: Vectors, index: VectorIndex) -> Ids:
        """The photos among these that the index has, those with the highest score for a vector
        first."""
        chosen = np.array(sorted(ids), np.int64)
        known = chosen[np.isin(chosen, index.ids())]
        order = np.argsort(-(index.rows(known) @ vector), kind="stable")
        return np.asarray(known[order], np.int64)


def _keep(kept: OrderedDict[object, T], key: object, value: T) -> T:
    kept[key] = value
    while len(kept) > _MAX_CACHED:
        kept.popitem(last=False)
    return value
