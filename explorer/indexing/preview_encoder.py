"""Encode photos from their previews in the library."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image

from explorer.encoders.base import Encoder, Pixels
from explorer.library.previews import PreviewStore
from explorer.library.stores.embedding_store import UnencodedPhoto, is_visible, put_embedding
from explorer.library.writer import Writer
from explorer.photos.input_spec import InputSpec
from explorer.photos.resize import encoder_input

# Photos encoded and committed together.
BATCH = 32


def preview_pixels(preview: Path | BinaryIO, spec: InputSpec) -> Pixels | None:
    """An encoder's input, uint8 of shape (size, size, 3), from a preview; None if the preview is
    missing or damaged.

    Previews are our own JPEGs, upright and in sRGB, so they need no separate decode process.
    """
    try:
        with Image.open(preview, formats=("JPEG",)) as picture:
            return np.asarray(encoder_input(picture.convert("RGB"), spec), np.uint8)
    except (OSError, SyntaxError, ValueError):
        return None


class PreviewEncoder:
    """Encodes with one encoder; the vectors are written batch by batch."""

    def __init__(
        self, writer: Writer, previews: PreviewStore, encoder: Encoder, encoder_id: int
    ) -> None:
        self._writer, self._previews = writer, previews
        self._encoder, self._encoder_id = encoder, encoder_id

    def encode(
        self,
        photos: Sequence[UnencodedPhoto],
        tick: Callable[[int], None],
        until: Callable[[], bool] = lambda: False,
    ) -> set[int]:
        """Encode these photos in this order, and return the ids of those that now have a vector.

        tick: called after each batch with the number of photos encoded so far; may raise to stop.
        until: called after each batch; True ends the run there.
        """
        done = set[int]()
        batches = [photos[start : start + BATCH] for start in range(0, len(photos), BATCH)]
        with ThreadPoolExecutor(max(1, os.cpu_count() or 1), "preview-read") as threads:
            # The next batch is read while this one is encoded.
            following = [threads.submit(self._pixels, photo) for photo in photos[:BATCH]]
            for number, batch in enumerate(batches):
                if number and until():
                    break
                pixels = [each.result() for each in following]
                later = batches[number + 1] if number + 1 < len(batches) else []
                following = [threads.submit(self._pixels, photo) for photo in later]
                done |= self._encode(batch, pixels)
                tick(len(done))
        return done

    def _pixels(self, photo: UnencodedPhoto) -> Pixels | None:
        return preview_pixels(self._previews.path(photo.hash), self._encoder.spec)

    def _encode(self, batch: Sequence[UnencodedPhoto], pixels: Sequence[Pixels | None]) -> set[int]:
        readable = [
            (photo.photo_id, one)
            for photo, one in zip(batch, pixels, strict=True)
            if one is not None
        ]
        if not readable:
            return set()
        vectors, done = self._encoder.encode_images(np.stack([one for _, one in readable])), set()
        with self._writer.transaction():
            for (photo_id, _), vector in zip(readable, vectors, strict=True):
                if is_visible(self._writer, photo_id):
                    put_embedding(self._writer, self._encoder_id, photo_id, vector)
                    done.add(photo_id)
        return done
