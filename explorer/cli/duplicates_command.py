"""`duplicates`: list the groups of duplicates."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from explorer.cli.arguments import absolute, opened_library
from explorer.cli.options import Command, json_option, library_option
from explorer.cli.output import EMPTY_LIBRARY, emit, emit_json, say
from explorer.duplicates.group_file import GroupFile
from explorer.duplicates.groups import COPIES, TIERS, DuplicateGroup
from explorer.library.paths import inside
from explorer.text_format import count, size

if TYPE_CHECKING:
    from explorer.library.library import Library

_NAMES = {
    "identical": "the same file", "pixels": "the same pixels", "picture": "the same picture",
    "moment": "the same moment",
    "lookalike": "looks alike",
}  # fmt: skip
_OTHER_SHOTS = (
    "Different shots of one moment, and look-alikes, are never in a plan: choose among them one by"
    " one on the Duplicates page."
)


@click.command(
    "duplicates", cls=Command, help="List duplicate photos and which one of each group to keep."
)
@click.option(
    "--tier",
    type=click.Choice(TIERS),
    multiple=True,
    help="Only groups of this kind (may be repeated); the first three are copies of one picture.",
)
@click.option(
    "--folder", metavar="DIR", help="Only groups with a photo in this folder or its subfolders."
)
@click.option(
    "--plan",
    metavar="FILE",
    help="Write a plan of what would be removed, of the first three kinds (.json or .csv).",
)
@json_option
@library_option
def duplicates_command(
    library: str | None, as_json: bool, tier: tuple[str, ...], folder: str | None, plan: str | None
) -> int:
    """Print the groups. With --plan, also write a plan that keeps one photo of each group of copies
    and removes the others."""
    from explorer.duplicates.decisions import apply_decisions
    from explorer.duplicates.find_groups import find_groups

    with opened_library(library) as opened:
        groups = find_groups(opened, [each for each in TIERS if not tier or each in tier])
        if folder is not None:
            within = absolute(folder)
            groups = [
                group
                for group in groups
                if any(inside(item.path, within) for item in (group.keep, *group.others))
            ]
        groups = apply_decisions(opened.catalog, groups).open
        if plan is not None:
            _write_plan(opened, groups, plan)
            if not set(tier).issubset(COPIES):
                say(_OTHER_SHOTS)
        if as_json:
            emit_json([_as_json(group) for group in groups])
            return 0
        for group in groups:
            _report(group)
        if not groups:
            empty = not opened.catalog.counts().photos
            say(EMPTY_LIBRARY if empty else "No duplicates were found.")
        return 0


def _write_plan(library: Library, groups: Sequence[DuplicateGroup], name: str) -> None:
    from explorer.duplicates.group_removals import removals_of_groups
    from explorer.removal.plan import write_plan
    from explorer.removal.results import companions_in_words

    removals = removals_of_groups(library.catalog, groups)
    write_plan(absolute(name), removals)
    companions = sum(len(removal.companions) for removal in removals)
    more = f", with {companions_in_words(companions)}" if companions else ""
    total = size(sum(removal.total_bytes for removal in removals))
    verb = "is" if len(removals) + companions == 1 else "are"
    say(f"{count(len(removals), 'file')}{more}, {total}, {verb} in the plan {name}.")


def _report(group: DuplicateGroup) -> None:
    contents = "; ".join(_contents_to_mention(group))
    if group.suggested:
        also = f"; {contents}" if contents else ""
        emit(f"{_NAMES[group.tier]}: keep {group.keep.path} ({group.keep_because}{also})")
    else:
        emit(f"{_NAMES[group.tier]}: nothing is suggested ({group.doubt})")
        emit(f"    {group.keep.path}{f' ({contents})' if contents else ''}")
    for item in group.others:
        companions = ", ".join(os.path.basename(each.path) for each in item.companions.own)
        kept = group.reason_to_keep(item)
        notes = [item.relation, *item.holds]
        notes += [f"with {companions}"] if companions else []
        notes += [f"kept: {kept}"] if kept else []
        emit(f"    {item.path} ({'; '.join(notes)})")


def _contents_to_mention(group: DuplicateGroup) -> list[str]:
    """The further contents of the kept file, except those given as the reason for keeping it."""
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
        "along": [{"path": each.path, "bytes": each.bytes} for each in item.companions.own],
        "contents": list(item.holds),
    }  # fmt: skip
