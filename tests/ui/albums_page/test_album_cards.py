"""The menu of an album, also in two windows and while the library cannot be written to."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.library import connection
from explorer.library.stores import album_store
from explorer.ui import resources
from explorer.ui.photo_edits import last_edit
from tests.ui.conftest import id_of


def _page() -> None:
    from explorer.library.stores import album_store
    from explorer.ui import resources
    from explorer.ui.albums_page import album_cards

    for album in album_store.albums(resources.library().catalog):
        album_cards._menu(album)


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


def names() -> list[str]:
    return [album.name for album in album_store.albums(resources.library().catalog)]


def test_an_album_is_renamed_and_deleted(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = resources.library().catalog
    album_store.add_to_album(catalog, "One", [id_of("red.jpg")])
    (album,) = album_store.albums(catalog)
    app = run(AppTest.from_function(_page, default_timeout=60))
    box, connect = f"rename-album-{album.id}", connection.connect
    with monkeypatch.context() as now:
        now.setattr(connection, "connect", lambda path: connect(path, read_only=True))
        app.text_input(key=box).set_value("Two")
        app.button(key=f"do-{box}").click()
        assert "cannot be read and written" in run(app).error[0].value
        assert app.text_input(key=box).value == "Two"
        app.button(key=f"delete-album-{album.id}").click()
        assert "cannot be read and written" in run(app).toast[0].value
    assert names() == ["One"]
    app.button(key=f"do-{box}").click()
    run(app)
    assert names() == ["Two"] and not app.error
    # In another window.
    album_store.rename_album(catalog, album.id, "Three")
    assert run(app).text_input(key=box).value == "Three"
    delete = app.button(key=f"delete-album-{album.id}")
    delete.click()
    run(app)
    _, undoable = app.session_state[last_edit._LAST]
    # The second click of a double click.
    delete.click()
    run(app)
    assert names() == [] and undoable is not None
    assert app.session_state[last_edit._LAST][1] == undoable
