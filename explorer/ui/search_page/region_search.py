"""Search by parts of photos: the dialog in which they are drawn, and their form in the URL,
`region=12@0.1,0.2,0.35,0.4;…`."""

from __future__ import annotations

import io

import streamlit as st
from PIL import Image

from explorer.search.ranking.region import MAX_PARTS, EncodedPart, PhotoPart, print_parts
from explorer.ui.components.photo_urls import data_url
from explorer.ui.components.region_picker import PickerPhoto, region_picker
from explorer.ui.search_page import example_photos, region_photos, search_state

# Session state: the upload that boxes are being drawn on.
_DRAWING = "_drawing-regions"


def encoded_parts() -> list[tuple[PhotoPart, EncodedPart]]:
    """The parts of photos in the URL, encoded; parts whose photo is gone are omitted."""
    found = [(part, region_photos.find(part)) for part in search_state.region_parts()[0]]
    return [(part, encoded) for part, encoded in found if encoded is not None]


def remove_part(part: PhotoPart) -> None:
    """Search without this part."""
    kept = [each for each in search_state.region_parts()[0] if each != part]
    parameters = search_state.url_parameters() | {search_state.REGION: print_parts(kept)}
    search_state.set_url(**parameters)


def search_parts(parts: list[PhotoPart], *, add: bool) -> None:
    """Search by these parts of photos, from any page, in the run that follows: in addition to the
    current search (add) or instead of it. Filters are kept."""
    now = search_state.url_parameters()
    if add:
        present = search_state.region_parts()[0]
        parts = list(dict.fromkeys([*present, *parts]))[-MAX_PARTS:]
        kept = now
    else:
        dropped = (search_state.PHRASE, *search_state.PHOTOS)
        kept = {key: value for key, value in now.items() if key not in dropped}
    search_state.open_search(kept | {search_state.REGION: print_parts(parts)})


def is_drawing(source: str) -> bool:
    """Whether boxes are being drawn on this upload."""
    return bool(st.session_state.get(_DRAWING) == source)


def start_drawing(source: str) -> None:
    """Open the picker for this upload in the next run of the page."""
    st.session_state[_DRAWING] = source


def stop_drawing() -> None:
    """Close the picker in the next run of the page."""
    st.session_state.pop(_DRAWING, None)


@st.dialog("Search part of this photo", width="large", on_dismiss=stop_drawing)
def upload_dialog(token: str) -> None:
    """Draw the picker for an upload."""
    picture = example_photos.picture(token)
    if picture is None:
        stop_drawing()
        st.rerun()
    with Image.open(io.BytesIO(picture)) as opened:
        width, height = opened.size
    url = data_url(picture)
    _draw(PickerPhoto(token, url, "Photo to search by", width, height))


def _draw(photo: PickerPhoto) -> None:
    picked = region_picker(photo, can_add=bool(search_state.region_parts()[0]))
    if picked.regions:
        stop_drawing()
        parts = [PhotoPart(photo.source, region) for region in picked.regions]
        search_parts(parts, add=picked.add)
        st.rerun()
    if picked.cancelled:
        stop_drawing()
        st.rerun()
