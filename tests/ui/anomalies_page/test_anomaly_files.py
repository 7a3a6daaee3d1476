"""The buttons above the list of files, without a browser."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from explorer.library.file_rows import FileStat
from explorer.library.stores.file_store import put_failed
from explorer.library.writer import Writer
from explorer.ui import resources
from explorer.ui.anomalies_page import anomalies_state
from tests.ui.anomalies_page.test_anomalies_state import page

NAMES = ("a.jpg", "b.jpg", "c.jpg")

pytestmark = pytest.mark.usefixtures("_broken")


@pytest.fixture
def _broken(photos: object) -> None:
    """Three files that are not photos."""
    catalog = resources.library().catalog
    (root,) = catalog.roots()
    writer = Writer(catalog)
    for number, name in enumerate(NAMES, 1):
        put_failed(writer, root["id"], FileStat(name, 1, 1, number), "it is no photo", "foreign")
    writer.close()


def tick(app: AppTest, *names: str) -> None:
    """Click checkboxes; the page has not run yet."""
    for box in app.checkbox:
        if box.label in [f"Select {name}" for name in names]:
            box.set_value(not box.value)


def press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click()


def dismissed() -> list[str]:
    return sorted(
        finding.path.rsplit("/")[-1]
        for finding in anomalies_state.anomalies().findings(["unreadable"], dismissed=True)
        if finding.dismissed
    )


def test_a_box_ticked_just_before_the_click_counts() -> None:
    app = page(kind="unreadable")
    tick(app, "b.jpg")
    press(app, "Dismiss all")
    app.run()
    assert not app.exception
    assert dismissed() == ["b.jpg"]


def test_nothing_happens_if_the_last_box_was_unticked_just_before_the_click() -> None:
    app = page(kind="unreadable")
    tick(app, "b.jpg")
    app.run()
    tick(app, "b.jpg")
    press(app, "Dismiss 1")
    app.run()
    assert not app.exception
    assert dismissed() == []


def test_without_any_box_ticked_all_are_dismissed() -> None:
    app = page(kind="unreadable")
    press(app, "Dismiss all")
    app.run()
    assert not app.exception
    assert dismissed() == list(NAMES)


def test_undo_shows_what_was_dismissed_last_even_before_the_page_has_caught_up() -> None:
    app = page(kind="unreadable")
    tick(app, "a.jpg")
    app.run()
    press(app, "Dismiss 1")
    app.run()
    undo = app.button(key="undo-dismissal")
    found = anomalies_state.anomalies().findings(["unreadable"])
    last = [finding for finding in found if finding.path.endswith("b.jpg")]
    anomalies_state.anomalies().dismiss(last)
    app.session_state[anomalies_state._LAST_DISMISSED] = last
    # The second click of a double click finds nothing more to undo.
    for _ in range(2):
        undo.click()
        app.run()
        assert not app.exception
        assert dismissed() == ["a.jpg"]


def test_what_is_shown_again_in_the_list_can_no_longer_be_undone_but_the_rest_can() -> None:
    app = page(kind="unreadable")
    tick(app, "a.jpg", "b.jpg")
    app.run()
    press(app, "Dismiss 2")
    app.run()
    app.query_params["dismissed"] = "1"
    app.run()
    tick(app, "a.jpg")
    app.run()
    press(app, "Show 1 again")
    app.run()
    assert dismissed() == ["b.jpg"]
    assert "1 finding dismissed" in [caption.value for caption in app.caption]
    press(app, "Undo")
    app.run()
    assert not app.exception
    assert dismissed() == []


def test_sensitivity_follows_other_windows() -> None:
    one, other = page(kind="dark"), page(kind="dark")
    one.select_slider[0].set_value(1.0).run()
    other.run()
    assert other.select_slider[0].value == 1.0
    other.select_slider[0].set_value(0.0).run()
    one.run()
    assert one.select_slider[0].value == 0.0
