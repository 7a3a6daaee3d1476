"""The overview: the map of the library and, below it, the photos in the area marked on it."""

from __future__ import annotations

import json
from collections.abc import Sequence

import streamlit as st

from explorer.analysis import map_layout
from explorer.anomalies.findings import Finding
from explorer.config import APP_FILES
from explorer.library.stores.map_store import PhotoMap
from explorer.ui import empty_library, resources
from explorer.ui.actions import PhotoAction
from explorer.ui.anomalies_page import anomalies_state, anomaly_photos
from explorer.ui.anomalies_page.anomalies_state import AnomalyRequest
from explorer.ui.components import id_lists, map_data, map_view, viewer
from explorer.ui.components.gallery import gallery
from explorer.ui.components.map_data import Coloring, MapArea
from explorer.ui.default_program import file_actions
from explorer.ui.localized import count
from explorer.ui.removal_dialogs.removal_request import removal_action


def overview(request: AnomalyRequest, found: Sequence[Finding]) -> None:
    """Draw the map, or why there is none yet, and the photos in the marked area."""
    anomaly_photos.undo_dismissal()
    shown = anomalies_state.library_map()
    if empty_library.reason() is not None:
        st.info("There are no photos to show on a map yet.", icon=":material/map:")
        return
    if not len(shown.ids):
        _layout_progress()
        anomaly_photos.open_photo([], file_actions())
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        _coloring_choice(request.coloring)
        if found:
            anomaly_photos.export(found)
        st.page_link(APP_FILES / "pages" / "map.py", label="Browse the map", icon=":material/map:")
    url = map_view.map_url(request.coloring, request.filters, _version(request.coloring, found))
    map_view.map_view(url, request.area, open_photo=viewer.show, mark=anomalies_state.mark_area)
    if request.area is None:
        anomaly_photos.open_photo([], file_actions())
        return
    _marked_photos(_photos_in(shown, request.area, request), request, found)


def _layout_progress() -> None:
    step = map_data.layout_steps(resources.library())
    if step is not None:
        st.progress(step / map_layout.STEPS, "The map of your library is being drawn…")
    else:
        st.info(
            "The map of your library will appear here once its photos have been compared.",
            icon=":material/hourglass_top:",
        )


def _coloring_choice(coloring: Coloring) -> None:
    key = f"odd-colour-{coloring}"
    st.segmented_control(
        "Colors",
        map_data.COLORINGS,
        default=coloring,
        required=True,
        key=key,
        label_visibility="collapsed",
        format_func=lambda each: f"By {'finding' if each == 'kind' else each}",
        on_change=anomalies_state.from_widget,
        args=[anomalies_state.COLORING, key, lambda each: None if each == "kind" else str(each)],
    )


def _version(coloring: Coloring, found: Sequence[Finding]) -> str:
    """A text that changes whenever the points of the map, or their colors, may have changed."""
    colors = hash(tuple((f.id, f.kind) for f in found)) if coloring == "kind" else 0
    return f"{resources.library().catalog.change()}-{colors}"


def _photos_in(shown: PhotoMap, area: MapArea, request: AnomalyRequest) -> list[int]:
    """The photos in an area of the map that match the filters."""
    ids: list[int] = map_data.photos_in(shown, area).tolist()
    if not request.filters:
        return ids
    matching = set(resources.library().catalog.matching(request.filters).tolist())
    return [i for i in ids if i in matching]


def _marked_photos(ids: Sequence[int], request: AnomalyRequest, found: Sequence[Finding]) -> None:
    """Draw the photos in the marked area."""
    with st.container(horizontal=True, vertical_alignment="center", key="headline-area"):
        st.markdown(f"**{count(len(ids), 'photo')}** in the marked area", width="content")
        st.button(
            "Clear",
            icon=":material/close:",
            key="clear-area",
            on_click=anomalies_state.update_url,
            kwargs={anomalies_state.AREA: None},
        )
    worst = {f.id: f for f in reversed(found) if f.id is not None}
    gallery(
        id_lists.photos_in_order(
            ids, {i: anomaly_photos.caption(worst[i]) for i in ids if i in worst}
        ),
        "area",
        label="Photos in the marked area of the map",
        place=json.dumps(request.area),
        actions=_actions(),
        keep_position=True,
    )
    anomaly_photos.open_photo(ids, [*_actions(), *file_actions()])


def _actions() -> list[PhotoAction]:
    return [removal_action()._replace(then="leave")]
