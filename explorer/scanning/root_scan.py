"""What a part of a root looks like now: everything that is asked of its drive in one go, in a
thread that may be left behind."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

from explorer.library.paths import join, printable, to_text
from explorer.library.rows import RootRow
from explorer.scanning.filesystem_traits import has_reliable_ctimes, has_stable_inodes
from explorer.scanning.ignore import IgnoreRules
from explorer.scanning.scan import ScanResult, device_of, root_state, scan_tree

log = logging.getLogger("explorer.scan")


class ScanTarget(NamedTuple):
    """A part of a root to be scanned. folder: relative, catalog text; '' is the whole root."""

    root_id: int
    root: str
    folder: str = ""
    recursive: bool = True


class RootScan(NamedTuple):
    """What was found at a place. away: the root's drive is not there, or it is suddenly empty.
    device: the file system that it is on. found: None where its drive went in the meantime, or
    where it could not be walked through, for the reason in `trouble`. moved: another file system
    shows in the root's place. inodes, ctimes: its files keep their inodes and change times until
    they change themselves. drives: those of its known mounts that are drives now."""

    place: ScanTarget
    away: bool = False
    device: str | None = None
    found: ScanResult | None = None
    rules: IgnoreRules | None = None
    moved: bool = False
    inodes: bool = False
    ctimes: bool = False
    drives: frozenset[str] = frozenset()
    trouble: str = ""


def scan_target(
    place: ScanTarget,
    root: RootRow,
    roots: Sequence[str],
    alive: Callable[[], None],
    *,
    moved: bool,
) -> RootScan:
    """Look at a place. roots: all watched folders, links in their paths resolved. alive: as of
    `scan_tree`. moved: it is known already that another file system shows in the root's place; what that
    means can only be seen on the whole, so all of the root is looked at once."""
    if is_away(root):
        return RootScan(place, away=True)
    device = device_of(root["path"])
    if not moved and root["device"] not in (None, device):
        moved, place = True, ScanTarget(root["id"], root["path"])
    listed = _as_listed(place)
    if listed != place.folder:
        place = place._replace(folder=listed, recursive=True)
    rules = IgnoreRules(root["path"], root["exclude"])
    try:
        if rules.excludes_branch(place.folder):
            found = ScanResult(left_out={place.folder})
        else:
            found = scan_tree(
                place.root,
                place.folder,
                recursive=place.recursive,
                rules=rules,
                roots=roots,
                tick=alive,
            )
    except Exception as error:
        # Whatever it is about this folder, the others must not wait for it.
        log.exception("%s could not be looked through", printable(place.root))
        return RootScan(
            place,
            device=device,
            moved=moved,
            trouble=f"it could not be looked through ({type(error).__name__}: {error})",
        )
    if is_away(root):
        return RootScan(place, away=True)
    drives = frozenset(
        folder for folder in root["mounts"] if _is_drive(join(to_text(root["path"]), folder))
    )
    # Its drive may have gone in the meantime.
    kept = found if device_of(root["path"]) == device else None
    # Numbers and times of another file system say nothing about the files that were known.
    inodes, ctimes = (
        not moved and has_stable_inodes(root["path"]),
        has_reliable_ctimes(root["path"]),
    )
    return RootScan(place, False, device, kept, rules, moved, inodes, ctimes, drives)


def is_away(root: RootRow) -> bool:
    """Whether the root's drive is away: it is not there, or suddenly empty though photos are known
    in it."""
    state = root_state(root["path"])
    return state == "absent" or (state == "empty" and root["photos"] > 0)


def problem(found: ScanResult, rules: IgnoreRules | None) -> str:
    """What of a root could not be read or understood, in words; '' where all could."""
    said = list[str]()
    if found.unreadable:
        first = printable(join("", min(found.unreadable)) or "the folder itself")
        said.append(f"{first} cannot be read{_more(len(found.unreadable))}: check the permissions")
    if rules is not None and rules.problems:
        said.append(f"{rules.problems[0]}{_more(len(rules.problems))}")
    return "; ".join(said)


def _more(number: int) -> str:
    return f" (and {number - 1:,} more)" if number > 1 else ""


def _is_drive(folder: str) -> bool:
    """Whether another file system shows in this folder than in the one it lies in."""
    return device_of(folder) not in (None, device_of(os.path.dirname(folder)))


def _as_listed(place: ScanTarget) -> str:
    """The folder of a place; or the innermost one around it that is spelled as the disk has it,
    where A and a are one letter in names and a folder was asked for by a spelling that it has lost
    since. Otherwise its photos would be found under both."""
    if sys.platform not in {"win32", "darwin"} or not place.folder:
        return place.folder
    known = ""
    for name in place.folder.split("/"):
        inner = f"{known}/{name}" if known else name
        try:
            names = os.listdir(join(to_text(place.root), known))
        except OSError:
            return place.folder
        if join("", name) not in names and os.path.lexists(join(to_text(place.root), inner)):
            return known
        known = inner
    return place.folder
