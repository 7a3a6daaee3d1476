from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.encoders import registry
from explorer.errors import EncoderError, NoTextEncoder, UnknownEncoder, UsageError
from explorer.library.filters import Filters
from explorer.library.library import Library
from explorer.search.engine import SearchEngine, choose_encoder
from explorer.search.query import Example, Query
from tests.factory import DIM, ENCODER, VERSION, Shelf, vector_of
from tests.tiny import Tiny


class Said:
    """An encoder for the factory's vectors: a phrase has the vector of that content."""

    name, version, dim, has_text = ENCODER, VERSION, DIM, True
    spec = Tiny.spec

    def encode_texts(self, phrases: list[str]) -> np.ndarray:
        return np.stack([vector_of(phrase) for phrase in phrases])

    def encode_images(self, pixels: np.ndarray) -> np.ndarray:
        return np.stack([vector_of(int(picture.mean())) for picture in pixels])


class Mute(Said):
    name, has_text = "mute", False


@pytest.fixture(autouse=True)
def _encoders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_loaders", {**registry._loaders, ENCODER: Said, "mute": Mute})
    monkeypatch.setattr(registry, "_loaded", {})


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    (tmp_path / "photos").mkdir()
    made = Shelf(Library.open(tmp_path / "library"), str(tmp_path / "photos"))
    yield made
    made.close()


@pytest.fixture
def full(shelf: Shelf) -> Shelf:
    """200 photos: number n of 2001-01-(n % 28 + 1), every second one in a folder; every tenth without a date."""
    for n in range(200):
        shelf.put(f"{'sub/' if n % 2 else ''}{n}.jpg", n, taken_at=None if n % 10 == 0 else f"2001-01-{n % 28 + 1:02d}T12:00:00")
    return shelf


def brute(shelf: Shelf, vector: np.ndarray, among: list[int] | None = None) -> list[tuple[int, float]]:
    """All photos by their exact score, from the catalog's own vectors."""
    encoder_id = shelf.library.catalog.encoder_id(ENCODER, VERSION)
    assert encoder_id is not None
    rows = {c.photo_id: c.vector.astype(np.float32) for c in shelf.library.catalog.changes_since(encoder_id, 0) if c.vector is not None}
    scores = {i: float(row @ vector) for i, row in rows.items() if among is None or i in among}
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def test_a_phrase_finds_what_brute_force_finds(full: Shelf) -> None:
    engine = SearchEngine(full.library)
    for phrase in ("a", "b", "c"):
        hits, exact = engine.by_phrase(phrase, top=50), brute(full, vector_of(phrase))
        assert [hit.id for hit in hits] == [i for i, _ in exact[:50]]
        assert np.allclose([hit.score for hit in hits], [score for _, score in exact[:50]], atol=1e-5)
        assert [hit.rank for hit in hits] == list(range(1, 51))


def test_a_photo_finds_itself_first(full: Shelf) -> None:
    engine = SearchEngine(full.library)
    for photo in full.library.catalog.matching()[:20].tolist():
        first = engine.by_photo(photo, top=3)[0]
        assert first.id == photo and 0.99 <= first.score <= 1.0


def test_no_score_is_beyond_one(full: Shelf) -> None:
    engine = SearchEngine(full.library)
    for photo in full.library.catalog.matching().tolist():
        assert all(-1.0 <= hit.score <= 1.0 for hit in engine.by_photo(photo, top=200))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=3), st.integers(1, 30))
def test_parts_of_a_query_are_summed(tmp_path_factory: pytest.TempPathFactory, words: list[str], top: int) -> None:
    folder = tmp_path_factory.mktemp("summed")
    (folder / "photos").mkdir()
    shelf = Shelf(Library.open(folder / "library"), str(folder / "photos"))
    try:
        ids = [shelf.put(f"{n}.jpg", n) for n in range(25)]
        query = Query(words[0], tuple(ids[: len(words) - 1]), (Example.of(vector_of("outside"), "x.jpg"),))
        stored = [shelf.index().get(i) for i in query.photo_ids]
        wanted = np.sum([vector_of(words[0]), *stored, vector_of("outside")], axis=0)
        exact = brute(shelf, wanted / np.linalg.norm(wanted))
        assert [hit.id for hit in SearchEngine(shelf.library).by_query(query, top=top)] == [i for i, _ in exact[:top]]
    finally:
        shelf.close()


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
def test_filters_leave_just_what_matches_in_the_same_order(full: Shelf, filters: Filters, tmp_path: Path) -> None:
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
    hits = SearchEngine(full.library).by_phrase("a", filters, top=500)
    assert [hit.id for hit in hits] == [i for i, _ in brute(full, vector_of("a"), matching)]


