"""Add folders to the watched ones, and record that a folder's drive does not respond."""

from __future__ import annotations

import os

from explorer.errors import FolderError
from explorer.library.paths import printable
from explorer.library.rows import RootRow
from explorer.library.stores.root_store import add_root, check_folder, update_root
from explorer.library.writer import Writer
from explorer.scanning.drive_timeouts import UNRESPONSIVE, DriveTimeouts, DriveUnresponsive
from explorer.scanning.index_summary import IndexSummary


def add_folder(writer: Writer, folder: str, drives: DriveTimeouts) -> int:
    """Watch this absolute folder from now on. Returns the id of the root that covers it; raises
    FolderError if it cannot be read."""
    try:
        drives.call(folder, lambda _: check_folder(folder))
    except DriveUnresponsive:
        raise FolderError(
            f"The folder {printable(folder)} cannot be read: {UNRESPONSIVE}. Check its connection,"
            " and try again."
        ) from None
    return add_root(
        writer, folder, lambda path: drives.call_or(path, lambda: os.path.realpath(path), path)
    )


def mark_unresponsive(writer: Writer, root: RootRow, summary: IndexSummary) -> None:
    """Record that the root's drive does not respond: its photos are offline until it does."""
    update_root(writer, root["id"], state="offline", problem=UNRESPONSIVE)
    summary.offline.add(root["path"])
