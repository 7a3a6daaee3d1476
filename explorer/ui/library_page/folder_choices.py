"""The folders of the library as options of a select box, and their display names.

A library can have thousands of folders, and every run of a page offers them, so they are read once
per change of the catalog.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from explorer.library.library import Library
from explorer.library.paths import inside, printable
from explorer.ui.library_cache import LibraryCache


class _FolderList(NamedTuple):
    watched: tuple[str, ...]
    all: tuple[str, ...]
    """Every folder, sorted."""
    names: dict[str, str]
    """The display names of the folders in `all`."""


def choices(chosen: str | None = None) -> list[str]:
    """Every watched folder, and every subfolder that has photos in it or below it; sorted.

    chosen: a folder that is selected now, included even if it no longer exists.
    """
    folders = _FOLDERS.get().all
    return sorted({*folders, chosen}) if chosen and chosen not in folders else list(folders)


def folder_names() -> Callable[[str], str]:
    """A function that returns a folder's display name: its path starting with the watched folder's
    own name, or its full path if two watched folders share that name."""
    folders = _FOLDERS.get()
    return lambda folder: folders.names.get(folder) or _named(folders.watched)(folder)


def _named(watched: tuple[str, ...]) -> Callable[[str], str]:
    names = Counter(map(os.path.basename, watched))
    unique = [
        (root, os.path.basename(root)) for root in watched if names[os.path.basename(root)] == 1
    ]

    def name(folder: str) -> str:
        for root, root_name in unique:
            if inside(folder, root):
                return printable(
                    os.path.normpath(os.path.join(root_name, os.path.relpath(folder, root)))
                )
        return printable(folder)

    return name


def _read(library: Library) -> _FolderList:
    watched = tuple(library.catalog.root_paths().values())
    folders, name = tuple(sorted(_with_parents(library, watched))), _named(watched)
    return _FolderList(watched, folders, {folder: name(folder) for folder in folders})


def _with_parents(library: Library, watched: tuple[str, ...]) -> set[str]:
    """The watched folders, the folders that hold photos, and all folders between them."""
    folders = set(watched)
    for row in library.catalog.folders():
        path = row["path"]
        while path not in folders and path != os.path.dirname(path):
            folders.add(path)
            path = os.path.dirname(path)
    return folders


_FOLDERS = LibraryCache(_read)
