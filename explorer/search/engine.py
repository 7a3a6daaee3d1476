"""From a query to ranked photos: encode what was asked, search the vectors, follow the catalog as
it grows."""

from __future__ import annotations

import threading

import numpy as np

from explorer.encoders.base import Encoder, Pixels, unit
from explorer.encoders.registry import get_encoder, known_name
from explorer.errors import EncoderError, NoTextEncoder
from explorer.library.filters import Filters
from explorer.library.library import Library
from explorer.library.setting_store import get_setting
from explorer.library.vectors import VectorIndex
from explorer.search.query import Example, Hit, Query, Vector

DEFAULT_ENCODER = "starter"

# How many photos of the library stand for all of it when a score is put into words.
_SAMPLE = 1000


def choose_encoder(library: Library, wanted: str | None = None) -> str:
    """The encoder to search with: the one asked for, else the library's own choice, else the one
    with most vectors, else the starter.

    Raises UnknownEncoder for a name that does not exist, and EncoderError where the one asked for
    has encoded nothing here.
    """
    used = [name for name, _, _, number in library.catalog.encoders() if number]
    if wanted:
        wanted = known_name(wanted)
        if used and wanted not in used:
            raise EncoderError(
                f"Nothing here has been indexed with “{wanted}” yet: run `python run.py index FOLDER --encoder {wanted}`."
            )
        return wanted
    chosen = get_setting(library.catalog, "encoder")
    if chosen and (chosen in used or not used):
        return chosen
    return used[0] if used else DEFAULT_ENCODER


class SearchEngine:
    """Searches one library with one encoder. Safe to use from several threads. Models load when
    first needed."""

    def __init__(self, library: Library, encoder_name: str | None = None) -> None:
        self._library = library
        self._wanted = encoder_name
        self._lock = threading.Lock()
        self._encoder: Encoder | None = None

    @property
    def encoder_name(self) -> str:
        """The encoder in use; it follows the library's choice where none was asked for."""
        return choose_encoder(self._library, self._wanted)

    @property
    def encoder(self) -> Encoder:
        """The encoder itself. Raises EncoderError where it cannot be had."""
        name = self.encoder_name
        with self._lock:
            if self._encoder is None or self._encoder.name != name:
                self._encoder = get_encoder(name)
            return self._encoder

    @property
    def has_text(self) -> bool:
        """Whether phrases can be searched."""
        return self.encoder.has_text

    @property
    def photos(self) -> int:
        """How many photos can be found right now."""
        return len(self._index())

    def _index(self) -> VectorIndex:
        encoder = self.encoder
        return self._library.vectors(encoder.name, encoder.version, encoder.dim)

    def has_vector(self, photo_id: int) -> bool:
        """Whether this encoder has seen that photo."""
        return self._index().get(photo_id) is not None

    def encode_photo(self, pixels: Pixels, name: str = "") -> Example:
        """A photo from outside, (size, size, 3) as `encoder.spec` asks for it → an example to
        search with."""
        return Example.of(self.encoder.encode_images(pixels[None])[0], name)

    def vector(self, query: Query) -> Vector:
        """The unit vector of a query.

        Raises NoTextEncoder for a phrase the encoder cannot read, EncoderError for a photo it has
        not seen.
        """
        parts = list[Vector]()
        if query.phrase.strip():
            if not self.has_text:
                raise NoTextEncoder(
                    f"“{self.encoder_name}” knows pictures, not words: search with a photo,"
                    " or choose an encoder with text such as “starter”."
                )
            parts.append(self.encoder.encode_texts([query.phrase.strip()])[0])
        index = self._index() if query.photo_ids else None
        for photo_id in query.photo_ids:
            stored = index.get(photo_id) if index else None
            if stored is None:
                raise EncoderError(
                    f"Photo {photo_id} is not in the index: it was removed, or is still waiting to be indexed."
                )
            parts.append(stored)
        parts += [example.array() for example in query.examples]
        if not parts:
            raise ValueError("an empty query has no vector")
        return np.asarray(unit(np.sum(parts, axis=0)), np.float32)

    def by_query(self, query: Query, filters: Filters | None = None, top: int = 100) -> list[Hit]:
        """The `top` photos that match best, best first. Raises EncoderError as `vector` does."""
        vector, index = self.vector(query), self._index()
        among = self._library.catalog.matching(filters) if filters else None
        scores, ids = index.search(vector, top, among)
        return [
            Hit(int(i), max(-1.0, min(1.0, float(score))), rank)
            for rank, (score, i) in enumerate(zip(scores, ids, strict=True), 1)
        ]

    def by_phrase(self, phrase: str, filters: Filters | None = None, top: int = 100) -> list[Hit]:
        return self.by_query(Query(phrase=phrase), filters, top)

    def by_photo(self, photo_id: int, filters: Filters | None = None, top: int = 100) -> list[Hit]:
        return self.by_query(Query(photo_ids=(photo_id,)), filters, top)

    def explain(self, query: Query, photo_id: int) -> str:
        """One sentence on why a photo matched: its score, and how that compares with the library's
        other photos."""
        index = self._index()
        stored = index.get(photo_id)
        if stored is None:
            return "This photo is not in the index yet."
        vector = self.vector(query)
        score = float(stored @ vector)
        others = index.sample(_SAMPLE) @ vector
        better = float((others < score).mean()) if len(others) else 1.0
        share = f"{better:.0%}" if better <= 0.99 else "more than 99%"
        return (
            f"Similarity to {_subject(query)}: {score:.2f}, higher than for {share} of your photos."
        )


def _subject(query: Query) -> str:
    phrase = [f"“{query.phrase.strip()}”"] if query.phrase.strip() else []
    photos = len(query.photo_ids) + len(query.examples)
    return " and ".join(
        phrase + (["the chosen photo" if photos == 1 else "the chosen photos"] if photos else [])
    )
