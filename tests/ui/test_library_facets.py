"""The folders of the library as the pages get them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.library.stores.root_store import remove_root, update_root
from explorer.ui import resources
from explorer.ui.library_facets import folder_tree
from tests.factory import LibraryBuilder


@pytest.fixture
def builder(tmp_path: Path) -> Iterator[LibraryBuilder]:
    made = LibraryBuilder(resources.library(), str(tmp_path))
    yield made
    made.writer.close()
    resources.close()


def test_a_drive_that_is_taken_away_is_seen_at_once(builder: LibraryBuilder) -> None:
    builder.put("trip/a.jpg", 1)
    before = folder_tree()
    (root,) = before.tree.top()
    assert not root.away and folder_tree().version == before.version
    update_root(builder.writer, builder.root, state="offline")
    after = folder_tree()
    assert after.tree.top()[0].away and after.version != before.version
    remove_root(builder.writer, root.path)
    assert folder_tree().tree.top() == []
