"""Store photos that were uploaded to search by in the library's folder, so that such a search can
be bookmarked.

Each is stored as a preview and a vector, named by the hash of the uploaded bytes. Only the latest
uploads, and those of saved searches, are kept.
"""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np

from explorer.errors import LibraryError
from explorer.library.durable_io import delete_unless_read, explain
from explorer.library.stores.saved_search_store import saved_searches
from explorer.photos.decode import content_hash
from explorer.search.query import ExamplePhoto
from explorer.ui import resources

MAX_KEPT = 100
_TOKEN = re.compile(r"[0-9a-f]{8,64}")


def add(data: bytes, name: str) -> tuple[int | None, str]:
    """Store an upload; returns (id, "") if the photo is in the library, else (None, token). name:
    of the uploaded file. Raises PhotoError, EncoderError, and LibraryError if the upload cannot be
    stored: the search would have no address."""
    digest = content_hash(data)
    engine = resources.engine()
    photo_id = resources.library().catalog.photo_id(digest)
    if photo_id is not None and engine.has_vector(photo_id):
        return photo_id, ""
    token = digest.hex()
    photo = resources.decode_upload(data)
    if photo.input is None:
        raise ValueError("the decoder returned no input for the encoder")
    _store(token, photo.preview, engine.encode_photo(photo.input, name))
    with contextlib.suppress(OSError):
        _delete_oldest()
    return None, token


def _store(token: str, preview: bytes, example: ExamplePhoto) -> None:
    try:
        _folder().mkdir(exist_ok=True)
        _write(token, example)
        _preview_file(token).write_bytes(preview)
    except OSError as error:
        # Half a preview would be taken for a whole one.
        with contextlib.suppress(OSError):
            _preview_file(token).unlink(missing_ok=True)
        library_dir = resources.library().dir
        raise explain(error, library_dir) or LibraryError(
            f"The photo cannot be stored in {library_dir}: {error.strerror or error}."
        ) from error


def _delete_oldest() -> None:
    saved = {
        name
        for search in saved_searches(resources.library().catalog)
        for name in dict(parse_qsl(search.query)).get("example", "").split(",")
    }
    kept = sorted(_folder().glob("*.jpg"), key=lambda path: path.stat().st_mtime)
    for old in kept[:-MAX_KEPT]:
        if old.stem in saved:
            continue
        delete_unless_read(old)
        delete_unless_read(old.with_suffix(".json"))


def find(token: str) -> ExamplePhoto | None:
    """The example with that token, encoded again if the encoder has changed; None if it is no
    longer kept."""
    preview = picture(token)
    if preview is None:
        return None
    try:
        stored = json.loads(_vector_file(token).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        stored = {}
    encoder = resources.engine().encoder
    if stored.get("encoder") == [encoder.name, encoder.version]:
        return ExamplePhoto(tuple(stored["vector"]), stored["name"])
    photo = resources.decode_upload(preview)
    if photo.input is None:
        return None
    example = resources.engine().encode_photo(photo.input, stored.get("name", ""))
    # A vector that cannot be stored is computed again the next time.
    with contextlib.suppress(OSError):
        _write(token, example)
    return example


def picture(token: str) -> bytes | None:
    """The preview of that example as JPEG; None if it is no longer kept."""
    try:
        return _preview_file(token).read_bytes() if _TOKEN.fullmatch(token) else None
    except OSError:
        return None


def _preview_file(token: str) -> Path:
    return _folder() / f"{token}.jpg"


def _vector_file(token: str) -> Path:
    return _folder() / f"{token}.json"


def _write(token: str, example: ExamplePhoto) -> None:
    encoder = resources.engine().encoder
    vector = np.round(example.array().astype(float), 6).tolist()
    stored = {"encoder": [encoder.name, encoder.version], "name": example.name, "vector": vector}
    _vector_file(token).write_text(json.dumps(stored), encoding="utf-8")


def _folder() -> Path:
    return resources.library().dir / "examples"
