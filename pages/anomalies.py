"""Anomalies: what is odd, poor or broken, kind by kind, each with its reason; and the map of the library."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence

import streamlit as st

from explorer.config import PROJECT
from explorer.indexing import layout
from explorer.library.paths import printable
from explorer.review import reports
from explorer.review.anomalies import Finding
from explorer.review.kinds import KINDS, TITLES, Kind
from explorer.ui import asking, explaining, lightbox, map_data, oddities, removing, resources, revealing, scatter
from explorer.ui.actions import Action
from explorer.ui.gallery import gallery, unselect
from explorer.ui.live import follow
from explorer.ui.oddities import Asked
from explorer.ui.words import plain
from explorer.words import count

PAGE_SIZE = 60

library = resources.library()
catalog = library.catalog


def filter_bar(what: Asked) -> None:
    """Dates and folders, what was dismissed, and every removal."""
    filters = what.filters
    since, until, folder = (filters.since, filters.until, filters.folder) if filters else (None, None, None)
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("Filter", icon=":material/tune:", help="Folders and dates"):
            for label, part, value in (("From", oddities.SINCE, since), ("To", oddities.UNTIL, until)):
                # A box for each state of the address, so that it starts there.
                key = f"odd-{part}-{value}"
                st.date_input(
                    label, value=oddities.day(value), min_value=asking.OLDEST, max_value=asking.NEWEST, key=key, format="YYYY-MM-DD",
                    on_change=oddities.from_widget, args=[part, key],
                )  # fmt: skip
            known = oddities.folders(folder)
            key = f"odd-folder-{folder}"
            st.selectbox(
                "Folder", known, index=known.index(folder) if folder else None, key=key, placeholder="All folders",
                format_func=asking.short, on_change=oddities.from_widget, args=[oddities.FOLDER, key],
            )  # fmt: skip
        key = f"odd-gone-{what.gone}"
        st.toggle(
            "Show dismissed", value=what.gone, key=key, on_change=oddities.from_widget,
            args=[oddities.GONE, key, lambda on: "1" if on else None],
        )  # fmt: skip
        if st.button("Removed photos", icon=":material/history:", help="Every removal, and its undo"):
            removing.history_dialog()
    if filters:
        st.caption(" · ".join(plain(part) for part in asking.filtered(filters)))
        if problem := asking.check(filters):
            st.warning(problem, icon=":material/info:")


def kinds(what: Asked, numbers: dict[Kind, int]) -> None:
    """The overview's counts: kinds with findings stand out, the others are put away."""
    with st.container(horizontal=True, key="kinds"):
        st.button(
            "Overview", icon=":material/map:", key="kind-all", type="primary" if what.kind is None else "secondary",
            on_click=oddities.look_at, args=[None],
        )  # fmt: skip
        for kind in KINDS:
            if numbers[kind] or kind == what.kind:
                st.button(
                    f"{TITLES[kind][0]} · {numbers[kind]:,}", key=f"kind-{kind}", help=TITLES[kind][1],
                    type="primary" if kind == what.kind else "secondary", on_click=oddities.look_at, args=[kind],
                )  # fmt: skip
        rest = [kind for kind in KINDS if not numbers[kind] and kind != what.kind]
        if rest:
            with st.popover(f"{count(len(rest), 'kind')} without findings", type="tertiary"):
                for kind in rest:
                    st.button(TITLES[kind][0], key=f"kind-{kind}", help=TITLES[kind][1], on_click=oddities.look_at, args=[kind])


def progress() -> None:
    """What is not known yet."""
    judged, photos = oddities.review().judged
    if judged < photos:
        st.progress(
            judged / photos, f"{judged:,} of {count(photos, 'photo')} have been looked at so far; the rest are read in the background."
        )


def slider(kind: Kind) -> None:
    """How much of a kind is shown, remembered."""
    key = f"line-{kind}"
    if key not in st.session_state:
        st.session_state[key] = oddities.review().lines()[kind]
    st.slider(
        "How strict", 0.0, 1.0, step=0.05, key=key, on_change=oddities.move_line, args=[kind, key],
        help="Photos with a score below this are shown. To the right: more, and smaller faults. To the left: only the worst.",
    )  # fmt: skip


def undo() -> None:
    """The last dismissal can be taken back."""
    last = oddities.last_dismissed()
    if last:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"{count(len(last), 'finding')} dismissed", width="content")
            st.button("Undo", icon=":material/undo:", key="undo-dismissal", on_click=oddities.restore, args=[last])


