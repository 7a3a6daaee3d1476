"""Store the parts of photos that searches use, each with its picture, in the library's folder, so
that the search opens at once the next time.

Each file is named by a hash of everything that its vector depends on: the photo's content, the
region and the encoder. Only the latest parts are kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from pathlib import Path

import numpy as np

from explorer.errors import PhotoError
from explorer.library.durable_io import delete_unless_read
from explorer.search.query import ExamplePhoto
from explorer.search.ranking.region import EncodedPart, PhotoPart
from explorer.text_format import whole_number
from explorer.ui import resources
from explorer.ui.search_page import example_photos

MAX_KEPT = 200
# Increase this when regions are encoded differently.
_VERSION = 2


def find(part: PhotoPart) -> EncodedPart | None:
    """A part of a photo, encoded; None if its photo no longer exists. Raises EncoderError."""
    content = _content(part)
    if content is None:
        return None
    stem = _folder() / _name(content, part)
    kept = _read(stem)
    if kept is None:
        try:
            kept = _encode(part)
        except PhotoError:
            return None
        # A part that cannot be stored is encoded again the next time.
        with contextlib.suppress(OSError):
            _write(stem, kept)
    return kept


def _content(part: PhotoPart) -> str | None:
    """The content hash of the photo in hexadecimal; None if it no longer exists."""
    photo_id = whole_number(part.source)
    if photo_id is not None:
        photo = resources.library().catalog.photo(photo_id)
        return photo["hash"] if photo else None
    return part.source if example_photos.picture(part.source) is not None else None


def _encode(part: PhotoPart) -> EncodedPart:
    """Encode a part of a photo. Raises PhotoError, EncoderError."""
    encoder, photo_id = resources.region_encoder(), whole_number(part.source)
    if photo_id is not None:
        photo = resources.library().catalog.photo(photo_id)
        if photo is None:
            raise PhotoError("the photo is no longer in the library")
        return encoder.of_photo(resources.library(), photo, part.region)
    upload = example_photos.picture(part.source)
    if upload is None:
        raise PhotoError("the uploaded photo is no longer stored")
    return encoder.of_bytes(upload, part.region)


def _name(content: str, part: PhotoPart) -> str:
    encoder = resources.engine().encoder
    facts = json.dumps([_VERSION, content, str(part.region), encoder.name, encoder.version])
    return hashlib.blake2b(facts.encode(), digest_size=16).hexdigest()


def _read(stem: Path) -> EncodedPart | None:
    try:
        stored = json.loads(stem.with_suffix(".json").read_text(encoding="utf-8"))
        vector, top_score = tuple(map(float, stored["vector"])), float(stored["top_score"])
        example = ExamplePhoto(vector, str(stored["name"]), top_score)
        if len(example.vector) != resources.engine().encoder.dim:
            return None
        return EncodedPart(example, stem.with_suffix(".jpg").read_bytes())
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(stem: Path, part: EncodedPart) -> None:
    example = part.example
    vector = np.round(example.array().astype(float), 6).tolist()
    facts = {"name": example.name, "vector": vector, "top_score": example.top_score}
    stem.parent.mkdir(exist_ok=True)
    stem.with_suffix(".jpg").write_bytes(part.preview)
    stem.with_suffix(".json").write_text(json.dumps(facts), encoding="utf-8")
    kept = sorted(stem.parent.glob("*.jpg"), key=lambda path: path.stat().st_mtime)
    for old in kept[:-MAX_KEPT]:
        delete_unless_read(old)
        delete_unless_read(old.with_suffix(".json"))


def _folder() -> Path:
    return resources.library().dir / "regions"
