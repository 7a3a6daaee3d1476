from __future__ import annotations

import numpy as np
import pytest

from explorer.analysis.sorted_ids import positions_of


@pytest.mark.parametrize(
    "known", [[2, 3, 7], [0, 1, 2], [-5, 3], [5, 10**9], []], ids=lambda each: str(len(each))
)
@pytest.mark.parametrize("repeats", [1, 40])
def test_ids_are_found_or_not(known: list[int], repeats: int) -> None:
    """Many ids are looked up in another way than few."""
    ids = np.tile(np.array([[-1, 0, 1, 2], [3, 7, 8, 10**9]]), (repeats, 1))
    found = positions_of(ids, np.array(known, np.int64))
    expected = [[known.index(i) if i in known else -1 for i in row] for row in ids.tolist()]
    assert found.tolist() == expected and found.dtype == np.int64
