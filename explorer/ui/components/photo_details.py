"""Collect what is known about a photo, for the viewer's info panel: when, where and how it was
taken, its texts, and where its files are."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlencode

from explorer.library.paths import printable
from explorer.library.queries.duplicate_rows import contents_of
from explorer.library.rows import PhotoRow
from explorer.library.stores.album_store import albums_of
from explorer.library.stores.quality_store import diagnostics_of
from explorer.library.stores.sidecar_store import sidecars_of
from explorer.search.facets.folder_tree import folder_test
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
# Photos within this distance count as taken at the same place.
_NEARBY = "2km"


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
        ("Sidecar", _sidecars(photo)),
        (
            "Picture",
            f"{count(photo['width'])} × {count(photo['height'])} · {photo['format']}"
            f" · {size(photo['bytes'])}{copies}",
        ),
    ]
    return [(label, printable(text)) for label, text in rows if text]


def photo_links(photo: PhotoRow) -> list[tuple[str, list[tuple[str, str]]]]:
    """A photo's keywords, albums and concepts, and photos of the same day, folder and place, as
    (label, links); each link is (text, URL of a search)."""
    fields = (
        ("Keywords", "keyword", photo["keywords"]),
        ("Albums", "album", albums_of(resources.library().catalog, photo["id"])),
        ("Concepts", CONCEPT, concept_names(photo["id"])),
    )
    found = [
        (label, [(printable(value), _search_url(_is(field, value))) for value in values])
        for label, field, values in fields
        if values
    ]
    return [*found, ("More from", [(text, _search_url(test)) for text, test in _around(photo)])]


def _around(photo: PhotoRow) -> list[tuple[str, FieldTest]]:
    """What else a photo's day, folder and place have, as (text, test)."""
    found = [("this folder", folder_test(os.path.dirname(photo["path"]), subfolders=False))]
    if photo["taken_at"] and photo["taken_precision"] not in ("year", "month"):
        found.insert(0, ("this day", _is("date", photo["taken_at"][:10])))
    if photo["latitude"] is not None and photo["longitude"] is not None:
        where = f"{photo['latitude']:.5f},{photo['longitude']:.5f},{_NEARBY}"
        found.append(("this place", _is("near", where)))
    return found


def _is(field: str, value: str) -> FieldTest:
    return FieldTest(field, (FieldValue(value),))


def _search_url(test: FieldTest) -> str:
    query = print_query(QueryTree(condition=test))
    return f"/?{urlencode({search_state.PHRASE: query})}"


def photo_details(photo: PhotoRow) -> dict[str, Any]:
    """The details of a photo as JSON data for the browser.

    `name`, `facts`, `links`, `files` (each a path, and whether it cannot be read now), `more`
    (files that are not listed), `present` (all files), `damaged` (a sentence or None), `away`, and
    `histogram` (32 heights up to 255, or None), and the `rating` (0 to 5).
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
        "rating": round(photo["rating"] or 0),
    }


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
