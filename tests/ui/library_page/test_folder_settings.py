"""The patterns of what to exclude, which may be changed in two windows at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.library.catalog import Catalog
from explorer.library.stores.root_store import set_exclude_globs
from explorer.library.writer import Writer
from explorer.ui import resources
from explorer.ui.library_page.folder_settings import merged_patterns

pytestmark = pytest.mark.usefixtures("photos")


def _page() -> None:
    from explorer.ui import resources
    from explorer.ui.library_page import folder_settings

    catalog = resources.library().catalog
    folder_settings.excluded_files(catalog, catalog.roots()[0])


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


def window() -> AppTest:
    return run(AppTest.from_function(_page, default_timeout=60))


def save(app: AppTest, *patterns: str) -> list[str]:
    """Type and save patterns; returns those that the indexer is told to exclude."""
    catalog = resources.library().catalog
    app.text_area[0].set_value("\n".join(patterns))
    app.button[0].click()
    run(app)
    with catalog.reading() as db:
        rows = db.execute("select argument from command where command = 'exclude'").fetchall()
    globs: list[str] = json.loads(rows[-1][0])["globs"] if rows else []
    return globs


def store(*patterns: str) -> None:
    """What the indexer does when it is told."""
    catalog: Catalog = resources.library().catalog
    writer = Writer(catalog)
    with writer.transaction():
        set_exclude_globs(writer, catalog.roots()[0]["id"], patterns)
    writer.close()


def shown(app: AppTest) -> list[str]:
    return str(app.text_area[0].value).splitlines()


def test_the_box_follows_changes_made_elsewhere() -> None:
    app = window()
    assert shown(app) == []
    store("Raw/", "*.png")
    assert shown(run(app)) == ["Raw/", "*.png"]
    assert "were changed in another window" in app.toast[0].value
    assert not run(app).toast


def test_saving_keeps_what_was_added_elsewhere_meanwhile() -> None:
    store("Raw/", "Old/")
    app = window()
    store("Raw/", "*.png")
    assert save(app, "Raw/", "Old/", "Cache/") == ["Raw/", "Cache/", "*.png"]
    store("Raw/", "Cache/", "*.png")
    assert shown(run(app)) == ["Raw/", "Cache/", "*.png"]
    assert not app.toast


def test_what_was_saved_can_be_changed_before_and_after_it_is_stored() -> None:
    app = window()
    assert save(app, " Raw/ ", "", "*.png") == ["Raw/", "*.png"]
    assert save(app, "Raw/", "Cache/") == ["Raw/", "Cache/"]
    store("Raw/", "Cache/")
    assert save(app, "Cache/") == ["Cache/"]
    assert [toast.value for toast in app.toast] == ["The folder is being scanned again."]


def test_a_pattern_that_cannot_be_parsed_is_kept_in_the_box() -> None:
    app = window()
    assert save(app, "Raw/", "[") == []
    assert "is not a pattern" in app.toast[0].value
    assert shown(app) == ["Raw/", "["]


@pytest.mark.usefixtures("read_only")
def test_patterns_that_cannot_be_stored_are_kept_in_the_box(photos: Path) -> None:
    app = window()
    assert save(app, "Raw/") == []
    assert "cannot be read and written" in app.toast[0].value and shown(app) == ["Raw/"]


def test_changes_of_two_are_merged() -> None:
    assert merged_patterns(["a", "b"], ["a"], ["a"]) == ["a", "b"]
    assert merged_patterns(["b"], ["a"], ["a", "c"]) == ["b", "c"]
    assert merged_patterns(["a", "b"], ["a"], []) == ["b"]
    assert merged_patterns(["a", "b"], ["a"], ["b", "a"]) == ["a", "b"]
