"""Check whether a file may be removed, and find what is removed with it. The file, its companions
and its keeper are read each time, just before anything moves."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import replace

from explorer import int64
from explorer.errors import PROVEN, UsageError
from explorer.library.file_lookup import find_unreadable_file
from explorer.library.library import Library
from explorer.library.mounts import MountLocations
from explorer.library.paths import inside, printable
from explorer.library.stores.protected_folder_store import ProtectedFolders, protected_folders
from explorer.library.system_folders import system_folder_of_folder
from explorer.photos.companion_keys import is_edit_sidecar
from explorer.photos.metadata.sidecar_merge import ONLY_EDITS
from explorer.removal.checked_files import (
    CheckedFile,
    CheckedPhoto,
    RemovalRefused,
    check_file,
    unreadable_reason,
)
from explorer.removal.companions import Companion, companions_of
from explorer.removal.keeper_check import (
    OTHER_SHOTS,
    check_keeper,
    check_same_video,
    has_same_sidecar,
    refuse_stack,
    root_in_catalog,
)
from explorer.removal.removal_paths import (
    is_possible_path,
    require_normalized,
    require_outside_stores,
    resolve_folder,
)
from explorer.removal.results import TRASH, Removal
from explorer.systems import file_calls

# What the user is told about a file that could not be read as a photo.
ONLY_COPY = "it could not be read, so no other copy of it is known: this may be the only one"


class Preflight:
    """Checks the removals of one plan, one at a time."""

    def __init__(
        self, library: Library, removals: Iterable[Removal], to: str, without_keeper: bool
    ) -> None:
        """to: TRASH or a folder. without_keeper: the user has confirmed the removal of photos of
        which no copy is kept. Raises UsageError if the plan as a whole makes no sense."""
        wanted = list(removals)
        self.number = len(wanted)
        self._catalog = library.catalog
        self._protection = ProtectedFolders(protected_folders(library.catalog))
        self._roots = list(library.catalog.root_paths().values())
        self._real_roots = [os.path.realpath(root) for root in self._roots]
        self._locations = MountLocations()
        self._without_keeper = without_keeper
        self._removed_paths = {
            resolve_folder(removal.path) for removal in wanted if is_possible_path(removal.path)
        }
        _refuse_repeated(wanted)
        if wanted and not without_keeper and all(removal.keeper is None for removal in wanted):
            raise UsageError(
                "No other copy of these photos is kept: "
                "this needs separate confirmation (--without-keeper)."
            )
        if to != TRASH:
            self._check_destination(to, library)

    def _check_destination(self, to: str, library: Library) -> None:
        """Raise UsageError if a folder cannot take removed photos."""
        shown = printable(to)
        if not os.path.isabs(to):
            raise UsageError(f"The folder {shown} must be given as a full path.")
        if self.in_library(to):
            raise UsageError(
                f"The folder {shown} is in the library, where photos would be indexed again: "
                "choose one outside of it."
            )
        if file_calls.lexists(to) and not file_calls.isdir(to):
            raise UsageError(f"{shown} is a file, not a folder: choose another.")
        if store := system_folder_of_folder(to) or system_folder_of_folder(os.path.realpath(to)):
            raise UsageError(
                f"The folder {shown} is in {printable(store)}, "
                "where files may be deleted without asking you: choose another."
            )
        if self._locations.inside(to, str(library.dir)):
            raise UsageError(f"The folder {shown} belongs to the library itself: choose another.")

    def folders(self) -> list[str]:
        """The watched folders, and the folders below them that directly hold photos."""
        return [*self._roots, *(folder["path"] for folder in self._catalog.folders())]

    def in_library(self, folder: str) -> bool:
        """Whether a folder is in a watched one, whatever links and mounts lead there."""
        real = os.path.realpath(folder)
        return any(inside(real, root) for root in self._real_roots) or any(
            self._locations.inside(folder, root) for root in self._roots
        )

    def __call__(self, removal: Removal, gone: AbstractSet[str] = frozenset()) -> CheckedPhoto:
        """Check one removal.

        gone: in a dry run, the paths that would already have been removed. Raises RemovalRefused.
        """
        if removal.keeper is None and not self._without_keeper:
            raise RemovalRefused(
                "no other copy of it is kept: this needs separate confirmation (--without-keeper)"
            )
        require_normalized(removal.path, "it")
        if self._protection.covers(removal.path):
            raise RemovalRefused("it is in a protected folder")
        require_outside_stores(removal.path, "it")
        root, is_unread = self._root_of(removal)
        try:
            if file_calls.lexists(removal.path) and not file_calls.isfile(removal.path):
                raise RemovalRefused("it is not a file")
            photo = check_file(removal.path, removal.hash)
        except OSError as error:
            raise RemovalRefused(unreadable_reason("it", error)) from error
        if removal.keeper is not None:
            kept = check_keeper(self._catalog, removal, removal.keeper, self._removed_paths)
            refuse_stack(self._catalog, removal, removal.keeper)
            photo = replace(photo, kept=kept)
        # It is unknown what an unreadable photo held: its video may be all that is left of it.
        companions = () if is_unread else companions_of(removal.path, gone).own
        files = tuple(_check_companion(removal, each) for each in companions)
        edits = _unique_edits(removal, files)
        return CheckedPhoto(root, photo, files, companions, _note(photo, is_unread), edits)

    def _root_of(self, removal: Removal) -> tuple[str, bool]:
        """The watched folder of a file, and whether the file could not be read as a photo. Raises
        RemovalRefused if the library does not know this file as it is now."""
        unread = (
            find_unreadable_file(self._catalog, removal.path)
            if os.path.isabs(removal.path)
            else None
        )
        if unread is None:
            return root_in_catalog(self._catalog, removal.path, removal.hash, "it"), False
        if unread.fault not in PROVEN:
            raise RemovalRefused(
                "it cannot be read yet, but the file itself may be fine: "
                "only files that are proven to be damaged may be removed"
            )
        if removal.keeper is not None:
            raise RemovalRefused("it could not be read as a photo, so it is not a copy of another")
        try:
            # As in a scan, links are followed.
            facts = file_calls.stat(removal.path)
        except OSError as error:
            raise RemovalRefused(unreadable_reason("it", error)) from error
        if (facts.st_size, int64.time_ns(facts.st_mtime_ns)) != (
            unread.file.size,
            unread.file.mtime_ns,
        ):
            raise RemovalRefused("it has changed since the library last read it")
        return unread.root, True


def _refuse_repeated(removals: Iterable[Removal]) -> None:
    """Raise UsageError if two removals have the same path."""
    for path, times in Counter(removal.path for removal in removals).items():
        if times > 1:
            raise UsageError(
                f"The file {printable(path)} is in the plan more than once: make the plan again."
            )


def _check_companion(removal: Removal, companion: Companion) -> CheckedFile:
    """Read a file that belongs to the photo. The video of a copy is removed only if the same video
    stays beside the keeper. Raises RemovalRefused."""
    name = f"its {companion.kind} {printable(os.path.basename(companion.path))}"
    try:
        file = check_file(companion.path)
        is_video = companion.kind == "video" and not companion.link
        if is_video and removal.keeper is not None and removal.tier not in OTHER_SHOTS:
            return replace(file, kept=check_same_video(removal.keeper, file, name))
    except OSError as error:
        raise RemovalRefused(unreadable_reason(name, error)) from error
    return file


def _unique_edits(removal: Removal, companions: Iterable[CheckedFile]) -> tuple[str, ...]:
    """The XMP sidecars of a copy that have no identical file beside the keeper. Raises
    RemovalRefused if other programs' edits have none: only XMP can be compared and merged."""
    found = list[str]()
    if removal.keeper is None or removal.tier in OTHER_SHOTS:
        return ()
    for file in companions:
        if file.is_link or not file.stamp.size or not is_edit_sidecar(file.path):
            continue
        name = printable(os.path.basename(file.path))
        try:
            if has_same_sidecar(removal.keeper, file):
                continue
        except OSError as error:
            raise RemovalRefused(
                unreadable_reason("a sidecar of the photo to keep", error)
            ) from error
        if not file.path.lower().endswith(".xmp"):
            raise RemovalRefused(f"{ONLY_EDITS} {name}")
        found.append(file.path)
    return tuple(found)


def _note(photo: CheckedFile, is_unread: bool) -> str:
    """What the user should know about a photo before it is removed; '' if nothing."""
    if photo.is_link:
        return "it is a link to another file: no space is freed"
    if not photo.freed and photo.stamp.size:
        return "it is one of several hard links to the same data: no space is freed"
    return ONLY_COPY if is_unread else ""
