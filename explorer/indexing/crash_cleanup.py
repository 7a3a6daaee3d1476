"""Remove what an interrupted run leaves on disk: half-written files, and previews and renditions
of photos whose row was never written or is gone. Also remove what a run could not delete because
a process was reading it, as happens on Windows.

Leftovers do no harm. A run records that it has started, and removes the record when it ends
normally. The next start can thus tell whether there may be leftovers without listing a million
previews.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from explorer.library.durable_io import delete_unless_read
from explorer.library.library import Library
from explorer.library.repair import integrity
from explorer.library.stores.photo_store import purge_orphans, take_purged_hashes
from explorer.library.stores.setting_store import get_setting, put_setting
from explorer.library.writer import Writer

_SETTING = "run"


def mark_started(library: Library) -> None:
    """Record that a run has started, and remove the leftovers of an interrupted one. To be called
    before anything is written, by the process that holds the library's lock."""
    if was_interrupted(library):
        library.has_leftovers = not remove_leftovers(library)
    put_setting(library.catalog, _SETTING, "begun")
    # On disk before anything that could be left over, in case of a power failure.
    library.catalog.sync()


def mark_finished(library: Library) -> None:
    """Record that the run has ended. To be called when everything is written. If files of purged
    photos could not be deleted, the next start looks for them."""
    put_setting(library.catalog, _SETTING, "begun" if library.has_leftovers else "")


def was_interrupted(library: Library) -> bool:
    """Whether a run is in progress, or the last one was interrupted or left files."""
    return bool(get_setting(library.catalog, _SETTING))


def purge_removed(library: Library, writer: Writer) -> None:
    """Delete all photos that no file refers to if no folder is watched, because then no run does.
    Earlier releases left those of a folder that was removed while it was being indexed."""
    if not library.catalog.roots():
        purge_orphans(writer)
        for digest in take_purged_hashes(writer):
            library.remove_pictures(digest)


def leftovers(library: Library) -> Iterator[Path]:
    """Yield every leftover file. During a run, this includes files that are being written."""
    hashes = integrity.photo_ids_by_hash(library.catalog)
    yield from (path for path in library.previews.all() if path.stem not in hashes)
    yield from (path for known, path in library.screens.renditions() if known not in hashes)
    yield from library.previews.scratch()
    yield from (library.dir / "vectors").glob("*.part")


def remove_leftovers(library: Library) -> bool:
    """Delete the leftover files. To be called by the process that holds the library's lock.
    Returns whether all are gone."""
    gone = [delete_unless_read(path) for path in list(leftovers(library))]
    return all(gone)
