"""Folders where people keep photos, with how many there are: suggestions for a new library."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from explorer.photos.formats import EXTENSIONS
from explorer.scanning.ignore import ignored_by_default

_IN_HOME = ("Pictures", "Photos", "OneDrive/Pictures", "Dropbox/Camera Uploads", "Desktop")
# What iCloud and OneDrive call the folders that they keep in step with other devices.
_SYNCED = ("OneDrive", "Library/Mobile Documents", "iCloudDrive", "Dropbox", "Google Drive")
# Where systems mount drives, cards and cameras.
_MOUNTS = ("/media/*", "/media/*/*", "/run/media/*/*", "/Volumes/*", "/mnt/*")
# Where cameras put their photos on a card (DCF, JEITA CP-3461).
_CARD_FOLDER = "DCIM"
_XDG_PICTURES = re.compile(r'^XDG_PICTURES_DIR="(\$HOME)?([^"]*)"', re.M)


class FolderEstimate(NamedTuple):
    """The photos in a folder and its subfolders, by their names."""

    photos: int
    complete: bool
    """Whether all of them were counted."""


def suggested_folders(home: Path | None = None, mounts: Iterable[str] = _MOUNTS) -> list[Path]:
    """The existing folders in which photos are likely, likeliest first: the pictures folder of the
    user, those of cloud services, and cards and drives that have a camera's folder. None is inside
    another one.

    home: the user's home folder, by default that of this user. mounts: globs of mount points.
    """
    home = home or Path.home()
    found = dict[Path, None]()
    for folder in (*_pictures_of(home), *(home / name for name in _IN_HOME), *_cards(mounts)):
        is_inside = any(folder.is_relative_to(known) for known in found)
        if not is_inside and folder != home and folder.is_dir():
            found[folder] = None
    return list(found)


def is_synced(folder: Path, home: Path | None = None) -> bool:
    """Whether a cloud service keeps a folder in step with other devices."""
    home = home or Path.home()
    return any(folder.is_relative_to(home / name) for name in _SYNCED)


def count_photos(folder: Path, seconds: float = 1.5, most: int = 100_000) -> FolderEstimate:
    """Count the files in a folder and its subfolders that have the extension of a photo. Hidden and
    system folders are left out, as when it is indexed; nothing is opened.

    seconds, most: where counting stops.
    """
    end, photos = time.monotonic() + seconds, 0
    for number, name in enumerate(_files(str(folder))):
        photos += os.path.splitext(name)[1].lower() in EXTENSIONS
        if photos >= most or (number % 256 == 0 and time.monotonic() > end):
            return FolderEstimate(photos, complete=False)
    return FolderEstimate(photos, complete=True)


def subfolders(folder: Path) -> list[Path]:
    """The subfolders of a folder that can be indexed, by name; empty if it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            names = [
                entry.name
                for entry in entries
                if entry.is_dir() and not ignored_by_default(entry.name)
            ]
    except OSError:
        return []
    return [folder / name for name in sorted(names, key=str.casefold)]


def _files(folder: str) -> Iterator[str]:
    """The names of the files in a folder and its subfolders, breadth first; an empty name for each
    folder, so that a caller can stop between empty ones, too."""
    waiting = [folder]
    for current in waiting:
        yield ""
        try:
            with os.scandir(current) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        if not ignored_by_default(entry.name):
                            waiting.append(entry.path)
                    else:
                        yield entry.name
        except OSError:
            continue


def _pictures_of(home: Path) -> Iterator[Path]:
    """The pictures folder as a Linux desktop is set up, in the user's language."""
    if sys.platform == "win32":
        return
    try:
        text = (home / ".config" / "user-dirs.dirs").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    for in_home, path in _XDG_PICTURES.findall(text):
        if path.strip("/"):
            yield home / path.lstrip("/") if in_home else Path(path)


def _cards(mounts: Iterable[str]) -> Iterator[Path]:
    """The camera's folder on each mounted card or drive that has one."""
    if sys.platform == "win32":
        drives: Iterable[Path] = (Path(f"{letter}:\\") for letter in "DEFGHIJKLMNOPQRSTUVWXYZ")
    else:
        drives = (path for glob in mounts for path in sorted(Path("/").glob(glob.lstrip("/"))))
    for drive in drives:
        try:
            if (drive / _CARD_FOLDER).is_dir():
                yield drive / _CARD_FOLDER
        except OSError:
            continue
