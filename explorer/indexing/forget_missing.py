"""The person's word that files which vanished are gone for good."""

from __future__ import annotations

from collections.abc import Iterable

from explorer.indexing.reconcile import AT_ONCE, slices
from explorer.library.catalog import Catalog
from explorer.library.file_rows import KnownFile
from explorer.library.file_store import files_below, put_missing
from explorer.library.paths import below, inside, join, to_text
from explorer.library.writer import Writer
from explorer.scanning.drive_timeouts import Alive, DriveTimeouts, DriveUnresponsive
from explorer.scanning.scan import NO_SUCH_FILE, inode_of, root_state


def forget_missing_files(
    catalog: Catalog, writer: Writer, folder: str | None = None, disk: DriveTimeouts | None = None
) -> int:
    """The person's word that files which vanished are gone: those at or below this absolute folder,
    or all.

    A file that is there again stays, and so do all of a drive that does not answer. Gives the
    number of files that left the library.
    """
    number, disk = 0, disk or DriveTimeouts()
    for root in catalog.roots():
        path = root["path"]
        relative = _part(folder, path) if folder else ""
        if relative is None:
            continue
        files = [
            file
            for file in files_below(writer, root["id"], relative).values()
            if file.state == "present"
        ]
        try:
            gone = disk.look(
                path,
                lambda alive, path=path, files=files: _nowhere(path, files, alive),  # type: ignore[misc]
            )
        except DriveUnresponsive:
            continue
        for some in slices(gone, 500):
            # They are answered for: what vanishes in a moment is another matter.
            put_missing(writer, some, ago=2 * AT_ONCE)
        number += len(gone)
    return number


def _nowhere(root: str, files: Iterable[KnownFile], alive: Alive) -> list[KnownFile]:
    """Those of a root's files that are not where they were. Where its drive is there, only those
    that a scan has missed already."""
    gone, is_there = list[KnownFile](), root_state(root) == "there"
    for file in files:
        alive()
        if (file.vanished or not is_there) and inode_of(
            join(to_text(root), file.path)
        ) == NO_SUCH_FILE:
            gone.append(file)
    return gone


def _part(folder: str, root: str) -> str | None:
    """Which part of a root is meant by a folder: '' for all of it, None for none."""
    return "" if inside(root, folder) else below(folder, root)
