"""The dialog that edits a concept: its name, its examples and its counter-examples."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from explorer.errors import ExplorerError
from explorer.library.stores import concept_store as store
from explorer.library.stores.concept_store import Concept
from explorer.library.stores.decision_store import hashes_of
from explorer.text_format import MAX_NAME_LENGTH
from explorer.ui import resources
from explorer.ui.actions import PhotoAction
from explorer.ui.components.gallery import gallery
from explorer.ui.concepts import concept_search
from explorer.ui.concepts.concept_request import (
    ConceptRequest,
    open_concepts,
    put_problem,
    show_problem,
)
from explorer.ui.localized import count


def edit_concept(request: ConceptRequest) -> None:
    catalog = resources.library().catalog
    st.button(
        "All concepts",
        icon=":material/arrow_back:",
        type="tertiary",
        on_click=open_concepts,
        args=[ConceptRequest("list")],
    )
    show_problem()
    concept = next((each for each in store.concepts(catalog) if each.id == request.concept), None)
    if concept is None:
        st.info("This concept no longer exists.", icon=":material/info:")
        return
    key = f"concept-name-{concept.id}-{concept.name}"
    st.text_input(
        "Name", concept.name, key=key, max_chars=MAX_NAME_LENGTH, on_change=_rename,
        args=[concept, key],
    )  # fmt: skip
    for title, hashes, positive in (
        ("Examples", concept.positive, True),
        ("Counter-examples", concept.negative, False),
    ):
        _examples(concept, title, hashes, positive=positive)


def _rename(concept: Concept, key: str) -> None:
    try:
        name = store.rename_concept(resources.library().catalog, concept.id, st.session_state[key])
    except ExplorerError as error:
        put_problem(error)
        return
    concept_search.follow_rename(concept.name, name)


def _examples(concept: Concept, title: str, hashes: tuple[bytes, ...], *, positive: bool) -> None:
    catalog = resources.library().catalog
    ids = store.photo_ids_of(catalog, hashes)
    rows = catalog.photos(ids[digest] for digest in hashes if digest in ids)
    st.markdown(f"**{title}** ({count(len(hashes))})")
    if not hashes:
        st.caption(
            "None. Without an example, it finds nothing: select photos and add them."
            if positive
            else "None. In the results, select what is wrong and choose “Not this”."
        )
        return
    if missing := len(hashes) - len(rows):
        st.caption(f"{count(missing, 'photo')} of these cannot be shown: missing from the library.")
    if not rows:
        return

    def remove(chosen: Sequence[int]) -> None:
        _change(lambda some: store.remove_examples(catalog, concept.id, some), chosen)

    def swap(chosen: Sequence[int]) -> None:
        _change(
            lambda some: store.add_examples(catalog, concept.id, some, positive=not positive),
            chosen,
        )

    gallery(
        list(rows.values()),
        f"concept-{title.lower()}",
        label=title,
        place=f"{concept.id}",
        more_like=None,
        actions=[
            PhotoAction("Remove", ":material/close:", remove, "leave"),
            PhotoAction(
                "Make counter-example" if positive else "Make example",
                ":material/swap_horiz:",
                swap,
                "leave",
            ),
        ],
    )


def _change(change: Callable[[list[bytes]], None], ids: Sequence[int]) -> None:
    hashes = list(hashes_of(resources.library().catalog, ids).values())
    try:
        change(hashes)
    except ExplorerError as error:
        put_problem(error)
