"""The names of the regions of the map."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from explorer.analysis.map_regions import MapRegions
from explorer.encoders.base import Vectors, unit
from explorer.library.queries.photo_facts import FactPairs
from explorer.search.map_labels import Vocabulary, log_odds, region_names

WORDS = ("dog", "snow", "beach", "car", "tree", "boat")
DIM = 16


def three_regions(photos: int = 20) -> tuple[np.ndarray, MapRegions]:
    """Ids, and three regions of equally many photos."""
    of = np.repeat(np.arange(3), photos)
    none = np.zeros((3, 4))
    counts = np.full(3, photos)
    return np.arange(len(of)) * 3 + 5, MapRegions(of, counts, none[:, :2], none, np.zeros(3, int))


def vocabulary(of_region: dict[int, tuple[str, ...]], photos: int = 20) -> Vocabulary:
    """Photos whose vectors lie between the words of their region and chance."""
    random = np.random.default_rng(4)
    vectors = unit(np.linalg.qr(random.standard_normal((DIM, DIM)))[0][: len(WORDS)])
    rows = list[Vectors]()
    for region in range(3):
        meant = sum(vectors[WORDS.index(word)] for word in of_region.get(region, ()))
        rows.append(unit(random.standard_normal((photos, DIM)) * 0.2 + meant))
    everything = np.concatenate(rows)
    return Vocabulary(WORDS, vectors, everything, lambda ids: everything[(ids - 5) // 3])


def facts_of(pairs: list[tuple[int, str]]) -> FactPairs:
    names = list(dict.fromkeys(name for _, name in pairs))
    ids = np.array([photo for photo, _ in pairs], np.int64)
    return FactPairs(ids, np.array([names.index(name) for _, name in pairs], np.int64), names)


def test_a_region_has_the_words_that_its_photos_match() -> None:
    ids, found = three_regions()
    known = vocabulary({0: ("dog", "snow"), 1: ("beach",), 2: ("car",)})
    names = region_names(ids, found, {}, known)
    assert set(names[0].words) == {"dog", "snow"}
    assert names[1].words[0] == "beach" and names[2].words[0] == "car"


def test_two_regions_have_two_names_where_their_photos_differ_at_all() -> None:
    ids, found = three_regions()
    known = vocabulary({0: ("dog", "snow", "boat"), 1: ("dog", "snow", "tree"), 2: ("car",)})
    names = [name.words for name in region_names(ids, found, {}, known)]
    assert len(set(names)) == 3


def test_without_words_a_region_is_named_by_what_its_files_have_in_common() -> None:
    ids, found = three_regions()
    first, second = ids[found.of == 0].tolist(), ids[found.of == 1].tolist()
    facts = {
        "folder": facts_of([(each, "Holiday") for each in first]),
        "year": facts_of([(each, "2019") for each in first] + [(second[0], "2019")]),
        "place": facts_of([(each, "Lisbon") for each in second[:4]]),
    }
    names = region_names(ids, found, facts, None)  # type: ignore[arg-type]
    assert names[0].words == ("Holiday",) and names[0].facts == ("2019",)
    # Four of twenty are no name for all of them, and what is not there is none either.
    assert names[1] == ((), ()) and names[2] == ((), ())


def test_facts_are_added_to_words() -> None:
    ids, found = three_regions()
    facts = {"folder": facts_of([(each, "Holiday") for each in ids[found.of == 1].tolist()])}
    names = region_names(ids, found, facts, vocabulary({1: ("beach",)}))  # type: ignore[arg-type]
    assert names[1].words[0] == "beach" and names[1].facts == ("Holiday",)


def test_what_is_true_of_all_photos_or_of_unknown_ones_names_nothing() -> None:
    ids, found = three_regions()
    everywhere = facts_of([(each, "Photos") for each in ids.tolist()])
    unknown = facts_of([(each, "Away") for each in range(1000, 1040)])
    for facts in (everywhere, unknown):
        assert region_names(ids, found, {"folder": facts}, None) == [((), ())] * 3


def test_a_map_without_regions_or_photos_has_no_names() -> None:
    none = np.zeros(0, np.int64)
    empty = MapRegions(none, none, np.zeros((0, 2)), np.zeros((0, 4)), none)
    facts = {"folder": facts_of([(1, "Holiday")])}
    assert region_names(none, empty, facts, vocabulary({})) == []  # type: ignore[arg-type]


@given(inside=st.integers(0, 49), outside=st.integers(1, 400), photos=st.integers(50, 100))
def test_log_odds_grow_with_the_share_and_are_positive_where_it_is_higher(
    inside: int, outside: int, photos: int
) -> None:
    def strength(count: int) -> float:
        counts, total = np.array([[float(count)]]), np.array([count + outside])
        return float(log_odds(counts, np.array([photos]), total, 1000)[0, 0])

    here, there = inside / photos, outside / (1000 - photos)
    if abs(here - there) > 0.02:
        assert (strength(inside) > 0) == (here > there)
    # Where the share is lower, more photos also make that surer.
    if strength(inside) > 0:
        assert strength(inside + 1) > strength(inside)
    elif (inside + 1) / photos < there - 0.02:
        assert strength(inside + 1) < 0
