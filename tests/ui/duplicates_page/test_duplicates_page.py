"""The Duplicates page without a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Widget

from explorer.config import PROJECT, library_dir
from explorer.duplicates.decisions import decide_group
from explorer.encoders import registry
from explorer.indexing.foreground import index_folders
from explorer.library import connection
from explorer.library.library import Library
from explorer.removal.remove import remove
from explorer.removal.results import RemovalOutcome
from explorer.ui import resources
from explorer.ui.duplicates_page import group_choices
from explorer.ui.duplicates_page.decision_history import UndoStep
from explorer.ui.duplicates_page.duplicates_review import (
    DuplicatesReview,
    GroupFilter,
    removals,
    review,
)
from explorer.ui.removal_dialogs import removal_dialog
from tests import pictures
from tests.tiny import Tiny
from tests.ui.search_page.test_search_state import address

pytestmark = pytest.mark.usefixtures("copies")


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with three photos and a copy of each."""
    monkeypatch.setattr(group_choices, "_choices", {})
    monkeypatch.setitem(registry._loaders, "tiny", Tiny)
    folder = tmp_path / "Photos"
    for number in range(3):
        for name in ("", "copy of "):
            pictures.write(folder / f"{name}{number}.png", pictures.draw(number))
    library = Library.open(library_dir())
    index_folders(library, [str(folder)], Tiny(), lambda _: None)
    library.close()
    yield folder
    resources.close()
    registry._loaded.pop("tiny", None)


def page(**url: str) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "pages" / "duplicates.py"), default_timeout=180)
    for key, value in url.items():
        app.query_params[key] = value
    return run(app)


def run(changed: AppTest | Widget) -> AppTest:
    app = changed.run()
    assert not app.exception
    return app


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click()
    return run(app)


def groups() -> DuplicatesReview:
    return review(resources.library(), GroupFilter())


def test_back_and_forward_show_the_kind_that_the_url_names() -> None:
    app = page()
    tiers = app.button_group(key="dup-tier")
    assert tiers.value == "identical"
    assert "tier" not in address(app), "opening the page adds nothing to the history"
    run(tiers.set_value("moment"))
    assert address(app)["tier"] == "moment"
    for tier in ("identical", "moment", "lookalike"):
        app.query_params["tier"] = tier
        run(app)
        assert app.button_group(key="dup-tier").value == tier
        assert address(app)["tier"] == tier
    del app.query_params["tier"]
    run(app)
    assert app.button_group(key="dup-tier").value == "identical"
    app.query_params["tier"] = "none"
    assert run(app).button_group(key="dup-tier").value == "identical"


def test_undo_goes_to_the_tier_of_its_group() -> None:
    app = page()
    press(app, "Accept all 3")
    run(app.button_group(key="dup-tier").set_value("moment"))
    press(app, "Undo")
    assert address(app)["tier"] == "identical"
    assert app.button_group(key="dup-tier").value == "identical"


def dialog_of(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> Callable[[RemovalOutcome], None]:
    """Open the dialog that removes files; returns what it calls after that."""
    opened = list[Callable[[RemovalOutcome], None]]()
    monkeypatch.setattr(
        removal_dialog, "open_removal_dialog", lambda _, on_removed: opened.append(on_removed)
    )
    press(app, "Review and remove…")
    return opened[0]


def test_a_removal_forgets_the_choices_in_its_groups_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = groups().all
    group_choices.choose_keeper(first, first.others[0].file_id)
    group_choices.toggle_mark(second, second.others[0].file_id)
    group_choices.accept([third])
    on_removed = dialog_of(page(), monkeypatch)
    planned = removals(groups())
    # In another window, while the dialog is open.
    group_choices.accept([second])
    outcome = remove(resources.library(), planned, str(tmp_path / "removed"))
    assert len(outcome.removed) == 1 and not Path(third.others[0].path).exists()
    on_removed(outcome)
    assert [group.keep.file_id for group in groups().all] == [
        first.others[0].file_id,
        second.keep.file_id,
    ]
    assert not group_choices.is_marked(second, second.others[0])
    assert group_choices.is_accepted(second)
    assert third.key not in group_choices._library_choices()


def test_what_could_not_be_removed_stays_on_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, _ = groups().all
    group_choices.accept([first, second])
    on_removed = dialog_of(page(), monkeypatch)
    planned = removals(groups())
    Path(first.others[0].path).write_bytes(b"changed")
    outcome = remove(resources.library(), planned, str(tmp_path / "removed"))
    assert (len(outcome.removed), len(outcome.kept)) == (1, 1)
    on_removed(outcome)
    assert group_choices.is_accepted(first) and not group_choices.is_accepted(second)


def test_clearing_the_list_keeps_the_choices_in_the_groups() -> None:
    first, second, third = groups().all
    group_choices.choose_keeper(first, first.others[0].file_id)
    group_choices.toggle_mark(second, second.others[0].file_id)
    group_choices.accept([third])
    app = press(page(), "Clear all")
    assert not group_choices.accepted(groups().all)
    assert groups().all[0].keep.file_id == first.others[0].file_id
    assert not group_choices.is_marked(second, second.others[0])
    assert "Review and remove…" not in [button.label for button in app.button]


def test_a_decision_that_could_not_be_undone_can_be_undone_later(
    copies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog, (first, second, _) = resources.library().catalog, groups().all
    decided = decide_group(catalog, first, "apart")
    decide_group(catalog, second, "later")
    app = page()
    app.session_state["_undo-steps"] = [UndoStep((first.key,), first.tier, decided)]
    run(app)
    connect = connection.connect
    with monkeypatch.context() as now:
        now.setattr(connection, "connect", lambda path: connect(path, read_only=True))
        for label in ("Undo", "Show 1 postponed"):
            press(app, label)
            assert len(app.toast) == 1
            assert len(groups().all) == 1
    press(app, "Undo")
    assert not app.toast and len(groups().all) == 2
    press(app, "Show 1 postponed")
    assert not app.toast and len(groups().all) == 3
