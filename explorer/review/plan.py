"""What is to be removed, as a list and as a file: JSON or CSV, for people and scripts to look at. `plan_reader.py` reads it again."""

from __future__ import annotations

import csv
import io
import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from explorer.library.catalog import Catalog
from explorer.library.decisions import hashes_of
from explorer.library.pairs import PAIRS_VERSION, compared
from explorer.library.paths import printable, to_text
from explorer.review.companions import Beside
from explorer.review.groups import COPIES, TIERS, Group, Item
from explorer.review.outcome import Removal
from explorer.review.plan_formats import FORMAT, VERSION, PlanError
from explorer.review.spreadsheet import row_as_text
from explorer.review.stacks import kept_together
from explorer.words import size

_COLUMNS = ("path", "hash", "bytes", "keep", "keep_hash", "tier", "why", "along", "holds")


def _suggested(group: Group, item: Item) -> bool:
    """Of other shots, a person may mark the frames of a burst; a plan that is made at once takes none whose name is built on another's."""
    together = group.tier == "moment" and kept_together(group.keep.path, item.path, "picture")
    return group.tier != "lookalike" and not together


def removals_of(catalog: Catalog, groups: Iterable[Group], wanted: Callable[[Group, Item], bool] = _suggested) -> list[Removal]:
    """What goes if each group's others go, but for those that stay in any case and those not wanted. What is kept for a file never goes.

    Look-alikes are not among them unless `wanted` says so. Where the one kept of a tighter group is itself a copy of a better photo, and
    all of that group were compared with it, they go for that one together.
    """
    chosen = [group for group in groups if any(wanted(group, item) for item in group.others)]
    hashes = {i: found.hex() for i, found in hashes_of(catalog, (item.photo_id for group in chosen for item in group.all)).items()}
    going = [(group, item) for group in chosen for item in group.others if wanted(group, item) and not group.stays(item)]
    kept = defaultdict[str, list[Group]](list)
    for group in chosen:
        kept[group.keep.path].append(group)

    def gives_way(item: Item, keep: Item) -> bool:
        """Whether a file that is kept of tighter groups can go, with all that goes for it, for the sake of another group's."""
        others = {hashes.get(each.photo_id, "") for group in kept[item.path] for each in group.others}
        same = {hashes.get(each.photo_id, "") for each in (item, keep)}
        return all(group.tier in COPIES for group in kept[item.path]) and all(
            compared(catalog, other, hashes.get(keep.photo_id, ""), PAIRS_VERSION) in ("pixels", "picture") for other in others - same
        )

    better = {item.path: group for group, item in going if group.tier in COPIES and item.path in kept and gives_way(item, group.keep)}
    found = dict[str, Removal]()
    for group, item in going:
        at = group
        for _ in TIERS:
            at = better.get(at.keep.path, at)
        if item.path in found or (item.path in kept and item.path not in better) or at.stays(item):
            continue
        if item.photo_id in hashes and at.keep.photo_id in hashes:
            found[item.path] = Removal(
                item.path, hashes[item.photo_id], at.keep.path, hashes[at.keep.photo_id], item.bytes, at.tier, at.keep_because,
                item.company.along, item.holds,
            )  # fmt: skip
    # Whatever was accepted: what is kept for another does not go itself.
    return [removal for removal in found.values() if removal.keeper not in found]


def removals_of_photos(catalog: Catalog, photo_ids: Iterable[int]) -> list[Removal]:
    """What goes if these photos go for their own sake: every file that holds them, and no other is kept for it.

    `remove` wants to be told that the person has confirmed just that (`without_keeper`).
    """
    wanted, beside = list(photo_ids), Beside()
    hashes = hashes_of(catalog, wanted)
    return [
        Removal(file["path"], hashes[photo_id].hex(), bytes=file["size"], along=beside.of(file["path"]).along)
        for photo_id in dict.fromkeys(wanted)
        if photo_id in hashes
        for file in catalog.files_of(photo_id)
        if file["state"] == "present"
    ]


def as_json(removals: Sequence[Removal]) -> str:
    """The plan as JSON, ASCII only, so that any name survives."""
    rows = [_row(removal) for removal in removals]
    return json.dumps({"format": FORMAT, "version": VERSION, "removals": rows}, indent=1) + "\n"


def as_csv(removals: Sequence[Removal]) -> str:
    """The plan as a table; names that are no UTF-8 are kept as the catalog keeps them, and no cell is a formula (`spreadsheet.py`)."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    for removal in removals:
        row = _row(removal)
        along = ", ".join(f"{printable(os.path.basename(each.path))} ({size(each.bytes)})" for each in removal.along)  # noqa: PTH119
        shown = {
            "path": to_text(removal.path),
            "keep": to_text(removal.keeper) if removal.keeper else "",
            "along": along,
            "holds": ", ".join(removal.holds),
        }
        writer.writerow(row_as_text(row | shown))
    return text.getvalue()


def write_plan(path: str | os.PathLike[str], removals: Sequence[Removal]) -> None:
    """Write a plan: CSV where the name ends so, else JSON. Raises PlanError where it cannot be written."""
    is_csv = Path(path).suffix.lower() == ".csv"
    try:
        Path(path).write_bytes((as_csv(removals) if is_csv else as_json(removals)).encode("utf-8"))
    except OSError as error:
        raise PlanError(f"The plan {printable(str(path))} cannot be written: {error.strerror or error}.") from error


def _row(removal: Removal) -> dict[str, Any]:
    return {
        "path": removal.path, "hash": removal.hash, "bytes": removal.bytes, "keep": removal.keeper, "keep_hash": removal.keeper_hash,
        "tier": removal.tier, "why": removal.why, "along": [{"path": each.path, "bytes": each.bytes} for each in removal.along],
        "holds": list(removal.holds),
    }  # fmt: skip
