"""Long lists in pieces."""

from __future__ import annotations

from explorer.library.chunks import chunks


def test_a_list_is_divided_into_chunks() -> None:
    assert [list(some) for some in chunks(range(7), 3)] == [[0, 1, 2], [3, 4, 5], [6]]
    assert [list(some) for some in chunks(range(6), 3)] == [[0, 1, 2], [3, 4, 5]]
    assert list(chunks([], 3)) == []
