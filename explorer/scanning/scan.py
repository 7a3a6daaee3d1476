"""Which photo files lie below a folder right now. Nothing is opened here but ignore files: names,
sizes and times only."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from explorer import int64
from explorer.library.file_rows import FileStat
from explorer.library.paths import inside, join, to_text
from explorer.library.system_folders import around_file
from explorer.photos.file_io import why_not_regular
from explorer.photos.formats import EXTENSIONS, UNSUPPORTED
from explorer.scanning.ignore import IgnoreRules, ignored_by_default

# Entries of a folder between two calls of `tick`.
_STEP, _LONG = 50, 1000

# IO_REPARSE_TAG_MOUNT_POINT.
_JUNCTION = 0xA0000003

# A library's own folder, or a copy of it, holds the first of these and one of the others: its
# previews are no photos of anybody's.
_CATALOG, _OTHERS = "catalog.db", frozenset({"worker.lock", "previews"})


@dataclass
class ScanResult:
    """What was found. files: photos to be indexed. unsupported: path → why it is not to be read, or
    cannot be yet. unreadable: folders and files (relative) that could not be looked at, about which
    nothing is known. left_out: folders and photo files that rules leave out. mounts: folders on
    another drive than the folder they are in. other: number of files that are no photos."""

    files: list[FileStat] = field(default_factory=list)
    unsupported: dict[str, str] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    left_out: set[str] = field(default_factory=set)
    mounts: set[str] = field(default_factory=set)
    other: int = 0


def root_state(root: str) -> Literal["there", "empty", "absent"]:
    """Whether a root can be listed and holds anything. A drive that is away shows as absent, or as
    its empty mount point."""
    try:
        with os.scandir(root) as entries:
            return (
                "there" if any(not ignored_by_default(entry.name) for entry in entries) else "empty"
            )
    except OSError:
        return "absent"


def device_of(folder: str) -> str | None:
    """The number of the file system that a folder is on, or None where there is no such folder."""
    try:
        return str(os.stat(folder).st_dev)
    except OSError:
        return None


# Of a file that is not there; no file system gives it.
NO_SUCH_FILE = -1


def inode_of(path: str) -> int | None:
    """The inode of a file (of what it leads to, if it is a link), NOWHERE if there is none, None if
    that cannot be known."""
    try:
        return int64.file_id(os.stat(path).st_ino)
    except (FileNotFoundError, NotADirectoryError):
        return NO_SUCH_FILE
    except OSError:
        return None


def scan_tree(
    root: str,
    folder: str = "",
    *,
    recursive: bool = True,
    rules: IgnoreRules | None = None,
    roots: Sequence[str] = (),
    tick: Callable[[], None] = lambda: None,
) -> ScanResult:
    """The photo files at, and if `recursive` below, a folder of a root.

    root: absolute path. folder: relative, catalog text. roots: all watched folders, links in their
    paths resolved.
    Links to folders are not followed, so no loop can trap it. A link to a photo outside the watched
    folders is a photo file; one to a file that is found in its own place is nothing new.
    tick: called for each folder, and in large ones more often; may raise to stop.
    """
    rules = rules or IgnoreRules(root)
    found, waiting = ScanResult(), [folder]
    real = list(roots) or [os.path.realpath(root)]
    while waiting:
        here = waiting.pop()
        tick()
        listed, device = _list(join(to_text(root), here), here, found, tick)
        for number, entry in enumerate(listed):
            if number % _STEP == _STEP - 1:
                tick()
            relative = f"{here}/{to_text(entry.name)}" if here else to_text(entry.name)
            try:
                if _leads_elsewhere(entry):
                    continue
                if not entry.is_dir(follow_symlinks=False):
                    _take(found, relative, entry, rules, real)
                elif rules.excludes(relative, is_folder=True):
                    found.left_out.add(relative)
                else:
                    # What Windows lists of an entry is without its drive.
                    if (
                        entry.stat(follow_symlinks=False).st_dev or os.lstat(entry.path).st_dev
                    ) != device:
                        found.mounts.add(relative)
                    if recursive:
                        waiting.append(relative)
            except FileNotFoundError:
                # It went away between the listing and now, or is a link to nothing.
                continue
            except OSError:
                found.unreadable.add(relative)
    return found


def _list(
    path: str, here: str, found: ScanResult, tick: Callable[[], None]
) -> tuple[list[os.DirEntry[str]], int]:
    """What is in a folder, by name, and the number of the drive it is on. Nothing, where it is gone
    or not to be looked into."""
    try:
        device = os.stat(path).st_dev
        with os.scandir(path) as entries:
            listed = list[os.DirEntry[str]]()
            for entry in entries:
                listed.append(entry)
                if len(listed) % _LONG == 0:
                    tick()
        listed.sort(key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return [], 0
    except OSError:
        found.unreadable.add(here)
        return [], 0
    names = {entry.name for entry in listed}
    return ([], 0) if _CATALOG in names and names & _OTHERS else (listed, device)


def _leads_elsewhere(entry: os.DirEntry[str]) -> bool:
    """Whether it is one of Windows' junctions: links to folders that it shows as folders, and a
    loop of which it made itself."""
    return (
        sys.platform == "win32"
        and getattr(entry.stat(follow_symlinks=False), "st_reparse_tag", 0) == _JUNCTION
    )


def _take(
    found: ScanResult,
    relative: str,
    entry: os.DirEntry[str],
    rules: IgnoreRules,
    roots: Sequence[str],
) -> None:
    suffix = os.path.splitext(entry.name)[1].lower()
    if suffix not in EXTENSIONS and suffix not in UNSUPPORTED:
        found.other += entry.is_file() and not ignored_by_default(entry.name, is_folder=False)
        return
    if rules.excludes(relative, is_folder=False):
        found.left_out.add(relative)
        return
    if entry.is_symlink():
        target = os.path.realpath(entry.path)
        if os.path.isdir(target) or _is_found_itself(target, roots):
            return
        if around_file(target):
            found.left_out.add(relative)
            return
    facts = entry.stat()
    if reason := why_not_regular(facts):
        # Of a device, neither size nor time says anything.
        found.files.append(FileStat(relative, 0, 0, 0))
        found.unsupported[relative] = reason
        return
    # scandir's own stat lacks the inode on Windows, and its st_ctime is the time of creation there.
    ctime_ns = 0 if sys.platform == "win32" else int64.time_ns(facts.st_ctime_ns)
    inode = int64.file_id(facts.st_ino or entry.inode())
    found.files.append(
        FileStat(relative, facts.st_size, int64.time_ns(facts.st_mtime_ns), inode, ctime_ns)
    )
    if suffix in UNSUPPORTED:
        found.unsupported[relative] = UNSUPPORTED[suffix]


def _is_found_itself(target: str, roots: Sequence[str]) -> bool:
    """Whether what a link leads to is met in its own place, in one of the watched folders. target:
    no link."""
    for root in roots:
        if inside(target, root):
            names = os.path.relpath(target, root).replace(os.sep, "/").split("/")
            if not any(
                ignored_by_default("/".join(names[: n + 1]), is_folder=n < len(names) - 1)
                for n in range(len(names))
            ):
                return True
    return False
