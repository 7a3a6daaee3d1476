"""What is known about a photo: when, where and how it was taken, and where its files are."""

from __future__ import annotations

import streamlit as st

from explorer.library.album_store import albums_of
from explorer.library.copy_rows import contents_of
from explorer.library.paths import printable
from explorer.library.rows import PhotoRow
from explorer.text_format import count, size
from explorer.ui import resources
from explorer.ui.components.why_photo import Why, why_photo
from explorer.ui.photo_labels import escape_markdown, exposure, taken
from explorer.ui.place_labels import place_of

# More copies than this are counted instead of listed.
_MAX_PATHS = 12


def photo_details(photo: PhotoRow, why: Why) -> None:
    """Draw the details of a photo, with why it is shown."""
    why_photo(why)
    copies = f" · {count(photo['copies'], 'identical file')}" if photo["copies"] > 1 else ""
    rows = [
        ("Taken", taken(photo)),
        ("Camera", " · ".join(filter(None, (photo["camera"], photo["lens"])))),
        ("Exposure", exposure(photo)),
        ("Place", place_of(photo)),
        ("Contents", _contents(photo)),
        ("Marks", _marks(photo)),
        ("Keywords", ", ".join(photo["keywords"])),
        ("Albums", ", ".join(albums_of(resources.library().catalog, photo["id"]))),
        (
            "Picture",
            f"{photo['width']:,} × {photo['height']:,} · {photo['format']}"
            f" · {size(photo['bytes'])}{copies}",
        ),
    ]
    st.markdown(f"**{escape_markdown(printable(photo['name']))}**")
    st.markdown(
        "  \n".join(f":gray[{label}] {escape_markdown(text)}" for label, text in rows if text)
    )
    if photo["damaged"]:
        st.warning(
            f"This photo is damaged: {escape_markdown(photo['damaged'])}.",
            icon=":material/broken_image:",
        )
    if photo["away"]:
        st.info("Its drive is not connected. This is the preview.", icon=":material/usb_off:")
    _paths(photo)


def _marks(photo: PhotoRow) -> str:
    """Whether a photo is a favourite, and its rating, such as `♥ ★★★`."""
    stars = "★" * round(photo["rating"] or 0)
    return " ".join(filter(None, ("♥" if photo["favourite"] else "", stars)))


def _contents(photo: PhotoRow) -> str:
    """The contents of the file besides the picture shown, such as `3 pages`; '' if there are none
    or they are unknown."""
    contents = contents_of(resources.library().catalog, photo["hash"])
    return ", ".join(contents.words()) if contents else ""


def _paths(photo: PhotoRow) -> None:
    """The path of every file with this photo, the one that is shown first, and which of them cannot
    be read now."""
    files = [
        file
        for file in resources.library().catalog.files_of(photo["id"])
        if file["state"] == "present"
    ]
    files.sort(key=lambda file: (file["path"] != photo["path"], file["away"], file["path"]))
    if len(files) > 1:
        st.caption(f"The same file is in {len(files):,} places:")
    for file in files[:_MAX_PATHS]:
        st.code(printable(file["path"]), language=None, wrap_lines=True)
        if file["away"] and len(files) > 1:
            st.caption(
                ":material/usb_off: This one is offline: its drive is not connected, or the file"
                " has been moved."
            )
    if len(files) > _MAX_PATHS:
        st.caption(f"… and {len(files) - _MAX_PATHS:,} more.")
