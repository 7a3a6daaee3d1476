"""What the answers of a decode process say. A process that a file has subverted may send anything,
so nothing is taken from an answer before it has been checked."""

from __future__ import annotations

from typing import Any, NamedTuple

from explorer import int64
from explorer.errors import DamagedPhoto, Fault, NotAPhoto, PhotoError, UnsupportedPhoto
from explorer.matching.recompression import RecompressionResidual

ERRORS: dict[Fault, type[PhotoError]] = {
    "damaged": DamagedPhoto,
    "foreign": NotAPhoto,
    "unsupported": UnsupportedPhoto,
}
# Characters of an error that are kept.
_MAX_ERROR = 2000


class ReadContent(NamedTuple):
    """A file that was read."""

    digest: bytes
    """Its content hash."""
    size: int
    """Bytes; -1 where it changed while it was read."""
    mtime_ns: int
    """Unix nanoseconds."""


def error_of(header: dict[str, Any]) -> str | None:
    """Why a file could not be read or decoded, as text that the catalog can hold; None if it
    could."""
    if "error" not in header:
        return None
    return str(header["error"])[:_MAX_ERROR].encode("utf-8", "replace").decode()


def fault_of(header: dict[str, Any]) -> Fault:
    """What the process blames an error on; the environment if its answer makes no sense."""
    fault = header.get("fault")
    return fault if isinstance(fault, str) and fault in ERRORS else "environment"


def content_of(header: dict[str, Any]) -> ReadContent:
    """The file that was read. Raises ValueError for an answer that makes no sense."""
    try:
        digest, size, mtime_ns = (header[name] for name in ("hash", "size", "mtime_ns"))
        found = ReadContent(bytes.fromhex(digest), int(size), int64.time_ns(int(mtime_ns)))
    except (KeyError, TypeError, OverflowError) as error:
        raise ValueError("not the content of a file") from error
    if not -1 <= found.size <= int64.MOST:
        raise ValueError("not a size")
    return found


def fact_of(header: dict[str, Any]) -> tuple[bytes, str | None]:
    """The content hash of a file and the fact that was asked for; None if the file does not have
    it. Raises ValueError for an answer that makes no sense."""
    try:
        fact, digest = header["fact"], bytes.fromhex(header["hash"])
    except (KeyError, TypeError) as error:
        raise ValueError("not a fact about a file") from error
    return digest, None if fact is None else str(fact)


def residual_of(fact: str) -> tuple[bytes, RecompressionResidual | None]:
    """The content hash of the other file, and the residual; None if it could not be measured.
    Raises ValueError for an answer that makes no sense."""
    try:
        digest, *residual = fact.split()
        measured = RecompressionResidual(*map(float, residual)) if residual else None
        return bytes.fromhex(digest), measured
    except TypeError as error:
        raise ValueError("not a residual") from error


def is_merged_sidecar(header: dict[str, Any], body: bytes) -> bool:
    """Whether an answer is one of `photos/metadata/sidecar_merge.py`."""
    before = header.get("before")
    return (
        isinstance(header.get("refused"), str)
        and isinstance(header.get("after"), bool)
        and (before is None or (isinstance(before, int) and 0 <= before <= len(body)))
    )
