"""What the page says when a change fails."""

from __future__ import annotations

import errno
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from explorer.errors import LibraryFull
from explorer.ui import change_errors


def _page() -> None:
    import streamlit as st

    from explorer.ui import resources
    from explorer.ui.actions import PhotoAction
    from explorer.ui.change_errors import attempt, attempting
    from explorer.ui.components import gallery
    from explorer.ui.photo_edits.edit_actions import toggle_favourite

    favourite = PhotoAction("Favorite", ":material/favorite:", toggle_favourite, "leave")
    ids = [int(i) for i in resources.library().catalog.matching()]

    @st.dialog("Change")
    def dialog() -> None:
        if st.button("In a dialog") and not attempt(toggle_favourite, ids):
            st.rerun()

    st.text_input("Typed", key="typed")
    st.button("In a callback", on_click=attempting(toggle_favourite, ids))
    st.button("Photos", on_click=gallery._act, args=[lambda: ids, "grid", favourite])
    if st.button("In the page"):
        st.write("made" if attempt(toggle_favourite, ids) else "failed")
    dialog()


def _press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click()
    return app.run()


PLACES = ("In a callback", "In the page", "In a dialog", "Photos")


@pytest.mark.usefixtures("read_only")
@pytest.mark.parametrize("place", PLACES)
def test_a_change_that_fails_says_why_and_leaves_the_page_as_it_is(place: str) -> None:
    app = AppTest.from_function(_page, default_timeout=60).run()
    app.text_input[0].set_value("words")
    _press(app, place)
    assert not app.exception
    (toast,) = app.toast
    assert "cannot be read and written" in toast.value
    assert app.text_input[0].value == "words"
    assert "_turn-grid" not in app.session_state, "the selection is kept"
    assert [each.value for each in app.markdown] == (["failed"] if place == PLACES[1] else [])


@pytest.mark.usefixtures("photos")
@pytest.mark.parametrize("place", PLACES)
def test_a_change_that_is_made_needs_no_words(place: str) -> None:
    app = AppTest.from_function(_page, default_timeout=60).run()
    _press(app, place)
    assert not app.exception and not app.toast
    assert ("_turn-grid" in app.session_state) == (place == "Photos")


@pytest.fixture
def toasts(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What notifications say, and how."""
    found = list[tuple[str, dict[str, Any]]]()
    monkeypatch.setattr(st, "toast", lambda text, **options: found.append((text, options)))
    return found


def test_a_change_is_attempted_with_what_it_needs(toasts: list[Any]) -> None:
    made = list[tuple[Any, ...]]()

    def change(*args: Any, **options: Any) -> None:
        made.append((args, options))

    assert change_errors.attempt(change, 1, 2, name="three") is True
    callback = change_errors.attempting(change, 4, name="five")
    assert len(made) == 1
    callback()
    assert made == [((1, 2), {"name": "three"}), ((4,), {"name": "five"})] and not toasts


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space *left*"), LibraryFull("No space *left*")]
)
def test_only_errors_that_a_user_can_act_on_are_shown(error: Exception, toasts: list[Any]) -> None:
    def fail(error: Exception) -> None:
        raise error

    assert change_errors.attempt(fail, error) is False
    ((text, options),) = toasts
    assert r"No space \*left\*" in text and options["duration"] == "long"
    with pytest.raises(ValueError, match="a fault of the program"):
        change_errors.attempt(fail, ValueError("a fault of the program"))
    assert len(toasts) == 1


def test_errors_of_the_system_are_said_in_one_line() -> None:
    said = change_errors.error_text
    assert said(LibraryFull("The disk is full.")) == "The disk is full."
    full = OSError(errno.ENOSPC, "No space left on device", "/a\nb")
    assert said(full) == "This could not be stored in /a\\x0ab: No space left on device."
    assert said(OSError(errno.EIO, "Odd.\nVery.")) == "This could not be stored: Odd.\\x0aVery."
    assert said(OSError("odd")) == "This could not be stored: odd."
