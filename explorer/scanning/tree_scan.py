"""List the photo files below a folder. Only names, sizes and times are read; the only files opened
are ignore files."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from explorer import int64
from explorer.library.file_rows import FileStat
from explorer.library.paths import inside, join, to_text
from explorer.library.system_folders import system_folder_of_file
from explorer.photos.companion_keys import SIDECAR_EXTENSIONS, is_sidecar
from explorer.photos.file_io import why_not_regular
from explorer.photos.formats import EXTENSIONS, UNSUPPORTED
from explorer.scanning.ignore import IgnoreRules, ignored_by_default
from explorer.systems import file_calls
from explorer.systems.this_system import this_system

# Entries between two calls of `tick`, while they are examined and while they are listed.
_EXAMINED, _LISTED = 50, 1000

# A folder that holds `_CATALOG` and one of `_OTHERS` is a library, or a copy of one. Its previews
# are not the user's photos.
_CATALOG, _OTHERS = "catalog.db", frozenset({"worker.lock", "previews"})


@dataclass
class ScanResult:
    """What was found in a folder. Paths are relative to the root, as catalog text."""

    files: list[FileStat] = field(default_factory=list)
    """Photo files."""
    unsupported: dict[str, str] = field(default_factory=dict)
    """The paths in `files` that cannot be read as photos, each with the reason."""
    unreadable: set[str] = field(default_factory=set)
    """Folders and files that could not be accessed; nothing is known about them."""
    broken_links: set[str] = field(default_factory=set)
    """Links to files that do not exist, for example because their drive is disconnected."""
    left_out: set[str] = field(default_factory=set)
    """Folders and photo files that ignore rules exclude."""
    in_cloud: set[str] = field(default_factory=set)
    """The paths in `files` of which only a cloud placeholder is here; they are not opened."""
    mounts: set[str] = field(default_factory=set)
    """Folders on another file system than the folder that contains them."""
    sidecars: list[FileStat] = field(default_factory=list)
    """Sidecars: files beside photos that hold facts about them."""
    unread_sidecars: set[str] = field(default_factory=set)
    """Paths of sidecars that must not be opened, such as cloud placeholders."""
    other: int = 0
    """Number of files that are not photos."""


def scan_tree(
    root: str,
    folder: str = "",
    *,
    recursive: bool = True,
    rules: IgnoreRules | None = None,
    roots: Sequence[str] = (),
    tick: Callable[[], None] = lambda: None,
) -> ScanResult:
    """List the photo files in a folder of a root and, if `recursive`, in its subfolders.

    root: absolute path. folder: relative, catalog text. roots: all watched folders with links
    resolved. tick: called for each folder, and more often in large ones; may raise to stop.

    Links to folders are not followed, and on Windows a volume that is mounted inside itself is not
    entered, so a scan cannot run in circles. A link to a photo outside the watched folders counts
    as a photo file. A link to a photo inside them is skipped, because that photo is found at its
    own path.
    """
    rules = rules or IgnoreRules(root)
    found, waiting = ScanResult(), [folder]
    real = list(roots) or [os.path.realpath(root)]
    while waiting:
        here = waiting.pop()
        tick()
        listed, device = _list(join(to_text(root), here), here, found, tick)
        for number, entry in enumerate(listed):
            if number % _EXAMINED == _EXAMINED - 1:
                tick()
            relative = f"{here}/{to_text(entry.name)}" if here else to_text(entry.name)
            try:
                is_folder = entry.is_dir(follow_symlinks=False)
                # Checked first: on an excluded folder even a stat may fail or never return, as the
                # folder may be excluded because its server is gone.
                if is_folder and rules.excludes(relative, is_folder=True):
                    found.left_out.add(relative)
                elif _is_junction(entry, root, here):
                    continue
                elif _is_hidden(entry):
                    found.left_out.add(relative)
                elif not is_folder:
                    _add_file(found, relative, entry, rules, real)
                else:
                    if _device(entry) != device:
                        found.mounts.add(relative)
                    if recursive:
                        waiting.append(relative)
            except FileNotFoundError:
                # It is a broken link, or was deleted after it was listed.
                found.broken_links |= {relative} if _is_link(entry) else set()
            except OSError:
                found.unreadable.add(relative)
    return found


def _list(
    path: str, here: str, found: ScanResult, tick: Callable[[], None]
) -> tuple[list[os.DirEntry[str]], int]:
    """The entries of a folder, sorted by name, and its device number; ([], 0) if the folder is
    gone, unreadable, or a library. An unreadable folder is added to `found`."""
    try:
        path = this_system().long_path(path)
        device = file_calls.stat(path).st_dev
        with file_calls.scandir(path) as entries:
            listed = list[os.DirEntry[str]]()
            for entry in entries:
                listed.append(entry)
                if len(listed) % _LISTED == 0:
                    tick()
        listed.sort(key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return [], 0
    except OSError:
        found.unreadable.add(here)
        return [], 0
    names = {entry.name for entry in listed}
    return ([], 0) if _CATALOG in names and names & _OTHERS else (listed, device)


def _is_link(entry: os.DirEntry[str]) -> bool:
    """Whether an entry still exists, and is a link."""
    return entry.is_symlink() and file_calls.lexists(entry.path)


def _device(entry: os.DirEntry[str]) -> int:
    # On Windows, a listed entry has no device number. Links are then followed, because scans enter
    # mounted drives.
    return entry.stat(follow_symlinks=False).st_dev or file_calls.stat(entry.path).st_dev


def _is_junction(entry: os.DirEntry[str], root: str, here: str) -> bool:
    """Whether an entry is a Windows junction that must not be entered: one that links to a folder,
    or one that mounts a volume that holds a folder above, which would be entered again and again.
    here: the folder that contains the entry."""
    system = this_system()
    if not system.has_file_attributes:
        return False
    goal = system.junction_goal(entry.stat(follow_symlinks=False), entry.path)
    if goal != "volume":
        return goal == "folder"
    names = here.split("/") if here else []
    above = ("/".join(names[:n]) for n in range(len(names) + 1))
    device = _device(entry)
    return any(file_calls.stat(join(to_text(root), folder)).st_dev == device for folder in above)


def _is_hidden(entry: os.DirEntry[str]) -> bool:
    """Whether an entry has the hidden attribute."""
    system = this_system()
    return system.has_file_attributes and system.is_hidden(entry.stat(follow_symlinks=False))


def _add_file(
    found: ScanResult,
    relative: str,
    entry: os.DirEntry[str],
    rules: IgnoreRules,
    roots: Sequence[str],
) -> None:
    suffix = os.path.splitext(entry.name)[1].lower()
    if suffix not in EXTENSIONS and suffix not in UNSUPPORTED:
        found.other += entry.is_file() and not ignored_by_default(entry.name, is_folder=False)
        if suffix in SIDECAR_EXTENSIONS and is_sidecar(to_text(entry.name)):
            _add_sidecar(found, relative, entry, rules)
        return
    if rules.excludes(relative, is_folder=False):
        found.left_out.add(relative)
        return
    if entry.is_symlink():
        target = os.path.realpath(entry.path)
        if file_calls.isdir(target) or _is_found_itself(target, roots):
            return
        if system_folder_of_file(target):
            found.left_out.add(relative)
            return
    facts = entry.stat()
    if reason := why_not_regular(facts):
        # The size and time of a device are meaningless.
        found.files.append(FileStat(relative, 0, 0, 0))
        found.unsupported[relative] = reason
        return
    # On Windows, the stat of a listed entry lacks the inode, and st_ctime is the creation time.
    ctime_ns = int64.time_ns(facts.st_ctime_ns) if this_system().has_change_times else 0
    inode = int64.file_id(facts.st_ino or entry.inode())
    found.files.append(
        FileStat(relative, facts.st_size, int64.time_ns(facts.st_mtime_ns), inode, ctime_ns)
    )
    if suffix in UNSUPPORTED:
        found.unsupported[relative] = UNSUPPORTED[suffix]
    elif this_system().is_in_cloud(facts):
        found.in_cloud.add(relative)


def _add_sidecar(
    found: ScanResult, relative: str, entry: os.DirEntry[str], rules: IgnoreRules
) -> None:
    if rules.excludes(relative, is_folder=False):
        return
    facts = entry.stat()
    if why_not_regular(facts) or this_system().is_in_cloud(facts):
        found.unread_sidecars.add(relative)
    else:
        found.sidecars.append(
            FileStat(relative, facts.st_size, int64.time_ns(facts.st_mtime_ns), 0)
        )


def _is_found_itself(target: str, roots: Sequence[str]) -> bool:
    """Whether a scan of the watched folders finds the target of a link at its own path. target:
    links resolved."""
    for root in roots:
        if inside(target, root):
            names = os.path.relpath(target, root).replace(os.sep, "/").split("/")
            if not any(
                ignored_by_default("/".join(names[: n + 1]), is_folder=n < len(names) - 1)
                for n in range(len(names))
            ):
                return True
    return False
