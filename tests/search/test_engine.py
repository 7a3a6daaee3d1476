"""Searches, compared with brute force over the catalog's vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.errors import EncoderError, NoTextEncoder, UsageError
from explorer.library.library import Library
from explorer.library.queries.filters import Filters
from explorer.library.stores.embedding_store import drop_embeddings, put_embedding, register_encoder
from explorer.library.stores.setting_store import put_setting
from explorer.library.vectors import VectorIndex
from explorer.search.engine import SearchEngine
from explorer.search.language.query_tree import PhraseTerm, QueryTree
from explorer.search.query import ExamplePhoto, Query, SearchHit
from tests.factory import DIM, ENCODER, VERSION, LibraryBuilder, vector_of
from tests.thoroughness import times


def brute(
    builder: LibraryBuilder, vector: np.ndarray, among: list[int] | None = None
) -> list[tuple[int, float]]:
    """Ids and exact scores of all photos, best first, from the catalog's vectors."""
    encoder_id = builder.library.catalog.encoder_id(ENCODER, VERSION)
    assert encoder_id is not None
    rows = {
        c.photo_id: c.vector.astype(np.float32)
        for c in builder.library.catalog.changes_since(encoder_id, 0)
        if c.vector is not None
    }
    scores = {i: float(row @ vector) for i, row in rows.items() if among is None or i in among}
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def similar(
    engine: SearchEngine, photo: int, filters: Filters | None = None, top: int = 100
) -> list[SearchHit]:
    """The hits for photos like one of the library."""
    return engine.search(Query(photo_ids=(photo,)), filters, top).hits()


def test_a_phrase_finds_what_brute_force_finds(full: LibraryBuilder) -> None:
    engine = SearchEngine(full.library)
    for phrase in ("a", "b", "c"):
        hits, exact = engine.search_phrase(phrase, top=50), brute(full, vector_of(phrase))
        assert [hit.id for hit in hits] == [i for i, _ in exact[:50]]
        assert np.allclose(
            [hit.score for hit in hits], [score for _, score in exact[:50]], atol=1e-5
        )
        assert [hit.rank for hit in hits] == list(range(1, 51))


def test_a_photo_finds_itself_first(full: LibraryBuilder) -> None:
    engine = SearchEngine(full.library)
    for photo in full.library.catalog.matching()[:20].tolist():
        first = similar(engine, photo, top=3)[0]
        assert first.id == photo and 0.99 <= first.score <= 1.0


def test_scores_are_between_minus_one_and_one(full: LibraryBuilder) -> None:
    engine = SearchEngine(full.library)
    for photo in full.library.catalog.matching().tolist():
        assert all(-1.0 <= hit.score <= 1.0 for hit in similar(engine, photo, top=200))


@settings(max_examples=times(30, 150), deadline=None)
@given(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=3), st.integers(1, 30))
def test_the_parts_of_a_query_are_added(
    tmp_path_factory: pytest.TempPathFactory, words: list[str], top: int
) -> None:
    folder = tmp_path_factory.mktemp("summed")
    (folder / "photos").mkdir()
    builder = LibraryBuilder(Library.open(folder / "library"), str(folder / "photos"))
    try:
        ids = [builder.put(f"{n}.jpg", n) for n in range(25)]
        query = Query(
            QueryTree((PhraseTerm(words[0]),)),
            tuple(ids[: len(words) - 1]),
            (ExamplePhoto.of(vector_of("outside"), "x.jpg"),),
        )
        stored = [builder.index().get(i) for i in query.photo_ids]
        wanted = np.sum([vector_of(words[0]), *stored, vector_of("outside")], axis=0)
        exact = brute(builder, wanted / np.linalg.norm(wanted))
        found = SearchEngine(builder.library).search(query, top=25)
        hits = found.hits()
        good = {hit.id for hit in hits if hit.match in ("strong", "fair")}
        assert found.good == len(good)
        # Good matches come first; otherwise the order is that of the scores.
        assert [hit.id for hit in hits] == [
            *(i for i, _ in exact if i in good),
            *(i for i, _ in exact if i not in good),
        ]
        # A score is a cosine, however many parts the query has.
        assert np.allclose(
            [hit.score for hit in hits], [dict(exact)[hit.id] for hit in hits], atol=1e-3
        )
        first = SearchEngine(builder.library).search(query, top=top)
        assert first.ids.tolist() == found.ids[:top].tolist()
    finally:
        builder.close()


