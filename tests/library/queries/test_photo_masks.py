from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from explorer.library.queries.photo_masks import ids_in, mask_of

_SETS = st.sets(st.integers(-3, 40))


@given(_SETS, _SETS)
def test_a_mask_contains_the_ids_it_was_built_from(members: set[int], asked: set[int]) -> None:
    mask, ids = mask_of(np.array(sorted(members), np.int64)), np.array(sorted(asked), np.int64)
    assert ids_in(mask, ids).tolist() == [i in members and i >= 0 for i in sorted(asked)]
    assert mask_of(mask).tolist() == mask.tolist()
