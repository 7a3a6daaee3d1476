"""The state of the Places page: the area in its URL, and the places of the library."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from explorer.library.library import Library
from explorer.library.stores.location_store import location_counts
from explorer.search.facets.place_tree import PlaceNode, place_tree
from explorer.search.language.query_tree import FieldTest, FieldValue, QueryTree
from explorer.search.language.typed_values import Area, area
from explorer.search.query import Query
from explorer.search.ranking.ranked_photos import RankedPhotos
from explorer.ui import resources
from explorer.ui.components.photo_urls import preview_url
from explorer.ui.library_cache import LibraryCache
from explorer.ui.search_page import search_state

AREA = "area"


class LibraryPlaces(NamedTuple):
    """The places of the library."""

    countries: list[PlaceNode]
    covers: dict[int, str]
    """URLs of previews, by photo id."""


def places() -> LibraryPlaces:
    """The places of the library."""
    return _PLACES.get()


def _read(library: Library) -> LibraryPlaces:
    countries = place_tree(location_counts(library.catalog))
    rows = library.catalog.photos(_newest(countries))
    return LibraryPlaces(countries, {photo_id: preview_url(row) for photo_id, row in rows.items()})


_PLACES = LibraryCache(_read)


def _newest(nodes: list[PlaceNode]) -> set[int]:
    return {node.newest for node in nodes}.union(*(_newest(node.inside) for node in nodes))


def chosen_area() -> tuple[str | None, Area | None]:
    """The area in the URL, as text and in degrees; None for both if there is none or it is
    invalid."""
    text = st.query_params.get(AREA, "").strip()
    try:
        return (text, area(text)) if text else (None, None)
    except ValueError:
        return None, None


def choose_area(text: str | None) -> None:
    """Put an area into the URL, as one step in the browser's history; None removes it."""
    st.query_params.from_dict({AREA: text} if text else {})


def photos_in(text: str) -> RankedPhotos:
    """The photos in an area, newest first."""
    condition = FieldTest("area", (FieldValue(text),))
    return resources.engine().ranked(Query(QueryTree(condition=condition)))


def search_for(query: str) -> None:
    """Open the Search page with a query, in the run that follows."""
    search_state.open_search({search_state.PHRASE: query})