@pytest.mark.parametrize(
    "filters",
    [
        Filters(since="2001-01-10"),
        Filters(until="2001-01-10"),
        Filters(since="2001-01-05", until="2001-01-05"),
        Filters(folder="sub"),
        Filters(since="2001-01-10", until="2001-01-20", folder="sub"),
    ],
)
def test_filters_keep_the_order_of_what_matches(
    full: LibraryBuilder, filters: Filters, tmp_path: Path
) -> None:
    if filters.folder:
        filters = Filters(filters.since, filters.until, str(tmp_path / "photos" / filters.folder))
    matching = []
    for photo, row in full.library.catalog.photos(full.library.catalog.matching().tolist()).items():
        day = (row["taken_at"] or "")[:10]
        inside = not filters.folder or row["path"].startswith(filters.folder + "/")
        dated = bool(day) or not (filters.since or filters.until)
        if inside and dated and (filters.since or "") <= day <= (filters.until or "9999"):
            matching.append(photo)
    assert 0 < len(matching) < 200
    engine = SearchEngine(full.library)
    hits = engine.search_phrase("a", filters, top=500)
    assert [hit.id for hit in hits] == [i for i, _ in brute(full, vector_of("a"), matching)]
    photo = int(full.library.catalog.matching()[-1])
    stored = full.index().get(photo)
    assert [hit.id for hit in similar(engine, photo, filters, top=500)] == [
        i for i, _ in brute(full, stored, matching)
    ]
    assert (
        len(similar(engine, photo, filters, top=3))
        == len(engine.search_phrase("a", filters, top=3))
        == 3
    )


def test_a_photo_named_like_the_phrase_must_pass_the_filters(
    builder: LibraryBuilder, tmp_path: Path
) -> None:
    inside = builder.put("in/beach.jpg", 1)
    builder.put("out/beach.jpg", 2)
    filters = Filters(folder=str(tmp_path / "photos" / "in"))
    hits = SearchEngine(builder.library).search_phrase("beach", filters)
    assert [hit.id for hit in hits] == [inside]


def test_filters_that_match_nothing(full: LibraryBuilder) -> None:
    assert SearchEngine(full.library).search_phrase("a", Filters(since="2050-01-01")) == []
    assert SearchEngine(full.library).search_phrase("a", Filters(folder="/nowhere")) == []


@pytest.mark.parametrize("day", ["2020", "31.12.2020", "2020-13-01", "yesterday", ""])
def test_a_filter_with_an_invalid_date_is_an_error(day: str) -> None:
    with pytest.raises(UsageError, match="is not a date"):
        Filters(since=day)


def test_an_encoder_without_text_rejects_phrases_and_finds_photos(full: LibraryBuilder) -> None:
    register_encoder(full.writer, "mute", VERSION, DIM)
    put_setting(full.library.catalog, "encoder", "mute")
    with full.writer.transaction():
        for photo in full.library.catalog.matching().tolist():
            put_embedding(
                full.writer,
                register_encoder(full.writer, "mute", VERSION, DIM),
                photo,
                vector_of(photo),
            )
    engine = SearchEngine(full.library, "mute")
    with pytest.raises(NoTextEncoder, match="starter"):
        engine.search_phrase("a dog")
    photo = full.library.catalog.matching()[0]
    assert similar(engine, int(photo))[0].id == photo


def test_a_new_photo_is_found_and_a_removed_one_is_not(full: LibraryBuilder) -> None:
    engine = SearchEngine(full.library)
    engine.search_phrase("new")
    photo = full.put("new.jpg", "new")
    assert engine.search_phrase("new", top=1)[0].id == photo
    full.lose("new.jpg")
    assert engine.search_phrase("new", top=1)[0].id != photo
    with pytest.raises(EncoderError, match="not in the index"):
        similar(engine, photo)


def test_an_empty_library_is_handled(builder: LibraryBuilder) -> None:
    engine = SearchEngine(builder.library, ENCODER)
    assert engine.search_phrase("a") == [] and engine.photo_count == 0


def test_a_photo_outside_the_library_finds_similar_ones(full: LibraryBuilder) -> None:
    engine = SearchEngine(full.library)
    example = engine.encode_photo(np.full((32, 32, 3), 7, np.uint8), "seven.jpg")
    assert example.name == "seven.jpg"
    (hit,) = engine.search(Query(examples=(example,)), top=1).hits()
    row = full.library.catalog.photo(hit.id)
    assert row is not None and row["name"] == "7.jpg" and hit.score > 0.999


