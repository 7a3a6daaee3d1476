"""Anomalies: what is odd, poor or broken, kind by kind, each with its reason; and the map of the
library."""

from __future__ import annotations

import streamlit as st

from explorer.anomalies.finding_kinds import KIND_TITLES, KINDS, FindingKind
from explorer.text_format import count
from explorer.ui import empty_library, removal_dialogs, resources
from explorer.ui.anomalies_page import anomalies_state, anomaly_files, anomaly_map, anomaly_photos
from explorer.ui.anomalies_page.anomalies_state import Asked
from explorer.ui.auto_refresh import follow, snapshot
from explorer.ui.components.gallery import unselect
from explorer.ui.library_page import folder_choices
from explorer.ui.photo_labels import plain
from explorer.ui.search_page import search_state

catalog = resources.library().catalog


def filter_bar(what: Asked) -> None:
    """Dates and folders, what was dismissed, and every removal."""
    filters = what.filters
    since, until, folder = (
        (filters.since, filters.until, filters.folder) if filters else (None, None, None)
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("Filter", icon=":material/tune:", help="Folders and dates"):
            for label, part, value in (
                ("From", anomalies_state.SINCE, since),
                ("To", anomalies_state.UNTIL, until),
            ):
                # A box for each state of the address, so that it starts there.
                key = f"odd-{part}-{value}"
                st.date_input(
                    label, value=search_state.date(value), min_value=search_state.OLDEST,
                    max_value=search_state.NEWEST, key=key, format="YYYY-MM-DD",
                    on_change=anomalies_state.from_widget, args=[part, key],
                )  # fmt: skip
            known = folder_choices.choices(folder)
            key = f"odd-folder-{folder}"
            st.selectbox(
                "Folder", known, index=known.index(folder) if folder else None, key=key,
                placeholder="All folders",
                format_func=folder_choices.names(), on_change=anomalies_state.from_widget,
                args=[anomalies_state.FOLDER, key],
            )  # fmt: skip
        key = f"odd-gone-{what.gone}"
        st.toggle(
            "Show dismissed", value=what.gone, key=key, on_change=anomalies_state.from_widget,
            args=[anomalies_state.GONE, key, lambda on: "1" if on else None],
        )  # fmt: skip
        if st.button(
            "Removed photos", icon=":material/history:", help="Every removal, and its undo"
        ):
            removal_dialogs.history_dialog()
    for problem in search_state.wrong_dates():
        st.warning(plain(problem), icon=":material/info:")
    if filters:
        st.caption(" · ".join(plain(part) for part in search_state.filtered(filters)))
        if problem := search_state.check(filters):
            st.warning(problem, icon=":material/info:")


def kinds(what: Asked, numbers: dict[FindingKind, int]) -> None:
    """The overview's counts: kinds with findings stand out, the others are put away."""
    with st.container(horizontal=True, key="kinds"):
        st.button(
            "Overview", icon=":material/map:", key="kind-all",
            type="primary" if what.kind is None else "secondary",
            on_click=anomalies_state.look_at, args=[None],
        )  # fmt: skip
        for kind in KINDS:
            if numbers[kind] or kind == what.kind:
                st.button(
                    f"{KIND_TITLES[kind][0]} · {numbers[kind]:,}", key=f"kind-{kind}",
                    help=KIND_TITLES[kind][1],
                    type="primary" if kind == what.kind else "secondary",
                    on_click=anomalies_state.look_at, args=[kind],
                )  # fmt: skip
        rest = [kind for kind in KINDS if not numbers[kind] and kind != what.kind]
        if rest:
            with st.popover(f"{count(len(rest), 'kind')} without findings", type="tertiary"):
                for kind in rest:
                    st.button(
                        KIND_TITLES[kind][0],
                        key=f"kind-{kind}",
                        help=KIND_TITLES[kind][1],
                        on_click=anomalies_state.look_at,
                        args=[kind],
                    )


def progress() -> None:
    """What is not known yet."""
    judged, photos = anomalies_state.review().judged
    if judged < photos:
        st.progress(
            judged / photos,
            f"{judged:,} of {count(photos, 'photo')} have been looked at so far; the rest are read in the background.",
        )


def slider(kind: FindingKind) -> None:
    """How much of a kind is shown, remembered."""
    key = f"line-{kind}"
    if key not in st.session_state:
        st.session_state[key] = anomalies_state.review().thresholds()[kind]
    st.slider(
        "How strict", 0.0, 1.0, step=0.05, key=key, on_change=anomalies_state.move_line,
        args=[kind, key],
        help="Photos with a score below this are shown. To the right: more, and smaller faults. To the left: only the worst.",
    )  # fmt: skip


def of_kind(what: Asked, kind: FindingKind) -> None:
    """All findings of a kind."""
    found = anomalies_state.findings(what)
    st.caption(
        f"{count(len(found), 'finding')}, worst first: {KIND_TITLES[kind][1]}."
        if found
        else f"{KIND_TITLES[kind][0]}: {KIND_TITLES[kind][1]}."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if kind not in anomalies_state.FILES:
            slider(kind)
        if found:
            anomaly_photos.export(found)
    anomaly_photos.undo()
    if (
        kind == "date"
        and not what.gone
        and (rest := anomalies_state.photos_without_own_date(what.filters))
    ):
        st.caption(rest)
    if not found:
        text = (
            "Nothing of this kind was dismissed."
            if what.gone
            else "Nothing of this kind stands out."
        )
        st.info(text + (" A filter is set." if what.filters else ""), icon=":material/check:")
    elif kind in anomalies_state.FILES:
        anomaly_files.files(found, what)
    else:
        anomaly_photos.photos(found, what, "odd")


def _removed() -> None:
    for key in ("odd", "area"):
        unselect(key)


def main() -> None:
    removal_dialogs.told()
    what, drawn = anomalies_state.asked(), snapshot()
    why = drawn.why_empty
    if why is not None and not catalog.counts().failed:
        empty_library.say(why)
        follow(drawn, waiting=True)
        return
    filter_bar(what)
    with st.spinner("Looking through your photos…"):
        numbers = anomalies_state.counts(what.filters, gone=what.gone)
    progress()
    kinds(what, numbers)
    if what.kind is not None:
        of_kind(what, what.kind)
    else:
        anomaly_map.overview(what, anomalies_state.findings(what))
    wanted = anomalies_state.wanted_removals()
    if wanted:
        removal_dialogs.removal_dialog(wanted, _removed)
    follow(drawn, waiting=False)


main()
