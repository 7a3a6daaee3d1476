"""The dialogs for concepts: make one from photos, add photos to one, and list them."""

from __future__ import annotations

import html

import streamlit as st

from explorer.errors import EncoderError, ExplorerError
from explorer.library.rows import PhotoRow
from explorer.library.stores import concept_store as store
from explorer.library.stores.concept_store import Concept
from explorer.library.stores.decision_store import hashes_of
from explorer.text_format import MAX_NAME_LENGTH, typed_line
from explorer.ui import resources
from explorer.ui.auto_refresh import DIALOG_OPEN
from explorer.ui.components.photo_urls import preview_url
from explorer.ui.concepts import concept_search
from explorer.ui.concepts.concept_editing import edit_concept
from explorer.ui.concepts.concept_request import (
    ConceptRequest,
    close_concepts,
    open_concepts,
    put_problem,
    requested,
    show_problem,
)
from explorer.ui.localized import count
from explorer.ui.photo_labels import escape_markdown

# Session state: a concept that was deleted, until the dialog is closed.
_DELETED = "_deleted-concept"
_SHOWN_PHOTOS = 12


def open_if_requested() -> None:
    """Draw the dialog that was requested. Called once per run, after the page."""
    if requested() is None:
        return
    st.session_state[DIALOG_OPEN] = True
    _dialog()


def _closed() -> None:
    close_concepts()
    for key in (_DELETED, DIALOG_OPEN):
        st.session_state.pop(key, None)


@st.dialog("Concepts", width="medium", on_dismiss=_closed)
def _dialog() -> None:
    # Read here, because a button in the dialog reruns the dialog without the rest of the page.
    request = requested()
    if request is None:
        st.rerun()
    match request.view:
        case "list":
            _list()
        case "edit":
            edit_concept(request)
        case "add":
            _add(request)


# --- make, or add to one


def _add(request: ConceptRequest) -> None:
    catalog = resources.library().catalog
    rows = catalog.photos(request.photos)
    if not rows:
        st.info("These photos are no longer in the library.", icon=":material/info:")
        return
    st.html(_thumbnails(list(rows.values())))
    known = store.concepts(catalog)
    existing = "An existing concept"
    chosen = "A new concept"
    if known:
        chosen = st.radio("Add to", (chosen, existing), horizontal=True, key="concept-kind")
    hashes = list(hashes_of(catalog, rows).values())
    if chosen == existing:
        _add_to_existing(known, hashes)
    else:
        _make(hashes)


def _make(hashes: list[bytes]) -> None:
    with st.form("make-concept", border=False):
        name = st.text_input(
            "Name", key="concept-name", max_chars=MAX_NAME_LENGTH, placeholder="our dog"
        )
        st.caption(
            "What do these photos have in common? Three to ten that differ in everything else work"
            " best. The results can be corrected with “Not this”."
        )
        made = st.form_submit_button("Make concept", icon=":material/label:", type="primary")
    if not made:
        return
    try:
        store.make_concept(resources.library().catalog, name, hashes)
    except ExplorerError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return
    _closed()
    concept_search.search_concept(typed_line(name))


def _add_to_existing(known: tuple[Concept, ...], hashes: list[bytes]) -> None:
    number = st.selectbox(
        "Concept", range(len(known)), format_func=lambda at: known[at].name, key="concept-to"
    )
    concept = known[number]
    with st.container(horizontal=True):
        for label, icon, positive in (
            ("Add as examples", ":material/thumb_up:", True),
            ("Add as counter-examples", ":material/thumb_down:", False),
        ):
            if st.button(label, icon=icon, type="primary" if positive else "secondary"):
                try:
                    store.add_examples(
                        resources.library().catalog, concept.id, hashes, positive=positive
                    )
                except ExplorerError as error:
                    st.error(escape_markdown(str(error)), icon=":material/error:")
                    return
                _closed()
                concept_search.search_concept(concept.name)


def _thumbnails(rows: list[PhotoRow]) -> str:
    images = "".join(
        f'<img src="{html.escape(preview_url(row))}" alt="" height="56">'
        for row in rows[:_SHOWN_PHOTOS]
    )
    more = f" and {count(len(rows) - _SHOWN_PHOTOS)} more" if len(rows) > _SHOWN_PHOTOS else ""
    return f'<div class="chosen">{count(len(rows), "photo")} {images}{more}</div>'


# --- the list


def _list() -> None:
    catalog = resources.library().catalog
    show_problem()
    deleted: Concept | None = st.session_state.get(_DELETED)
    if deleted is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"“{escape_markdown(deleted.name)}” is deleted.", width="content")
            st.button("Undo", icon=":material/undo:", key="restore-concept", on_click=_restore)
    known = store.concepts(catalog)
    if not known:
        st.info(
            "A concept is something of your own that no word describes: your dog, your boat, one"
            " place. Select a few photos of it and choose “Make a concept…”. Then"
            " `concept:name` finds more of it.",
            icon=":material/label:",
        )
    for concept in known:
        _row(concept)


def _row(concept: Concept) -> None:
    ids = store.photo_ids_of(resources.library().catalog, concept.positive)
    cover = next((ids[digest] for digest in concept.positive if digest in ids), None)
    row = resources.library().catalog.photo(cover) if cover is not None else None
    with st.container(horizontal=True, vertical_alignment="center", key=f"concept-{concept.id}"):
        if row is not None:
            st.html(
                f'<div class="chosen"><img src="{preview_url(row)}" alt="" height="56"></div>',
                width="content",
            )
        with st.container(gap=None, width="stretch"):
            if st.button(
                escape_markdown(concept.name),
                key=f"open-concept-{concept.id}",
                type="tertiary",
                help="Show its photos",
            ):
                _closed()
                concept_search.search_concept(concept.name)
            st.caption(escape_markdown(_figures(concept)))
        st.button(
            "Edit",
            icon=":material/edit:",
            key=f"edit-concept-{concept.id}",
            help="Rename it, or change its examples",
            on_click=open_concepts,
            args=[ConceptRequest("edit", concept.id)],
        )
        st.button(
            "Delete",
            icon=":material/delete:",
            key=f"delete-concept-{concept.id}",
            help="Delete the concept; its photos stay",
            on_click=_delete,
            args=[concept],
        )


def _figures(concept: Concept) -> str:
    """A concept's numbers of examples, and how many photos it matches or why that is unknown."""
    parts = [count(len(concept.positive), "example")]
    if concept.negative:
        parts.append(count(len(concept.negative), "counter-example"))
    try:
        matches = resources.engine().matches_of(concept.name)
    except EncoderError as error:
        return f"{', '.join(parts)}. {error}"
    return f"{', '.join(parts)} · {count(matches)} {'match' if matches == 1 else 'matches'}"


def _delete(concept: Concept) -> None:
    try:
        store.delete_concept(resources.library().catalog, concept.id)
    except ExplorerError as error:
        put_problem(error)
        return
    st.session_state[_DELETED] = concept


def _restore() -> None:
    deleted: Concept | None = st.session_state.get(_DELETED)
    if deleted is None:
        # A second click on the same button.
        return
    try:
        store.restore_concept(resources.library().catalog, deleted)
    except ExplorerError as error:
        put_problem(error)
        return
    st.session_state.pop(_DELETED, None)
