"""The overview: the map of the library, and below it the photos that were marked on it."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

import streamlit as st

from explorer.analysis import map_layout
from explorer.anomalies.findings import Finding
from explorer.text_format import count
from explorer.ui import empty_library, resources
from explorer.ui.actions import Action
from explorer.ui.anomalies_page import anomalies_state, anomaly_photos
from explorer.ui.anomalies_page.anomalies_state import Asked
from explorer.ui.anomalies_page.anomaly_photos import PAGE_SIZE
from explorer.ui.components import map_data, map_view
from explorer.ui.components.gallery import gallery
from explorer.ui.search_page import search_state


def overview(what: Asked, found: Sequence[Finding]) -> None:
    """The map, and below it the photos that were marked on it."""
    anomaly_photos.undo()
    where = anomalies_state.library_map()
    if empty_library.situation() is not None:
        st.info("There are no photos yet that a map could show.", icon=":material/map:")
        return
    if not len(where.ids):
        step = map_data.drawn_so_far(resources.library())
        if step is not None:
            st.progress(step / map_layout.STEPS, "The map of your library is being drawn…")
        else:
            st.info(
                "The map of your library appears here once its photos have been compared.",
                icon=":material/hourglass_top:",
            )
        anomaly_photos.open_photo([], None, anomaly_photos.show_in_folder())
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        key = f"odd-colour-{what.colour}"
        st.segmented_control(
            "Colours", map_data.COLOURINGS, default=what.colour, required=True, key=key,
            label_visibility="collapsed",
            format_func=lambda each: f"By {'finding' if each == 'kind' else each}",
            on_change=anomalies_state.from_widget,
            args=[anomalies_state.COLOUR, key, lambda each: None if each == "kind" else str(each)],
        )  # fmt: skip
        if found:
            anomaly_photos.export(found)
    version = f"{resources.library().catalog.change()}-{hash(tuple((f.id, f.kind) for f in found)) if what.colour == 'kind' else 0}"
    pointed = map_view.scatter(map_view.address(what.colour, what.filters, version), what.area)
    if pointed.area is not None and pointed.area != what.area:
        anomalies_state.go(**{anomalies_state.AREA: ",".join(map(str, pointed.area))})
        st.rerun()
    if what.area is None:
        anomaly_photos.open_photo([], pointed.opened, anomaly_photos.show_in_folder())
        return
    among = (
        set(resources.library().catalog.matching(what.filters).tolist()) if what.filters else None
    )
    ids = [i for i in map_data.within(where, what.area).tolist() if among is None or i in among]
    _listed(ids, what, pointed.opened, found)


def _listed(ids: Sequence[int], what: Asked, opened: int | None, found: Sequence[Finding]) -> None:
    """The photos that were marked on the map."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**{count(len(ids), 'photo')}** in the marked part of the map", width="content"
        )
        st.button(
            "Clear",
            icon=":material/close:",
            key="clear-area",
            on_click=anomalies_state.go,
            kwargs={anomalies_state.AREA: None},
        )
    pages = max(1, math.ceil(len(ids) / PAGE_SIZE))
    at = min(what.page, pages)
    rows = resources.library().catalog.photos(ids[(at - 1) * PAGE_SIZE : at * PAGE_SIZE])
    reasons = {f.id: f.detail for f in reversed(found) if f.id is not None}
    picked = gallery(
        list(rows.values()), "area", label="Photos in the marked part of the map",
        place=json.dumps([what.area, at]),
        captions={i: reasons[i] for i in rows if i in reasons}, actions=_actions(),
    )  # fmt: skip
    anomaly_photos.turn(pages, at)
    if picked.similar is not None:
        search_state.search_like(picked.similar)
    anomaly_photos.open_photo(
        ids, opened or picked.opened, [*_actions(), *anomaly_photos.show_in_folder()]
    )


def _actions() -> list[Action]:
    return [
        Action(
            "Remove…",
            ":material/delete:",
            anomalies_state.ask_removal_of_photos,
            "leave",
            "A list of what would go comes first",
        )
    ]
