"""A file to decode, and the result."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.errors import Fault
from explorer.photos.decoded_photo import DecodedPhoto


@dataclass(frozen=True)
class DecodeJob:
    """One file to read, hash and, if its content is new, decode."""

    path: str
    mtime: float
    """Modification time in Unix seconds, used as the capture date if the photo has none."""
    tag: object = None
    """Any object of the caller, returned unchanged."""
    size: int = 0
    """In bytes, 0 if unknown. Large files are given more time."""


@dataclass(frozen=True)
class DecodeResult:
    """The result of a job: a photo, an error, or neither if the content is already known."""

    job: DecodeJob
    digest: bytes | None = None
    """Content hash of the bytes that were read; None if the file could not be read."""
    size: int = 0
    """Number of bytes read; -1 if the file changed while it was being read."""
    mtime_ns: int = 0
    """Modification time in Unix nanoseconds."""
    photo: DecodedPhoto | None = None
    error: str | None = None
    """Why there is no photo, as one sentence for the user."""
    transient: bool = False
    """Whether trying again may help, because the process was killed or memory ran out."""
    in_use: bool = False
    """Whether another program has the file open exclusively, so that it could not be read."""
    fault: Fault = "environment"
    """The cause of the error."""