def test_nothing_matches(full: Shelf) -> None:
    assert SearchEngine(full.library).by_phrase("a", Filters(since="2050-01-01")) == []
    assert SearchEngine(full.library).by_phrase("a", Filters(folder="/nowhere")) == []


@pytest.mark.parametrize("day", ["2020", "31.12.2020", "2020-13-01", "yesterday", ""])
def test_what_is_no_day(day: str) -> None:
    with pytest.raises(UsageError, match="is not a date"):
        Filters(since=day)


def test_a_phrase_is_refused_by_an_encoder_without_text(full: Shelf) -> None:
    full.writer.encoder("mute", VERSION, DIM)
    full.library.catalog.set_setting("encoder", "mute")
    with full.writer.transaction():
        for photo in full.library.catalog.matching().tolist():
            full.writer.add_embedding(full.writer.encoder("mute", VERSION, DIM), photo, vector_of(photo))
    engine = SearchEngine(full.library, "mute")
    with pytest.raises(NoTextEncoder, match="starter"):
        engine.by_phrase("a dog")
    photo = full.library.catalog.matching()[0]
    assert engine.by_photo(int(photo))[0].id == photo


def test_a_new_photo_is_found_and_a_lost_one_is_not(full: Shelf) -> None:
    engine = SearchEngine(full.library)
    engine.by_phrase("new")
    photo = full.put("new.jpg", "new")
    assert engine.by_phrase("new", top=1)[0].id == photo
    full.lose("new.jpg")
    assert engine.by_phrase("new", top=1)[0].id != photo
    with pytest.raises(EncoderError, match="not in the index"):
        engine.by_photo(photo)


def test_an_empty_library(shelf: Shelf) -> None:
    engine = SearchEngine(shelf.library, ENCODER)
    assert engine.by_phrase("a") == [] and engine.photos == 0


def test_an_outside_photo(full: Shelf) -> None:
    engine = SearchEngine(full.library)
    example = engine.encode_photo(np.full((32, 32, 3), 7, np.uint8), "seven.jpg")
    assert example.name == "seven.jpg"
    hit = engine.by_query(Query(examples=(example,)), top=1)[0]
    row = full.library.catalog.photo(hit.id)
    assert row is not None and row["name"] == "7.jpg" and hit.score > 0.999


def test_why_a_photo_matched(full: Shelf) -> None:
    engine = SearchEngine(full.library)
    best, *_, worst = engine.by_phrase("a", top=200)
    assert "“a”" in engine.explain(Query("a"), best.id)
    assert f"{best.score:.2f}" in engine.explain(Query("a"), best.id)
    assert "0% of" in engine.explain(Query("a"), worst.id)
    assert "not in the index" in engine.explain(Query("a"), 10_000)


class TestChoice:
    def test_the_librarys_own(self, full: Shelf) -> None:
        assert choose_encoder(full.library) == ENCODER
        full.library.catalog.set_setting("encoder", "mute")
        assert choose_encoder(full.library) == ENCODER

    def test_the_starter_for_a_library_with_nothing(self, tmp_path: Path) -> None:
        library = Library.open(tmp_path / "empty")
        try:
            assert choose_encoder(library) == "starter"
            library.catalog.set_setting("encoder", ENCODER)
            assert choose_encoder(library) == ENCODER
        finally:
            library.close()

    def test_one_that_has_encoded_nothing(self, full: Shelf) -> None:
        with pytest.raises(EncoderError, match="--encoder mute"):
            choose_encoder(full.library, "mute")

    def test_one_that_does_not_exist(self, full: Shelf) -> None:
        with pytest.raises(UnknownEncoder, match="nonsense"):
            choose_encoder(full.library, "nonsense")

    def test_a_name_with_a_file_is_the_same_from_any_folder(self, full: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        name = f"open_clip:ViT-B-32@{tmp_path / 'weights.safetensors'}"
        encoder = full.writer.encoder(name, VERSION, DIM)
        with full.writer.transaction():
            full.writer.add_embedding(encoder, int(full.library.catalog.matching()[0]), vector_of(0))
        monkeypatch.chdir(tmp_path)
        assert choose_encoder(full.library, "open_clip:ViT-B-32@weights.safetensors") == name


@pytest.mark.parametrize(("query", "asks"), [(Query(), False), (Query("  "), False), (Query("a"), True), (Query(photo_ids=(1,)), True)])
def test_an_empty_query_asks_for_nothing(query: Query, asks: bool) -> None:
    assert bool(query) is asks
