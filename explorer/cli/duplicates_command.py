"""`duplicates`."""

from __future__ import annotations

import argparse
import os
from typing import Any

from explorer.cli.app import absolute, open_library, say
from explorer.cli.output import emit, emit_json
from explorer.duplicates.groups import TIERS, DuplicateGroup, GroupFile
from explorer.library.paths import inside
from explorer.text_format import count, size

_NAMES = {
    "identical": "the same file", "pixels": "the same pixels", "picture": "the same picture",
    "moment": "the same moment",
    "lookalike": "looks alike",
}  # fmt: skip


def run_duplicates(args: argparse.Namespace) -> int:
    """Print the groups of duplicates; with --plan, also write what would be removed if each group's
    one to keep were kept."""
    from explorer.duplicates.decisions import apply_decisions
    from explorer.duplicates.find_groups import find_groups

    library = open_library(args.library)
    try:
        groups = find_groups(
            library, [tier for tier in TIERS if not args.tier or tier in args.tier]
        )
        if args.folder:
            folder = absolute(args.folder)
            groups = [
                group
                for group in groups
                if any(inside(item.path, folder) for item in (group.keep, *group.others))
            ]
        groups = apply_decisions(library.catalog, groups).open
        if args.plan:
            from explorer.duplicates.group_removals import removals_of_groups
            from explorer.removal.plan import write_plan
            from explorer.removal.results import companions_in_words

            removals = removals_of_groups(
                library.catalog, [group for group in groups if args.tier or group.tier in TIERS[:3]]
            )
            write_plan(absolute(args.plan), removals)
            along = sum(len(removal.companions) for removal in removals)
            more = f" and {companions_in_words(along)}" if along else ""
            total = size(sum(removal.total_bytes for removal in removals))
            say(
                f"{count(len(removals), 'file')}{more}, {total}, {'is' if len(removals) + along == 1 else 'are'} in the plan {args.plan}."
            )
        if args.json:
            emit_json([_as_json(group) for group in groups])
            return 0
        for group in groups:
            holding = "; ".join(_holding(group))
            if group.suggested:
                emit(
                    f"{_NAMES[group.tier]}: keep {group.keep.path} ({group.keep_because}{f'; {holding}' if holding else ''})"
                )
            else:
                emit(f"{_NAMES[group.tier]}: nothing is suggested ({group.doubt})")
                emit(f"    {group.keep.path}{f' ({holding})' if holding else ''}")
            for item in group.others:
                beside, stays = (
                    ", ".join(os.path.basename(each.path) for each in item.company.own),
                    group.reason_to_keep(item),
                )
                notes = [
                    item.relation,
                    *item.holds,
                    *([f"with {beside}"] if beside else []),
                    *([f"it stays: {stays}"] if stays else []),
                ]
                emit(f"    {item.path} ({'; '.join(notes)})")
        if not groups:
            say(_nothing(library.catalog.counts().photos))
        return 0
    finally:
        library.close()


def _holding(group: DuplicateGroup) -> list[str]:
    """What the one kept holds, where that is not the very reason for keeping it."""
    return [words for words in group.keep.holds if words not in group.keep_because]


def _as_json(group: DuplicateGroup) -> dict[str, Any]:
    return {
        "tier": group.tier,
        "keep": group.keep.path if group.suggested else None,
        "keep_because": group.keep_because,
        "doubt": group.doubt,
        "key": group.key,
        "reclaimable": group.reclaimable,
        "photos": [_photo(group, item) for item in (group.keep, *group.others)],
    }


def _photo(group: DuplicateGroup, item: GroupFile) -> dict[str, Any]:
    return {
        "id": item.photo_id, "path": item.path, "bytes": item.bytes, "width": item.width,
        "height": item.height, "format": item.format,
        "taken_at": item.taken, "relation": item.relation, "score": round(item.score, 4),
        "protected": item.protected,
        "linked": item.linked,
        "stays": "" if item is group.keep and group.suggested else group.reason_to_keep(item),
        "along": [{"path": each.path, "bytes": each.bytes} for each in item.company.own],
        "contents": list(item.holds),
    }  # fmt: skip


def _nothing(photos: int) -> str:
    if not photos:
        return (
            "The library has no photos yet: index a folder first with `python run.py index FOLDER`."
        )
    return "No duplicates were found."
