"""What would be removed if each group of duplicates kept one photo."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from explorer.duplicates.groups import COPIES, TIERS, DuplicateGroup, GroupFile
from explorer.library.catalog import Catalog
from explorer.library.decision_store import hashes_of
from explorer.library.pair_store import PAIRS_VERSION, compared
from explorer.removal.results import Removal
from explorer.removal.stacks import is_one_stack


def _suggested(group: DuplicateGroup, item: GroupFile) -> bool:
    """Of other shots, a person may mark the frames of a burst; a plan that is made at once takes
    none whose name is built on another's."""
    together = group.tier == "moment" and is_one_stack(group.keep.path, item.path, "picture")
    return group.tier != "lookalike" and not together


def removals_of_groups(
    catalog: Catalog,
    groups: Iterable[DuplicateGroup],
    wanted: Callable[[DuplicateGroup, GroupFile], bool] = _suggested,
) -> list[Removal]:
    """What goes if each group's others go, but for those that stay in any case and those not
    wanted. What is kept for a file never goes.

    Look-alikes are not among them unless `wanted` says so. Where the one kept of a tighter group is
    itself a copy of a better photo, and all of that group were compared with it, they go for that
    one together.
    """
    chosen = [group for group in groups if any(wanted(group, item) for item in group.others)]
    hashes = {
        i: found.hex()
        for i, found in hashes_of(
            catalog, (item.photo_id for group in chosen for item in group.all)
        ).items()
    }
    going = [
        (group, item)
        for group in chosen
        for item in group.others
        if wanted(group, item) and not group.reason_to_keep(item)
    ]
    kept = defaultdict[str, list[DuplicateGroup]](list)
    for group in chosen:
        kept[group.keep.path].append(group)

    def gives_way(item: GroupFile, keep: GroupFile) -> bool:
        """Whether a file that is kept of tighter groups can go, with all that goes for it, for the
        sake of another group's."""
        others = {
            hashes.get(each.photo_id, "") for group in kept[item.path] for each in group.others
        }
        same = {hashes.get(each.photo_id, "") for each in (item, keep)}
        return all(group.tier in COPIES for group in kept[item.path]) and all(
            compared(catalog, other, hashes.get(keep.photo_id, ""), PAIRS_VERSION)
            in ("pixels", "picture")
            for other in others - same
        )

    better = {
        item.path: group
        for group, item in going
        if group.tier in COPIES and item.path in kept and gives_way(item, group.keep)
    }
    found = dict[str, Removal]()
    for group, item in going:
        at = group
        for _ in TIERS:
            at = better.get(at.keep.path, at)
        if (
            item.path in found
            or (item.path in kept and item.path not in better)
            or at.reason_to_keep(item)
        ):
            continue
        if item.photo_id in hashes and at.keep.photo_id in hashes:
            found[item.path] = Removal(
                item.path, hashes[item.photo_id], at.keep.path, hashes[at.keep.photo_id],
                item.bytes, at.tier, at.keep_because,
                item.company.own, item.holds,
            )  # fmt: skip
    # Whatever was accepted: what is kept for another does not go itself.
    return [removal for removal in found.values() if removal.keeper not in found]
