"""Renditions of photos for a screen, kept on disk: one JPEG for each content and size.

They can be made again at any time, so the least recently used ones are deleted once all of them
together exceed a limit.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from explorer.library.durable_io import delete_unless_read
from explorer.systems.this_system import this_system

MAX_BYTES = 1 << 30
"""The size limit of a library's renditions: about a thousand at the size of a large screen."""
# Incremented when photos are rendered in another way.
_VERSION = 1
# The share of the limit that deletions leave, so that not every new rendition requires one.
_KEPT_SHARE = 0.9
# Suffix of the files that an interrupted write leaves.
_SCRATCH = ".part"


class ScreenCache:
    """A folder of renditions, 256 subfolders wide. Safe to use from several threads of the one
    server of a library."""

    def __init__(self, folder: Path, max_bytes: int = MAX_BYTES) -> None:
        self.folder, self.max_bytes = folder / str(_VERSION), max_bytes
        self._lock = threading.Lock()
        self._bytes: int | None = None

    def path(self, photo_hash: str, name: str) -> Path:
        """Where the rendition of a content (its hash in hex) is kept. name: the name of its
        size."""
        return self.folder / photo_hash[:2] / f"{photo_hash}-{name}.jpg"

    def find(self, photo_hash: str, name: str) -> Path | None:
        """The file of a rendition, marked as used now; None if there is none."""
        path = self.path(photo_hash, name)
        try:
            os.utime(path)
        except OSError:
            return None
        return path

    def add(self, photo_hash: str, name: str, jpeg: bytes) -> None:
        """Store a rendition; a reader never finds half a file. Raises OSError, for example on a
        full disk; nothing of the rendition is left then."""
        path = self.path(photo_hash, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, scratch = tempfile.mkstemp(dir=path.parent, suffix=_SCRATCH)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(jpeg)
            this_system().replace(Path(scratch), path)
        except BaseException:
            Path(scratch).unlink(missing_ok=True)
            raise
        with self._lock:
            if self._bytes is not None:
                self._bytes += len(jpeg)
            if self._bytes is None or self._bytes > self.max_bytes:
                self._bytes = self._shrink(path)

    def renditions(self) -> Iterator[tuple[str, Path]]:
        """Every rendition: the hash of its content, and its file."""
        for path in self.folder.glob("??/*-*.jpg"):
            yield path.name.partition("-")[0], path

    def remove(self, photo_hash: str) -> bool:
        """Delete all renditions of a content; returns whether they are gone."""
        paths = self.folder.glob(f"{photo_hash[:2]}/{photo_hash}-*.jpg")
        gone = [delete_unless_read(path) for path in paths]
        return all(gone)

    def _shrink(self, newest: Path) -> int:
        """Delete the least recently used renditions if they exceed the limit, but never the newest.
        Returns the number of bytes that are left."""
        found = list[tuple[float, int, Path]]()
        for path in self.folder.glob("??/*"):
            with contextlib.suppress(OSError):
                facts = path.stat()
                found.append((facts.st_mtime, facts.st_size, path))
        total = sum(size for _, size, _ in found)
        if total <= self.max_bytes:
            return total
        for _, size, path in sorted(found):
            if total <= _KEPT_SHARE * self.max_bytes:
                break
            if path != newest:
                with contextlib.suppress(OSError):
                    path.unlink()
                    total -= size
        return total
