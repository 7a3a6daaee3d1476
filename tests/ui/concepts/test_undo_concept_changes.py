"""The buttons that undo a correction of a concept, or its deletion, pressed before the page has
caught up."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from explorer.library.stores import concept_store as store
from explorer.library.stores.concept_store import Concept
from explorer.library.stores.decision_store import hashes_of
from explorer.ui import resources
from explorer.ui.concepts import concept_dialog, concept_search
from tests.ui.conftest import id_of

pytestmark = pytest.mark.usefixtures("photos")


def digest(name: str) -> bytes:
    return hashes_of(resources.library().catalog, [id_of(name)])[id_of(name)]


@pytest.fixture
def concept(photos: object) -> Concept:
    catalog = resources.library().catalog
    store.make_concept(catalog, "warm", [digest("red.jpg")])
    return store.concepts(catalog)[0]


def _results() -> None:
    from explorer.search.language.parse_query import parse
    from explorer.search.query import Query
    from explorer.ui.concepts import concept_search

    concept_search.correction_line(Query(parse("concept:warm")))


def _list() -> None:
    from explorer.ui.concepts import concept_dialog

    concept_dialog._list()


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


def test_undo_takes_back_the_last_correction(concept: Concept) -> None:
    catalog = resources.library().catalog
    app = AppTest.from_function(_results, default_timeout=60)
    done = list[concept_search._Correction]()
    before = concept
    for name in ("green.jpg", "blue.jpg"):
        store.add_examples(catalog, concept.id, [digest(name)], positive=False)
        done.append(concept_search._Correction(before, (digest(name),), positive=False))
        before = store.concepts(catalog)[0]
    app.session_state[concept_search._CORRECTED] = done[0]
    button = run(app).button(key="undo-correction")
    app.session_state[concept_search._CORRECTED] = done[1]
    button.click()
    run(app)
    assert store.concepts(catalog)[0].negative == (digest("green.jpg"),)
    assert concept_search._CORRECTED not in app.session_state
    # The second click of a double click.
    button.click()
    run(app)
    assert store.concepts(catalog)[0].negative == (digest("green.jpg"),)


def test_the_second_click_of_a_double_click_finds_nothing_to_restore(concept: Concept) -> None:
    catalog = resources.library().catalog
    store.delete_concept(catalog, concept.id)
    app = AppTest.from_function(_list, default_timeout=60)
    app.session_state[concept_dialog._DELETED] = concept
    button = run(app).button(key="restore-concept")
    # What the first click does, whose run the second one interrupts.
    store.restore_concept(catalog, concept)
    del app.session_state[concept_dialog._DELETED]
    button.click()
    run(app)
    assert [each.name for each in store.concepts(catalog)] == ["warm"]
    assert not app.error
