"""Places: where photos were taken, on a map and as a list of countries, regions and cities."""

from __future__ import annotations

import streamlit as st

from explorer.search.language.typed_values import Area
from explorer.ui import empty_library, resources
from explorer.ui.auto_refresh import refresh_on_change, snapshot
from explorer.ui.localized import count
from explorer.ui.places_page import places_photos, places_routes, places_state, world_map
from explorer.ui.places_page.photo_clusters import WorldPoints


def main() -> None:
    drawn, points = snapshot(), places_routes.current_clusters().points
    if drawn.reason_empty is not None:
        empty_library.explain(drawn.reason_empty)
    elif not len(points.ids):
        places_photos.explain_no_places()
    else:
        show_places(points)
    refresh_on_change(drawn, has_room=not len(points.ids))


def show_places(points: WorldPoints) -> None:
    text, area = places_state.chosen_area()
    latitude, longitude = points.latitude, points.longitude
    whole = Area(latitude.min(), longitude.min(), latitude.max(), longitude.max())
    left, right = st.columns([5, 2])
    with left:
        version = str(resources.library().catalog.change())
        world_map.world_map(whole, text, area, version)
    with right:
        known = places_state.places()
        world_map.places_list(known.countries, known.covers)
        st.caption(
            f"{count(len(points.ids), 'photo')} with a location. Names of places: GeoNames,"
            " CC BY 4.0. Outlines: Natural Earth."
        )
    if text:
        places_photos.photos_of_area(text)


main()
