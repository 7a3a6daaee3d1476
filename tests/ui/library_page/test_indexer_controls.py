"""The buttons of the indexer, in two windows at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Widget

from explorer.indexing.throttle import PACE_SETTING, current_pace
from explorer.library import connection
from explorer.library.stores.setting_store import put_setting
from explorer.library.stores.worker_store import report_status
from explorer.library.writer import Writer
from explorer.ui import resources


@pytest.fixture(autouse=True)
def _indexer() -> Iterator[None]:
    """A library whose indexer is running."""
    writer = Writer(resources.library().catalog)
    report_status(writer, phase="watching", encoder="tiny", message="")
    writer.close()
    yield
    resources.close()


def _page() -> None:
    from explorer.library.stores.worker_store import worker_status
    from explorer.ui import resources
    from explorer.ui.library_page import indexer_controls

    catalog = resources.library().catalog
    indexer_controls.controls(catalog, worker_status(catalog))


def window() -> AppTest:
    return run(AppTest.from_function(_page, default_timeout=60))


def run(changed: AppTest | Widget) -> AppTest:
    app = changed.run()
    assert not app.exception
    return app


def pace() -> str:
    return current_pace(resources.library().catalog)


def test_every_window_shows_the_pace_and_only_the_user_changes_it() -> None:
    one, other = window(), window()
    run(one.toggle[0].set_value(True))
    assert pace() == "gentle"
    run(other)
    assert pace() == "gentle" and other.toggle[0].value
    run(other.toggle[0].set_value(False))
    run(one)
    assert pace() == "full" and not one.toggle[0].value
    put_setting(resources.library().catalog, PACE_SETTING, "gentle")
    assert run(one).toggle[0].value and run(other).toggle[0].value
    assert pace() == "gentle"


def test_a_pace_that_cannot_be_stored_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    app = window()
    connect = connection.connect
    with monkeypatch.context() as now:
        now.setattr(connection, "connect", lambda path: connect(path, read_only=True))
        run(app.toggle[0].set_value(True))
        assert len(app.toast) == 1 and not app.toggle[0].value
        next(button for button in app.button if button.label == "Pause").click()
        run(app)
        assert len(app.toast) == 1
    run(app.toggle[0].set_value(True))
    assert pace() == "gentle" and app.toggle[0].value and not app.toast
