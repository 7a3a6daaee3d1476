"""A component that shows an uploaded photo, on which the user draws boxes to search by, with mouse,
touch or keyboard. The viewer does the same for photos of the library.

A components-v2 component like the gallery, without an iframe.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import streamlit as st

from explorer.errors import UsageError
from explorer.photos.photo_region import PhotoRegion
from explorer.ui.components.component_events import ignore
from explorer.ui.components.javascript import component_loader
from explorer.ui.static_files import STATIC

_component = st.components.v2.component(
    "region_picker",
    html='<div class="picker"></div>'
    '<div class="announcement" role="status" aria-live="polite"></div>',
    css=(STATIC / "region_picker.css").read_text(encoding="utf-8"),
    js=component_loader("region_picker"),
)


class PickerPhoto(NamedTuple):
    """The photo to draw on. width, height: in pixels."""

    source: str
    """The token of the upload, as used in links."""
    url: str
    label: str
    width: int
    height: int


class PickedRegions(NamedTuple):
    """The user's choice; no regions and not cancelled while they are still drawing."""

    regions: list[PhotoRegion]
    """The boxes to search by."""
    add: bool
    """Whether the boxes are added to the current search instead of replacing it."""
    cancelled: bool


def region_picker(photo: PickerPhoto, *, can_add: bool) -> PickedRegions:
    """Show a photo to draw boxes on. can_add: whether the boxes can be added to a search."""
    with st.container(key="region-picker"):
        result: Any = _component(
            key="region-picker-component",
            data={
                "source": photo.source,
                "src": photo.url,
                "label": photo.label,
                "width": photo.width,
                "height": photo.height,
                "add": can_add,
            },
            on_picked_change=ignore,
            on_cancelled_change=ignore,
        )
    picked = result.picked or {}
    regions = list[PhotoRegion]()
    if picked.get("source") == photo.source:
        for box in picked.get("boxes", []):
            try:
                regions.append(PhotoRegion(*map(float, box)))
            except (TypeError, ValueError, UsageError):
                # This does not come from our script, which sends only valid boxes.
                continue
    return PickedRegions(regions, bool(picked.get("add")), result.cancelled is not None)
