"""The page that a new user sees first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.config import PROJECT
from explorer.encoders import registry
from explorer.library.stores.command_store import waiting_commands
from explorer.library.stores.setting_store import put_setting
from explorer.ui import resources
from explorer.ui.library_page import welcome
from tests.tiny import Tiny


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The home folder of a user with two photos."""
    made = tmp_path / "home"
    for name in ("Pictures/a.jpg", "Pictures/2019/b.jpg", "Desktop/notes.txt", "Elsewhere/c.jpg"):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_bytes(b"")
    monkeypatch.setattr(Path, "home", lambda: made)
    monkeypatch.setattr(welcome, "_counted", {})
    monkeypatch.setitem(registry._loaders, "tiny", Tiny)
    put_setting(resources.library().catalog, "encoder", "tiny")
    yield made
    resources.close()
    registry._loaded.pop("tiny", None)


def first_page() -> AppTest:
    app = AppTest.from_file(str(PROJECT / "explorer" / "ui" / "app.py"), default_timeout=180)
    app.switch_page(str(PROJECT / "pages" / "search.py"))
    app.run()
    assert not app.exception
    return app


def test_likely_folders_are_offered_with_their_photos(home: Path) -> None:
    app = first_page()
    offered = {box.label: box.value for box in app.checkbox}
    assert [label.split(" :gray")[0].replace("\\", "") for label in offered] == [
        str(home / "Pictures"),
        str(home / "Desktop"),
    ]
    assert list(offered.values()) == [True, False] and "2 photos" in next(iter(offered))
    app.button(key="add-suggested").click().run()
    assert waiting_commands(resources.library().catalog) == ["add"]
    assert "being added" in app.info[0].value


def test_a_box_changed_just_before_the_click_counts(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = list[str]()
    monkeypatch.setattr(welcome, "add", lambda _, folder: added.append(folder))
    app = first_page()
    pictures, desktop = app.checkbox
    pictures.uncheck()
    desktop.check()
    app.button(key="add-suggested").click().run()
    assert added == [str(home / "Desktop")]


def test_a_path_typed_just_before_the_click_is_added(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = list[str]()
    monkeypatch.setattr(welcome, "add", lambda _, folder: added.append(folder))
    app = first_page()
    app.text_input(key=f"browse-{home}").set_value("~nobody-has-this-name/x")
    app.button(key="browse-add").click().run()
    assert not added and "There is no home folder" in app.error[0].value
    app.text_input(key=f"browse-{home}").set_value(str(home / "Elsewhere"))
    app.button(key="browse-add").click().run()
    assert added == [str(home / "Elsewhere")]


def test_any_folder_is_found_by_browsing(home: Path) -> None:
    app = first_page()
    app.button(key=f"browse-to-{home / 'Elsewhere'}").click().run()
    assert app.text_input(key=f"browse-{home / 'Elsewhere'}").value == str(home / "Elsewhere")
    app.button(key="browse-up").click().run()
    app.text_input(key=f"browse-{home}").set_value("~/Gone").run()
    assert "There is no such folder" in app.warning[0].value
    app.button(key="browse-add").click().run()
    assert app.error


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("/a\0b", "null character"),
        ("~nobody-has-this-name/x", "There is no home folder"),
        ("/" + "x" * 5000, "There is no such folder"),
        ("/" + "x/" * 5000, "There is no such folder"),
    ],
)
def test_any_typed_path_is_explained(home: Path, typed: str, says: str) -> None:
    app = first_page()
    app.text_input(key=f"browse-{home}").set_value(typed).run()
    shown = [each.value for each in (*app.error, *app.warning)]
    assert not app.exception and any(says in each for each in shown), shown


def test_the_library_page_has_the_same_folder_browser_once_it_is_opened(home: Path) -> None:
    app = AppTest.from_file(str(PROJECT / "explorer" / "ui" / "app.py"), default_timeout=180)
    app.switch_page(str(PROJECT / "pages" / "library.py")).run()
    assert not any(button.key == "browse-add" for button in app.button)
    app.session_state["choose-folder"] = True
    app.run()
    app.button(key=f"browse-to-{home / 'Elsewhere'}").click().run()
    app.button(key="browse-add").click().run()
    assert not app.exception
    assert waiting_commands(resources.library().catalog) == ["add"]
