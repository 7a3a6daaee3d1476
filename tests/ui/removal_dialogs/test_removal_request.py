"""The removal of photos that were selected on any page."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit as st

from explorer.errors import UsageError
from explorer.ui.removal_dialogs.removal_request import removal_action
from tests.ui.conftest import id_of
from tests.ui.search_page.test_search_state import app


def test_selected_photos_are_removed_after_a_look_at_the_list(photos: Path) -> None:
    requested = dict[str, object]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(st, "session_state", requested)
        removal_action().run([id_of("red.jpg"), id_of("green.jpg")])
    page = app()
    for key, value in requested.items():
        page.session_state[key] = value
    page.run()
    assert not page.exception
    remove = next(button for button in page.button if button.label == "Remove 2 files")
    assert remove.disabled
    assert [box.label for box in page.checkbox] == [
        "Yes, remove 2 files without keeping another copy"
    ]
    # It is offered once.
    page.run()
    assert not [button for button in page.button if button.label == "Remove 2 files"]


def test_photos_that_have_left_the_library_cannot_be_removed(photos: Path) -> None:
    with pytest.raises(UsageError, match="no longer in the library"):
        removal_action().run([987654])
