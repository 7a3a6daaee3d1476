from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from explorer.library import vectors
from explorer.library.catalog import VectorChange
from explorer.library.library import Library
from explorer.library.stores.embedding_store import put_embedding
from explorer.library.vectors import VectorIndex
from tests.factory import DIM, ENCODER, VERSION, LibraryBuilder, vector_of
from tests.thoroughness import times


def fresh(builder: LibraryBuilder) -> VectorIndex:
    """The index as another process would open it: from disk, then caught up."""
    index = VectorIndex(
        builder.library.dir / "vectors", builder.library.catalog, ENCODER, VERSION, DIM
    )
    index.refresh()
    return index


def test_search_is_exact(builder: LibraryBuilder) -> None:
    ids = [builder.put(f"{n}.jpg", n) for n in range(300)]
    query = vector_of("query")
    rows = np.stack([vector_of(n) for n in range(300)]).astype(np.float16).astype(np.float32)
    exact = rows @ query
    scores, found = builder.index().search(query, 20)
    assert found.tolist() == [ids[i] for i in np.argsort(-exact)[:20]]
    assert np.allclose(scores, np.sort(exact)[::-1][:20], atol=1e-5)


def test_search_within_a_subset_is_exact_and_complete(builder: LibraryBuilder) -> None:
    ids = [builder.put(f"{n}.jpg", n) for n in range(100)]
    among = np.array(ids[::7], np.int64)
    _, found = builder.index().search(vector_of("query"), 1000, among)
    assert sorted(found.tolist()) == among.tolist()
    assert len(builder.index().search(vector_of("query"), 5, np.zeros(0, np.int64))[1]) == 0


def test_a_mask_selects_the_same_photos_as_its_ids(builder: LibraryBuilder) -> None:
    ids = [builder.put(f"{n}.jpg", n) for n in range(100)]
    query, among = vector_of("query"), np.array([*ids[3:40:5], 10_000], np.int64)
    scores, found = builder.index().search(query, 1000, among)
    mask = np.zeros(ids[38] + 1, np.bool_)
    mask[among[:-1]] = True
    masked = builder.index().search(query, 1000, mask)
    assert found.tolist() == masked[1].tolist() and sorted(found.tolist()) == ids[3:40:5]
    assert scores.tolist() == masked[0].tolist()


