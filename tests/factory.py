"""Rows for tests of what lies behind the decoder: photos that were never files."""

from __future__ import annotations

import functools
import hashlib
from typing import Any

import numpy as np

from explorer.library.file_rows import FileStat
from explorer.library.library import Library
from explorer.library.stores.embedding_store import put_embedding, register_encoder
from explorer.library.stores.file_store import files_below, put_missing, put_present
from explorer.library.stores.photo_store import add_photo, photo_id_by_hash
from explorer.library.stores.quality_store import put_quality
from explorer.library.stores.root_store import add_root
from explorer.library.writer import Writer
from explorer.photos.containers.contents import NOTHING_PACKED
from explorer.photos.decode import DecodedPhoto
from explorer.photos.quality.metrics import QualityMetrics

ENCODER, VERSION, DIM = "tiny", "1", 8


def decoded(**facts: Any) -> DecodedPhoto:
    """A decoded photo with these facts, and dull ones for the rest."""
    dull: dict[str, Any] = {
        "format": "JPEG", "width": 640, "height": 480, "frames": 1, "taken_at": None,
        "taken_source": None, "latitude": None,
        "longitude": None, "camera": None, "lens": None, "exposure_time": None, "f_number": None,
        "iso": None, "focal_length": None,
        "phash": bytes(32), "preview": b"\xff\xd8preview\xff\xd9", "input": None, "damaged": None,
        "contents": NOTHING_PACKED,
    }  # fmt: skip
    return DecodedPhoto(**(dull | facts))


def digest_of(content: object) -> bytes:
    return hashlib.blake2b(repr(content).encode(), digest_size=16).digest()


def vector_of(content: object) -> np.ndarray:
    """A unit vector that depends on nothing but the content."""
    return _vector(digest_of(content)).copy()


# The search encodes some hundred phrases with each new library.
@functools.lru_cache(maxsize=4096)
def _vector(digest: bytes) -> np.ndarray:
    seed = int.from_bytes(digest[:4], "little")
    vector = np.random.default_rng(seed).standard_normal(DIM).astype(np.float32)
    return np.asarray(vector / np.linalg.norm(vector))


FIGURES = QualityMetrics(
    blur_radius=0.4,
    noise_sigma=1.0,
    jpeg_quality=90.0,
    blockiness=0.2,
    luma_p2=20,
    luma_p50=100,
    luma_p99=230,
    luma_mean=110,
    contrast=50,
    colorfulness=40,
)
"""The metrics of an ordinary photo."""


def by_camera(**facts: Any) -> dict[str, Any]:
    """The facts of a photo as its camera wrote it, measured; `measured` for a copy that has lost
    them."""
    made: dict[str, Any] = {
        "camera": "Acme Z1",
        "exposure_time": 0.01,
        "taken_at": "2018-07-06T10:11:12",
        "taken_source": "exif",
    }
    return measured(**(made | facts))


def measured(**facts: Any) -> dict[str, Any]:
    """The facts of a photo of ordinary figures."""
    return {"quality": FIGURES.packed(), **facts}


class LibraryBuilder:
    """A library filled by hand, through the writer that the worker uses."""

    def __init__(self, library: Library, root: str) -> None:
        self.library, self.writer = library, Writer(library.catalog)
        self.root = add_root(self.writer, root)
        self.encoder = register_encoder(self.writer, ENCODER, VERSION, DIM)

    def put(self, path: str, content: object, **facts: Any) -> int:
        """A file with that content; gives the photo's id."""
        digest = digest_of(content)
        with self.writer.transaction():
            photo_id = photo_id_by_hash(self.writer, digest)
            if photo_id is None:
                photo = decoded(**facts)
                photo_id = add_photo(self.writer, digest, 1000, photo)
                put_quality(self.writer, photo_id, photo)
                self.library.previews.write(digest.hex(), b"\xff\xd8preview\xff\xd9")
                put_embedding(self.writer, self.encoder, photo_id, vector_of(content))
            put_present(self.writer, self.root, FileStat(path, 1000, 1_000_000_000, 0), photo_id)
        return photo_id

    def lose(self, path: str) -> None:
        """That file is gone."""
        put_missing(self.writer, [files_below(self.writer, self.root)[path]])

    def index(self) -> Any:
        return self.library.vectors(ENCODER, VERSION, DIM)

    def close(self) -> None:
        self.writer.close()
        self.library.close()
