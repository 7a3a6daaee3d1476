"""Values by key, of which those used longest ago are dropped."""

from __future__ import annotations

from explorer.ui.lru_cache import LruCache, key_of


def test_values_used_longest_ago_are_dropped() -> None:
    kept = LruCache[str](5, weight=len, fewest=2)
    kept.add("a", "11")
    kept.add("b", "22")
    kept.find("a")
    kept.add("c", "33")
    assert [kept.find(key) for key in "abc"] == ["11", None, "33"]
    # However much they weigh, two remain.
    kept.add("d", "4" * 99)
    assert [kept.find(key) for key in "acd"] == [None, "33", "4" * 99]
    kept.clear()
    assert kept.find("d") is None


def test_a_key_keeps_its_first_value() -> None:
    kept = LruCache[str](1)
    assert kept.add("a", "first") == "first"
    assert kept.add("a", "second") == kept.find("a") == "first"


def test_the_key_depends_on_every_part_of_the_question() -> None:
    questions: list[list[object]] = [["a", 1], ["a", 2], ["b", 1], ["a", 1, []]]
    assert len({key_of(*parts) for parts in questions}) == 4
    assert key_of("\udcff") == key_of("\udcff")
