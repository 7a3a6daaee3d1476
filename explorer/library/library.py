"""A library's folder: the catalog, the vector indexes, the previews and the renditions for screens,
opened together."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from filelock import FileLock, Timeout

from explorer.config import PROGRAM, library_dir
from explorer.errors import LibraryError, LibraryLocked
from explorer.library.catalog import Catalog
from explorer.library.durable_io import delete_unless_read
from explorer.library.index_files import index_files
from explorer.library.permissions import make_private, narrow_umask
from explorer.library.previews import PreviewStore
from explorer.library.screen_cache import ScreenCache
from explorer.library.stores.worker_store import worker_status
from explorer.library.vectors import VectorIndex


class Library:
    """One library. dir: its folder. Indexes are loaded on first use, and shared."""

    def __init__(self, folder: Path) -> None:
        self.dir = folder
        self.catalog = Catalog(folder / "catalog.db")
        self.previews = PreviewStore(folder / "previews")
        self.screens = ScreenCache(folder / "screens")
        self.has_leftovers = False
        """Whether pictures of purged contents stayed because a process was reading them."""
        self._indexes: dict[tuple[str, str], VectorIndex] = {}
        self._lock = threading.Lock()

    @classmethod
    def open(cls, given: str | os.PathLike[str] | None = None, *, create: bool = True) -> Library:
        """Open the library in a folder (default: `config.library_dir`), creating it if `create`.

        Its permissions, and those of all files that this process creates from then on, are made
        private (`permissions.py`). Raises LibraryError if it is absent and not to be created, or if
        its folder cannot be written.
        """
        folder = library_dir(given)
        if not create and not (folder / "catalog.db").exists():
            raise LibraryError(
                f"There is no library in {folder} yet: create one with `{PROGRAM} index FOLDER`."
            )
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            why = error.strerror or error
            raise LibraryError(
                f"The library's folder {folder} cannot be created: {why}. Choose another with"
                " --library."
            ) from error
        narrow_umask()
        make_private(folder)
        return cls(folder)

    def close(self) -> None:
        self.catalog.close()

    def vectors(self, name: str, version: str, dim: int) -> VectorIndex:
        """The vector index of an encoder, up to date with the catalog."""
        with self._lock:
            index = self._indexes.get((name, version))
            if index is None:
                index = self._indexes[name, version] = VectorIndex(
                    self.dir / "vectors", self.catalog, name, version, dim
                )
        index.refresh()
        return index

    def release_indexes(self, name: str) -> None:
        """Free the memory of an encoder's vector indexes. They are loaded again when needed."""
        with self._lock:
            for key in [key for key in self._indexes if key[0] == name]:
                del self._indexes[key]

    def drop_index(self, name: str, version: str) -> None:
        """Delete the vector index of an encoder whose vectors have been deleted."""
        with self._lock:
            self._indexes.pop((name, version), None)
        for path in index_files(self.dir / "vectors", name, version):
            delete_unless_read(path)

    def remove_pictures(self, photo_hash: str) -> None:
        """Delete the preview and the renditions of a content (its hash in hex) that has been
        purged."""
        gone = self.previews.remove(photo_hash), self.screens.remove(photo_hash)
        self.has_leftovers |= not all(gone)

    def lock(self) -> FileLock:
        """Acquire the lock of the one writer, held until it is released or this process ends.

        Raises LibraryLocked if another process holds it.
        """
        lock = FileLock(self.dir / "worker.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            worker = worker_status(self.catalog)
            who = f" (process {worker['pid']})" if worker and worker["alive"] else ""
            raise LibraryLocked(
                f"Another run is indexing into this library{who}: {self.dir}. Let it finish, or"
                " close the app that uses it."
            ) from None
        except OSError as error:
            raise LibraryError(
                f"The library's folder {self.dir} cannot be written: {error.strerror or error}."
            ) from error
        return lock
