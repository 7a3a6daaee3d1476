"""Suggest folders for a new library, and count the photos in them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from explorer.photos.formats import EXTENSIONS
from explorer.scanning.ignore import ignored_by_default
from explorer.systems import file_calls
from explorer.systems.this_system import this_system

_IN_HOME = ("Pictures", "Photos", "OneDrive/Pictures", "Dropbox/Camera Uploads", "Desktop")
# Where cameras put their photos on a card (DCF, JEITA CP-3461).
_CARD_FOLDER = "DCIM"


class FolderEstimate(NamedTuple):
    """The number of photos in a folder and its subfolders, judged by their names."""

    photos: int
    complete: bool
    """Whether all of them were counted."""


def suggested_folders(home: Path | None = None, drives: Iterable[Path] | None = None) -> list[Path]:
    """The existing folders that are likely to hold photos, likeliest first: the user's pictures
    folder, those of cloud services, and camera folders on cards and drives. None is inside another.

    home: the user's home folder, by default that of this user. drives: the top folders of drives
    that may hold photos, by default those of the connected drives.
    """
    home, system = home or Path.home(), this_system()
    found = dict[Path, None]()
    for folder in (
        *system.pictures_folders(home),
        *(home / name for name in _IN_HOME),
        *_cards(system.camera_drives() if drives is None else drives),
    ):
        is_inside = any(folder.is_relative_to(known) for known in found)
        if not is_inside and folder != home and file_calls.isdir(folder):
            found[folder] = None
    return list(found)


def synced_by(path: Path, home: Path | None = None) -> str | None:
    """The cloud service that syncs a file or folder with other devices; None if none is known."""
    folders = this_system().cloud_folders(home or Path.home())
    return next((name for folder, name in folders if path.is_relative_to(folder)), None)


def count_photos(folder: Path, seconds: float = 1.5, most: int = 100_000) -> FolderEstimate:
    """Count the files in a folder and its subfolders that have the extension of a photo. Hidden and
    system folders are excluded, as in indexing; no file is opened.

    seconds, most: counting stops after this time, or at this number of photos.
    """
    end, photos = time.monotonic() + seconds, 0
    for number, name in enumerate(_files(str(folder))):
        photos += os.path.splitext(name)[1].lower() in EXTENSIONS
        if photos >= most or (number % 256 == 0 and time.monotonic() > end):
            return FolderEstimate(photos, complete=False)
    return FolderEstimate(photos, complete=True)


def subfolders(folder: Path) -> list[Path]:
    """The subfolders of a folder that can be indexed, sorted by name; empty if the folder cannot be
    read."""
    try:
        with file_calls.scandir(folder) as entries:
            names = [
                entry.name
                for entry in entries
                if entry.is_dir() and not ignored_by_default(entry.name)
            ]
    except OSError:
        return []
    return [folder / name for name in sorted(names, key=str.casefold)]


def _files(folder: str) -> Iterator[str]:
    """The names of the files in a folder and its subfolders, breadth first, and an empty name for
    each folder, so that a caller can stop between empty folders, too."""
    waiting = [folder]
    for current in waiting:
        yield ""
        try:
            with file_calls.scandir(current) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        if not ignored_by_default(entry.name):
                            waiting.append(entry.path)
                    else:
                        yield entry.name
        except OSError:
            continue


def _cards(drives: Iterable[Path]) -> Iterator[Path]:
    """The camera's folder on each mounted card or drive that has one."""
    for drive in drives:
        if file_calls.isdir(drive / _CARD_FOLDER):
            yield drive / _CARD_FOLDER
