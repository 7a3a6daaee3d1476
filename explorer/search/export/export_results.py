"""Results as a list of paths, as CSV and as JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable

from explorer.library.paths import printable, to_text
from explorer.library.rows import PhotoRow
from explorer.photos.metadata.partial_dates import known_part
from explorer.removal.spreadsheet import escape_row

COLUMNS = (
    "path", "id", "taken", "camera", "lens", "width", "height", "format", "bytes", "latitude",
    "longitude", "hash",
)  # fmt: skip


def as_paths(photos: Iterable[PhotoRow]) -> str:
    """One absolute path per line; bytes that are not UTF-8 become U+FFFD."""
    return "".join(printable(photo["path"]) + "\n" for photo in photos)


def as_csv(photos: Iterable[PhotoRow]) -> str:
    """A CSV table with a header. Names that are not UTF-8 are written as the catalog stores them;
    no cell is a formula (`removal/spreadsheet.py`)."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(escape_row(_row(photo) | {"path": to_text(photo["path"])}) for photo in photos)
    return text.getvalue()


def as_json(photos: Iterable[PhotoRow]) -> str:
    """A JSON list of objects, ASCII only, so that any file name survives."""
    return json.dumps([_row(photo) for photo in photos], indent=1) + "\n"


def _row(photo: PhotoRow) -> dict[str, object]:
    taken = photo["taken_at"]
    return {
        "path": photo["path"], "id": photo["id"],
        "taken": known_part(taken, photo["taken_precision"]) if taken else None,
        "camera": photo["camera"], "lens": photo["lens"], "width": photo["width"],
        "height": photo["height"], "format": photo["format"], "bytes": photo["bytes"],
        "latitude": photo["latitude"], "longitude": photo["longitude"], "hash": photo["hash"],
    }  # fmt: skip
