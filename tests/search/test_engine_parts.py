"""What the engine gives to its parts: samples, subtracted terms, and what is asked of one photo."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from explorer.library.stores.embedding_store import put_embedding, register_encoder
from explorer.library.vectors import VectorIndex
from explorer.search import engine as engine_module
from explorer.search.engine import SearchEngine
from explorer.search.language.parse_query import parse
from explorer.search.query import ExamplePhoto, Query
from explorer.search.ranking.subtraction import (
    Negative,
    candidates_wanted,
    examples_wanted,
    subtract,
)
from explorer.search.relevance.relevance_cache import RelevanceCache
from tests.factory import DIM, VERSION, LibraryBuilder, vector_of
from tests.search.conftest import ImageOnlyEncoder


def test_the_library_is_sampled_again_only_after_a_change(
    full: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, real = list[int](), VectorIndex.sample

    def sample(index: VectorIndex, number: int) -> np.ndarray:
        taken.append(len(index))
        return real(index, number)

    monkeypatch.setattr(VectorIndex, "sample", sample)
    engine, photo = SearchEngine(full.library), int(full.library.catalog.matching()[0])
    for _ in range(2):
        engine.explain(Query.of_phrase("a"), photo)
    assert taken == [200]
    full.put("new.jpg", "new")
    for _ in range(2):
        engine.explain(Query.of_phrase("a"), photo)
    assert taken == [200, 201]


@pytest.mark.parametrize("photos", [8, 200])
def test_subtracted_terms_are_merged_into_the_others(builder: LibraryBuilder, photos: int) -> None:
    """In a library of a few photos, none describes what is subtracted."""
    with builder.writer.transaction():
        for number in range(photos):
            builder.put(f"{number}.jpg", number)
    engine, index = SearchEngine(builder.library), builder.index()
    plain, wanted = engine.encode_query(Query(parse("a"))), vector_of("a")
    assert np.allclose(plain, wanted, atol=1e-6)
    everything = index.rows(index.ids())
    best = index.rows(index.search(wanted, candidates_wanted(photos))[1])
    number = examples_wanted(photos)
    assert (number > 0) is (photos == 200)
    worst = index.rows(index.search(vector_of("c"), number)[1]) if number else everything[:0]
    found = engine.encode_query(Query(parse("a -c")))
    expected = subtract(wanted, [Negative(vector_of("c"), worst, 1.0)], best, everything)
    assert np.allclose(found, expected, atol=1e-5) and not np.allclose(found, wanted, atol=1e-3)
    ranked = engine.search(Query(parse("a -c")), top=200).ids.tolist()
    scores = everything @ expected
    assert ranked[0] == int(index.ids()[int(np.argmax(scores))])
    assert engine.rank_by_meaning(Query(parse("a -c")), None).first(1)[0].tolist() == ranked[:1]


def test_an_index_is_that_of_the_encoder_it_is_asked_for(full: LibraryBuilder) -> None:
    """Another encoder may take over between two questions."""
    photo = int(full.library.catalog.matching()[0])
    mute = register_encoder(full.writer, "mute", VERSION, DIM)
    put_embedding(full.writer, mute, photo, vector_of("mute"))
    engine = SearchEngine(full.library)
    assert len(engine.index()) == 200
    assert engine._index(ImageOnlyEncoder()).ids().tolist() == [photo]


def test_a_share_counts_the_photo_itself(full: LibraryBuilder) -> None:
    engine, ids = SearchEngine(full.library), full.index().ids()
    vector = vector_of("a")
    order = np.argsort(-(full.index().rows(ids) @ vector), kind="stable")
    for place in (0, 1, 99, 199):
        share = engine.share_above(vector, int(ids[order[place]]))
        assert share == pytest.approx((place + 1) / 200)
    assert engine.share_above(vector, 10_000) is None


def test_a_photo_is_explained_only_to_a_query_that_ranks(full: LibraryBuilder) -> None:
    engine, photo = SearchEngine(full.library), int(full.library.catalog.matching()[0])
    assert engine.explain(Query(parse("name:5")), photo) == ""
    assert engine.explain(Query(parse("name:5 a")), photo) != ""


@pytest.mark.parametrize(
    ("prepared", "has_text", "photos", "expected"),
    [
        (True, True, True, ["x", "x"]), (False, True, True, []), (True, False, True, []),
        (True, True, False, []),
    ],
)  # fmt: skip
def test_frequent_subjects_wait_until_they_cost_nothing(
    builder: LibraryBuilder,
    monkeypatch: pytest.MonkeyPatch,
    prepared: bool,
    has_text: bool,
    photos: bool,
    expected: list[str],
) -> None:
    if photos:
        builder.put("a.jpg", "a")
    engine = SearchEngine(builder.library, "tiny")
    monkeypatch.setattr(type(engine.encoder), "has_text", has_text)
    monkeypatch.setattr(engine_module, "is_prepared", lambda encoder: prepared)
    model = SimpleNamespace(frequent_subjects=lambda number: ["x"] * number)
    asked = list[object]()

    def fitted(self: RelevanceCache, encoder: object, index: object) -> SimpleNamespace:
        asked.append((encoder, index))
        return model

    monkeypatch.setattr(RelevanceCache, "model", fitted)
    assert engine.frequent_subjects(2) == expected and engine.has_text is has_text
    assert asked == ([(engine.encoder, engine.index())] if expected else [])


def test_photos_that_are_given_are_what_ranks(full: LibraryBuilder) -> None:
    engine = SearchEngine(full.library)
    photo = int(engine.search(Query(examples=(ExamplePhoto.of(vector_of(3)),)), top=1).ids[0])
    row = full.library.catalog.photo(photo)
    assert row is not None and row["name"] == "3.jpg"
    for query in (Query(photo_ids=(photo,)), Query(examples=(ExamplePhoto.of(vector_of(3)),))):
        assert engine.understood(query) == query
        assert engine.search(query, top=1).ids.tolist() == [photo]
        assert engine.passing(query) is None


def test_one_photo_is_judged_like_the_results(full: LibraryBuilder) -> None:
    engine = SearchEngine(full.library)
    query, filtering = Query.of_phrase("a"), Query(parse("name:5.jpg"))
    found = engine.search(query, top=200)
    for place in (0, 100, 199):
        relevance, match, passes = engine.judge(query, int(found.ids[place]))
        assert passes and relevance == pytest.approx(float(found.relevance[place]), abs=1e-6)
        assert match in ("strong", "good", "weak", "none")
    inside = engine.search(filtering).ids.tolist()
    outside = next(i for i in full.library.catalog.matching().tolist() if i not in inside)
    assert engine.judge(filtering, inside[0]) == (1.0, "strong", True)
    assert engine.judge(filtering, outside) == (0.0, "none", False)
