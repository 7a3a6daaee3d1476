"""From a query to ranked photos: interpret its words, find the photos that pass its filters,
encode its terms, rank, and merge in what matches by name or text."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from explorer.encoders.base import Encoder, Pixels
from explorer.encoders.registry import get_encoder
from explorer.library.catalog import Catalog
from explorer.library.library import Library
from explorer.library.queries.filters import Filters
from explorer.library.queries.photo_columns import PhotoColumns
from explorer.library.queries.photo_masks import PhotoMask, ids_in
from explorer.library.queries.photo_order import PhotoOrder
from explorer.library.stores.concept_store import Concept
from explorer.library.text.word_ranking import WordRanking, first_in_any_case, rank_by_words
from explorer.library.vectors import VectorIndex
from explorer.search.encoder_choice import check_version, choose_encoder
from explorer.search.language.concept_ranking import rank_by_concepts
from explorer.search.language.interpret_phrases import interpret
from explorer.search.language.query_fields import CONCEPT
from explorer.search.language.query_parts import all_of
from explorer.search.language.query_tree import Condition, FieldTest, FieldValue
from explorer.search.named_filters import NamedFilters
from explorer.search.photo_filter import PhotoFilter, as_condition
from explorer.search.query import ExamplePhoto, Match, Query, SearchHit, SearchResult, Vector
from explorer.search.ranking.concepts import ConceptModels
from explorer.search.ranking.photo_ranking import PhotoRanking
from explorer.search.ranking.query_terms import QueryTerms
from explorer.search.ranking.ranked_photos import RankedIds
from explorer.search.ranking.ranked_search import RankedSearch
from explorer.search.ranking.subtracted_terms import merge_subtracted
from explorer.search.ranking.term_encoding import TermEncoder
from explorer.search.relevance.query_relevance import QueryRelevance, match_words
from explorer.search.relevance.relevance_cache import RelevanceCache, is_prepared
from explorer.search.results.query_order import ordered_result
from explorer.search.results.query_summary import lone_concepts, named_phrase, standing, subject_of
from explorer.search.spelling import SpellingSuggestions

# Size of the sample of the library with which a score is compared.
_SAMPLE = 1000
# Scores that differ by less are equal.
_ROUNDING = 1e-5


class _Ready(NamedTuple):
    """The encoder in use, with its index and caches."""

    encoder: Encoder
    terms: TermEncoder


class SearchEngine:
    """Searches one library with one encoder, which is loaded on first use. Safe to use from several
    threads."""

    def __init__(self, library: Library, encoder_name: str | None = None) -> None:
        """encoder_name: the encoder to use; None follows the library's setting."""
        self._library = library
        self._wanted = encoder_name
        self._lock = threading.Lock()
        self._ready: _Ready | None = None
        self._sampled: tuple[VectorIndex, int, Vector] | None = None
        self.concepts = ConceptModels(library)
        """The user's concepts."""
        self._filter = PhotoFilter(library, self._concept_mask)
        self.spelling = SpellingSuggestions(library.catalog)
        """Corrections of misspelled words."""
        self.names = NamedFilters(library.catalog)
        """Conditions for the names in a query."""
        self.order, self.columns = PhotoOrder(library.catalog), PhotoColumns(library.catalog)
        self._relevance = RelevanceCache(library.dir / "relevance")

    @property
    def catalog(self) -> Catalog:
        """The catalog of the library that is searched."""
        return self._library.catalog

    @property
    def encoder_name(self) -> str:
        """The name of the encoder in use. Raises as `choose_encoder` does."""
        return choose_encoder(self._library, self._wanted)

    @property
    def encoder(self) -> Encoder:
        """The encoder in use. Raises EncoderError if it cannot be loaded."""
        return self._in_use().encoder

    def _in_use(self) -> _Ready:
        name = self.encoder_name
        with self._lock:
            if self._ready is None or self._ready.encoder.name != name:
                encoder = get_encoder(name)
                if self._wanted:
                    check_version(self._library, encoder)
                self._ready = _Ready(encoder, TermEncoder(encoder, self.concepts))
            return self._ready

    @property
    def has_text(self) -> bool:
        """Whether it can search for phrases."""
        return self.encoder.has_text

    @property
    def photo_count(self) -> int:
        """Number of photos that a search can find."""
        return len(self._index())

    def index(self) -> VectorIndex:
        """The vectors of the encoder in use, up to date with the catalog."""
        return self._index()

    def _index(self, encoder: Encoder | None = None) -> VectorIndex:
        """The index of an encoder's vectors, up to date with the catalog; default: the one in
        use."""
        encoder = encoder or self.encoder
        return self._library.vectors(encoder.name, encoder.version, encoder.dim)

    def has_vector(self, photo_id: int) -> bool:
        """Whether the encoder has encoded this photo."""
        return self._index().get(photo_id) is not None

    def encode_photo(self, pixels: Pixels, name: str = "") -> ExamplePhoto:
        """Encode a photo from outside the library, uint8 of shape (size, size, 3) as `encoder.spec`
        says, to search with it."""
        return ExamplePhoto.of(self.encoder.encode_images(pixels[None])[0], name)

    def encode_query(self, query: Query) -> Vector:
        """The unit vector of a query, float32 of shape (dim,); the mean vector for alternatives.

        Raises NoTextEncoder for a phrase if the encoder has no text encoder, EncoderError for a
        photo that is not indexed, and ValueError for a query that ranks nothing.
        """
        # Taken together, because another encoder may take over at any moment.
        ready = self._in_use()
        index = self._index(ready.encoder)
        terms = ready.terms.encode(self.understood(query), index)
        return self._without_subtracted(terms, index).representative

    def _without_subtracted(self, terms: QueryTerms, index: VectorIndex) -> QueryTerms:
        return merge_subtracted(terms, index, self._sample(index)) if terms.subtracted else terms

    def _sample(self, index: VectorIndex) -> Vector:
        """A sample of the index, float32 of shape (n, dim)."""
        with self._lock:
            known = self._sampled
        if known is None or known[0] is not index or known[1] != index.change:
            known = (index, index.change, index.sample(_SAMPLE))
            with self._lock:
                self._sampled = known
        return known[2]

    def ranked(self, query: Query, filters: Filters | None = None) -> RankedSearch | RankedIds:
        """The photos that pass the query's conditions and the filters, best match first, ranked
        lazily; newest first if the query only filters. Raises as `encode_query` does."""
        understood = self.understood(query)
        among = self._among(understood.tree.condition, filters)
        if not understood.is_ranked:
            ids = self.order.sorted("taken", among)
            return RankedIds(ids, len(ids))
        ready = self._in_use()
        encoder, index = ready.encoder, self._index(ready.encoder)
        terms = ready.terms.encode(understood, index)
        words, concepts = self._words(understood, among), lone_concepts(understood)
        if concepts:
            examples = self.concepts.examples(concepts)
            among = self._without(among, examples.hidden)
            best = self.concepts.best_first(examples.shown, terms.representative, index)
            words = first_in_any_case(best if among is None else best[ids_in(among, best)])
        ranking = PhotoRanking(index, self._without_subtracted(terms, index), among)
        whole = ranking if among is None else None
        judge = QueryRelevance(terms, encoder, index, self._relevance.model(encoder, index), whole)
        return RankedSearch(ranking, words, index, judge)

    def _without(self, among: PhotoMask | None, ids: set[int]) -> PhotoMask | None:
        if not ids:
            return among
        mask = (self._filter.mask(None) if among is None else among).copy()
        mask[[each for each in ids if each < len(mask)]] = False
        return mask

    def _concept_mask(self, name: str) -> PhotoMask:
        encoder = self._in_use().encoder
        return self.concepts.mask(name, encoder, self._index(encoder))

    def concepts_of(self, photo_id: int) -> list[Concept]:
        """The user's concepts that a photo matches, best first. Raises EncoderError."""
        encoder = self._in_use().encoder
        return self.concepts.matching(photo_id, encoder, self._index(encoder))

    def passing(self, query: Query, filters: Filters | None = None) -> PhotoMask | None:
        """The photos that meet the query's conditions and pass the filters; None for all."""
        return self._among(query.tree.condition, filters)

    def rank_by_meaning(self, query: Query, among: PhotoMask | None) -> PhotoRanking:
        """All photos, or those of a mask, ranked by their vectors alone: neither names and texts
        nor the query's conditions count. Raises as `encode_query` does."""
        ready = self._in_use()
        index = self._index(ready.encoder)
        terms = ready.terms.encode(query, index)
        return PhotoRanking(index, self._without_subtracted(terms, index), among)

    def _among(self, condition: Condition | None, filters: Filters | None) -> PhotoMask | None:
        """The photos that meet a condition and pass the filters; None if there are neither."""
        tests = [test for test in (condition, as_condition(filters)) if test is not None]
        return self._filter.mask(all_of(tests)) if tests else None

    def understood(self, query: Query) -> Query:
        """The query, with words that the catalog answers better than a vector turned into
        conditions, and with its concepts ranking the photos if nothing else does."""
        tree = interpret(query.tree)
        given = query.photo_ids or query.examples
        return replace(query, tree=tree if given else rank_by_concepts(tree))

    def _words(self, query: Query, among: PhotoMask | None) -> WordRanking | None:
        """The photos that match by name or text, if the query is one phrase without photos."""
        phrase = named_phrase(query)
        if phrase is None:
            return None
        words = rank_by_words(self._library.catalog, phrase)
        if among is None:
            return words
        kept, named = ids_in(among, words.ids), ids_in(among, words.named)
        return WordRanking(words.ids[kept], words.coverage[kept], words.named[named])

    def search(self, query: Query, filters: Filters | None = None, top: int = 100) -> SearchResult:
        """The `top` best matches among the photos that pass the query's conditions and the filters,
        best first unless the query asks for another order. Raises as `encode_query` does."""
        ranked, tree = self.ranked(query, filters), self.understood(query).tree
        return ordered_result(ranked, tree, self.order, self.columns, top)

    def search_phrase(
        self, phrase: str, filters: Filters | None = None, top: int = 100
    ) -> list[SearchHit]:
        """The hits of `search` for a literal phrase, not parsed as a query."""
        return self.search(Query.of_phrase(phrase), filters, top).hits()

    def judge(self, query: Query, photo_id: int) -> tuple[float, Match, bool]:
        """(relevance, match, whether it passes the query's conditions) of one photo. Raises as
        `encode_query` does."""
        ranked, ids = self.ranked(query), np.array([photo_id], np.int64)
        passes = bool(ranked.contains(ids)[0])
        if not isinstance(ranked, RankedSearch):
            return float(passes), "strong" if passes else "none", passes
        if not passes:
            return 0.0, "none", False
        relevance = ranked.relevance(ids)
        return float(relevance[0]), match_words(relevance)[0], True

    def matches_of(self, concept: str) -> int:
        """How many visible photos match a concept. Raises UnknownConcept, EncoderError."""
        return len(self._filter.ids(FieldTest(CONCEPT, (FieldValue(concept),))))

    def frequent_subjects(self, number: int) -> list[str]:
        """Up to this many things, by name, that many photos of the library show, the most frequent
        first. Empty while that would take seconds to find out, before the first folder is indexed,
        and for an encoder without text. Raises EncoderError."""
        encoder = self.encoder
        index = self._index(encoder)
        if not encoder.has_text or not len(index) or not is_prepared(encoder):
            return []
        return self._relevance.model(encoder, index).frequent_subjects(number)

    def share_above(self, vector: Vector, photo_id: int) -> float | None:
        """The share of the library's photos, 0 to 1, that match a vector at least as well as this
        photo does; estimated from a sample in a large library. None for a photo that is not in the
        index or is the only one in it."""
        index = self._index()
        stored, others = index.get(photo_id), self._sample(index) @ vector
        if stored is None or len(others) < 2:
            return None
        # The photo itself is among them, and its score may differ there in the last bits.
        return float((others > float(stored @ vector) - _ROUNDING).mean())

    def explain(self, query: Query, photo_id: int) -> str:
        """One sentence for the user: how well a photo matches compared with the other photos (with
        a sample in a large library). Empty for a query that only filters."""
        understood = self.understood(query)
        if not understood.is_ranked:
            return ""
        index = self._index()
        if index.get(photo_id) is None:
            return "This photo is not in the index yet."
        share = self.share_above(self.encode_query(understood), photo_id)
        if share is None:
            return "This is the only photo in the index."
        return f"{standing(share)} for {subject_of(understood)}."
