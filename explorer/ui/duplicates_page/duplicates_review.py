"""What the Duplicates page knows: the groups, what the person has chosen in them, and what is to be
removed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from explorer.duplicates.decisions import apply_decisions
from explorer.duplicates.group_file import GroupFile
from explorer.duplicates.group_removals import removals_of_groups
from explorer.duplicates.groups import COPIES, TIERS, DuplicateGroup, Tier
from explorer.library.filters import taken_within
from explorer.library.library import Library
from explorer.library.paths import inside
from explorer.removal.removed_files import removed_paths
from explorer.removal.results import Removal
from explorer.ui import resources
from explorer.ui.duplicates_page.group_cache import groups
from explorer.ui.duplicates_page.group_choices import accepted, apply, marked


class Filter(NamedTuple):
    """since, until: `YYYY-MM-DD`. folder: absolute."""

    since: str | None = None
    until: str | None = None
    folder: str | None = None


class Summary(NamedTuple):
    """Of a tier: groups that are open, and bytes that would be free."""

    groups: int
    bytes: int


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


def removals(now: Review) -> list[Removal]:
    """What the accepted groups would remove, in all tiers, whatever the filter shows."""
    wanted = [group for group in now.all if accepted(group)]
    return removals_of_groups(resources.library().catalog, wanted, marked)
