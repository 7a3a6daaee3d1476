"""Turn a batch of decoded photos into embeddings, and write their previews."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence

import numpy as np

from explorer.decoding.decode_result import DecodeResult
from explorer.encoders.base import Encoder
from explorer.library.previews import PreviewStore

# For this many files or fewer, the encoder is not loaded in advance: all of them may be known.
_FEW = 4


class BatchEncoder:
    """Encodes batches with one encoder."""

    def __init__(self, encoder: Encoder, previews: PreviewStore) -> None:
        self._encoder, self._previews = encoder, previews
        self._warm_up: threading.Thread | None = None

    @contextlib.contextmanager
    def warmed_up(self, number: int) -> Iterator[None]:
        """Load the encoder once, in the background, while the first files are decoded: each of the
        two takes half a second. number: how many files there are to read."""
        if self._warm_up is None and number > _FEW:
            self._warm_up = threading.Thread(target=self._load, name="encoder-warm-up", daemon=True)
            self._warm_up.start()
        try:
            yield
        finally:
            if self._warm_up is not None:
                # A process that exits while it is loading native libraries crashes.
                self._warm_up.join()

    def _load(self) -> None:
        # An error is raised again when the first photo is encoded.
        with contextlib.suppress(Exception):
            self._encoder.warm_up()

    def encode(self, batch: Sequence[DecodeResult]) -> list[np.ndarray | None]:
        """Write the previews of the photos in a batch and encode the photos. Returns one embedding
        per result, in the same order; None for a result without a photo."""
        decoded = [
            (index, result.photo, result.digest)
            for index, result in enumerate(batch)
            if result.photo is not None and result.digest is not None
        ]
        vectors: list[np.ndarray | None] = [None] * len(batch)
        if not decoded:
            return vectors
        with self._previews.writing((digest.hex(), photo.preview) for _, photo, digest in decoded):
            rows = self._encoder.encode_images(
                np.stack([photo.input for _, photo, _ in decoded if photo.input is not None])
            )
        for (index, _, _), row in zip(decoded, rows, strict=True):
            vectors[index] = row
        return vectors
