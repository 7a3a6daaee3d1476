"""The dialog for the keep rules, also while the library cannot be written to."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Widget

from explorer.duplicates.keeper import keep_rules
from explorer.library import connection
from explorer.library.stores.protected_folder_store import protected_folders
from explorer.ui import resources


def _page() -> None:
    from explorer.ui.removal_dialogs.keep_rules_dialog import keep_rules_dialog

    keep_rules_dialog()


def run(changed: AppTest | Widget) -> AppTest:
    app = changed.run()
    assert not app.exception
    return app


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click()
    return run(app)


def test_rules_and_folders_are_changed_and_a_change_that_fails_says_why(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = resources.library().catalog
    rules = list(keep_rules(catalog))
    app = run(AppTest.from_function(_page, default_timeout=60))
    connect, (folder, *_) = connection.connect, app.selectbox(key="protect-0").options
    with monkeypatch.context() as now:
        now.setattr(connection, "connect", lambda path: connect(path, read_only=True))
        for key in (f"Move down-{rules[0]}", f"drop-{rules[0]}"):
            assert len(press(app, key).toast) == 1
        run(app.selectbox(key="protect-0").set_value(folder))
        assert len(app.toast) == 1
        # What fails is not tried again at every run.
        assert not run(app).toast
        assert list(keep_rules(catalog)) == rules and not protected_folders(catalog)
    press(app, f"drop-{rules[0]}")
    assert list(keep_rules(catalog)) == rules[1:]
    run(app.selectbox(key=f"add-rule-{len(rules) - 1}").set_value(rules[0]))
    assert list(keep_rules(catalog)) == [*rules[1:], rules[0]]
    run(app.selectbox(key="protect-0").set_value(None))
    run(app.selectbox(key="protect-0").set_value(folder))
    assert list(protected_folders(catalog)) == [folder]
    press(app, f"unprotect-{folder}")
    assert not protected_folders(catalog) and not app.toast
