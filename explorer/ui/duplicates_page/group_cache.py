"""The groups of duplicates, found once and shared by all sessions until something changes."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

from explorer.duplicates.find_groups import find_groups
from explorer.duplicates.groups import DuplicateGroup
from explorer.duplicates.keeper import keeper_rules
from explorer.library.library import Library
from explorer.library.protected_folder_store import protected_folders
from explorer.library.staleness import acceptable_age

# Seconds after which the folders are checked for files that were put beside photos, or taken away.
RECHECK_AFTER = 10.0


_lock = threading.Lock()


_kept: _Kept | None = None


@dataclass
class _Kept:
    """Groups as they were found. key: the library and what a person set. change: of the catalog,
    when they were read. until: on the monotonic clock, when they are read again though photos go on
    coming. folders: those they lie in, each with the time of its last change. looked: when that was
    seen."""

    key: tuple[object, ...]
    change: int
    until: float
    groups: list[DuplicateGroup]
    folders: dict[str, int]
    looked: float

    def stale(self, now: float) -> bool:
        """Whether something was put beside the photos, or taken away, of which the library knows
        nothing: a film, a sidecar."""
        if now - self.looked < RECHECK_AFTER:
            return False
        self.looked = now
        return _changed(self.folders) != self.folders


def groups(library: Library) -> tuple[int, list[DuplicateGroup]]:
    """All groups, and the change of the catalog that they were read at; kept for all sessions until
    something changes, in the library or beside the photos.

    While a large library is being indexed, something changes all the time: then they are kept for a
    while.
    """
    global _kept  # noqa: PLW0603
    key = (
        str(library.dir),
        keeper_rules(library.catalog),
        tuple(protected_folders(library.catalog)),
    )
    with _lock:
        change, start = library.catalog.change(), time.monotonic()
        old = (
            _kept is not None
            and start >= _kept.until
            and (_kept.change != change or _kept.stale(start))
        )
        if _kept is None or _kept.key != key or old:
            found = find_groups(library)
            end = time.monotonic()
            folders = _changed(
                {os.path.dirname(item.path) for group in found for item in group.all}
            )
            _kept = _Kept(key, change, end + acceptable_age(end - start), found, folders, end)
        return _kept.change, _kept.groups


def _changed(folders: Iterable[str]) -> dict[str, int]:
    """When the names in each folder changed last, in nanoseconds; a film that was put beside a
    photo shows so."""
    found = dict[str, int]()
    for folder in folders:
        with contextlib.suppress(OSError):
            found[folder] = os.stat(folder).st_mtime_ns
    return found