def test_a_match_is_explained_by_its_rank_among_all_photos(full: LibraryBuilder) -> None:
    engine = SearchEngine(full.library)
    hits = engine.search_phrase("a", top=200)
    for place, share in ((0, 1), (1, 1), (2, 2), (50, 26), (99, 50)):
        assert (
            engine.explain(Query.of_phrase("a"), hits[place].id)
            == f"Among the top {share}% of your photos for “a”."
        )
    for place in (100, 199):
        assert (
            engine.explain(Query.of_phrase("a"), hits[place].id)
            == "In the lower half of your photos for “a”."
        )
    assert engine.explain(Query.of_phrase("a"), 10_000) == "This photo is not in the index yet."


def test_an_explanation_names_all_query_terms(full: LibraryBuilder) -> None:
    engine = SearchEngine(full.library)
    one, two = full.library.catalog.matching()[:2].tolist()
    example = ExamplePhoto.of(vector_of("outside"))
    for query, words in (
        (Query(photo_ids=(one,)), "the selected photo"),
        (Query(examples=(example,)), "the selected photo"),
        (Query(photo_ids=(one,), examples=(example,)), "the selected photos"),
        (Query(QueryTree((PhraseTerm("a"),)), (one, two)), "“a” and the selected photos"),
    ):
        assert engine.explain(query, two).endswith(f" of your photos for {words}.")


def test_a_large_library_is_sampled(full: LibraryBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = list[int]()

    def sample(index: VectorIndex, number: int) -> np.ndarray:
        sizes.append(number)
        return index.rows(index.ids()[100:102])

    engine = SearchEngine(full.library)
    best = engine.search_phrase("a", top=1)[0].id
    assert best not in full.index().ids()[100:102]
    monkeypatch.setattr(VectorIndex, "sample", sample)
    # No photo of the sample is better.
    assert engine.explain(Query.of_phrase("a"), best) == "Among the top 1% of your photos for “a”."
    assert sizes == [1000]


def test_a_search_finds_a_hundred_photos_by_default(full: LibraryBuilder) -> None:
    engine, photo = SearchEngine(full.library), int(full.library.catalog.matching()[0])
    assert len(engine.search(Query.of_phrase("a"))) == 100
    assert len(engine.search_phrase("a")) == len(similar(engine, photo)) == 100


def test_spaces_around_a_phrase_are_ignored(full: LibraryBuilder) -> None:
    engine = SearchEngine(full.library)
    assert engine.search_phrase("  a ") == engine.search_phrase("a")


def test_the_only_photo_of_a_library_is_not_compared(builder: LibraryBuilder) -> None:
    photo = builder.put("a.jpg", "a")
    engine = SearchEngine(builder.library)
    assert engine.explain(Query.of_phrase("a"), photo) == "This is the only photo in the index."
    builder.put("b.jpg", "b")
    assert (
        engine.explain(Query.of_phrase("a"), photo) == "Among the top 50% of your photos for “a”."
    )


def test_an_empty_query_finds_all_photos_and_has_no_vector(full: LibraryBuilder) -> None:
    engine = SearchEngine(full.library)
    found = engine.search(Query.of_phrase("  "), top=500)
    assert found.ids.tolist() == full.library.catalog.matching().tolist()
    with pytest.raises(ValueError, match="without a term"):
        engine.encode_query(Query())


def test_the_number_of_photos_follows_the_catalog(full: LibraryBuilder) -> None:
    engine, photo = SearchEngine(full.library), full.put("new.jpg", "new")
    assert engine.photo_count == 201 and engine.has_vector(photo) and not engine.has_vector(10_000)
    drop_embeddings(full.writer, full.encoder, [photo])
    assert engine.photo_count == 200 and not engine.has_vector(photo)


def test_a_photo_that_was_encoded_again_is_found_by_its_new_vector(full: LibraryBuilder) -> None:
    engine, photo = SearchEngine(full.library), full.put("new.jpg", "old")
    assert engine.search_phrase("old", top=1)[0].id == photo
    put_embedding(full.writer, full.encoder, photo, vector_of("other"))
    assert (
        engine.search_phrase("other", top=1)[0].id
        == photo
        != engine.search_phrase("old", top=1)[0].id
    )
