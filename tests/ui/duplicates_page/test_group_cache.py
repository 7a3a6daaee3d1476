"""The groups that the Duplicates page shows, and for how long."""

from __future__ import annotations

import pytest

from explorer.library.stores.protected_folder_store import protect_folder
from explorer.library.writer import Writer
from explorer.ui import resources
from explorer.ui.duplicates_page import group_cache
from tests.library.test_staleness import slow


def test_groups_are_cached_while_photos_are_added_but_follow_decisions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    times = [0, 100]
    slow(monkeypatch, group_cache, "find_groups", times)
    library = resources.library()
    try:
        before, _ = group_cache.all_groups(library)
        writer = Writer(library.catalog)
        with writer.transaction():
            pass
        writer.close()
        # What is shown is of the change that it was read at: the page continues telling that there
        # is more.
        assert group_cache.all_groups(library)[0] == before < library.catalog.change()
        assert times[0] == 1
        protect_folder(library.catalog, "/anywhere")
        assert group_cache.all_groups(library)[0] == library.catalog.change()
        assert times[0] == 2
    finally:
        resources.close()
