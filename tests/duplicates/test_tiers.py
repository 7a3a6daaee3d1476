from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from explorer.duplicates.groups import Tier
from explorer.duplicates.tiers import TierEdges
from explorer.library import neighbor_store
from explorer.library import pair_store as store
from explorer.library.embedding_store import put_embedding, register_encoder
from explorer.library.pair_store import PAIRS_VERSION, Pair
from explorer.library.setting_store import put_setting
from tests.factory import Shelf


def at(time: str | None, source: str = "exif") -> dict[str, Any]:
    return {"taken_at": time and f"2020-05-04T{time}", "taken_source": source if time else None}


def pair(
    shelf: Shelf, a: int, b: int, kind: store.PairKind, score: float = 0.5, **relation: Any
) -> None:
    store.put_pairs(shelf.writer, [Pair(a, b, kind, score, relation)], PAIRS_VERSION)


def edges(shelf: Shelf, tier: Tier) -> dict[tuple[int, int], str]:
    return {edge.photos: edge.text for edge in TierEdges(shelf.library.catalog).edges(tier)}


def near(
    shelf: Shelf, *rows: tuple[int, list[tuple[int, float]]], encoder: int | None = None
) -> None:
    """Nearest photos, best first: (photo, [(near one, cosine)])."""
    ids, scores = neighbor_store.empty_neighbor_rows(len(rows))
    for row, (_, found) in enumerate(rows):
        for place, (other, cosine) in enumerate(found):
            ids[row, place], scores[row, place] = other, cosine
    neighbor_store.put_neighbors(
        shelf.writer,
        encoder or shelf.encoder,
        np.array([row[0] for row in rows], np.int64),
        ids,
        scores,
    )


def test_pairs_of_one_picture_by_tier(shelf: Shelf) -> None:
    a, b, c, d = (shelf.put(f"{n}.jpg", n) for n in range(4))
    pair(shelf, a, b, "pixels", 1.0, grey=1)
    pair(shelf, a, c, "picture", 0.9, changed=0.2)
    pair(shelf, c, d, "scene")
    assert edges(shelf, "pixels") == {(a, b): "identical pixels in another file"}
    assert edges(shelf, "picture") == {(a, b): "identical pixels in another file", (a, c): ""}
    found = {
        edge.photos: (edge.score, edge.relation)
        for edge in TierEdges(shelf.library.catalog).edges("picture")
    }
    assert found == {(a, b): (1.0, {"grey": 1}), (a, c): (0.9, {"changed": 0.2})}
    assert edges(shelf, "lookalike") == {(c, d): "another shot of the same subject"}


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("10:00:00", "10:00:00", "another shot, in the same second"),
        ("10:00:00", "10:00:01", "another shot, 1 s apart"),
        ("10:01:59", "10:00:00", "another shot, 119 s apart"),
        ("10:00:00", "10:02:00", "another shot, 2 minutes apart"),
        ("10:00:00", "10:10:00", "another shot, 10 minutes apart"),
        ("10:00:00", "10:10:01", None),
        ("10:00:00", "16:00:00", None),
        ("10:00:00", None, "another shot of the same scene"),
        (None, "10:00:00", "another shot of the same scene"),
        (None, None, "another shot of the same scene"),
    ],
)
def test_shots_of_one_scene_within_ten_minutes_are_one_moment(
    shelf: Shelf, one: str | None, other: str | None, words: str | None
) -> None:
    a, b = shelf.put("a.jpg", 1, **at(one)), shelf.put("b.jpg", 2, **at(other))
    pair(shelf, a, b, "scene", 0.7)
    assert edges(shelf, "moment") == ({} if words is None else {(a, b): words})
    found = TierEdges(shelf.library.catalog).edges("moment")
    assert [edge.score for edge in found] == [0.7] * len(found)


def test_file_times_do_not_count_for_moments(shelf: Shelf) -> None:
    a, b = shelf.put("a.jpg", 1, **at("10:00:00")), shelf.put("b.jpg", 2, **at("20:00:00", "file"))
    pair(shelf, a, b, "scene")
    assert edges(shelf, "moment") == {(a, b): "another shot of the same scene"}


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("10:00:00", "10:01:00", True),
        ("10:01:01", "10:00:00", False),
        ("10:00:00", None, False),
        (None, None, False),
    ],
)
def test_near_photos_within_a_minute_are_one_moment(
    shelf: Shelf, one: str | None, other: str | None, together: bool
) -> None:
    a, b, c, d = (
        shelf.put(f"{n}.jpg", n, **at(time)) for n, time in enumerate((one, other, None, None))
    )
    near(
        shelf,
        (a, [(b, 0.9), (c, 0.5)]),
        (b, [(a, 0.9), (d, 0.5)]),
        (c, [(a, 0.5)]),
        (d, [(b, 0.5)]),
    )
    assert ((a, b) in edges(shelf, "moment")) is together


