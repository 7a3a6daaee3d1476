"""What the Duplicates page knows: the groups, what the person has chosen in them, and what is to be
removed."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from explorer.duplicates.decisions import apply_decisions
from explorer.duplicates.find_groups import find_groups
from explorer.duplicates.group_removals import removals_of_groups
from explorer.duplicates.groups import COPIES, TIERS, DuplicateGroup, GroupFile, Tier
from explorer.duplicates.keeper import keeper_rules
from explorer.library.decision_store import protected_folders
from explorer.library.filters import taken_within
from explorer.library.library import Library
from explorer.library.paths import inside
from explorer.library.staleness import patience
from explorer.removal.removed_files import removed_paths
from explorer.removal.results import Removal
from explorer.ui import resources
from explorer.ui.duplicates_page import decision_history

TITLES: dict[Tier, str] = {
    "identical": "Identical files",
    "pixels": "Same pixels",
    "picture": "Same picture",
    "moment": "Same moment",
    "lookalike": "Look-alikes",
}
NONE: dict[Tier, str] = {
    "identical": "There are no identical files.",
    "pixels": "There are no files with the same pixels.",
    "picture": "There are no copies of one picture.",
    "moment": "There are no shots of the same moment.",
    "lookalike": "There are no look-alikes.",
}
WHAT: dict[Tier, str] = {
    "identical": "Files with the same bytes: one is kept, nothing is lost.",
    "pixels": "Every pixel of every page and frame is the same, and so is any film inside. Only the metadata or the file format differs.",
    "picture": "One picture, saved again: smaller, re-sent, turned, cropped, brightened, stamped. Each was compared with the one kept."
    " Where it is not clear which one is the original, nothing is suggested: choose yourself.",
    "moment": "Different shots of one moment: a burst, a retake. Nothing is marked here; choose yourself.",
    "lookalike": "Photos of similar things. They are no duplicates: nothing is marked here, and nothing suggested.",
}

# Seconds after which the folders are checked for files that were put beside photos, or taken away.
RECHECK_AFTER = 10.0

_lock = threading.Lock()
_kept: _Kept | None = None


@dataclass
class _Kept:
    """Groups as they were found. key: the library and what a person set. change: of the catalog,
    when they were read. until: on the monotonic clock, when they are read again though photos go on
    coming. folders: those they lie in, each with the time of its last change. looked: when that was
    seen."""

    key: tuple[object, ...]
    change: int
    until: float
    groups: list[DuplicateGroup]
    folders: dict[str, int]
    looked: float

    def stale(self, now: float) -> bool:
        """Whether something was put beside the photos, or taken away, of which the library knows
        nothing: a film, a sidecar."""
        if now - self.looked < RECHECK_AFTER:
            return False
        self.looked = now
        return _changed(self.folders) != self.folders


@dataclass
class Choice:
    """What a person chose in a group that differs from what was suggested. keep: a file's id.
    marked: files to go."""

    keep: int | None = None
    marked: dict[int, bool] = field(default_factory=dict)
    accepted: bool = False


class Filter(NamedTuple):
    """since, until: `YYYY-MM-DD`. folder: absolute."""

    since: str | None = None
    until: str | None = None
    folder: str | None = None


class Summary(NamedTuple):
    """Of a tier: groups that are open, and bytes that would be free."""

    groups: int
    bytes: int


def groups(library: Library) -> tuple[int, list[DuplicateGroup]]:
    """All groups, and the change of the catalog that they were read at; kept for all sessions until
    something changes, in the library or beside the photos.

    While a large library is being indexed, something changes all the time: then they are kept for a
    while.
    """
    global _kept  # noqa: PLW0603
    key = (
        str(library.dir),
        keeper_rules(library.catalog),
        tuple(protected_folders(library.catalog)),
    )
    with _lock:
        change, start = library.catalog.change(), time.monotonic()
        old = (
            _kept is not None
            and start >= _kept.until
            and (_kept.change != change or _kept.stale(start))
        )
        if _kept is None or _kept.key != key or old:
            found = find_groups(library)
            end = time.monotonic()
            folders = _changed(
                {os.path.dirname(item.path) for group in found for item in group.all}
            )
            _kept = _Kept(key, change, end + patience(end - start), found, folders, end)
        return _kept.change, _kept.groups


def _changed(folders: Iterable[str]) -> dict[str, int]:
    """When the names in each folder changed last, in nanoseconds; a film that was put beside a
    photo shows so."""
    found = dict[str, int]()
    for folder in folders:
        with contextlib.suppress(OSError):
            found[folder] = os.stat(folder).st_mtime_ns
    return found


@dataclass
class Review:
    """One run of the page. change: of the catalog, as it is shown. all: every group that is open.
    open: by tier, filtered. later: put off, by tier."""

    change: int
    all: list[DuplicateGroup]
    open: dict[Tier, list[DuplicateGroup]]
    later: dict[Tier, list[DuplicateGroup]]
    decided: int

    def summary(self, tier: Tier) -> Summary:
        found = self.open[tier]
        return Summary(
            len(found), sum(group.reclaimable for group in found) if tier in COPIES else 0
        )


def review(library: Library, what: Filter) -> Review:
    """What is to be looked at now, with everything the person chose so far."""
    gone = removed_paths(library)
    change, known = groups(library)
    left = [group for each in known if (group := _present(each, gone)) is not None]
    found = apply_decisions(library.catalog, left)
    chosen = [apply(group) for group in found.open]
    fitting = [group for group in chosen if _fits(group, what)]
    return Review(
        change,
        chosen,
        {tier: [group for group in fitting if group.tier == tier] for tier in TIERS},
        {
            tier: [group for group in found.later if group.tier == tier and _fits(group, what)]
            for tier in TIERS
        },
        len(found.decided),
    )


def _present(group: DuplicateGroup, gone: set[str]) -> DuplicateGroup | None:
    """Without files that were removed a moment ago, of which the catalog may not have heard yet."""
    if not gone or group.keep.path in gone:
        return None if group.keep.path in gone else group
    others = tuple(item for item in group.others if item.path not in gone)
    return replace(group, others=others) if others else None


def _fits(group: DuplicateGroup, what: Filter) -> bool:
    return any(_item_fits(item, what) for item in group.all)


def _item_fits(item: GroupFile, what: Filter) -> bool:
    if what.folder and not inside(item.path, what.folder):
        return False
    return taken_within(item.taken_at, item.taken_precision, what.since, what.until)


# --- what the person chose; lives as long as the program runs, so that a page that is loaded again
# has lost nothing

_choices: dict[str, dict[str, Choice]] = {}


def _made() -> dict[str, Choice]:
    return _choices.setdefault(str(resources.library().dir), {})


def choice(key: str) -> Choice:
    return _made().setdefault(key, Choice())


def apply(group: DuplicateGroup) -> DuplicateGroup:
    """The group with the file kept that the person chose."""
    wanted = choice(group.key).keep
    return group if wanted is None else group.with_keeper(wanted)


def suggests(group: DuplicateGroup) -> bool:
    """Whether it is suggested which file of the group to keep, and that the others go. Elsewhere a
    person marks what is to go."""
    return group.tier in COPIES and group.suggested


def keeps(group: DuplicateGroup) -> bool:
    """Whether one file of the group is the one to keep: by suggestion, or because the person chose
    it or marked others."""
    chosen = choice(group.key)
    return (
        suggests(group)
        or chosen.keep is not None
        or any(marked(group, item) for item in group.others)
    )


def marked(group: DuplicateGroup, item: GroupFile) -> bool:
    """Whether this file goes when the group is accepted: all others of one picture where one to
    keep is known, and elsewhere what the person marked."""
    if item is group.keep or group.reason_to_keep(item):
        return False
    return choice(group.key).marked.get(item.file_id, suggests(group))


def mark(group: DuplicateGroup, file_id: int) -> None:
    for item in group.others:
        if item.file_id == file_id:
            choice(group.key).marked[file_id] = not marked(group, item)


def mark_all(group: DuplicateGroup) -> None:
    """Mark every file but the one kept; none, where some are marked."""
    some = any(marked(group, item) for item in group.others)
    choice(group.key).marked = {item.file_id: not some for item in group.others}


def keep(group: DuplicateGroup, file_id: int) -> None:
    """Keep that file, because the person says so; a link cannot be kept."""
    able = group.all if not group.suggested else (*group.others, *group.unchecked)
    item = next((item for item in able if item.file_id == file_id), None)
    if item is not None and not item.symlink:
        choice(group.key).keep = file_id
        choice(group.key).marked.pop(file_id, None)


def accept(many: Sequence[DuplicateGroup], *, yes: bool = True) -> None:
    """Have what is marked in the groups among what is to be removed, or not any more; nothing
    happens to it yet."""
    for group in many:
        choice(group.key).accepted = yes
    if yes:
        decision_history.note(many)


def accepted(group: DuplicateGroup) -> bool:
    return choice(group.key).accepted


def acceptable(many: Sequence[DuplicateGroup]) -> list[DuplicateGroup]:
    """Those that can be accepted all at once: of a tier that is suggested for removal, and
    something of them would go."""
    return [
        group
        for group in many
        if suggests(group)
        and not accepted(group)
        and any(marked(group, item) for item in group.others)
    ]


def accept_all(many: Sequence[DuplicateGroup]) -> None:
    accept(acceptable(many))


def forget_choices() -> None:
    _made().clear()


def removals(now: Review) -> list[Removal]:
    """What the accepted groups would remove, in all tiers, whatever the filter shows."""
    wanted = [group for group in now.all if accepted(group)]
    return removals_of_groups(resources.library().catalog, wanted, marked)


def can_undecide() -> bool:
    """Whether a decision or an acceptance can be taken back."""
    return decision_history.can_undo(_is_accepted)


def undecide() -> tuple[str, Tier] | None:
    """Take the last decision or acceptance back; gives the key and tier of the group it was about."""
    return decision_history.undo(_is_accepted, _drop)


def _is_accepted(key: str) -> bool:
    return choice(key).accepted


def _drop(key: str) -> None:
    choice(key).accepted = False
