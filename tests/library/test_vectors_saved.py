"""Saving an index so that a power cut harms nothing, and what it answers."""

from __future__ import annotations

import json
import math
import zlib
from pathlib import Path

import numpy as np
import pytest

from explorer.library import vectors
from explorer.library.stores.embedding_store import put_embedding
from explorer.library.vectors import VectorIndex
from tests.factory import DIM, ENCODER, VERSION, LibraryBuilder, vector_of
from tests.library.disk import Disk


def fresh(builder: LibraryBuilder) -> VectorIndex:
    """The index as another process would open it."""
    index = VectorIndex(
        builder.library.dir / "vectors", builder.library.catalog, ENCODER, VERSION, DIM
    )
    index.refresh()
    return index


class TestSaving:
    def test_an_earlier_pair_is_good_until_the_new_one_is_on_the_disk(
        self, builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        builder.put("a.jpg", 1)
        index = builder.index()
        index.save()
        (old,) = index._manifest.parent.glob("*.faiss")
        builder.put("b.jpg", 2)
        index.refresh()
        disk = Disk(monkeypatch)
        index.save()
        (new,) = index._manifest.parent.glob("*.faiss")
        assert old != new and disk.torn == []
        # First the vectors, then the note that names them, and only then the old vectors go.
        assert (
            0
            <= disk.position("replace", new)
            < disk.position("replace", index._manifest)
            < disk.position("unlink", old)
        )

    def test_the_catalog_is_on_the_disk_before_an_index_that_has_all_of_it(
        self, builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        builder.put("a.jpg", 1)
        index, log = builder.index(), builder.library.catalog.path.with_name("catalog.db-wal")
        disk = Disk(monkeypatch)
        index.save()
        assert 0 <= disk.position("sync", log) < disk.position(
            "replace", index._manifest
        ) and disk.safe(log)

    def test_a_failed_save_leaves_only_the_earlier_pair(
        self, builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = builder.put("a.jpg", 1)
        index = builder.index()
        index.save()
        before = {path.name: path.read_bytes() for path in index._manifest.parent.iterdir()}
        builder.put("b.jpg", 2)
        index.refresh()

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
            patch.setattr("os.fsync", full)
            index.save()
        assert {path.name: path.read_bytes() for path in index._manifest.parent.iterdir()} == before
        again = VectorIndex(
            builder.library.dir / "vectors", builder.library.catalog, ENCODER, VERSION, DIM
        )
        assert not again.rebuilt and again.ids().tolist() == [first]

    def test_an_index_of_another_dimension_or_encoder_is_not_loaded(
        self, builder: LibraryBuilder
    ) -> None:
        builder.put("a.jpg", 1)
        builder.index().save()
        (note,) = (builder.library.dir / "vectors").glob("*.json")
        assert VectorIndex(
            builder.library.dir / "vectors", builder.library.catalog, ENCODER, VERSION, DIM + 1
        ).damaged
        stored = json.loads(note.read_text())
        assert (
            VectorIndex(
                builder.library.dir / "vectors", builder.library.catalog, ENCODER, VERSION, DIM
            ).change
            == stored["change"]
            > 0
        )
        for text in ("{}", "[]", "{", "[" * 100_000):
            note.write_text(text)
            assert VectorIndex(
                builder.library.dir / "vectors", builder.library.catalog, ENCODER, VERSION, DIM
            ).damaged
        for wrong in (
            {"count": 2},
            {"checksum": stored["checksum"] ^ 1},
            {"file": "none.faiss"},
            {"change": "x"},
            {"change": math.inf},
        ):
            note.write_text(json.dumps(stored | wrong))
            index = VectorIndex(
                builder.library.dir / "vectors", builder.library.catalog, ENCODER, VERSION, DIM
            )
            assert index.damaged and index.rebuilt and index.change == 0 and len(index) == 0
        note.write_text(json.dumps(stored))
        assert not VectorIndex(
            builder.library.dir / "vectors", builder.library.catalog, ENCODER, VERSION, DIM
        ).damaged

    def test_a_foreign_file_is_not_loaded_even_if_its_record_fits(
        self, builder: LibraryBuilder
    ) -> None:
        builder.put("a.jpg", 1)
        builder.index().save()
        (file,), (note,) = (
            (builder.library.dir / "vectors").glob(ending) for ending in ("*.faiss", "*.json")
        )
        file.write_bytes(b"of another program")
        note.write_text(
            json.dumps(json.loads(note.read_text()) | {"checksum": zlib.crc32(file.read_bytes())})
        )
        index = fresh(builder)
        assert index.damaged and len(index) == 1

    def test_an_index_with_an_unreadable_record_is_not_loaded(
        self, builder: LibraryBuilder
    ) -> None:
        builder.put("a.jpg", 1)
        builder.index().save()
        (note,) = (builder.library.dir / "vectors").glob("*.json")
        note.unlink()
        note.mkdir()
        index = fresh(builder)
        assert index.damaged and len(index) == 1

    def test_encoders_with_similar_names_have_separate_files(
        self, builder: LibraryBuilder, tmp_path: Path
    ) -> None:
        for name, version in (("a/b:c", "1"), ("a/b:c", "2"), ("x" * 300, "1")):
            VectorIndex(tmp_path / "v" / "w", builder.library.catalog, name, version, DIM).save()
        names = sorted(path.name for path in (tmp_path / "v" / "w").glob("*.json"))
        assert names == ["a_b_c-1.json", "a_b_c-2.json", "x" * 60 + "-1.json"]
        assert len(list((tmp_path / "v" / "w").glob("*.faiss"))) == 3


class TestAsking:
    def test_equal_scores_are_in_the_order_of_ids(self, builder: LibraryBuilder) -> None:
        ids = [builder.put(f"{n}.jpg", n) for n in range(6)]
        for photo in reversed(ids):
            put_embedding(builder.writer, builder.encoder, photo, vector_of("same"))
        scores, found = builder.index().search(vector_of("same"), 6)
        assert found.tolist() == ids and np.allclose(scores, 1, atol=1e-3)

    def test_at_most_the_requested_and_available_number_is_returned(
        self, builder: LibraryBuilder
    ) -> None:
        ids = [builder.put(f"{n}.jpg", n) for n in range(6)]
        index = builder.index()
        for top, number in ((-1, 0), (0, 0), (1, 1), (6, 6), (7, 6)):
            scores, found = index.search(vector_of(0), top)
            assert len(scores) == len(found) == number
        assert index.search(vector_of(0), 7, np.array([ids[2], 999], np.int64))[1].tolist() == [
            ids[2]
        ]

    def test_rows_are_returned_in_the_requested_order(self, builder: LibraryBuilder) -> None:
        ids = [builder.put(f"{n}.jpg", n) for n in range(4)]
        index = builder.index()
        assert np.allclose(
            index.rows(np.array([ids[2], ids[0]])),
            np.stack([vector_of(2), vector_of(0)]),
            atol=1e-3,
        )
        assert index.rows(np.zeros(0, np.int64)).shape == (0, DIM)
        with pytest.raises(KeyError):
            index.rows(np.array([ids[0], 999]))

    @pytest.mark.parametrize("number", [1, 3, 4, 100])
    def test_blocks_contain_every_vector_once(self, builder: LibraryBuilder, number: int) -> None:
        ids = [builder.put(f"{n}.jpg", n) for n in range(7)]
        builder.lose("3.jpg")
        blocks = list(builder.index().blocks(number))
        assert all(len(some) == len(rows) <= number for some, rows in blocks) and max(
            len(some) for some, _ in blocks
        ) == min(number, 6)
        found = {int(i): row for some, rows in blocks for i, row in zip(some, rows, strict=True)}
        assert set(found) == set(ids) - {ids[3]}
        for n, photo in enumerate(ids):
            assert n == 3 or found[photo] == pytest.approx(vector_of(n), abs=1e-3)

    def test_a_sample_is_spread_over_the_whole_index(self, builder: LibraryBuilder) -> None:
        for n in range(10):
            builder.put(f"{n}.jpg", n)
        index = builder.index()
        order = [int(i) for i in index.ids()]
        for number, places in (
            (3, [0, 3, 6]),
            (10, list(range(10))),
            (99, list(range(10))),
            (7, list(range(7))),
        ):
            wanted = np.stack([index.get(order[place]) for place in places])
            assert np.array_equal(index.sample(number), wanted)

    def test_an_empty_index_has_no_blocks(self, builder: LibraryBuilder) -> None:
        assert list(builder.index().blocks()) == []


def test_changes_are_applied_in_parts(
    builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "_BATCH", 3)
    for number in (3, 4, 6, 7):
        ids = [builder.put(f"{n}.jpg", (number, n)) for n in range(number)]
        assert sorted(fresh(builder).ids().tolist()) == ids


def test_a_vector_of_another_length_is_left_out(builder: LibraryBuilder) -> None:
    ids = [builder.put(f"{n}.jpg", n) for n in range(2)]
    put_embedding(builder.writer, builder.encoder, ids[0], np.ones(DIM + 1, np.float32))
    assert builder.index().ids().tolist() == [ids[1]]


def test_a_rebuilt_index_agrees_with_the_catalog(builder: LibraryBuilder) -> None:
    ids = [builder.put(f"{n}.jpg", n) for n in range(3)]
    index = builder.index()
    index._index.remove_ids(np.array(ids[:1], np.int64))
    assert index.refresh() == 0 and len(index) == 2
    index.damaged = True
    index.rebuild()
    assert (
        sorted(index.ids().tolist()) == ids
        and not index.damaged
        and index.change == builder.library.catalog.change()
    )
