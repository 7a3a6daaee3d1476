"""Bring the catalog up to date after a removal or an undo."""

from __future__ import annotations

from explorer import int64
from explorer.errors import LibraryLocked
from explorer.library.file_lookup import find_file, find_photo_file
from explorer.library.file_rows import FileStat
from explorer.library.library import Library
from explorer.library.paths import inside
from explorer.library.stores.command_store import send_command
from explorer.library.stores.file_store import put_missing, put_moved
from explorer.library.writer import Writer
from explorer.systems import file_calls


def update_catalog(library: Library, *, gone: list[str], back: list[str]) -> None:
    """Update the catalog after files at absolute paths went (gone) or came back (back): at once if
    no worker runs, else by asking the worker to scan."""
    paths = gone + back
    if not paths:
        return
    try:
        lock = library.lock()
    except LibraryLocked:
        for root in library.catalog.root_paths().values():
            if any(inside(path, root) for path in paths):
                send_command(library.catalog, "rescan", root)
        return
    try:
        writer = Writer(library.catalog)
        try:
            with writer.transaction():
                missing = [
                    known.file
                    for path in gone
                    if (known := find_file(library.catalog, path)) and not file_calls.lexists(path)
                ]
                put_missing(writer, missing)
                for path in back:
                    _put_back(library, writer, path)
        finally:
            writer.close()
    finally:
        lock.release()


def _put_back(library: Library, writer: Writer, path: str) -> None:
    """Record that a restored file is present, if it is as the catalog knows it."""
    known = find_photo_file(library.catalog, path)
    try:
        facts = file_calls.stat(path)
    except OSError:
        return
    mtime_ns = int64.time_ns(facts.st_mtime_ns)
    if known is None or (known.file.size, known.file.mtime_ns) != (facts.st_size, mtime_ns):
        # Restored under another name, or changed: the next scan reads it.
        return
    # Its bytes were compared when it was restored, so the next scan only stores the new ctime.
    put_moved(
        writer,
        known.file,
        known.file.root_id,
        FileStat(known.file.path, facts.st_size, mtime_ns, int64.file_id(facts.st_ino)),
    )
