"""Nothing is removed before the user has confirmed what cannot be known for them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from explorer.errors import UsageError
from explorer.removal.results import TRASH, Removal, RemovalOutcome, RemovalResult
from explorer.ui import resources
from explorer.ui.removal_dialogs import removal_dialog

PAIRED = Removal("/p/b.jpg", "0", "/p/a.jpg", "0", bytes=7)
ALONE = Removal("/p/c.jpg", "1", bytes=7)


class _Calls:
    """What the dialog was asked to show, and what it has asked for."""

    removals: list[Removal]
    checked: list[dict[str, Any]]
    carried_out: list[dict[str, Any]]
    told: list[RemovalOutcome]
    fails: bool


@pytest.fixture(autouse=True)
def _calls(monkeypatch: pytest.MonkeyPatch) -> None:
    _Calls.removals, _Calls.checked, _Calls.carried_out, _Calls.told = [], [], [], []
    _Calls.fails = False

    def record(into: list[dict[str, Any]]) -> Any:
        def call(_: object, removals: list[Removal], to: str, **options: Any) -> RemovalOutcome:
            if _Calls.fails:
                raise UsageError("The plan makes *no* sense.")
            options["tick"](0, len(removals))
            into.append({"to": to, **{k: v for k, v in options.items() if k != "tick"}})
            results = [RemovalResult(each, "removed") for each in removals]
            return RemovalOutcome("run", tuple(results))

        return call

    monkeypatch.setattr(removal_dialog, "remove", record(_Calls.carried_out))
    monkeypatch.setattr(removal_dialog, "dry_run", record(_Calls.checked))
    monkeypatch.setattr(removal_dialog, "cloud_warning", lambda removals: "")
    monkeypatch.setattr(removal_dialog, "is_supported", lambda: True)
    monkeypatch.setattr(removal_dialog, "preview_urls", lambda removals: [""] * len(removals))
    monkeypatch.setattr(removal_dialog, "removal_rows", lambda removals: [{}] * len(removals))
    monkeypatch.setattr(resources, "library", object)
    monkeypatch.setattr(st, "rerun", lambda **_: None)


def _page() -> None:
    from explorer.ui.removal_dialogs import removal_dialog
    from tests.ui.removal_dialogs.test_removal_confirmation import _Calls

    removal_dialog._dialog(_Calls.removals, _Calls.told.append)


def dialog(*removals: Removal) -> AppTest:
    _Calls.removals = list(removals)
    app = AppTest.from_function(_page, default_timeout=60).run()
    assert not app.exception
    return app


def button(app: AppTest, label: str) -> Any:
    return next(each for each in app.button if each.label.startswith(label))


def labels(app: AppTest) -> list[str]:
    return [each.label for each in app.checkbox]


def test_a_copy_is_removed_without_further_questions() -> None:
    app = dialog(PAIRED)
    assert [label[:8] for label in labels(app)] == ["Save the"]
    button(app, "Remove 1 file").click().run()
    assert not app.exception
    assert _Calls.carried_out == [{"to": TRASH, "without_keeper": False, "sidecars": False}]
    assert [len(outcome.removed) for outcome in _Calls.told] == [1]
    assert app.session_state[removal_dialog._OUTCOME] is _Calls.told[0]


def test_metadata_is_saved_on_request() -> None:
    app = dialog(PAIRED)
    app.checkbox(key="remove-sidecars").set_value(True)
    button(app, "Remove 1 file").click().run()
    assert _Calls.carried_out == [{"to": TRASH, "without_keeper": False, "sidecars": True}]


def test_a_photo_without_a_copy_needs_confirmation() -> None:
    app = dialog(PAIRED, ALONE)
    assert labels(app)[1] == "Yes, remove 1 file without keeping another copy"
    assert button(app, "Remove 2 files").disabled
    button(app, "Check first").click().run()
    assert _Calls.checked == [{"to": TRASH, "without_keeper": True}] and not _Calls.carried_out
    app.checkbox(key="remove-alone").set_value(True).run()
    assert not button(app, "Remove 2 files").disabled
    button(app, "Remove 2 files").click().run()
    assert _Calls.carried_out == [{"to": TRASH, "without_keeper": True, "sidecars": False}]


def test_without_any_copy_no_metadata_is_offered() -> None:
    app = dialog(replace(ALONE, tier="unreadable"))
    assert labels(app) == ["Yes, remove 1 file without keeping another copy"]
    assert ["may be the only one" in each.value for each in app.warning] == [True]
    assert dialog(PAIRED).warning.values == []


def test_a_folder_must_be_named(tmp_path: Any) -> None:
    app = dialog(PAIRED)
    app.radio(key="remove-to").set_value("A folder").run()
    assert button(app, "Remove 1 file").disabled and button(app, "Check first").disabled
    app.text_input(key="remove-folder").set_value(str(tmp_path)).run()
    button(app, "Remove 1 file").click().run()
    assert [each["to"] for each in _Calls.carried_out] == [str(tmp_path)]


@pytest.mark.parametrize("label", ["Remove 1 file", "Check first"])
def test_a_plan_that_fails_says_why(label: str) -> None:
    app = dialog(PAIRED)
    _Calls.fails = True
    button(app, label).click().run()
    assert not app.exception and _Calls.told == []
    assert [each.value for each in app.error] == [r"The plan makes \*no\* sense\."]
    assert removal_dialog._OUTCOME not in app.session_state


def test_nothing_to_remove_cannot_be_removed() -> None:
    assert button(dialog(), "Remove 0 files").disabled
