"""The dialog that writes sidecars: nothing is written before the user has seen what."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.library.edits.edit_operations import combined, set_rating
from explorer.library.stores.edit_store import edit_photos
from explorer.photos.metadata.sidecar_values import read_values
from explorer.removal.checked_files import RemovalRefused
from explorer.sidecars import write_sidecars as module
from explorer.ui import resources
from explorer.ui.photo_edits.edit_actions import edit_actions
from tests.ui.conftest import id_of
from tests.ui.photo_edits.test_edit_dialog import opened, save


def rate(*names: str) -> None:
    edit_photos(
        resources.library().catalog, [id_of(name) for name in names], *combined([set_rating(4)])
    )


def test_sidecars_are_listed_then_written_and_taken_back(photos: Path) -> None:
    rate("red.jpg", "blue.jpg")
    sidecar = photos / "red.jpg.xmp"
    try:
        page = opened("_write-sidecars", "red.jpg", "green.jpg")
        (table,) = page.dataframe
        assert table.value.values.tolist() == [[str(sidecar), "New"]]
        assert not sidecar.exists()
        save(page, "Write 1 sidecar")
        assert read_values(sidecar.read_bytes()).rating == 4
        assert not (photos / "blue.jpg.xmp").exists()
        assert any("1 sidecar written" in each.value for each in page.markdown)
        page.button(key="undo-edit").click().run()
        assert not sidecar.exists()
        assert any("1 sidecar as before" in each.value for each in page.markdown)
    finally:
        sidecar.unlink(missing_ok=True)


def test_photos_without_edits_are_said_to_have_none(photos: Path) -> None:
    page = opened("_write-sidecars", "green.jpg")
    assert "None of these photos" in page.info[0].value
    assert not any(button.label.startswith("Write 1") for button in page.button)


def test_what_is_refused_is_listed_with_the_reason(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rate("red.jpg")

    def refuse(target: str) -> None:
        raise RemovalRefused("its folder is read-only")

    monkeypatch.setattr(module, "_require_writable", refuse)
    page = opened("_write-sidecars", "red.jpg")
    (table,) = page.dataframe
    assert "Not written: its folder is read-only" in str(table.value.values.tolist())
    assert not any(button.label.startswith("Write 1") for button in page.button)


def test_the_button_is_offered_for_selected_photos(photos: Path) -> None:
    assert "Write sidecars…" in [action.label for action in edit_actions()]


def _history() -> None:
    """A page with the dialog only."""
    from explorer.ui.photo_edits.last_edit import last_edit_line
    from explorer.ui.removal_dialogs.removal_history import history_dialog

    last_edit_line()
    history_dialog()


def test_written_sidecars_are_among_what_can_be_undone(photos: Path) -> None:
    rate("red.jpg")
    sidecar = photos / "red.jpg.xmp"
    try:
        run = module.write_sidecars(resources.library()).run
        page = AppTest.from_function(_history, default_timeout=180).run()
        assert any("1 sidecar written" in each.value for each in page.markdown)
        page.button(key=f"undo-sidecars-{run}").click().run()
        assert not page.exception and not sidecar.exists()
        assert "1 sidecar as before" in page.markdown[0].value
    finally:
        sidecar.unlink(missing_ok=True)
