"""One scan of a root, or of a part of it.

Everything that touches the root's drive happens in a single call, `scan_target`, so that it can run
in a thread that is abandoned if the drive does not respond (`drive_timeouts`).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from typing import NamedTuple

from explorer.library.paths import join, printable, to_text
from explorer.library.rows import RootRow
from explorer.scanning.filesystem_traits import has_reliable_ctimes, has_stable_inodes
from explorer.scanning.ignore import IgnoreRules
from explorer.scanning.path_probes import device_of, root_state
from explorer.scanning.tree_scan import ScanResult, scan_tree
from explorer.systems import file_calls
from explorer.systems.this_system import this_system

log = logging.getLogger("explorer.scan")


class ScanTarget(NamedTuple):
    """A folder to scan: a root, or a part of it."""

    root_id: int
    root: str
    """Absolute path of the root."""
    folder: str = ""
    """Relative to the root, catalog text; '' is the root itself."""
    recursive: bool = True


class RootScan(NamedTuple):
    """The result of scanning a target, and facts about its root."""

    target: ScanTarget
    """What was actually scanned; may be more than was requested."""
    away: bool = False
    """Whether the root's drive is disconnected, or suddenly empty."""
    device: str | None = None
    """Device number of the file system that the root is on."""
    found: ScanResult | None = None
    """None if the drive went away during the scan, or the scan failed (`trouble`)."""
    rules: IgnoreRules | None = None
    moved: bool = False
    """Whether a different file system is mounted at the root's path than before."""
    inodes: bool = False
    """Whether inode numbers of the root's files are stable."""
    ctimes: bool = False
    """Whether change times of the root's files are reliable."""
    drives: frozenset[str] = frozenset()
    """The root's known mount points at which a file system is mounted now."""
    trouble: str = ""
    """Why the scan failed, in words."""


def scan_target(
    target: ScanTarget,
    root: RootRow,
    roots: Sequence[str],
    keep_alive: Callable[[], None],
    *,
    moved: bool,
) -> RootScan:
    """Scan a target. Raises only what `keep_alive` raises.

    roots: all watched folders with links resolved. keep_alive: passed to `scan_tree` as `tick`.
    moved: whether it is already known that a different file system is mounted at the root's path.
    If this scan discovers it, the whole root is scanned, because only then is it clear what became
    of its files.
    """
    if is_away(root):
        return RootScan(target, away=True)
    device = device_of(root["path"])
    if not moved and root["device"] not in (None, device):
        moved, target = True, ScanTarget(root["id"], root["path"])
    spelled = _as_spelled_on_disk(target)
    if spelled != target.folder:
        target = target._replace(folder=spelled, recursive=True)
    rules = IgnoreRules(root["path"], root["exclude"])
    try:
        if rules.excludes_branch(target.folder):
            found = ScanResult(left_out={target.folder})
        elif hidden := _hidden_part(target):
            found = ScanResult(left_out={hidden})
        else:
            found = scan_tree(
                target.root,
                target.folder,
                recursive=target.recursive,
                rules=rules,
                roots=roots,
                tick=keep_alive,
            )
    except Exception as error:
        # Whatever is wrong with this folder, the other folders are still scanned.
        log.exception("%s could not be scanned", printable(target.root))
        return RootScan(
            target,
            device=device,
            moved=moved,
            trouble=f"it could not be scanned ({type(error).__name__}: {error})",
        )
    if is_away(root):
        return RootScan(target, away=True)
    drives = mounted_drives(root)
    # The drive may have been disconnected during the scan.
    kept = found if device_of(root["path"]) == device else None
    # Inode numbers on a different file system say nothing about the known files.
    inodes, ctimes = (
        not moved and has_stable_inodes(root["path"]),
        has_reliable_ctimes(root["path"]),
    )
    return RootScan(target, False, device, kept, rules, moved, inodes, ctimes, drives)


def is_away(root: RootRow) -> bool:
    """Whether the root's drive is disconnected: its folder is absent, or is empty although the
    catalog has photos in it."""
    state = root_state(root["path"])
    return state == "absent" or (state == "empty" and root["photos"] > 0)


def mounted_drives(root: RootRow) -> frozenset[str]:
    """The known mount points in a root at which a file system is mounted now."""
    return frozenset(
        folder for folder in root["mounts"] if _is_mount_point(join(to_text(root["path"]), folder))
    )


def problem(found: ScanResult, rules: IgnoreRules | None) -> str:
    """Parts of a root that could not be read or parsed, in words; '' if none."""
    said = list[str]()
    if found.unreadable:
        first = printable(join("", min(found.unreadable)) or "the folder itself")
        said.append(f"{first} cannot be read{_more(len(found.unreadable))}: check the permissions")
    if rules is not None and rules.problems:
        said.append(f"{rules.problems[0]}{_more(len(rules.problems))}")
    return "; ".join(said)


def _more(number: int) -> str:
    return f" (and {number - 1:,} more)" if number > 1 else ""


def _is_mount_point(folder: str) -> bool:
    """Whether a folder is on another file system than the folder that contains it."""
    return device_of(folder) not in (None, device_of(os.path.dirname(folder)))


def _hidden_part(target: ScanTarget) -> str:
    """The outermost folder on the path from the root to a target that has the hidden attribute; ''
    if none has. A scan of the whole root would not enter it."""
    system = this_system()
    names = target.folder.split("/") if target.folder and system.has_file_attributes else []
    for number in range(1, len(names) + 1):
        folder = "/".join(names[:number])
        try:
            facts = file_calls.lstat(system.long_path(join(to_text(target.root), folder)))
        except OSError:
            # The folder is gone or cannot be read; the scan reports that.
            return ""
        if system.is_hidden(facts):
            return folder
    return ""


def _as_spelled_on_disk(target: ScanTarget) -> str:
    """The folder of a target if it is spelled as on disk, else the innermost parent that is.

    Where names are case-insensitive, a folder may be requested under an outdated spelling. Its
    photos would then be found under both spellings.
    """
    if not this_system().ignores_case or not target.folder:
        return target.folder
    known = ""
    for name in target.folder.split("/"):
        inner = f"{known}/{name}" if known else name
        try:
            names = file_calls.listdir(join(to_text(target.root), known))
        except OSError:
            return target.folder
        if join("", name) not in names and file_calls.lexists(join(to_text(target.root), inner)):
            return known
        known = inner
    return target.folder
