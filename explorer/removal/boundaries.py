"""Decide where undo may take files from, and where it may put them. The journal that records both
is a text file, and is not trusted."""

from __future__ import annotations

import os
from collections.abc import Iterable

from explorer.library.library import Library
from explorer.library.paths import inside, printable
from explorer.library.removals.removal_folders import removal_folders
from explorer.library.removals.removal_journal import RemovalEntry, RemovalJournal
from explorer.removal import trash
from explorer.removal.results import TRASH


class Boundaries:
    """The watched folders, the trash, and the folders that this library has moved photos to, as
    they are now."""

    def __init__(self, library: Library, journal: RemovalJournal) -> None:
        self._library = library.dir
        self._roots = list(library.catalog.root_paths().values())
        self._real_roots = [os.path.realpath(root) for root in self._roots]
        self._folders = removal_folders(library.catalog, journal)

    def root_of(self, path: str) -> str | None:
        """The watched folder that contains a path both as written and with links resolved; None if
        there is none."""
        if os.path.normpath(path) != path:
            return None
        real = os.path.realpath(os.path.dirname(path))
        found = [
            root
            for root, real_root in zip(self._roots, self._real_roots, strict=True)
            if inside(path, root) and inside(real, real_root)
        ]
        return max(found, key=len, default=None)

    def refusal(self, entry: RemovalEntry) -> str | None:
        """Why undo refuses an entry, in words; None if all its paths are allowed."""
        folder = os.path.dirname(entry.path)
        if self.root_of(entry.path) is None:
            return (
                f"{printable(folder)} is not, or is no longer, in a folder of this library: "
                "add that folder again, then undo"
            )
        if entry.back is not None and os.path.dirname(entry.back) != folder:
            return (
                "the journal has it put back to another folder than it came from, "
                "so this program did not write that entry"
            )
        if entry.target is not None and not self._is_destination(entry, entry.target):
            return (
                f"{printable(entry.target)} is not where this library moves photos to: "
                "move it back by hand"
            )
        return None

    def written_sidecar(self, entry: RemovalEntry) -> str | None:
        """The sidecar that the removal wrote; None if the entry has none, or names a file that
        cannot be one."""
        path = (entry.sidecar or {}).get("path")
        if path is None or entry.keeper is None or os.path.splitext(path)[1].lower() != ".xmp":
            return None
        if os.path.dirname(path) != os.path.dirname(entry.keeper) or self.root_of(path) is None:
            return None
        return str(path)

    def _is_destination(self, entry: RemovalEntry, target: str) -> bool:
        if os.path.normpath(target) != target:
            return False
        if entry.where == TRASH:
            folder = os.path.realpath(os.path.dirname(target))
            # The trash that the environment names now, or named when this library moved photos.
            known = [
                *(os.path.join(each, "files") for each in trash.trash_folders(entry.path)),
                *self._folders,
            ]
            return any(folder == os.path.realpath(each) for each in known)
        return _is_within(target, [*self._folders, *trash.own_folders(entry.path, self._library)])


def _is_within(path: str, folders: Iterable[str]) -> bool:
    """Whether a file is inside one of these folders both as written and with links resolved."""
    real = os.path.realpath(os.path.dirname(path))
    return any(
        inside(path, folder) and inside(real, os.path.realpath(folder)) for folder in folders
    )
