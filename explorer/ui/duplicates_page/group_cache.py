"""Cache the groups of duplicates for all sessions until something changes."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

from explorer.duplicates.find_groups import find_groups
from explorer.duplicates.groups import DuplicateGroup
from explorer.duplicates.keeper import keep_rules
from explorer.library.library import Library
from explorer.library.staleness import acceptable_age
from explorer.library.stores.protected_folder_store import protected_folders
from explorer.systems import file_calls

# Seconds between checks for files that were added beside photos, or deleted there.
RECHECK_AFTER = 10.0

_lock = threading.Lock()
_cached: _CachedGroups | None = None


@dataclass
class _CachedGroups:
    """Groups, and the data to check whether they are still current."""

    key: tuple[object, ...]
    """The library, the keep rules and the protected folders that they were found with."""
    change: int
    """The catalog's change counter when they were found."""
    fresh_until: float
    """The time on the monotonic clock until which they are used although the catalog changes."""
    groups: list[DuplicateGroup]
    folder_mtimes: dict[str, int]
    """The folders of all files in the groups, each with its modification time in nanoseconds."""
    checked_at: float
    """The time on the monotonic clock of the last check of the folders."""

    def folders_changed(self, now: float) -> bool:
        """Whether files that the library does not track, such as a video or a sidecar, were added
        beside the photos or deleted there."""
        if now - self.checked_at < RECHECK_AFTER:
            return False
        self.checked_at = now
        return _folder_mtimes(self.folder_mtimes) != self.folder_mtimes


def all_groups(library: Library) -> tuple[int, list[DuplicateGroup]]:
    """The catalog's change counter, and all groups as they were found at that change.

    While a large library is being indexed, the catalog changes continually. The groups are then
    reused for a time that grows with the time it took to find them.
    """
    global _cached  # noqa: PLW0603
    key = (str(library.dir), keep_rules(library.catalog), tuple(protected_folders(library.catalog)))
    with _lock:
        change, start = library.catalog.change(), time.monotonic()
        outdated = (
            _cached is not None
            and start >= _cached.fresh_until
            and (_cached.change != change or _cached.folders_changed(start))
        )
        if _cached is None or _cached.key != key or outdated:
            groups = find_groups(library)
            end = time.monotonic()
            folders = _folder_mtimes(
                {os.path.dirname(item.path) for group in groups for item in group.all}
            )
            _cached = _CachedGroups(
                key, change, end + acceptable_age(end - start), groups, folders, end
            )
        return _cached.change, _cached.groups


def _folder_mtimes(folders: Iterable[str]) -> dict[str, int]:
    """The modification times of folders in nanoseconds; folders that cannot be read are omitted."""
    mtimes = dict[str, int]()
    for folder in folders:
        with contextlib.suppress(OSError):
            mtimes[folder] = file_calls.stat(folder).st_mtime_ns
    return mtimes