def export(found: Sequence[Finding]) -> None:
    with st.popover("Export", icon=":material/download:", help="The list with paths, scores and reasons"):
        st.download_button("CSV", lambda: reports.as_csv(found).encode(), "anomalies.csv", "text/csv", on_click="ignore")
        st.download_button("JSON", lambda: reports.as_json(found).encode(), "anomalies.json", "application/json", on_click="ignore")


def actions(found: Sequence[Finding], what: Asked) -> list[Action]:
    """What can be done with the photos of these findings."""

    def of(ids: Sequence[int]) -> list[Finding]:
        wanted = set(ids)
        return [finding for finding in found if finding.id in wanted]

    def mark(ids: Sequence[int]) -> None:
        st.session_state["_odd-remove"] = oddities.removals(of(ids))

    if what.gone:
        return [Action("Show again", ":material/visibility:", lambda ids: oddities.restore(of(ids)), "next")]
    return [
        Action(
            "Dismiss", ":material/visibility_off:", lambda ids: oddities.dismiss(of(ids)), "next", "It is fine: don't show it here any more"
        ),
        Action("Remove…", ":material/delete:", mark, "leave", "A list of what would go comes first"),
    ]


def show_in_folder() -> list[Action]:
    def reveal(ids: Sequence[int]) -> None:
        photo = catalog.photo(ids[0])
        if photo is not None:
            revealing.show(photo["path"])

    return [Action("Show in folder", ":material/folder_open:", reveal)] if revealing.available() else []


def photos(found: Sequence[Finding], what: Asked, key: str) -> None:
    """Findings as a gallery, each with its score and reason, a page at a time."""
    by_id = dict[int, Finding]()
    for finding in found:
        if finding.id is not None:
            by_id.setdefault(finding.id, finding)
    ids = list(by_id)
    pages = max(1, math.ceil(len(ids) / PAGE_SIZE))
    at = min(what.page, pages)
    rows = catalog.photos(ids[(at - 1) * PAGE_SIZE : at * PAGE_SIZE])
    picked = gallery(
        list(rows.values()), key, label="Findings, worst first",
        place=json.dumps([what.kind, what.filters and [what.filters.since, what.filters.until, what.filters.folder], what.gone, at]),
        captions={i: f"{by_id[i].score:.2f} · {by_id[i].detail}" for i in rows}, actions=actions(found, what),
    )  # fmt: skip
    turn(pages, at)
    if picked.similar is not None:
        asking.search_like(picked.similar)
    open_photo(ids, picked.opened, [*actions(found, what), *show_in_folder()])


def open_photo(ids: Sequence[int], opened: int | None, offered: Sequence[Action]) -> None:
    lightbox.lightbox(ids, opened=opened, actions=offered, explain=lambda i: explaining.explain(oddities.of_photo(i)))


def turn(pages: int, at: int) -> None:
    if pages > 1:
        key = f"odd-page-{at}-{pages}"
        st.pagination(
            pages, default=at, key=key, on_change=oddities.from_widget, args=[oddities.PAGE, key, lambda n: str(n) if n != 1 else None],
            width="stretch",
        )  # fmt: skip


def files(found: Sequence[Finding], what: Asked) -> None:
    """Findings that are about files, as a list."""
    pages = max(1, math.ceil(len(found) / PAGE_SIZE))
    at = min(what.page, pages)
    shown = found[(at - 1) * PAGE_SIZE : at * PAGE_SIZE]
    with st.container(horizontal=True):
        label, icon, act = (
            ("Show all again", "visibility", oddities.restore) if what.gone else ("Dismiss all", "visibility_off", oddities.dismiss)
        )
        st.button(label, icon=f":material/{icon}:", on_click=act, args=[list(found)])
    for number, finding in enumerate(shown):
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"file-{number}"):
            with st.container(gap=None):
                st.markdown(f"**{plain(os.path.basename(printable(finding.path)))}**: {plain(finding.detail)}")  # noqa: PTH119
                st.code(printable(finding.path), language=None, wrap_lines=True)
            with st.container(horizontal=True, width="content"):
                one = oddities.restore if what.gone else oddities.dismiss
                st.button("Show again" if what.gone else "Dismiss", key=f"file-dismiss-{number}", on_click=one, args=[[finding]])
                if finding.id is not None:
                    st.button("Open", key=f"file-open-{number}", on_click=lightbox.show, args=[finding.id])
                if revealing.available():
                    st.button("Show in folder", key=f"file-reveal-{number}", on_click=revealing.show, args=[finding.path])
    turn(pages, at)
    open_photo([finding.id for finding in found if finding.id is not None], None, show_in_folder())


