"""Which photo files lie below a folder right now. Nothing is opened here: names, sizes and times only."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from typing import Literal

from explorer.library.paths import join, to_text
from explorer.library.writer import Seen
from explorer.photos.formats import EXTENSIONS, UNSUPPORTED

# Folders that systems and storage boxes make for themselves: bins, indexes, thumbnails.
SYSTEM_FOLDERS = frozenset({"@eaDir", "#recycle", "$RECYCLE.BIN", "System Volume Information", "lost+found", "__MACOSX"})

# What a library's own folder holds: its previews are no photos of anybody's.
_LIBRARY = frozenset({"catalog.db", "worker.lock"})


@dataclass
class Walk:
    """What was found. files: photos to be indexed. unsupported: path → why it can't be read yet. unreadable: folders (relative)
    that could not be listed, about whose files nothing is known. other: number of files that are no photos."""

    files: list[Seen] = field(default_factory=list)
    unsupported: dict[str, str] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    other: int = 0


def ignored(name: str) -> bool:
    """Hidden and system folders and files, whose names start with a dot or are known."""
    return name.startswith(".") or name in SYSTEM_FOLDERS


def root_state(root: str) -> Literal["there", "empty", "absent"]:
    """Whether a root can be listed and holds anything. A drive that is away shows as absent, or as its empty mount point."""
    try:
        with os.scandir(root) as entries:
            return "there" if next(entries, None) else "empty"
    except OSError:
        return "absent"


def walk(root: str, folder: str = "", *, recursive: bool = True) -> Walk:
    """The photo files at, and if `recursive` below, a folder of a root.

    root: absolute path. folder: relative, catalog text. Links to folders are not followed, so no loop can trap it.
    """
    found, waiting = Walk(), [folder]
    while waiting:
        here = waiting.pop()
        path = join(to_text(root), here)
        try:
            with os.scandir(path) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            found.unreadable.append(here)
            continue
        if {entry.name for entry in listed} >= _LIBRARY:
            continue
        for entry in listed:
            if ignored(entry.name):
                continue
            relative = to_text(f"{here}/{entry.name}" if here else entry.name)
            try:
                if entry.is_dir(follow_symlinks=False):
                    if recursive:
                        waiting.append(relative)
                    continue
                _take(found, relative, entry)
            except OSError:
                # It went away between the listing and now, or is a link to nothing.
                continue
    return found


def _take(found: Walk, relative: str, entry: os.DirEntry[str]) -> None:
    suffix = os.path.splitext(entry.name)[1].lower()  # noqa: PTH122
    if suffix not in EXTENSIONS and suffix not in UNSUPPORTED:
        found.other += entry.is_file()
        return
    # scandir's own stat lacks the inode on Windows; st_ino 0 is never taken for a match.
    facts = entry.stat()
    if not stat.S_ISREG(facts.st_mode):
        return
    seen = Seen(relative, facts.st_size, facts.st_mtime_ns, _signed(facts.st_ino))
    found.files.append(seen)
    if suffix in UNSUPPORTED:
        found.unsupported[relative] = UNSUPPORTED[suffix]


def _signed(inode: int) -> int:
    """SQLite's integers are signed 64-bit; some file systems use all 64 bits."""
    return inode - (1 << 64) if inode >= 1 << 63 else inode