@pytest.mark.parametrize("number", [0, 1, 7, 1024, 2500])
def test_all_scores_are_those_of_a_search(builder: LibraryBuilder, number: int) -> None:
    index, rng = builder.index(), np.random.default_rng(number)
    vectors = rng.standard_normal((number, DIM)).astype(np.float16)
    if number:
        index._apply([VectorChange(2 * n + 1, vector) for n, vector in enumerate(vectors)])
    query = vector_of("query")
    every = np.arange(2 * number + 10)
    for among in (None, every, every[: number // 2], every % 3 == 0, every % 7 != 3):
        best, ids = index.search(query, 2 * number + 10, among)
        found, scores = index.scores(query, among)
        order = np.lexsort((found, -scores))
        assert found[order].tolist() == ids.tolist() and scores[order].tolist() == best.tolist()
        assert scores.dtype == np.float32 and found.dtype == np.int64


@pytest.mark.parametrize("few", [0, 100])
def test_unchanged_vectors_keep_their_rows(
    builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(vectors, "_FEW", few)
    ids = [builder.put(f"{n}.jpg", n) for n in range(4)]
    index = builder.index()
    builder.put("another name of 0.jpg", 0)
    builder.lose("2.jpg")
    put_embedding(builder.writer, builder.encoder, ids[1], vector_of("else"))
    assert index.refresh() == 3
    assert index.ids().tolist() == [ids[0], ids[3], ids[1]]
    assert index.get(ids[1]) == pytest.approx(vector_of("else"), abs=1e-3)


def test_an_empty_index_gives_no_results(builder: LibraryBuilder) -> None:
    assert len(builder.index().search(vector_of(0), 5)[1]) == 0
    assert builder.index().get(1) is None
    assert builder.index().sample(10).shape == (0, DIM)


def test_the_index_follows_the_catalog_without_reloading(builder: LibraryBuilder) -> None:
    index = builder.index()
    photo = builder.put("a.jpg", "x")
    assert index.refresh() == 1 and index.ids().tolist() == [photo]
    builder.lose("a.jpg")
    index.refresh()
    assert len(index) == 0
    builder.put("a.jpg", "x")
    index.refresh()
    assert index.ids().tolist() == [photo]
    assert index.refresh() == 0


def test_a_saved_index_is_loaded_and_only_updated(builder: LibraryBuilder) -> None:
    first = builder.put("a.jpg", 1)
    builder.index().save()
    second = builder.put("b.jpg", 2)
    index = VectorIndex(
        builder.library.dir / "vectors", builder.library.catalog, ENCODER, VERSION, DIM
    )
    assert not index.rebuilt and index.ids().tolist() == [first]
    assert index.refresh() == 1 and sorted(index.ids().tolist()) == [first, second]


@pytest.mark.parametrize(
    "harm", ["delete", "truncate", "flip", "empty", "garbage note", "delete note"]
)
def test_a_damaged_index_file_is_rebuilt_from_the_catalog(
    builder: LibraryBuilder, harm: str
) -> None:
    ids = [builder.put(f"{n}.jpg", n) for n in range(50)]
    builder.index().save()
    (file,) = (builder.library.dir / "vectors").glob("*.faiss")
    (note,) = (builder.library.dir / "vectors").glob("*.json")
    data = file.read_bytes()
    match harm:
        case "delete":
            file.unlink()
        case "truncate":
            file.write_bytes(data[: len(data) // 2])
        case "flip":
            file.write_bytes(data[:-100] + bytes([data[-100] ^ 1]) + data[-99:])
        case "empty":
            file.write_bytes(b"")
        case "garbage note":
            note.write_text("{")
        case "delete note":
            note.unlink()
    index = fresh(builder)
    assert index.rebuilt
    assert index.damaged is (harm != "delete note")
    assert sorted(index.ids().tolist()) == ids
    assert index.get(ids[7]) == pytest.approx(vector_of(7), abs=1e-3)


def test_a_catalog_restored_from_a_backup_is_noticed(
    builder: LibraryBuilder, tmp_path: Path
) -> None:
    for n in range(5):
        builder.put(f"{n}.jpg", n)
    index = builder.index()
    other = LibraryBuilder(Library.open(tmp_path / "other"), str(tmp_path / "photos"))
    only = other.put("a.jpg", "x")
    index._catalog = other.library.catalog
    index.refresh()
    assert index.ids().tolist() == [only]
    other.close()


class Following(RuleBasedStateMachine):
    """Whatever happens to files, a following index and a rebuilt one hold what the catalog says, id
    for id and vector for vector."""

    def __init__(self) -> None:
        super().__init__()
        import tempfile

        self.tmp = tempfile.TemporaryDirectory()
        base = Path(self.tmp.name)
        (base / "photos").mkdir()
        self.builder = LibraryBuilder(Library.open(base / "library"), str(base / "photos"))
        self.files: dict[str, int] = {}
        self.contents: dict[int, int] = {}

    names = st.sampled_from([f"{c}.jpg" for c in "abcdef"])

    @rule(name=names, content=st.integers(0, 6))
    def put(self, name: str, content: int) -> None:
        self.files[name] = content
        self.contents[self.builder.put(name, content)] = content

    @rule(name=names)
    def lose(self, name: str) -> None:
        if name in self.files:
            self.builder.lose(name)
            del self.files[name]

    @rule()
    def refresh(self) -> None:
        self.builder.index()

    @rule()
    def save(self) -> None:
        self.builder.index().save()

    @invariant()
    def agree(self) -> None:
        expected = set(self.files.values())
        catalog = self.builder.library.catalog
        rows = catalog.photos(catalog.matching().tolist())
        assert {self.contents[i] for i in rows} == expected and len(rows) == len(expected)
        for index in (self.builder.index(), fresh(self.builder)):
            assert sorted(index.ids().tolist()) == sorted(rows)
            for photo_id in rows:
                assert index.get(photo_id) == pytest.approx(
                    vector_of(self.contents[photo_id]), abs=1e-3
                )

    def teardown(self) -> None:
        self.builder.close()
        self.tmp.cleanup()


TestFollowing = Following.TestCase
TestFollowing.settings = settings(
    max_examples=times(20, 100),
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_faiss_opens_no_file_itself(
    builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would take a path in the system's code page, in which not every folder has a name."""
    given = list[object]()

    def note(name: str) -> None:
        real = getattr(faiss, name)

        def call(*words: object) -> object:
            given.append(words[-1])
            return real(*words)

        monkeypatch.setattr(faiss, name, call)

    note("write_index")
    note("read_index")
    builder.put("a.jpg", 1)
    builder.index().save()
    assert len(fresh(builder)) == 1
    assert [type(each).__name__ for each in given] == ["PyCallbackIOWriter", "PyCallbackIOReader"]
