"""The groups under review: filtered, sorted into tiers, and with the choices of the user
applied."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from explorer.duplicates.decisions import apply_decisions
from explorer.duplicates.group_file import GroupFile
from explorer.duplicates.group_removals import removals_of_groups
from explorer.duplicates.groups import COPIES, TIERS, DuplicateGroup, Tier
from explorer.library.library import Library
from explorer.library.paths import inside
from explorer.library.queries.filters import taken_within
from explorer.removal.removed_files import removed_paths
from explorer.removal.results import Removal
from explorer.ui import resources
from explorer.ui.duplicates_page.group_cache import all_groups
from explorer.ui.duplicates_page.group_choices import accepted, is_marked, with_chosen_keepers


class GroupFilter(NamedTuple):
    """Which groups to show: those with at least one matching file."""

    since: str | None = None
    """First day on which a photo was taken, `YYYY-MM-DD`."""
    until: str | None = None
    """Last day, `YYYY-MM-DD`."""
    folder: str | None = None
    """Absolute path of a folder; its subfolders are included."""


class TierSummary(NamedTuple):
    """Totals of one tier."""

    groups: int
    """Open groups."""
    bytes: int
    """Bytes that removing the suggested files would free."""


@dataclass
class DuplicatesReview:
    """The groups as one run of the page shows them."""

    change: int
    """The catalog's change counter that the groups belong to."""
    all: list[DuplicateGroup]
    """Every open group, whatever the filter."""
    open: dict[Tier, list[DuplicateGroup]]
    """The open groups that match the filter, by tier."""
    postponed: dict[Tier, list[DuplicateGroup]]
    """The postponed groups that match the filter, by tier."""
    decided: int
    """The number of groups that have been decided."""

    def summary(self, tier: Tier) -> TierSummary:
        """The totals of a tier; only copies count as reclaimable bytes."""
        groups = self.open[tier]
        reclaimable = sum(group.reclaimable for group in groups) if tier in COPIES else 0
        return TierSummary(len(groups), reclaimable)


def review(library: Library, group_filter: GroupFilter) -> DuplicatesReview:
    """The groups to review now, with every choice applied."""
    removed = removed_paths(library)
    change, known = all_groups(library)
    present = [group for each in known if (group := _without(each, removed)) is not None]
    decided = apply_decisions(library.catalog, present)
    chosen = with_chosen_keepers(decided.open)
    return DuplicatesReview(
        change,
        chosen,
        _by_tier(chosen, group_filter),
        _by_tier(decided.later, group_filter),
        len(decided.decided),
    )


def removals(current: DuplicatesReview) -> list[Removal]:
    """The removals from all accepted groups, in all tiers and whatever the filter."""
    return removals_of_groups(resources.library().catalog, accepted(current.all), is_marked)


def _without(group: DuplicateGroup, removed: set[str]) -> DuplicateGroup | None:
    """A group without the files that were just removed, which the catalog may still list; None if
    nothing is left to review. removed: paths."""
    if not removed or group.keep.path in removed:
        return None if group.keep.path in removed else group
    others = tuple(item for item in group.others if item.path not in removed)
    return replace(group, others=others) if others else None


def _by_tier(
    groups: list[DuplicateGroup], group_filter: GroupFilter
) -> dict[Tier, list[DuplicateGroup]]:
    """The groups of each tier that match the filter."""
    tiers: dict[Tier, list[DuplicateGroup]] = {tier: [] for tier in TIERS}
    for group in groups:
        if not any(group_filter) or any(_file_matches(item, group_filter) for item in group.all):
            tiers[group.tier].append(group)
    return tiers


def _file_matches(item: GroupFile, group_filter: GroupFilter) -> bool:
    if group_filter.folder and not inside(item.path, group_filter.folder):
        return False
    return taken_within(item.taken_at, item.taken_precision, group_filter.since, group_filter.until)
