"""Choose destinations for the files of a removal: unused paths in the trash or in a folder."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import NamedTuple

from explorer.library.library import Library
from explorer.library.paths import printable
from explorer.library.removals.removal_folders import remember_removal_folder
from explorer.library.removals.removal_journal import RemovalJournal
from explorer.photos.hashing import content_hash
from explorer.removal import file_identity, trash
from explorer.removal.checked_files import CheckedPhoto, RemovalRefused
from explorer.removal.companions import renamed
from explorer.removal.file_names import extra_length, free_names
from explorer.removal.preflight import Preflight
from explorer.removal.results import TRASH
from explorer.systems import file_calls


class Destination(NamedTuple):
    """The destinations of the files of one photo, in the order of `CheckedPhoto.parts`."""

    where: str
    """TRASH or a folder."""
    targets: list[str]
    infos: list[str | None]
    """The .trashinfo files of the targets; None outside the trash."""


class Destinations:
    """Chooses destinations for all files of one removal."""

    def __init__(
        self, library: Library, journal: RemovalJournal, preflight: Preflight, to: str, run_id: str
    ) -> None:
        """to: TRASH, or the absolute path of a folder."""
        self._library, self._journal, self._preflight = library, journal, preflight
        self._to, self._run_id = to, run_id
        self._remembered = set[str]()
        # The device number of the folder that photos are moved to; None until it is open.
        self._device: int | None = None

    def choose(self, checked: CheckedPhoto) -> Destination:
        """Choose free paths for a photo and its companions, and create the folders. Another program
        may still take a path. Raises RemovalRefused if there is no usable destination."""
        if self._to != TRASH:
            if self._device is None:
                self._open_folder()
            self._require_drive()
            return self._in_folder(self._to, checked)
        if trash.is_supported():
            try:
                slots = [trash.free_slot(part.path) for part in checked.parts]
            except OSError as error:
                raise RemovalRefused(
                    f"the system's trash cannot be used ({error.strerror or error})"
                ) from error
            self._remember({os.path.dirname(slot.path) for slot in slots})
            return Destination(TRASH, [slot.path for slot in slots], [slot.info for slot in slots])
        try:
            own = trash.own_folder(checked.photo.path)
        except OSError as error:
            raise RemovalRefused(
                f"no folder for removed photos can be found ({error.strerror or error})"
            ) from error
        self._remember({own})
        return self._in_folder(os.path.join(own, self._run_id), checked)

    def _remember(self, folders: set[str]) -> None:
        """Record these folders, so that undo finds them even if the environment names another trash
        or home by then, as in sandboxed terminals."""
        for folder in sorted(folders - self._remembered):
            remember_removal_folder(self._library.catalog, self._journal, folder)
        self._remembered |= folders

    def _open_folder(self) -> None:
        """Create the folder that photos are moved to, check that it is not a watched folder under
        another path, and remember it for undo. Raises RemovalRefused."""
        where = self._to
        _make(where)
        try:
            token = content_hash(os.fsencode(os.path.realpath(self._library.dir))).hex()
            watched = file_identity.folder_showing(where, self._preflight.folders(), token)
            device = file_calls.stat(where).st_dev
        except OSError as error:
            raise RemovalRefused(
                f"the folder {printable(where)} cannot be written to ({error.strerror or error})"
            ) from error
        if watched is not None:
            raise RemovalRefused(
                f"the folder {printable(where)} is {printable(watched)} under another path: "
                "choose one outside of the library"
            )
        remember_removal_folder(self._library.catalog, self._journal, where)
        self._device = device

    def _require_drive(self) -> None:
        """Raise RemovalRefused if the drive with the folder is no longer connected: a new folder at
        its mount point would be hidden once it is connected again."""
        with contextlib.suppress(OSError):
            if file_calls.stat(self._to).st_dev == self._device:
                return
        raise RemovalRefused(
            f"the folder {printable(self._to)} is gone: its drive may no longer be connected"
        )

    def _in_folder(self, where: str, checked: CheckedPhoto) -> Destination:
        """Free paths that repeat the subfolders of the files, with names that still match each
        other. Raises RemovalRefused."""
        path, companions = checked.photo.path, [part.path for part in checked.companion_files]
        beside = os.path.dirname(path)
        wanted = os.path.join(where, os.path.relpath(path, os.path.dirname(checked.root)))
        folder = os.path.dirname(wanted)
        # If a whole drive or the home folder is watched, our own folder is inside the library, but
        # it is never indexed.
        if self._preflight.in_library(folder) and trash.OWN_FOLDERS.isdisjoint(Path(folder).parts):
            raise RemovalRefused(
                f"the folder {printable(folder)} is in the library: choose one outside of it"
            )
        _make(folder)
        for name in free_names(wanted, spare=extra_length(path, companions)):
            targets = [
                renamed(os.path.join(folder, os.path.relpath(each, beside)), path, name)
                for each in companions
            ]
            if not any(file_calls.lexists(each) for each in (name, *targets)):
                for each in {os.path.dirname(target) for target in targets} - {folder}:
                    _make(each)
                return Destination(where, [*targets, name], [None] * (len(targets) + 1))
        raise AssertionError("names never end")


def _make(folder: str) -> None:
    try:
        file_calls.makedirs(folder)
    except OSError as error:
        raise RemovalRefused(
            f"the folder {printable(folder)} cannot be created ({error.strerror or error})"
        ) from error
