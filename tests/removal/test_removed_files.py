"""Which files the pages hide because they were removed."""

from __future__ import annotations

import datetime as dt

from explorer.removal.remove import remove
from explorer.removal.removed_files import removal_time, removed_paths
from explorer.removal.undo import undo
from tests.fixtures.small_library import SmallLibrary


def test_files_that_are_away_are_hidden_until_they_are_back(two_copies: SmallLibrary) -> None:
    library, path = two_copies.library, two_copies.photos / "b.jpg"
    assert removed_paths(library) == set()
    assert remove(library, [two_copies.removal("b.jpg", "a.jpg")]).removed
    assert removed_paths(library) == {str(path)}
    # Another file of that name is shown.
    path.write_text("a newcomer")
    assert removed_paths(library) == set()
    path.unlink()
    assert removed_paths(library) == {str(path)}
    undo(library)
    assert removed_paths(library) == set()
    path.unlink()
    assert removed_paths(library) == set()


def test_the_time_of_a_removal_is_local() -> None:
    moment = dt.datetime(2024, 3, 9, 7, 5, 59)
    assert removal_time(moment.timestamp()) == "2024-03-09 07:05"
