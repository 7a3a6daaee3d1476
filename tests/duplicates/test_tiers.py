from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from explorer.duplicates.groups import Tier
from explorer.duplicates.tiers import TierEdges
from explorer.library.stores import neighbor_store
from explorer.library.stores import pair_store as store
from explorer.library.stores.embedding_store import put_embedding, register_encoder
from explorer.library.stores.pair_store import PAIRS_VERSION, Pair
from explorer.library.stores.setting_store import put_setting
from tests.factory import LibraryBuilder


def at(time: str | None, source: str = "exif") -> dict[str, Any]:
    return {"taken_at": time and f"2020-05-04T{time}", "taken_source": source if time else None}


def pair(
    builder: LibraryBuilder,
    a: int,
    b: int,
    kind: store.PairKind,
    score: float = 0.5,
    **relation: Any,
) -> None:
    store.put_pairs(builder.writer, [Pair(a, b, kind, score, relation)], PAIRS_VERSION)


def edges(builder: LibraryBuilder, tier: Tier) -> dict[tuple[int, int], str]:
    return {edge.photos: edge.text for edge in TierEdges(builder.library.catalog).edges(tier)}


def near(
    builder: LibraryBuilder, *rows: tuple[int, list[tuple[int, float]]], encoder: int | None = None
) -> None:
    """Nearest photos, best first: (photo, [(near one, cosine)])."""
    ids, scores = neighbor_store.empty_neighbor_rows(len(rows))
    for row, (_, found) in enumerate(rows):
        for place, (other, cosine) in enumerate(found):
            ids[row, place], scores[row, place] = other, cosine
    neighbor_store.put_neighbors(
        builder.writer,
        encoder or builder.encoder,
        np.array([row[0] for row in rows], np.int64),
        ids,
        scores,
    )


def test_pairs_of_one_picture_by_tier(builder: LibraryBuilder) -> None:
    a, b, c, d = (builder.put(f"{n}.jpg", n) for n in range(4))
    pair(builder, a, b, "pixels", 1.0, grey=1)
    pair(builder, a, c, "picture", 0.9, changed=0.2)
    pair(builder, c, d, "scene")
    assert edges(builder, "pixels") == {(a, b): "identical pixels in another file"}
    assert edges(builder, "picture") == {(a, b): "identical pixels in another file", (a, c): ""}
    found = {
        edge.photos: (edge.score, edge.relation)
        for edge in TierEdges(builder.library.catalog).edges("picture")
    }
    assert found == {(a, b): (1.0, {"grey": 1}), (a, c): (0.9, {"changed": 0.2})}
    assert edges(builder, "lookalike") == {(c, d): "another shot of the same subject"}


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
    builder: LibraryBuilder, one: str | None, other: str | None, words: str | None
) -> None:
    a, b = builder.put("a.jpg", 1, **at(one)), builder.put("b.jpg", 2, **at(other))
    pair(builder, a, b, "scene", 0.7)
    assert edges(builder, "moment") == ({} if words is None else {(a, b): words})
    found = TierEdges(builder.library.catalog).edges("moment")
    assert [edge.score for edge in found] == [0.7] * len(found)


def test_file_times_do_not_count_for_moments(builder: LibraryBuilder) -> None:
    a, b = (
        builder.put("a.jpg", 1, **at("10:00:00")),
        builder.put("b.jpg", 2, **at("20:00:00", "file")),
    )
    pair(builder, a, b, "scene")
    assert edges(builder, "moment") == {(a, b): "another shot of the same scene"}


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
    builder: LibraryBuilder, one: str | None, other: str | None, together: bool
) -> None:
    a, b, c, d = (
        builder.put(f"{n}.jpg", n, **at(time)) for n, time in enumerate((one, other, None, None))
    )
    near(
        builder,
        (a, [(b, 0.9), (c, 0.5)]),
        (b, [(a, 0.9), (d, 0.5)]),
        (c, [(a, 0.5)]),
        (d, [(b, 0.5)]),
    )
    assert ((a, b) in edges(builder, "moment")) is together


