"""Photos that a person brought to search with: kept beside the library, so that such a search is a
link like any other.

Each is a preview and the vector made of it, under the hash of its bytes. Only the latest are kept.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np

from explorer.photos.decode import content_hash
from explorer.search.query import ExamplePhoto
from explorer.ui import resources

KEPT = 100
_TOKEN = re.compile(r"[0-9a-f]{8,64}")


def bring(data: bytes, name: str) -> tuple[int | None, str]:
    """Take in an upload: (id, "") for a photo of the library, else (None, token of the example).
    Raises PhotoError, EncoderError."""
    digest = content_hash(data)
    engine = resources.engine()
    photo_id = resources.library().catalog.photo_id(digest)
    if photo_id is not None and engine.has_vector(photo_id):
        return photo_id, ""
    token = digest.hex()
    photo = resources.decode_upload(data)
    if photo.input is None:
        raise ValueError("the decoder gave no input for the encoder")
    folder = _folder()
    _picture(token).write_bytes(photo.preview)
    _write(token, engine.encode_photo(photo.input, name))
    for old in sorted(folder.glob("*.jpg"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
        old.unlink(missing_ok=True)
        old.with_suffix(".json").unlink(missing_ok=True)
    return None, token


def find(token: str) -> ExamplePhoto | None:
    """The example of that token, encoded anew if the encoder has changed since; None if it is not
    kept any more."""
    kept = picture(token)
    if kept is None:
        return None
    try:
        stored = json.loads(_note(token).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        stored = {}
    encoder = resources.engine().encoder
    if stored.get("encoder") == [encoder.name, encoder.version]:
        return ExamplePhoto(tuple(stored["vector"]), stored["name"])
    photo = resources.decode_upload(kept)
    if photo.input is None:
        return None
    example = resources.engine().encode_photo(photo.input, stored.get("name", ""))
    _write(token, example)
    return example


def picture(token: str) -> bytes | None:
    """The preview of that example, or None if it is not kept any more."""
    try:
        return _picture(token).read_bytes() if _TOKEN.fullmatch(token) else None
    except OSError:
        return None


def _picture(token: str) -> Path:
    return _folder() / f"{token}.jpg"


def _note(token: str) -> Path:
    return _folder() / f"{token}.json"


def _write(token: str, example: ExamplePhoto) -> None:
    encoder = resources.engine().encoder
    vector = np.round(example.array().astype(float), 6).tolist()
    note = {"encoder": [encoder.name, encoder.version], "name": example.name, "vector": vector}
    _note(token).write_text(json.dumps(note), encoding="utf-8")


def _folder() -> Path:
    folder = resources.library().dir / "examples"
    folder.mkdir(exist_ok=True)
    return folder
