"""Lists of photos that are known by their ids."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.search.results.photo_list import Caption
from explorer.ui import photo_lists, resources
from explorer.ui.components.gallery_tiles import list_tiles
from explorer.ui.components.id_lists import photos_by_day, photos_in_order

pytestmark = pytest.mark.usefixtures("photos")


def ids() -> list[int]:
    return resources.library().catalog.matching().tolist()


def test_a_list_keeps_the_given_order_and_its_captions_come_with_its_photos() -> None:
    given = ids()[::-1]
    photos = photos_in_order(given, {given[1]: Caption("Too dark.", "Severe: too dark.")})
    assert photos.ids.tolist() == given and photos.heading == "none"
    tiles = list_tiles(photos, photos.ids[:3], [False] * 3)
    assert [tile and tile["caption"] for tile in tiles] == ["", "Too dark.", ""]
    assert [tile and tile["wholeCaption"] for tile in tiles] == ["", "Severe: too dark.", ""]


def test_the_routes_find_a_list_under_a_key_that_changes_with_what_it_holds() -> None:
    given = ids()
    first = photos_in_order(given, {given[0]: Caption("Severe.")})
    assert photo_lists.find(first.key) is first
    assert photos_in_order(given, {given[0]: Caption("Severe.")}) is first
    others = [
        photos_in_order(given, {given[0]: Caption("Mild.")}),
        photos_in_order(given, {given[1]: Caption("Severe.")}),
        photos_in_order(given, {given[0]: Caption("Severe.", "Severe: too dark.")}),
        photos_in_order(given, {}),
        photos_in_order(given[1:], {given[0]: Caption("Severe.")}),
        photos_by_day(np.array(given)),
    ]
    assert len({first.key, *(each.key for each in others)}) == 7


def test_a_list_by_day_has_headings() -> None:
    photos = photos_by_day(np.array(ids()))
    assert photos.heading == "day" and sorted(photos.ids.tolist()) == sorted(ids())


def test_captions_count_when_lists_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    photo_lists.clear()
    given = ids()
    monkeypatch.setattr(photo_lists._lists, "_fewest", 1)
    monkeypatch.setattr(photo_lists._lists, "_capacity", 3 * len(given))
    plain = [photos_in_order(order, {}) for order in (given, given[::-1])]
    assert all(photo_lists.find(each.key) for each in plain)
    last = photos_in_order(given, {given[0]: Caption("Severe.")})
    assert not any(photo_lists.find(each.key) for each in plain)
    assert photo_lists.find(last.key) is last
