"""The line about the last edit, whose button may be pressed before the page has caught up."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from explorer.library.edits.edit_history import past_edits
from explorer.library.edits.edit_operations import set_favourite
from explorer.library.stores.edit_store import edit_photos
from explorer.ui import resources
from explorer.ui.photo_edits import last_edit
from tests.ui.conftest import id_of

pytestmark = pytest.mark.usefixtures("photos")


def _page() -> None:
    from explorer.ui.photo_edits import last_edit

    last_edit.last_edit_line()


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


def test_undo_takes_back_the_last_edit() -> None:
    catalog = resources.library().catalog
    app = AppTest.from_function(_page, default_timeout=60)
    names, edits = ("red.jpg", "blue.jpg"), list[int]()
    for name in names:
        operation = set_favourite(True)
        done = edit_photos(catalog, [id_of(name)], operation.summary, operation.change)
        assert done is not None
        edits.append(done.id)
    app.session_state[last_edit._LAST] = "First.", edits[0]
    button = run(app).button(key="undo-edit")
    app.session_state[last_edit._LAST] = "Second.", edits[1]
    # The second click of a double click finds nothing more to undo.
    for _ in range(2):
        button.click()
        run(app)
        assert app.markdown[0].value == "Undone for 1 photo\\."
        rows = catalog.photos(map(id_of, names))
        assert [bool(row["favourite"]) for row in rows.values()] == [True, False]
    assert past_edits(catalog)