def of_kind(what: Asked, kind: Kind) -> None:
    """All findings of a kind."""
    found = oddities.findings(what)
    st.caption(f"{count(len(found), 'finding')}, worst first: {TITLES[kind][1]}." if found else f"{TITLES[kind][0]}: {TITLES[kind][1]}.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if kind not in oddities.FILES:
            slider(kind)
        if found:
            export(found)
    undo()
    if not found:
        text = "Nothing of this kind was dismissed." if what.gone else "Nothing of this kind stands out."
        st.info(text + (" A filter is set." if what.filters else ""), icon=":material/check:")
    elif kind in oddities.FILES:
        files(found, what)
    else:
        photos(found, what, "odd")


def overview(what: Asked, found: Sequence[Finding]) -> None:
    """The map, and below it the photos that were marked on it."""
    undo()
    where = oddities.library_map()
    if not len(where.ids):
        step = map_data.drawn_so_far(library)
        if step is not None:
            st.progress(step / layout.STEPS, "The map of your library is being drawn…")
        else:
            st.info("The map of your library appears here once its photos have been compared.", icon=":material/hourglass_top:")
        open_photo([], None, show_in_folder())
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        key = f"odd-colour-{what.colour}"
        st.segmented_control(
            "Colours", map_data.COLOURINGS, default=what.colour, required=True, key=key, label_visibility="collapsed",
            format_func=lambda each: f"By {'finding' if each == 'kind' else each}", on_change=oddities.from_widget,
            args=[oddities.COLOUR, key, lambda each: None if each == "kind" else str(each)],
        )  # fmt: skip
        if found:
            export(found)
    version = f"{catalog.change()}-{hash(tuple((f.id, f.kind) for f in found)) if what.colour == 'kind' else 0}"
    pointed = scatter.scatter(scatter.address(what.colour, what.filters, version), what.area)
    if pointed.area is not None and pointed.area != what.area:
        oddities.go(**{oddities.AREA: ",".join(map(str, pointed.area))})
        st.rerun()
    if what.area is None:
        open_photo([], pointed.opened, show_in_folder())
        return
    among = set(catalog.matching(what.filters).tolist()) if what.filters else None
    ids = [i for i in map_data.within(where, what.area).tolist() if among is None or i in among]
    listed(ids, what, pointed.opened, found)


def listed(ids: Sequence[int], what: Asked, opened: int | None, found: Sequence[Finding]) -> None:
    """The photos that were marked on the map."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{count(len(ids), 'photo')}** in the marked part of the map", width="content")
        st.button("Clear", icon=":material/close:", key="clear-area", on_click=oddities.go, kwargs={oddities.AREA: None})
    pages = max(1, math.ceil(len(ids) / PAGE_SIZE))
    at = min(what.page, pages)
    rows = catalog.photos(ids[(at - 1) * PAGE_SIZE : at * PAGE_SIZE])
    reasons = {f.id: f.detail for f in reversed(found) if f.id is not None}
    picked = gallery(
        list(rows.values()), "area", label="Photos in the marked part of the map", place=json.dumps([what.area, at]),
        captions={i: reasons[i] for i in rows if i in reasons},
    )  # fmt: skip
    turn(pages, at)
    if picked.similar is not None:
        asking.search_like(picked.similar)
    open_photo(ids, opened or picked.opened, show_in_folder())


def empty() -> None:
    if catalog.roots():
        st.info("No photos yet. What is odd about them appears here as they are found.", icon=":material/hourglass_top:")
    else:
        st.info("Your library is empty. Add a folder with photos to begin.", icon=":material/photo_library:")
        st.page_link(PROJECT / "pages" / "library.py", label="Add a folder", icon=":material/create_new_folder:")


def main() -> None:
    removing.told()
    what = oddities.asked()
    counts = catalog.counts()
    if not counts.photos and not counts.failed:
        empty()
        follow(waiting=True)
        return
    filter_bar(what)
    progress()
    numbers = oddities.counts(what.filters, gone=what.gone)
    kinds(what, numbers)
    if what.kind is not None:
        of_kind(what, what.kind)
    else:
        overview(what, oddities.findings(what))
    wanted = st.session_state.pop("_odd-remove", None)
    if wanted:
        removing.removal_dialog(wanted, lambda: unselect("odd"))
    follow(waiting=False)


main()
