"""The list of past edits."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from explorer.library.edits.edit_operations import set_rating, set_text
from explorer.library.stores.edit_store import edit_photos
from explorer.ui import resources
from tests.ui.conftest import id_of

pytestmark = pytest.mark.usefixtures("photos")


def _page() -> None:
    from explorer.ui.albums_page.past_edits import past_edits_panel
    from explorer.ui.photo_edits.last_edit import last_edit_line

    last_edit_line()
    past_edits_panel()


def test_any_of_the_latest_edits_is_undone() -> None:
    catalog, photo = resources.library().catalog, id_of("red.jpg")
    rated = edit_photos(catalog, [photo], *set_rating(4))
    titled = edit_photos(catalog, [photo], *set_text("title", "Sunset"))
    assert rated and titled
    app = AppTest.from_function(_page, default_timeout=60).run()
    assert not app.button
    app.session_state["past-edits"] = True
    app.run()
    assert [button.key for button in app.button] == [
        f"undo-edit-{titled.id}",
        f"undo-edit-{rated.id}",
    ]
    app.button(key=f"undo-edit-{rated.id}").click().run()
    assert not app.exception
    assert app.markdown[0].value == "Undone for 1 photo\\."
    row = catalog.photos([photo])[photo]
    assert (row["rating"], row["title"]) == (None, "Sunset")
    assert f"undo-edit-{rated.id}" not in [button.key for button in app.button]
