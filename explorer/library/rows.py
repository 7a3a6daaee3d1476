"""The catalog's rows as the rest of the program sees them: typed, with absolute paths."""

from __future__ import annotations

import json
import os
import sqlite3
from typing import Literal, NamedTuple, TypedDict, cast

from explorer.errors import Fault
from explorer.library.paths import from_text, join
from explorer.photos.decoded_photo import Precision

Phase = Literal[
    "starting",
    "scanning",
    "indexing",
    "comparing",
    "watching",
    "paused",
    "waiting",
    "off",
    "stopped",
]
"""off: turned off by a command; the process has released the library and waits to be resumed.
stopped: the process has ended."""
FileState = Literal["present", "missing", "failed"]


class PhotoRow(TypedDict):
    """One distinct content and one of its files."""

    id: int
    hash: str
    """The hash of the content, in hex."""
    bytes: int
    format: str
    width: int
    height: int
    frames: int
    taken_at: str | None
    """`YYYY-MM-DDTHH:MM:SS`, local time of the camera; unknown parts have their earliest value."""
    taken_precision: Precision | None
    """How much of `taken_at` is known; None, in older libraries, means to the second."""
    taken_source: str | None
    latitude: float | None
    longitude: float | None
    camera: str | None
    lens: str | None
    exposure_time: float | None
    f_number: float | None
    iso: float | None
    focal_length: float | None
    title: str | None
    description: str | None
    keywords: list[str]
    rating: float | None
    """Stars, above 0 and up to 5."""
    favourite: int
    """1 for a favorite, else 0."""
    damaged: str | None
    added_at: float
    path: str
    folder: str
    name: str
    root: str
    copies: int
    """Number of present files with this content."""
    away: bool
    """Its drive is offline, or the file vanished and nobody has confirmed that it is gone: only the
    preview can be shown."""


class FileRow(TypedDict):
    """One file."""

    id: int
    photo_id: int | None
    path: str
    """Absolute."""
    size: int
    mtime: float
    """Unix seconds."""
    state: FileState
    reason: str | None
    """Why it failed, in words."""
    fault: Fault | None
    """The kind of failure; None if unknown."""
    away: bool
    """Present, but cannot be read now."""


class RootRow(TypedDict):
    """One watched folder."""

    id: int
    path: str
    """Absolute."""
    state: Literal["online", "offline"]
    photos: int
    """Number of present files."""
    failed: int
    """Number of files that could not be read."""
    away: int
    """How many of `photos` cannot be read now."""
    asking: int
    """How many files vanished at once, so that the user is asked whether they are gone."""
    left_out: int
    """Number of known files that a rule excludes now."""
    exclude: list[str]
    """Globs."""
    device: str | None
    """The file system that it was last seen on."""
    mounts: list[str]
    """Folders in it that are mount points."""
    kept_at: float | None
    """When the user last said that vanished files will be back, Unix seconds."""
    problem: str | None
    """What could not be read, in words."""
    watching: str | None
    """How changes in it are noticed, in words."""
    scanned_at: float | None
    """Unix seconds."""


class FolderRow(TypedDict):
    """A folder (absolute path) that directly holds this many visible photos."""

    path: str
    photos: int


class WorkerRow(TypedDict):
    """What the indexing process reported last. heartbeat: Unix seconds. rate: photos/s. eta:
    seconds left, if known."""

    pid: int
    heartbeat: float
    phase: Phase
    done: int
    total: int
    rate: float
    eta: float | None
    encoder: str
    message: str
    alive: bool


class Counts(NamedTuple):
    """The library in numbers: distinct visible photos, present files, failed and missing files,
    bytes of the present files."""

    photos: int
    files: int
    failed: int
    missing: int
    bytes: int


def stored_keywords(stored: str | None) -> list[str]:
    """The keywords of a photo in the form in which its row has them; an empty list if they are
    damaged."""
    try:
        found = json.loads(stored or "[]")
    except ValueError:
        return []
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


_PHOTO_KEYS = tuple(key for key in PhotoRow.__annotations__ if key != "path")


def to_photo_row(row: sqlite3.Row) -> PhotoRow:
    """A row of `photo` joined with one of its files and that file's root."""
    path = join(row["root"], row["file_path"])
    # Called once, because a row builds the list of its columns each time.
    columns = frozenset(row.keys())
    own = {key: row[key] for key in _PHOTO_KEYS if key in columns}
    folder, name = os.path.split(path)
    own |= {
        "hash": row["hash"].hex(),
        "keywords": stored_keywords(row["keywords"]),
        "path": path,
        "folder": folder,
        "name": name,
        "root": from_text(row["root"]),
    }
    away = row["root_state"] == "offline" or row["gone_at"] is not None
    return cast(PhotoRow, own | {"copies": row["present"], "away": away})
