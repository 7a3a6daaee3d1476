"""Send a photo's file over HTTP in chunks, so that memory use depends neither on the size of the
file nor on the speed of the client."""

from __future__ import annotations

import hashlib
import os
import re
import threading
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from explorer.errors import PhotoError
from explorer.library.catalog import Catalog
from explorer.library.rows import PhotoRow
from explorer.photos.file_io import open_handle

# Bytes read and sent at a time.
CHUNK_SIZE = 256 * 1024
_HASH_CHUNK = 1 << 20
# The most verified files that are remembered, so that a file is not hashed again for every range.
_MAX_VERIFIED = 1024
# File times are coarse: a file that changed less than this many seconds ago may change again
# without a new time.
_TIME_RESOLUTION = 2.0

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_lock = threading.Lock()
_verified: OrderedDict[tuple[int, ...], str] = OrderedDict()


class OpenOriginal(NamedTuple):
    """An open file whose content was just verified."""

    handle: int
    """The file descriptor."""
    facts: os.stat_result
    """Size and times when it was verified."""

    def close(self) -> None:
        os.close(self.handle)

    def read(self, at: int, size: int) -> bytes:
        """Bytes at an offset. Raises OSError if the file was written to since it was verified.
        Replacing the file does not matter: the descriptor stays on the verified one."""
        chunk, now = _read_at(self.handle, at, size), os.fstat(self.handle)
        if len(chunk) != size or (now.st_size, now.st_mtime_ns) != (
            self.facts.st_size,
            self.facts.st_mtime_ns,
        ):
            raise OSError("the file changed while it was being sent")
        return chunk


def open_original(path: str, digest: str) -> OpenOriginal | None:
    """Open a photo's file if its content has that hash (hexadecimal); None if it does not, or if it
    cannot be read.

    The bytes are hashed and sent from the same descriptor, so a file that replaces it in the
    meantime is not sent.
    """
    try:
        handle, facts = open_handle(path)
    except (PhotoError, OSError):
        return None
    try:
        if _has_content(handle, facts, digest):
            return OpenOriginal(handle, facts)
    except OSError:
        # The drive was disconnected.
        pass
    except BaseException:
        os.close(handle)
        raise
    os.close(handle)
    return None


def open_photo(catalog: Catalog, row: PhotoRow) -> OpenOriginal | None:
    """Open the first of a photo's files that still has its content; None if there is none."""
    files = catalog.files_of(row["id"])
    return next(
        (found for each in files if (found := open_original(each["path"], row["hash"]))), None
    )


def _has_content(handle: int, facts: os.stat_result, digest: str) -> bool:
    key = _identity(facts)
    with _lock:
        if _verified.get(key) == digest:
            _verified.move_to_end(key)
            return True
    found, at = hashlib.blake2b(digest_size=16), 0
    while at < facts.st_size and (
        chunk := _read_at(handle, at, min(_HASH_CHUNK, facts.st_size - at))
    ):
        found.update(chunk)
        at += len(chunk)
    if found.hexdigest() != digest or _identity(os.fstat(handle)) != key:
        return False
    if time.time() - max(facts.st_mtime, facts.st_ctime) > _TIME_RESOLUTION:
        with _lock:
            _verified[key] = digest
            while len(_verified) > _MAX_VERIFIED:
                _verified.popitem(last=False)
    return True


def _identity(facts: os.stat_result) -> tuple[int, ...]:
    return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns


def _read_at(handle: int, at: int, size: int) -> bytes:
    """Read bytes at an offset. Only one thread at a time reads from a descriptor, so nobody else
    moves its position."""
    os.lseek(handle, at, os.SEEK_SET)
    return os.read(handle, size)


class OriginalResponse(StreamingResponse):
    """The response with a photo's file, whole or as the single byte range requested (RFC 9110,
    section 14). Closes the file."""

    def __init__(
        self,
        original: OpenOriginal,
        request: Request,
        *,
        digest: str,
        media_type: str,
        headers: Mapping[str, str],
    ) -> None:
        size, tag = original.facts.st_size, f'"{digest}"'
        part = _requested_range(request, size, tag)
        fields, status = {**headers, "Accept-Ranges": "bytes", "ETag": tag}, 200
        if part is None:
            status, part = 416, range(0)
            fields["Content-Range"] = f"bytes */{size}"
        elif len(part) != size:
            status = 206
            fields["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
        fields["Content-Length"] = str(len(part))
        self._original = original
        super().__init__(
            self._chunks(range(0) if request.method == "HEAD" else part), status, fields, media_type
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._original.close()

    async def _chunks(self, part: range) -> AsyncIterator[bytes]:
        for at in range(part.start, part.stop, CHUNK_SIZE):
            yield await run_in_threadpool(self._original.read, at, min(CHUNK_SIZE, part.stop - at))


def _requested_range(request: Request, size: int, tag: str) -> range | None:
    """The bytes to send: all of them, unless a single valid range is requested; None for a range
    beyond the end."""
    requested = _RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    if (
        requested is None
        or request.headers.get("if-range", tag) != tag
        or not any(requested.groups())
    ):
        return range(size)
    first, last = requested.groups()
    if not first:
        start, stop = max(0, size - int(last)), size
    else:
        start, stop = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return range(size)
    return range(start, stop) if start < stop else None
