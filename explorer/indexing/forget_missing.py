"""Remove missing files from the library once the user has confirmed that they are gone."""

from __future__ import annotations

from collections.abc import Iterable

from explorer.indexing.vanished_files import SAME_DELETION
from explorer.library.catalog import Catalog
from explorer.library.chunks import chunks
from explorer.library.file_rows import KnownFile
from explorer.library.paths import below, inside, join, to_text
from explorer.library.stores.file_store import files_below, put_missing
from explorer.library.writer import Writer
from explorer.scanning.drive_timeouts import DriveTimeouts, DriveUnresponsive, KeepAlive
from explorer.scanning.path_probes import NO_SUCH_FILE, inode_of, root_state


def forget_missing_files(
    catalog: Catalog, writer: Writer, folder: str | None = None, drives: DriveTimeouts | None = None
) -> int:
    """Remove the files that vanished, in this absolute folder or in the whole library.

    A file that exists again stays, and so do all files of a drive that does not respond. Returns
    how many files were removed.
    """
    number, drives = 0, drives or DriveTimeouts()
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
            gone = drives.call(
                path,
                lambda keep_alive, path=path, files=files: _nonexistent(path, files, keep_alive),  # type: ignore[misc]
            )
        except DriveUnresponsive:
            continue
        for some in chunks(gone, 500):
            # Backdated, so that they do not count toward a deletion that happens a moment later.
            put_missing(writer, some, ago=2 * SAME_DELETION)
        number += len(gone)
    return number


def _nonexistent(root: str, files: Iterable[KnownFile], keep_alive: KeepAlive) -> list[KnownFile]:
    """The files of a root that are not at their path. If the root's drive is connected, only those
    that a scan has already failed to find."""
    gone, is_there = list[KnownFile](), root_state(root) == "there"
    for file in files:
        keep_alive()
        path = join(to_text(root), file.path)
        if (file.vanished or not is_there) and inode_of(path) == NO_SUCH_FILE:
            gone.append(file)
    return gone


def _part(folder: str, root: str) -> str | None:
    """The part of a root that is inside a folder, relative to the root: '' for the whole root, None
    if no part is."""
    return "" if inside(root, folder) else below(folder, root)