def test_nearness_is_relative_to_the_usual_cosine_of_the_library(builder: LibraryBuilder) -> None:
    """Usual is 0.5 here, so that a moment begins at 0.7, and what looks alike at 0.85."""
    a, b, c, d, e = (builder.put(f"{n}.jpg", n, **at("10:00:00")) for n in range(5))
    rows = [
        (a, [(b, 0.86), (c, 0.84), (d, 0.71), (e, 0.69), (99, 0.5)]),
        (b, [(a, 0.86), (99, 0.5)]),
    ]
    near(builder, *rows, *((i, [(99, 0.5)]) for i in (c, d, e)))
    assert edges(builder, "moment") == dict.fromkeys(
        [(a, b), (a, c), (a, d)], "another shot, in the same second"
    )
    assert edges(builder, "lookalike") == {(a, b): "looks alike"}
    scores = {
        edge.photos: edge.score for edge in TierEdges(builder.library.catalog).edges("moment")
    }
    assert scores == pytest.approx({(a, b): 0.86, (a, c): 0.84, (a, d): 0.71})


def test_each_pair_of_neighbours_occurs_once_and_in_order(builder: LibraryBuilder) -> None:
    a, b, c = (builder.put(f"{n}.jpg", n) for n in range(3))
    near(
        builder,
        (a, [(c, 0.95), (b, 0.9), (99, 0.1)]),
        (b, [(a, 0.9), (99, 0.1)]),
        (c, [(a, 0.95), (99, 0.1)]),
    )
    assert [edge.photos for edge in TierEdges(builder.library.catalog).edges("lookalike")] == [
        (a, b),
        (a, c),
    ]


def test_photos_without_neighbours_do_not_change_the_usual_cosine(builder: LibraryBuilder) -> None:
    a, b, c = (builder.put(f"{n}.jpg", n) for n in range(3))
    near(builder, (a, [(b, 0.86), (99, 0.5)]), (b, [(a, 0.86), (99, 0.5)]), (c, []))
    assert edges(builder, "lookalike") == {(a, b): "looks alike"}


def test_the_usual_cosine_is_that_of_the_farthest_stored_neighbour(builder: LibraryBuilder) -> None:
    """By the farthest that is known of each, be it the only one."""
    a, b, c, d = (builder.put(f"{n}.jpg", n) for n in range(4))
    near(builder, (a, [(b, 0.75), (99, 0.5)]), (b, []), (c, []), (d, []))
    assert edges(builder, "lookalike") == {}
    near(builder, (a, [(b, 0.9)]), (b, []), (c, []), (d, []))
    assert edges(builder, "lookalike") == {}


def test_thresholds_are_inclusive_and_scores_have_four_decimals(builder: LibraryBuilder) -> None:
    """Usual is -0.25, so that a moment begins at 0.25, and what looks alike at 0.625."""
    a, b, c = (builder.put(f"{n}.jpg", n, **at("10:00:00")) for n in range(3))
    near(builder, (a, [(b, 0.625), (c, 0.25), (99, -0.25)]))
    assert set(edges(builder, "lookalike")) == {(a, b)} and set(edges(builder, "moment")) == {
        (a, b),
        (a, c),
    }
    near(builder, (a, [(b, 0.876543), (99, -0.25)]))
    (edge,) = TierEdges(builder.library.catalog).edges("lookalike")
    assert edge.score == pytest.approx(0.8765, abs=1e-6)


def test_neighbours_are_those_of_the_encoder_that_is_set(builder: LibraryBuilder) -> None:
    a, b, c = (builder.put(f"{n}.jpg", n) for n in range(3))
    other = register_encoder(builder.writer, "other", "2", 8)
    near(builder, (a, [(b, 0.9), (99, 0.1)]))
    near(builder, (a, [(c, 0.9), (99, 0.1)]), encoder=other)
    # The one with most photos, as long as none is set, or one that is not there.
    assert set(edges(builder, "lookalike")) == {(a, b)}
    put_setting(builder.library.catalog, "encoder", "absent")
    assert set(edges(builder, "lookalike")) == {(a, b)}
    put_embedding(builder.writer, other, a, np.full(8, 8**-0.5, np.float32))
    put_setting(builder.library.catalog, "encoder", "other")
    assert set(edges(builder, "lookalike")) == {(a, c)}


def test_without_an_encoder_there_are_no_neighbours(builder: LibraryBuilder) -> None:
    builder.writer.connection.execute("delete from embedding", ())
    builder.writer.connection.execute("delete from encoder", ())
    assert edges(builder, "lookalike") == {} == edges(builder, "moment")
