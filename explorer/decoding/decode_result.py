"""A file to decode, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.errors import Fault
from explorer.photos.decoded_photo import DecodedPhoto


@dataclass(frozen=True)
class DecodeJob:
    """One file to read, hash and, if its content is new, decode."""

    path: str
    mtime: float
    """Modification time in Unix seconds: the fallback for the date a photo was taken."""
    tag: object = None
    """The caller's own; not examined here."""
    size: int = 0
    """Bytes, as far as known. Large files get more time."""


@dataclass(frozen=True)
class DecodeResult:
    """What came of one job: a photo, an error, or neither for a content that is already known."""

    job: DecodeJob
    digest: bytes | None = None
    """Content hash of the bytes that were read; None if the file could not be read."""
    size: int = 0
    """Number of bytes read; -1 if the file changed while it was being read."""
    mtime_ns: int = 0
    photo: DecodedPhoto | None = None
    error: str | None = None
    """Why there is no photo, as one sentence for the user."""
    transient: bool = False
    """Whether trying again may help: the process was killed, or memory was short."""
    fault: Fault = "environment"
    """What an error is to be blamed on."""
