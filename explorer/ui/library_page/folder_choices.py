"""The folders of the library as choices: which there are, and how they are called.

A library has thousands of them, and each page offers them at every run: they are read once for each
change of the catalog.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from explorer.library.library import Library
from explorer.library.paths import inside, printable
from explorer.ui import resources


class _Known(NamedTuple):
    """Of which library and change; the watched folders; every folder, sorted."""

    library: Library
    change: int
    watched: tuple[str, ...]
    all: tuple[str, ...]


_lock = threading.Lock()
_kept: _Known | None = None


def choices(chosen: str | None = None) -> list[str]:
    """Every folder with photos in it or below it, down from the watched ones; and the one chosen,
    though it is gone."""
    found = _known().all
    return sorted({*found, chosen}) if chosen and chosen not in found else list(found)


def names() -> Callable[[str], str]:
    """What calls a folder as a choice among others: from the watched folder's own name on, or whole
    where two of these have one name."""
    watched = _known().watched
    called = Counter(map(os.path.basename, watched))
    alone = [
        (root, os.path.basename(root)) for root in watched if called[os.path.basename(root)] == 1
    ]

    def name(folder: str) -> str:
        for root, its_name in alone:
            if inside(folder, root):
                return printable(
                    os.path.normpath(os.path.join(its_name, os.path.relpath(folder, root)))
                )
        return printable(folder)

    return name


def _known() -> _Known:
    global _kept  # noqa: PLW0603
    library = resources.library()
    change = library.catalog.change()
    with _lock:
        if _kept is None or _kept.library is not library or _kept.change != change:
            watched = tuple(library.catalog.root_paths().values())
            _kept = _Known(library, change, watched, tuple(sorted(_down_to(library, watched))))
        return _kept


def _down_to(library: Library, watched: tuple[str, ...]) -> set[str]:
    """The watched folders, those that hold photos, and all between them."""
    found = set(watched)
    for row in library.catalog.folders():
        path = row["path"]
        while path not in found and path != os.path.dirname(path):
            found.add(path)
            path = os.path.dirname(path)
    return found
