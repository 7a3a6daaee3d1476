"""A component that shows one group of duplicates for close inspection: side by side, flickering, or
as a difference, with keys and buttons for every decision.

A components-v2 component like the gallery, without an iframe. It draws, zooms and compares in the
browser, and sends each decision to Python as an action (`action_inbox.py`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import streamlit as st

from explorer.duplicates.group_file import GroupFile
from explorer.duplicates.groups import DuplicateGroup
from explorer.library.paths import printable
from explorer.library.rows import PhotoRow
from explorer.ui.components import action_inbox
from explorer.ui.components.action_inbox import SentAction
from explorer.ui.components.javascript import component_loader
from explorer.ui.components.photo_urls import display_url, preview_url
from explorer.ui.duplicates_page import group_choices
from explorer.ui.localized import count, iso_moment, size
from explorer.ui.static_files import STATIC

KEY = "duplicates"
"""The key of the component."""
_NOTHING_MARKED = "Nothing is suggested in this group. All files are kept unless you mark some."

_component = st.components.v2.component(
    "duplicate_review",
    html='<div class="review" tabindex="0" role="region"></div>'
    '<div class="announcement" role="status" aria-live="polite"></div>',
    css=(STATIC / "compare.css").read_text(encoding="utf-8"),
    js=component_loader("compare"),
)


class CompareAction(NamedTuple):
    """An action of the user."""

    what: str
    """`next`, `previous`, `go`, `mark`, `markall`, `keep`, `accept`, `back`, `apart`, `all`,
    `later` or `undecide`."""
    key: str
    """The key of the group that was shown."""
    file: int | None
    """The id of a file of that group, for `mark` and `keep`."""
    target: str | None
    """The key of the group to show, for `go`."""


def compare_view(
    group: DuplicateGroup,
    photos: dict[int, PhotoRow],
    *,
    listed: Sequence[DuplicateGroup],
    index: int,
    total: int,
    preload: Sequence[int],
    carry_out: Callable[[CompareAction], None],
) -> None:
    """Show a group and, below it, a list of groups.

    photos: every photo that is shown or preloaded, by id. listed: the groups in the list.
    index: the position of the group, from 0, among `total` groups.
    preload: ids of the photos that come next, loaded in advance.
    carry_out: called with each action of the user, before the run of the page that follows it.
    """
    has_keeper = group_choices.has_keeper(group)
    _component(
        key=KEY,
        data={
            "handled": action_inbox.handled(KEY),
            "key": group.key,
            "label": f"Group {count(index + 1)} of {count(total)}",
            "because": _explanation(group, has_keeper=has_keeper),
            "suggested": group.suggested,
            "keeps": has_keeper,
            "tier": group.tier,
            "accepted": group_choices.is_accepted(group),
            "items": [_file(group, item, photos.get(item.photo_id)) for item in group.all],
            "ahead": [display_url(photos[i]) for i in preload if i in photos],
            "listed": [_list_entry(each, photos) for each in listed],
        },
        on_actions_change=action_inbox.receiver(KEY, lambda sent: carry_out(_action(sent))),
    )


def _action(sent: SentAction) -> CompareAction:
    return CompareAction(str(sent["what"]), str(sent["key"]), sent.get("file"), sent.get("to"))


def _file(group: DuplicateGroup, item: GroupFile, photo: PhotoRow | None) -> dict[str, Any]:
    """A file as JSON data for the browser."""
    keep = item is group.keep and group.suggested
    return {
        "file": item.file_id,
        "src": display_url(photo) if photo else "",
        "preview": preview_url(photo) if photo else "",
        "name": _name(item),
        "folder": printable(os.path.dirname(item.path)),
        "keep": keep,
        "goes": not keep and group_choices.is_marked(group, item),
        "stays": "" if keep else group.reason_to_keep(item),
        "protected": item.protected,
        "link": item.symlink,
        "relation": item.relation or ("kept" if keep else ""),
        "note": _note(group, item),
        "beside": _companions(item),
        "holds": ", ".join(item.holds),
        "width": item.width,
        "height": item.height,
        "bytes": item.bytes,
        "size": size(item.bytes),
        "format": item.format,
        "taken": iso_moment(item.taken or ""),
        "camera": item.camera or "",
        "facts": item.metadata,
    }


def _explanation(group: DuplicateGroup, *, has_keeper: bool) -> str:
    """Why a file is kept, or why nothing is suggested."""
    if not group.suggested:
        return f"Nothing is suggested: {group.doubt}."
    if not has_keeper:
        return _NOTHING_MARKED
    return f"{_name(group.keep)} is kept because {group.keep_because}."


def _note(group: DuplicateGroup, item: GroupFile) -> str:
    """Why a file cannot be removed, or what else to know before removing it; '' if nothing."""
    if item.protected:
        return "in a protected folder: never removed"
    if item is group.keep and group.suggested:
        return ""
    if reason := group.reason_to_keep(item):
        return f"kept: {reason}"
    if loss := group.metadata_loss(item):
        return f"removing it loses metadata: {loss}"
    return "another name of the same file: removing it frees no space" if item.linked else ""


def _companions(item: GroupFile) -> str:
    """The files that belong to a file: those that are removed with it, and those it shares."""
    own = [
        f"{printable(os.path.basename(each.path))} ({size(each.bytes)})"
        for each in item.companions.own
    ]
    shared = [
        f"{printable(os.path.basename(each.path))} (shared)" for each in item.companions.shared
    ]
    return ", ".join([*own, *shared])


def _list_entry(group: DuplicateGroup, photos: dict[int, PhotoRow]) -> dict[str, Any]:
    shown = [photos[item.photo_id] for item in group.all[:3] if item.photo_id in photos]
    return {
        "key": group.key,
        "previews": [preview_url(photo) for photo in shown],
        "label": f"{_name(group.keep)}, {len(group.all)} files",
        "files": len(group.all),
        "size": size(group.reclaimable),
        "accepted": group_choices.is_accepted(group),
    }


def _name(item: GroupFile) -> str:
    return printable(os.path.basename(item.path))
