"""The catalog's rows as the rest of the program sees them: typed, with absolute paths."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypedDict

from explorer.errors import Fault
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
"""off: told to stop; the process waits to be told to go on, and has let go of the library. stopped:
the process has ended."""
FileState = Literal["present", "missing", "failed"]


class PhotoRow(TypedDict):
    """One distinct content and one of the places where it lies.

    hash: hex. taken_at: `YYYY-MM-DDTHH:MM:SS`, the camera's own time; taken_precision: how much of
    it is known (year, month, day, minute or second; None, of older libraries, is second), the rest
    being filled up with the earliest. copies: how many present files hold it. away: its drive is
    not connected, or it is not where it was and nobody has said that it is gone; only the preview
    can be shown.
    """

    id: int
    hash: str
    bytes: int
    format: str
    width: int
    height: int
    frames: int
    taken_at: str | None
    taken_precision: Precision | None
    taken_source: str | None
    latitude: float | None
    longitude: float | None
    camera: str | None
    lens: str | None
    exposure_time: float | None
    f_number: float | None
    iso: float | None
    focal_length: float | None
    damaged: str | None
    added_at: float
    path: str
    folder: str
    name: str
    root: str
    copies: int
    away: bool


class FileRow(TypedDict):
    """One file. path: absolute. mtime: Unix seconds. reason: why it failed, in plain words. fault:
    whose fault that is, None where it is not known. away: present, but cannot be read now."""

    id: int
    photo_id: int | None
    path: str
    size: int
    mtime: float
    state: FileState
    reason: str | None
    fault: Fault | None
    away: bool


class RootRow(TypedDict):
    """One watched folder. photos, failed: numbers of its files. watching: how changes in it are
    noticed, in words.

    away: how many of `photos` cannot be read now. asking: how many vanished at once, so that the
    person is asked whether they are gone. left_out: files known from before that a rule leaves out
    now. exclude: globs. device: the file system it was last seen on. mounts: folders in it that are
    drives of their own. kept_at: when the person last said that what vanished will be back (Unix
    seconds). problem: what of it could not be read, in words.
    """

    id: int
    path: str
    state: Literal["online", "offline"]
    photos: int
    failed: int
    away: int
    asking: int
    left_out: int
    exclude: list[str]
    device: str | None
    mounts: list[str]
    kept_at: float | None
    problem: str | None
    watching: str | None
    scanned_at: float | None


class FolderRow(TypedDict):
    """A folder (absolute path) that directly holds this many visible photos."""

    path: str
    photos: int


class WorkerRow(TypedDict):
    """What the indexing process last said of itself. heartbeat: Unix seconds. rate: photos/s. eta:
    seconds left, where known."""

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
