"""What lies in the folder of removed photos, and the button that empties it."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.removal import trash
from explorer.removal.remove import remove
from explorer.systems.operating_system import OperatingSystem
from explorer.systems.this_system import this_system
from explorer.ui import empty_library, resources
from explorer.ui.duplicates_page import duplicates_status
from explorer.ui.photo_edits import last_edit
from tests.fixtures.small_library import SmallLibrary


def _page() -> None:
    from explorer.ui.removal_dialogs import removal_history

    removal_history._own_folders()


def test_the_folder_is_emptied_only_after_it_was_confirmed(
    small_library: SmallLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    for photo in ("a.jpg", "b.jpg"):
        small_library.add_photo(photo, "one")
    monkeypatch.setattr(trash, "is_supported", lambda: False)
    (result,) = remove(small_library.library, [small_library.removal("b.jpg", "a.jpg")]).results
    assert result.at is not None
    monkeypatch.setattr(resources, "library", lambda: small_library.library)
    page = AppTest.from_function(_page).run()
    assert not page.exception
    assert "1 file in" in page.markdown[0].value and trash.HOME_FOLDER in page.markdown[0].value
    assert not page.button
    page.checkbox[0].check().run()
    assert page.button[0].label == "Empty" and Path(result.at).exists()
    keeper = small_library.photos / "a.jpg"
    keeper.rename(keeper.with_name("aside"))
    page.button[0].click().run()
    assert Path(result.at).exists() and page.session_state[last_edit._LAST] == (
        "0 files deleted for good. 1 file stays: the photo kept for it is not there.",
        None,
    )
    keeper.with_name("aside").rename(keeper)

    def refuse(self: OperatingSystem, path: str) -> None:
        raise PermissionError(13, "The process cannot access the file", path)

    with monkeypatch.context() as now:
        now.setattr(type(this_system()), "delete_file", refuse)
        page.button[0].click().run()
    text, _ = page.session_state[last_edit._LAST]
    assert text.startswith("0 files deleted for good. 1 file could not be deleted: close the")
    assert Path(result.at).exists()
    page.button[0].click().run()
    assert not page.exception and not Path(result.at).exists()
    # Nothing is left to empty, and the photo that was kept is where it was.
    assert not page.markdown and not page.button
    assert (small_library.photos / "a.jpg").read_text() == "one"


def _duplicates_page() -> None:
    import importlib

    from pages import duplicates

    # The page draws itself when it is imported.
    importlib.reload(duplicates)


def test_removed_photos_are_found_when_no_folder_is_watched_any_more(
    small_library: SmallLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "library", lambda: small_library.library)
    monkeypatch.setattr(duplicates_status, "announce_changes", lambda *_: None)
    monkeypatch.setattr(empty_library, "reason", lambda: "no folder")
    monkeypatch.setattr(empty_library, "explain", lambda _: None)
    page = AppTest.from_function(_duplicates_page).run()
    assert not page.exception and not page.button
    for photo in ("a.jpg", "b.jpg"):
        small_library.add_photo(photo, "one")
    remove(
        small_library.library, [small_library.removal("b.jpg", "a.jpg")], to=str(tmp_path / "to")
    )
    page = AppTest.from_function(_duplicates_page).run()
    assert not page.exception and [each.label for each in page.button] == ["Removed photos"]
