"""Make lists for the gallery from photo ids, such as those of the photos in an area of a map."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np

from explorer.library.catalog import Ids
from explorer.search.ranking.ranked_photos import RankedIds
from explorer.search.results.photo_list import Caption, PhotoList
from explorer.search.results.result_stacks import NO_STACKS
from explorer.search.results.result_view import ResultView
from explorer.ui import photo_lists, resources
from explorer.ui.lru_cache import key_of


def by_day(ids: Ids) -> ResultView:
    """These photos by day, newest first."""
    return ResultView(
        RankedIds(ids, len(ids)), NO_STACKS, "newest", dates=resources.engine().columns.dates
    )


def photos_by_day(ids: Ids) -> PhotoList:
    """These photos by day, newest first, with the days as headings."""
    return _registered(ids, by_day(ids), {})


def photos_in_order(ids: Sequence[int], captions: Mapping[int, Caption]) -> PhotoList:
    """These photos in the given order. captions: by photo id."""
    array = np.array(ids, np.int64)
    return _registered(array, ResultView(RankedIds(array, len(array)), NO_STACKS), captions)


def _registered(ids: Ids, view: ResultView, captions: Mapping[int, Caption]) -> PhotoList:
    # The key is made from the contents of the list: the same photos may have been found in other
    # ways at the same state of the catalog, and findings may be older than that state.
    held = hashlib.blake2b(ids.tobytes(), digest_size=16)
    for photo_id, caption in captions.items():
        text = f"{photo_id} {caption.text} {caption.whole}\n"
        held.update(text.encode(errors="surrogateescape"))
    engine = resources.engine()
    key = key_of("ids", view.sorting, held.hexdigest(), resources.library().catalog.change())
    return photo_lists.register(
        key, lambda: PhotoList(key, view, engine.columns, engine.order, captions=captions)
    )
