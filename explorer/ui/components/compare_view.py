"""One group of duplicates, to be looked at closely: side by side, flickering, or as a difference;
and every key that decides.

A components-v2 component like the gallery: no iframe. It draws, zooms and compares in the browser,
and tells Python what was decided, as one `act` each.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st

from explorer.duplicates.group_file import GroupFile
from explorer.duplicates.groups import DuplicateGroup
from explorer.library.paths import printable
from explorer.library.rows import PhotoRow
from explorer.text_format import size
from explorer.ui.components.photo_urls import display_url, preview_url
from explorer.ui.duplicates_page import group_choices

_STATIC = Path(__file__).parents[1] / "static"
_UNDECIDED = "Nothing is suggested in this group: all its files stay, unless you mark some."

_review = st.components.v2.component(
    "duplicate_review",
    html='<div class="review" tabindex="0" role="region"></div><div class="said" role="status" aria-live="polite"></div>',
    css=(_STATIC / "compare.css").read_text(encoding="utf-8"),
    js=(_STATIC / "compare.js").read_text(encoding="utf-8"),
)


class Act(NamedTuple):
    """What a person did. what: next, previous, go, mark, markall, keep, accept, back, apart, all,
    later or undecide. key: of its group.

    file: of that group, for `mark` and `keep`. to: a group's key, for `go`.
    """

    what: str
    key: str
    file: int | None
    to: str | None


def compare(
    group: DuplicateGroup,
    photos: dict[int, PhotoRow],
    *,
    listed: Sequence[DuplicateGroup],
    at: int,
    total: int,
    ahead: Sequence[int] = (),
) -> Act | None:
    """Show a group, the one at `at` (from 0) of `total`, and below it the `listed` ones. photos: by
    id, of everything shown.

    ahead: photos that come next, fetched meanwhile.
    """
    keeps, items = (
        group_choices.keeps(group),
        [_item(group, item, photos.get(item.photo_id)) for item in group.all],
    )
    found: Any = _review(
        key="duplicates",
        data={
            "key": group.key,
            "label": f"DuplicateGroup {at + 1:,} of {total:,}",
            "because": _because(group, keeps=keeps),
            "suggested": group.suggested,
            "keeps": keeps,
            "tier": group.tier,
            "accepted": group_choices.accepted(group),
            "items": items,
            "ahead": [display_url(photos[i], still=True) for i in ahead if i in photos],
            "listed": [_entry(each, photos) for each in listed],
        },
        on_act_change=_ignore,
    )
    told = found.act
    if not told or told.get("key") != group.key:
        return None
    return Act(str(told["what"]), str(told["key"]), told.get("file"), told.get("to"))


def _item(group: DuplicateGroup, item: GroupFile, photo: PhotoRow | None) -> dict[str, Any]:
    keep = item is group.keep and group.suggested
    return {
        "file": item.file_id,
        "src": display_url(photo, still=True) if photo else "",
        "preview": preview_url(photo) if photo else "",
        "name": _name(item),
        "folder": printable(os.path.dirname(item.path)),
        "keep": keep,
        "goes": not keep and group_choices.marked(group, item),
        "stays": "" if keep else group.reason_to_keep(item),
        "protected": item.protected,
        "link": item.symlink,
        "relation": item.relation or ("kept" if keep else ""),
        "note": _note(group, item),
        "beside": _beside(item),
        "holds": ", ".join(item.holds),
        "width": item.width,
        "height": item.height,
        "bytes": item.bytes,
        "size": size(item.bytes),
        "format": item.format,
        "taken": (item.taken or "").replace("T", " "),
        "camera": item.camera or "",
        "facts": item.metadata,
    }


def _because(group: DuplicateGroup, *, keeps: bool) -> str:
    if not group.suggested:
        return f"Nothing is suggested: {group.doubt}."
    if not keeps:
        return _UNDECIDED
    return f"{_name(group.keep)} is kept because {group.keep_because}."


def _note(group: DuplicateGroup, item: GroupFile) -> str:
    if item.protected:
        return "in a protected folder: never removed"
    if item is group.keep:
        return "" if group.suggested else f"it stays: {group.reason_to_keep(item)}"
    if stays := group.reason_to_keep(item):
        return f"it stays: {stays}"
    return "another name of the same bytes: no space is gained" if item.linked else ""


def _beside(item: GroupFile) -> str:
    """What belongs to it, and goes with it."""
    found = [
        f"{printable(os.path.basename(each.path))} ({size(each.bytes)})"
        for each in item.company.own
    ]
    shared = [f"{printable(os.path.basename(each.path))} (shared)" for each in item.company.shared]
    return ", ".join([*found, *shared])


def _entry(group: DuplicateGroup, photos: dict[int, PhotoRow]) -> dict[str, Any]:
    shown = [photos[item.photo_id] for item in group.all[:3] if item.photo_id in photos]
    return {
        "key": group.key,
        "previews": [preview_url(photo) for photo in shown],
        "label": f"{_name(group.keep)}, {len(group.all)} files",
        "files": len(group.all),
        "size": size(group.reclaimable),
        "accepted": group_choices.accepted(group),
    }


def _name(item: GroupFile) -> str:
    return printable(os.path.basename(item.path))


def _ignore() -> None:
    """Streamlit asks for a callback wherever a component sends something."""
