"""Where undo may take files from, and where it may put them. The journal that it goes by is a text
file, and is not trusted."""

from __future__ import annotations

import os
from collections.abc import Iterable

from explorer.library.library import Library
from explorer.library.paths import inside, printable
from explorer.library.removal_folders import removal_folders
from explorer.library.removal_journal import RemovalEntry, RemovalJournal
from explorer.removal import trash
from explorer.removal.preflight import TRASH


class Boundaries:
    """The watched folders, the trash, and the folders to which this library has moved photos, as
    they are now."""

    def __init__(self, library: Library, journal: RemovalJournal) -> None:
        self._library = library.dir
        self._roots = list(library.catalog.root_paths().values())
        self._real_roots = [os.path.realpath(root) for root in self._roots]
        self._folders = removal_folders(library.catalog, journal)

    def root_of(self, path: str) -> str | None:
        """The watched folder in which a path lies, by its name and in truth; None where there is
        none."""
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
        """Why nothing is done about an entry, in plain words; None where all that it names is
        within bounds."""
        if self.root_of(entry.path) is None:
            folder = printable(os.path.dirname(entry.path))
            return f"{folder} is not, or is no longer, in a folder of this library: add that folder again, then undo"
        if entry.back is not None and os.path.dirname(entry.back) != os.path.dirname(entry.path):
            return "the journal has it put back to another folder than it came from, so it was not written by this program"
        if entry.target is not None and not self._lies_right(entry, entry.target):
            return f"{printable(entry.target)} is in no place to which this library moves photos: move it back by hand"
        return None

    def written_sidecar(self, entry: RemovalEntry) -> str | None:
        """The sidecar file that an entry says was written; None where it says nothing of one, or of
        a file that is none."""
        path = (entry.sidecar or {}).get("path")
        if path is None or entry.keeper is None or os.path.splitext(path)[1].lower() != ".xmp":
            return None
        folder = os.path.dirname(path)
        return (
            path
            if folder == os.path.dirname(entry.keeper) and self.root_of(path) is not None
            else None
        )

    def _lies_right(self, entry: RemovalEntry, target: str) -> bool:
        if os.path.normpath(target) != target:
            return False
        if entry.where == TRASH:
            folder = os.path.realpath(os.path.dirname(target))
            # As the environment names it now, or did when photos of this library went there.
            known = [
                *(os.path.join(each, "files") for each in trash.trash_folders(entry.path)),
                *self._folders,
            ]
            return any(folder == os.path.realpath(each) for each in known)
        return _within(target, [*self._folders, *trash.own_folders(entry.path, self._library)])


def _within(path: str, folders: Iterable[str]) -> bool:
    """Whether a file lies below one of these folders, by its name and in truth."""
    real = os.path.realpath(os.path.dirname(path))
    return any(
        inside(path, folder) and inside(real, os.path.realpath(folder)) for folder in folders
    )
