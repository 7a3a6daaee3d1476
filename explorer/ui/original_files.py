"""A photo's file over HTTP, a piece at a time: what is kept in memory does not grow with the file
or with how slowly it is read."""

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
from explorer.photos.file_io import open_handle

# Bytes read and sent at once.
PIECE = 256 * 1024
_HASHED_AT_ONCE = 1 << 20
# Files that are known to have the content that the catalog says, and so need not be hashed for each
# part of them that is asked for.
_REMEMBERED = 1024
# Seconds for which a file that has just changed is not trusted to show its next change by its
# times: clocks of file systems are coarse.
_COARSE = 2.0

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_lock = threading.Lock()
_verified: OrderedDict[tuple[int, ...], str] = OrderedDict()


class Original(NamedTuple):
    """A file that was open and had the right content a moment ago. handle: its descriptor. facts:
    its size and times."""

    handle: int
    facts: os.stat_result

    def close(self) -> None:
        os.close(self.handle)

    def read(self, at: int, size: int) -> bytes:
        """Bytes from a place in the file. Raises OSError where it was written to since it was
        verified; it may have been replaced."""
        piece, now = _read_at(self.handle, at, size), os.fstat(self.handle)
        if len(piece) != size or (now.st_size, now.st_mtime_ns) != (
            self.facts.st_size,
            self.facts.st_mtime_ns,
        ):
            raise OSError("the file changed while it was sent")
        return piece


def open_original(path: str, digest: str) -> Original | None:
    """Open a photo's file if it holds that content (a hash in hex); None where it does not, or
    cannot be read.

    The bytes that are hashed and those that are sent come from one descriptor: what is put in the
    file's place meanwhile is not sent.
    """
    try:
        handle, facts = open_handle(path)
    except (PhotoError, OSError):
        return None
    try:
        if _has_content(handle, facts, digest):
            return Original(handle, facts)
    except OSError:
        # Its drive went away.
        pass
    except BaseException:
        os.close(handle)
        raise
    os.close(handle)
    return None


def _has_content(handle: int, facts: os.stat_result, digest: str) -> bool:
    key = _identity(facts)
    with _lock:
        if _verified.get(key) == digest:
            _verified.move_to_end(key)
            return True
    found, at = hashlib.blake2b(digest_size=16), 0
    while at < facts.st_size and (
        piece := _read_at(handle, at, min(_HASHED_AT_ONCE, facts.st_size - at))
    ):
        found.update(piece)
        at += len(piece)
    if found.hexdigest() != digest or _identity(os.fstat(handle)) != key:
        return False
    if time.time() - max(facts.st_mtime, facts.st_ctime) > _COARSE:
        with _lock:
            _verified[key] = digest
            while len(_verified) > _REMEMBERED:
                _verified.popitem(last=False)
    return True


def _identity(facts: os.stat_result) -> tuple[int, ...]:
    return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns


def _read_at(handle: int, at: int, size: int) -> bytes:
    if hasattr(os, "pread"):
        return os.pread(handle, size, at)
    os.lseek(handle, at, os.SEEK_SET)
    return os.read(handle, size)


class OriginalResponse(StreamingResponse):
    """The answer with a photo's file, whole or the one range of bytes that was asked for (RFC 9110,
    14). Closes the file."""

    def __init__(
        self,
        original: Original,
        request: Request,
        *,
        digest: str,
        media_type: str,
        headers: Mapping[str, str],
    ) -> None:
        size, tag = original.facts.st_size, f'"{digest}"'
        part = _part(request, size, tag)
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
            self._pieces(range(0) if request.method == "HEAD" else part), status, fields, media_type
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._original.close()

    async def _pieces(self, part: range) -> AsyncIterator[bytes]:
        for at in range(part.start, part.stop, PIECE):
            yield await run_in_threadpool(self._original.read, at, min(PIECE, part.stop - at))


def _part(request: Request, size: int, tag: str) -> range | None:
    """Which bytes are wanted: all of them unless one range that makes sense is asked for; None for
    one that lies beyond the end."""
    asked = _RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    if asked is None or request.headers.get("if-range", tag) != tag or not any(asked.groups()):
        return range(size)
    first, last = asked.groups()
    if not first:
        start, stop = max(0, size - int(last)), size
    else:
        start, stop = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return range(size)
    return range(start, stop) if start < stop else None
