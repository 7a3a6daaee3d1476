"""From a query to ranked photos: encode the query, then search the vector index."""

from __future__ import annotations

import math
import threading

import numpy as np

from explorer.config import PROGRAM
from explorer.encoders.base import Encoder, Pixels, unit
from explorer.encoders.registry import get_encoder, resolve_name
from explorer.errors import EncoderError, NoTextEncoder
from explorer.library.filters import Filters
from explorer.library.library import Library
from explorer.library.setting_store import get_setting
from explorer.library.vectors import VectorIndex
from explorer.search.query import ExamplePhoto, Query, SearchHit, Vector

DEFAULT_ENCODER = "starter"

# Number of photos that stand for the whole library when a score is compared with the others'.
_SAMPLE = 1000
# Scores that differ by less are equal.
_ROUNDING = 1e-5


def choose_encoder(library: Library, wanted: str | None = None) -> str:
    """The name of the encoder to search with: the wanted one, else the one set for the library,
    else the one with the most vectors, else the starter.

    Raises UnknownEncoder for a name that does not exist, and EncoderError if the wanted encoder has
    no vectors in a library that has others.
    """
    used = library.catalog.encoders_in_use()
    if wanted:
        wanted = resolve_name(wanted)
        if used and wanted not in used:
            raise EncoderError(
                f"No photo has been indexed with “{wanted}” yet:"
                f" run `{PROGRAM} index FOLDER --encoder {wanted}`."
            )
        return wanted
    chosen = get_setting(library.catalog, "encoder")
    if chosen and (chosen in used or not used):
        return chosen
    return used[0] if used else DEFAULT_ENCODER


class SearchEngine:
    """Searches one library with one encoder, which loads when first needed. Safe to use from
    several threads."""

    def __init__(self, library: Library, encoder_name: str | None = None) -> None:
        """encoder_name: the encoder to use; None follows the library's setting."""
        self._library = library
        self._wanted = encoder_name
        self._lock = threading.Lock()
        self._encoder: Encoder | None = None

    @property
    def encoder_name(self) -> str:
        """The name of the encoder in use. Raises as `choose_encoder` does."""
        return choose_encoder(self._library, self._wanted)

    @property
    def encoder(self) -> Encoder:
        """The encoder in use. Raises EncoderError if it cannot be loaded."""
        name = self.encoder_name
        with self._lock:
            if self._encoder is None or self._encoder.name != name:
                self._encoder = get_encoder(name)
            return self._encoder

    @property
    def has_text(self) -> bool:
        """Whether it can search for phrases."""
        return self.encoder.has_text

    @property
    def photo_count(self) -> int:
        """Number of photos that a search can find."""
        return len(self._index())

    def _index(self) -> VectorIndex:
        """The index of the encoder's vectors, up to date with the catalog."""
        encoder = self.encoder
        return self._library.vectors(encoder.name, encoder.version, encoder.dim)

    def has_vector(self, photo_id: int) -> bool:
        """Whether the encoder has encoded this photo."""
        return self._index().get(photo_id) is not None

    def encode_photo(self, pixels: Pixels, name: str = "") -> ExamplePhoto:
        """Encode a photo from outside the library, uint8 of shape (size, size, 3) as `encoder.spec`
        says, to search with it."""
        return ExamplePhoto.of(self.encoder.encode_images(pixels[None])[0], name)

    def encode_query(self, query: Query) -> Vector:
        """The unit vector of a query, float32 of shape (dim,): the normalized sum of its parts.

        Raises NoTextEncoder for a phrase if the encoder has no text encoder, EncoderError for a
        photo that is not indexed, and ValueError for an empty query.
        """
        parts = list[Vector]()
        if query.phrase.strip():
            if not self.has_text:
                raise NoTextEncoder(
                    f"“{self.encoder_name}” cannot encode phrases: search with a photo,"
                    " or choose an encoder with text, such as “starter”."
                )
            parts.append(self.encoder.encode_texts([query.phrase.strip()])[0])
        index = self._index() if query.photo_ids else None
        for photo_id in query.photo_ids:
            stored = index.get(photo_id) if index else None
            if stored is None:
                raise EncoderError(
                    f"Photo {photo_id} is not in the index:"
                    " it was removed, or is still waiting to be indexed."
                )
            parts.append(stored)
        parts += [example.array() for example in query.examples]
        if not parts:
            raise ValueError("an empty query has no vector")
        return np.asarray(unit(np.sum(parts, axis=0)), np.float32)

    def search(
        self, query: Query, filters: Filters | None = None, top: int = 100
    ) -> list[SearchHit]:
        """The `top` best matches, best first, among the photos that pass the filters. Raises as
        `encode_query` does."""
        vector, index = self.encode_query(query), self._index()
        among = self._library.catalog.matching(filters) if filters else None
        scores, ids = index.search(vector, top, among)
        return [
            SearchHit(int(photo_id), max(-1.0, min(1.0, float(score))), rank)
            for rank, (score, photo_id) in enumerate(zip(scores, ids, strict=True), 1)
        ]

    def search_phrase(
        self, phrase: str, filters: Filters | None = None, top: int = 100
    ) -> list[SearchHit]:
        """`search` for a phrase alone."""
        return self.search(Query(phrase=phrase), filters, top)

    def search_photo(
        self, photo_id: int, filters: Filters | None = None, top: int = 100
    ) -> list[SearchHit]:
        """`search` for photos similar to one of the library."""
        return self.search(Query(photo_ids=(photo_id,)), filters, top)

    def explain(self, query: Query, photo_id: int) -> str:
        """One sentence for the user: how well a photo matches, compared with the other photos, of
        which a large library gives a sample."""
        index = self._index()
        stored = index.get(photo_id)
        if stored is None:
            return "This photo is not in the index yet."
        vector = self.encode_query(query)
        others = index.sample(_SAMPLE) @ vector
        if len(others) < 2:
            return "This is the only photo in the index."
        # The photo is one of the others, and its score may differ in the last bits there.
        share = float((others > float(stored @ vector) - _ROUNDING).mean())
        if share > 0.5:
            return f"In the lower half of your photos for {_subject(query)}."
        percent = max(1, math.ceil(100 * share))
        return f"Among the top {percent} % of your photos for {_subject(query)}."


def _subject(query: Query) -> str:
    """A query in the words of a sentence: “phrase” and the selected photos."""
    phrase = [f"“{query.phrase.strip()}”"] if query.phrase.strip() else []
    count = len(query.photo_ids) + len(query.examples)
    photos = ["the selected photo" if count == 1 else "the selected photos"] if count else []
    return " and ".join(phrase + photos)
