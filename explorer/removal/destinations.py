"""Where files of a removal go: places in the trash or in a folder, each with a name that is free."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from explorer.library.library import Library
from explorer.library.paths import printable
from explorer.library.removal_folders import remember_removal_folder
from explorer.library.removal_journal import RemovalJournal
from explorer.removal import file_identity, safe_move, trash
from explorer.removal.companions import renamed
from explorer.removal.file_names import extra_length, free_names
from explorer.removal.preflight import TRASH, CheckedPhoto, Preflight, RemovalRefused


class Destination(NamedTuple):
    """Where the files of one photo go, in the order of `CheckedPhoto.parts`. where: TRASH or a folder.
    infos: notes of the trash."""

    where: str
    targets: list[str]
    infos: list[str | None]


class Destinations:
    """Chooses places for the files of one removal. to: TRASH, or the absolute path of a folder."""

    def __init__(
        self, library: Library, journal: RemovalJournal, check: Preflight, to: str, run_id: str
    ) -> None:
        self._library, self._journal, self._check, self._to, self._run_id = (
            library,
            journal,
            check,
            to,
            run_id,
        )
        self._open, self._remembered = False, set[str]()

    def choose(self, checked: CheckedPhoto) -> Destination:
        """Free places for a photo and what goes with it; another program may take them yet. Makes
        the folders. Raises RemovalRefused."""
        if self._to != TRASH:
            if not self._open:
                self._open_folder()
            targets = self._targets(self._to, checked)
            return Destination(self._to, targets, [None] * len(targets))
        if trash.is_supported():
            try:
                slots = [trash.free_slot(part.path) for part in checked.parts]
            except OSError as error:
                raise RemovalRefused(
                    f"the system's trash cannot be used ({error.strerror or error})"
                ) from error
            self._remember_trash({os.path.dirname(slot.path) for slot in slots})
            return Destination(TRASH, [slot.path for slot in slots], [slot.info for slot in slots])
        where = os.path.join(trash.own_folder(checked.photo.path, self._library.dir), self._run_id)
        targets = self._targets(where, checked)
        return Destination(where, targets, [None] * len(targets))

    def _remember_trash(self, folders: set[str]) -> None:
        """Have undo find these again where the environment names another trash by then, as it does
        in sandboxed terminals."""
        for folder in sorted(folders - self._remembered):
            remember_removal_folder(self._library.catalog, self._journal, folder)
        self._remembered |= folders

    def _open_folder(self) -> None:
        """Make the folder that photos go to, make sure that it is no watched one under another
        path, and remember it for undo."""
        where = self._to
        _make(where)
        try:
            token = safe_move.content_hash(os.fsencode(os.path.realpath(self._library.dir)))
            seen = file_identity.folder_showing(where, self._check.folders(), token)
        except OSError as error:
            raise RemovalRefused(
                f"nothing can be written to the folder {printable(where)} ({error.strerror or error})"
            ) from error
        if seen is not None:
            raise RemovalRefused(
                f"the folder {printable(where)} is {printable(seen)} under another path: choose one outside of the library"
            )
        remember_removal_folder(self._library.catalog, self._journal, where)
        self._open = True

    def _targets(self, where: str, checked: CheckedPhoto) -> list[str]:
        """Destination in a folder: in folders like those they come from, under names that are free, and
        alike."""
        path, parts = checked.photo.path, [part.path for part in checked.companion_files]
        below = os.path.relpath(path, os.path.dirname(checked.root))
        wanted = os.path.join(where, below)
        folder = os.path.dirname(wanted)
        # At the top of a drive that is watched as a whole, our own folder is one that is never
        # indexed.
        if self._check.in_library(folder) and trash.OWN_FOLDER not in Path(folder).parts:
            raise RemovalRefused(
                f"the folder {printable(folder)} lies in the library: choose one outside of it"
            )
        _make(folder)
        for name in free_names(wanted, spare=extra_length(path, parts)):
            names = [
                renamed(os.path.join(folder, os.path.basename(part)), path, name) for part in parts
            ]
            if not any(os.path.lexists(each) for each in (name, *names)):
                return [*names, name]
        raise AssertionError("names never end")


def _make(folder: str) -> None:
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise RemovalRefused(
            f"the folder {printable(folder)} cannot be made ({error.strerror or error})"
        ) from error
