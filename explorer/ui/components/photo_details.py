"""Collect what is known about a photo, for the viewer's info panel: when, where and how it was
taken, its texts, and where its files are."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from explorer.library.album_store import albums_of
from explorer.library.duplicate_rows import contents_of
from explorer.library.paths import printable
from explorer.library.quality_store import diagnostics_of
from explorer.library.rows import PhotoRow
from explorer.library.sidecar_store import sidecars_of
from explorer.search.language.print_query import print_query
from explorer.search.language.query_fields import CONCEPT
from explorer.search.language.query_tree import FieldTest, FieldValue, QueryTree
from explorer.ui import resources
from explorer.ui.concepts.concept_search import concept_names
from explorer.ui.localized import count, size
from explorer.ui.photo_labels import exposure, taken
from explorer.ui.place_labels import place_of
from explorer.ui.search_page import search_state

# More copies than this are counted instead of listed.
_MAX_PATHS = 12


def photo_facts(photo: PhotoRow) -> list[tuple[str, str]]:
    """The known facts about a photo, as (label, text)."""
    copies = f" · {count(photo['copies'], 'identical file')}" if photo["copies"] > 1 else ""
    rows = [
        ("Taken", taken(photo)),
        ("Camera", " · ".join(filter(None, (photo["camera"], photo["lens"])))),
        ("Exposure", exposure(photo)),
        ("Place", place_of(photo)),
        ("Title", photo["title"] or ""),
        ("Description", photo["description"] or ""),
        ("Contents", _contents(photo)),
        ("Marks", _marks(photo)),
        ("Sidecar", _sidecars(photo)),
        (
            "Picture",
            f"{count(photo['width'])} × {count(photo['height'])} · {photo['format']}"
            f" · {size(photo['bytes'])}{copies}",
        ),
    ]
    return [(label, printable(text)) for label, text in rows if text]


def photo_links(photo: PhotoRow) -> list[tuple[str, list[tuple[str, str]]]]:
    """A photo's keywords, albums and concepts, as (label, links); each link is (text, URL of a
    search)."""
    fields = (
        ("Keywords", "keyword", photo["keywords"]),
        ("Albums", "album", albums_of(resources.library().catalog, photo["id"])),
        ("Concepts", CONCEPT, concept_names(photo["id"])),
    )
    return [
        (label, [(printable(value), _search_url(field, value)) for value in values])
        for label, field, values in fields
        if values
    ]


def _search_url(field: str, value: str) -> str:
    query = print_query(QueryTree(condition=FieldTest(field, (FieldValue(value),))))
    return f"/?{urlencode({search_state.PHRASE: query})}"


def photo_details(photo: PhotoRow) -> dict[str, Any]:
    """The details of a photo as JSON data for the browser.

    `name`, `facts`, `links`, `files` (each a path, and whether it cannot be read now), `more`
    (files that are not listed), `present` (all files), `damaged` (a sentence or None), `away`, and
    `histogram` (32 heights up to 255, or None).
    """
    files = [
        file
        for file in resources.library().catalog.files_of(photo["id"])
        if file["state"] == "present"
    ]
    # The file that is shown comes first.
    files.sort(key=lambda file: (file["path"] != photo["path"], file["away"], file["path"]))
    look = diagnostics_of(resources.library().catalog, photo["id"])
    return {
        "id": photo["id"],
        "name": printable(photo["name"]),
        "facts": photo_facts(photo),
        "links": photo_links(photo),
        "files": [
            {"path": printable(file["path"]), "away": file["away"]} for file in files[:_MAX_PATHS]
        ],
        "more": max(0, len(files) - _MAX_PATHS),
        "present": len(files),
        "damaged": f"This photo is damaged: {photo['damaged']}." if photo["damaged"] else None,
        "away": photo["away"],
        "histogram": None if look is None else look.histogram.tolist(),
    }


def _marks(photo: PhotoRow) -> str:
    """Whether a photo is a favorite, and its rating, such as `♥ ★★★`."""
    stars = "★" * round(photo["rating"] or 0)
    return " ".join(filter(None, ("♥" if photo["favourite"] else "", stars)))


def _sidecars(photo: PhotoRow) -> str:
    """The names of a photo's sidecars, each with the reason if it is not used; '' if there are
    none."""
    found = sidecars_of(resources.library().catalog, photo["id"])
    return ", ".join(
        each.path.rpartition("/")[2] + (f" (not used: {each.problem})" if each.problem else "")
        for each in found
    )


def _contents(photo: PhotoRow) -> str:
    """The contents of the file besides the picture that is shown, such as `3 pages`; '' if there
    are none or they are unknown."""
    contents = contents_of(resources.library().catalog, photo["hash"])
    return ", ".join(contents.words()) if contents else ""
