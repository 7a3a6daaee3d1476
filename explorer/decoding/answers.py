"""Parse the answers of a decode process. A malicious file may have taken over the process, so every
answer is validated before it is used."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from explorer import int64
from explorer.errors import DamagedPhoto, Fault, NotAPhoto, PhotoError, UnsupportedPhoto
from explorer.matching.recompression import RecompressionResidual
from explorer.photos.metadata.sidecar_content import SidecarReading, unpack_content

ERRORS: dict[Fault, type[PhotoError]] = {
    "damaged": DamagedPhoto,
    "foreign": NotAPhoto,
    "unsupported": UnsupportedPhoto,
}
# Longer error messages are truncated to this many characters.
_MAX_ERROR = 2000


class ReadContent(NamedTuple):
    """A file that was read."""

    digest: bytes
    """The content hash."""
    size: int
    """In bytes; -1 if the file changed while it was being read."""
    mtime_ns: int
    """The modification time in Unix nanoseconds."""


def error_of(header: dict[str, Any]) -> str | None:
    """Why a file could not be read or decoded, as text that the catalog can store; None if there
    was no error."""
    if "error" not in header:
        return None
    return str(header["error"])[:_MAX_ERROR].encode("utf-8", "replace").decode()


def fault_of(header: dict[str, Any]) -> Fault:
    """The cause of an error according to the process; `environment` if its answer is invalid."""
    fault = header.get("fault")
    return fault if isinstance(fault, str) and fault in ERRORS else "environment"


def content_of(header: dict[str, Any]) -> ReadContent:
    """The hash, size and time of the file that was read. Raises ValueError for an invalid
    answer."""
    try:
        digest, size, mtime_ns = (header[name] for name in ("hash", "size", "mtime_ns"))
        found = ReadContent(bytes.fromhex(digest), int(size), int64.time_ns(int(mtime_ns)))
    except (KeyError, TypeError, OverflowError) as error:
        raise ValueError("not the content of a file") from error
    if not -1 <= found.size <= int64.MAX:
        raise ValueError("not a size")
    return found


def fact_of(header: dict[str, Any]) -> tuple[bytes, str | None]:
    """The content hash of a file and the requested fact, which is None if the file does not have
    it. Raises ValueError for an invalid answer."""
    try:
        fact, digest = header["fact"], bytes.fromhex(header["hash"])
    except (KeyError, TypeError) as error:
        raise ValueError("not a fact about a file") from error
    return digest, None if fact is None else str(fact)


def residual_of(fact: str) -> tuple[bytes, RecompressionResidual | None]:
    """The content hash of the other file and the residual, which is None if it could not be
    measured. Raises ValueError for an invalid answer."""
    try:
        digest, *residual = fact.split()
        measured = RecompressionResidual(*map(float, residual)) if residual else None
        return bytes.fromhex(digest), measured
    except TypeError as error:
        raise ValueError("not a residual") from error


def differences_of(fact: str) -> tuple[bytes, bool | None]:
    """The content hash of the other file and whether there are fine differences, which is None if
    the files could not be compared. Raises ValueError for an invalid answer."""
    digest, *differs = fact.split()
    if differs not in ([], ["0"], ["1"]):
        raise ValueError("not the result of a comparison")
    return bytes.fromhex(digest), differs == ["1"] if differs else None


def copies_of(fact: str) -> tuple[bytes, int | None]:
    """The content hash of the other file and which of the two is a plain copy, which is None if the
    files could not be compared. Raises ValueError for an invalid answer."""
    digest, *found = fact.split()
    if found not in ([], ["0"], ["1"], ["2"], ["3"]):
        raise ValueError("not the result of a comparison")
    return bytes.fromhex(digest), int(found[0]) if found else None


def is_merged_sidecar(header: dict[str, Any], body: bytes) -> bool:
    """Whether an answer has the form of one from `photos/metadata/sidecar_merge.py`."""
    before = header.get("before")
    return (
        isinstance(header.get("refused"), str)
        and isinstance(header.get("after"), bool)
        and (before is None or (isinstance(before, int) and 0 <= before <= len(body)))
    )


def sidecar_readings_of(body: bytes, number: int) -> list[SidecarReading]:
    """The results of reading this many sidecars, from an answer of
    `photos/metadata/sidecar_content.py`. Raises ValueError for an invalid answer."""
    try:
        found = [
            SidecarReading(unpack_content(packed), str(problem)[:_MAX_ERROR], bool(final))
            for packed, problem, final in json.loads(body)
        ]
    except (TypeError, RecursionError) as error:
        raise ValueError("not the contents of sidecars") from error
    if len(found) != number:
        raise ValueError("not as many sidecars as were requested")
    return found