def test_nearness_is_relative_to_the_usual_cosine_of_the_library(shelf: Shelf) -> None:
    """Usual is 0.5 here, so that a moment begins at 0.7, and what looks alike at 0.85."""
    a, b, c, d, e = (shelf.put(f"{n}.jpg", n, **at("10:00:00")) for n in range(5))
    rows = [
        (a, [(b, 0.86), (c, 0.84), (d, 0.71), (e, 0.69), (99, 0.5)]),
        (b, [(a, 0.86), (99, 0.5)]),
    ]
    near(shelf, *rows, *((i, [(99, 0.5)]) for i in (c, d, e)))
    assert edges(shelf, "moment") == dict.fromkeys(
        [(a, b), (a, c), (a, d)], "another shot, in the same second"
    )
    assert edges(shelf, "lookalike") == {(a, b): "looks alike"}
    scores = {edge.photos: edge.score for edge in TierEdges(shelf.library.catalog).edges("moment")}
    assert scores == pytest.approx({(a, b): 0.86, (a, c): 0.84, (a, d): 0.71})


def test_each_pair_of_neighbours_occurs_once_and_in_order(shelf: Shelf) -> None:
    a, b, c = (shelf.put(f"{n}.jpg", n) for n in range(3))
    near(
        shelf,
        (a, [(c, 0.95), (b, 0.9), (99, 0.1)]),
        (b, [(a, 0.9), (99, 0.1)]),
        (c, [(a, 0.95), (99, 0.1)]),
    )
    assert [edge.photos for edge in TierEdges(shelf.library.catalog).edges("lookalike")] == [
        (a, b),
        (a, c),
    ]


def test_photos_without_neighbours_do_not_change_the_usual_cosine(shelf: Shelf) -> None:
    a, b, c = (shelf.put(f"{n}.jpg", n) for n in range(3))
    near(shelf, (a, [(b, 0.86), (99, 0.5)]), (b, [(a, 0.86), (99, 0.5)]), (c, []))
    assert edges(shelf, "lookalike") == {(a, b): "looks alike"}


def test_the_usual_cosine_is_that_of_the_farthest_stored_neighbour(shelf: Shelf) -> None:
    """By the farthest that is known of each, be it the only one."""
    a, b, c, d = (shelf.put(f"{n}.jpg", n) for n in range(4))
    near(shelf, (a, [(b, 0.75), (99, 0.5)]), (b, []), (c, []), (d, []))
    assert edges(shelf, "lookalike") == {}
    near(shelf, (a, [(b, 0.9)]), (b, []), (c, []), (d, []))
    assert edges(shelf, "lookalike") == {}


def test_thresholds_are_inclusive_and_scores_have_four_decimals(shelf: Shelf) -> None:
    """Usual is -0.25, so that a moment begins at 0.25, and what looks alike at 0.625."""
    a, b, c = (shelf.put(f"{n}.jpg", n, **at("10:00:00")) for n in range(3))
    near(shelf, (a, [(b, 0.625), (c, 0.25), (99, -0.25)]))
    assert set(edges(shelf, "lookalike")) == {(a, b)} and set(edges(shelf, "moment")) == {
        (a, b),
        (a, c),
    }
    near(shelf, (a, [(b, 0.876543), (99, -0.25)]))
    (edge,) = TierEdges(shelf.library.catalog).edges("lookalike")
    assert edge.score == pytest.approx(0.8765, abs=1e-6)


def test_neighbours_are_those_of_the_encoder_that_is_set(shelf: Shelf) -> None:
    a, b, c = (shelf.put(f"{n}.jpg", n) for n in range(3))
    other = register_encoder(shelf.writer, "other", "2", 8)
    near(shelf, (a, [(b, 0.9), (99, 0.1)]))
    near(shelf, (a, [(c, 0.9), (99, 0.1)]), encoder=other)
    # The one with most photos, as long as none is set, or one that is not there.
    assert set(edges(shelf, "lookalike")) == {(a, b)}
    put_setting(shelf.library.catalog, "encoder", "absent")
    assert set(edges(shelf, "lookalike")) == {(a, b)}
    put_embedding(shelf.writer, other, a, np.full(8, 8**-0.5, np.float32))
    put_setting(shelf.library.catalog, "encoder", "other")
    assert set(edges(shelf, "lookalike")) == {(a, c)}


def test_without_an_encoder_there_are_no_neighbours(shelf: Shelf) -> None:
    shelf.writer.connection.execute("delete from embedding", ())
    shelf.writer.connection.execute("delete from encoder", ())
    assert edges(shelf, "lookalike") == {} == edges(shelf, "moment")
