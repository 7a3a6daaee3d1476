"""Search by a concept, and correct the concept in its results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from explorer.config import APP_FILES
from explorer.errors import EncoderError, ExplorerError
from explorer.library.stores import concept_store as store
from explorer.library.stores.concept_store import Concept
from explorer.library.stores.decision_store import hashes_of
from explorer.search.language.concept_ranking import ranking_concepts
from explorer.search.language.print_query import print_query
from explorer.search.language.query_fields import CONCEPT
from explorer.search.language.query_tree import FieldTest, FieldValue, QueryTree
from explorer.search.query import Query
from explorer.search.ranking.concepts import UnknownConcept
from explorer.ui import resources
from explorer.ui.actions import PhotoAction
from explorer.ui.localized import count
from explorer.ui.photo_labels import escape_markdown
from explorer.ui.search_page import search_state

# Session state: the last correction, until the next search.
_CORRECTED = "_corrected-concept"


class _Correction(NamedTuple):
    """A correction of a concept. before: the concept as it was. photos: content hashes of the
    photos that became examples (`positive`) or counter-examples."""

    before: Concept
    photos: tuple[bytes, ...]
    positive: bool
    problem: str = ""


def concept_query(name: str) -> str:
    """The query for a concept alone."""
    return print_query(QueryTree(condition=FieldTest(CONCEPT, (FieldValue(name),))))


def search_concept(name: str) -> None:
    """Open the Search page with the photos of a concept, from any page. Ends the run of the
    page."""
    st.switch_page(
        APP_FILES / "pages" / "search.py", query_params={search_state.PHRASE: concept_query(name)}
    )


def searched_concept(query: Query) -> Concept | None:
    """The concept that is the only ranking criterion of a query; None if there is no such
    concept."""
    names = None if query.photo_ids or query.examples else ranking_concepts(query.tree)
    if names is None or [len(some) for some in names] != [1]:
        return None
    try:
        return resources.engine().concepts.named(names[0][0])
    except UnknownConcept:
        return None


def correcting_actions(query: Query) -> list[PhotoAction]:
    """The actions that correct the concept that is searched for; none for any other search."""
    concept = searched_concept(query)
    if concept is None:
        return []
    return [
        PhotoAction(
            "Not this",
            ":material/thumb_down:",
            lambda ids: _correct(concept, ids, positive=False),
            "next",
            f"Not “{escape_markdown(concept.name)}”: find nothing like it there",
        ),
        PhotoAction(
            "Example",
            ":material/thumb_up:",
            lambda ids: _correct(concept, ids, positive=True),
            "next",
            f"A good example of “{escape_markdown(concept.name)}”: find more like it",
        ),
    ]


def _correct(concept: Concept, ids: Sequence[int], *, positive: bool) -> None:
    catalog = resources.library().catalog
    hashes = tuple(hashes_of(catalog, ids).values())
    # The page may have been drawn before the last correction, which Undo must not undo as well.
    before = next((each for each in store.concepts(catalog) if each.id == concept.id), concept)
    done = _Correction(before, hashes, positive)
    try:
        store.add_examples(catalog, concept.id, hashes, positive=positive)
    except ExplorerError as error:
        done = done._replace(problem=str(error))
    st.session_state[_CORRECTED] = done


def correction_line(query: Query) -> None:
    """Draw the last correction, with a button that undoes it."""
    concept, done = searched_concept(query), st.session_state.get(_CORRECTED)
    if concept is None or done is None or done.before.id != concept.id:
        st.session_state.pop(_CORRECTED, None)
        return
    if done.problem:
        st.error(escape_markdown(done.problem), icon=":material/error:")
        return
    kind = "an example" if done.positive else "a counter-example"
    kinds = kind.split(" ")[1] + "s"
    what = f"is {kind}" if len(done.photos) == 1 else f"are {kinds}"
    with st.container(horizontal=True, vertical_alignment="center", key="corrected-concept"):
        st.caption(
            f"{count(len(done.photos), 'photo')} {what} of “{escape_markdown(concept.name)}” now.",
            width="content",
        )
        st.button("Undo", icon=":material/undo:", key="undo-correction", on_click=_undo)


def _undo() -> None:
    # There may have been another correction since the button was drawn.
    done: _Correction | None = st.session_state.get(_CORRECTED)
    if done is None or done.problem:
        return
    catalog, before = resources.library().catalog, done.before
    try:
        for hashes, positive in ((before.positive, True), (before.negative, False)):
            back = [each for each in done.photos if each in hashes]
            store.add_examples(catalog, before.id, back, positive=positive)
        known = {*before.positive, *before.negative}
        store.remove_examples(catalog, before.id, [h for h in done.photos if h not in known])
    except ExplorerError as error:
        st.session_state[_CORRECTED] = done._replace(problem=str(error))
        return
    st.session_state.pop(_CORRECTED, None)


def follow_rename(old: str, new: str) -> None:
    """If the URL holds the search for a concept that was renamed, search for its new name."""
    now = st.query_params.get(search_state.PHRASE, "")
    if now == concept_query(old):
        st.query_params[search_state.PHRASE] = concept_query(new)


def concept_names(photo_id: int) -> list[str]:
    """The names of the concepts that a photo matches, best match first."""
    engine = resources.engine()
    try:
        found = engine.concepts_of(photo_id) if engine.concepts.all() else []
    except EncoderError:
        return []
    return [concept.name for concept in found]
