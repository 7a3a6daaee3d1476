"""Files, photos and vectors as the worker writes them."""

from __future__ import annotations

import functools
import time
from pathlib import Path

import numpy as np
import pytest

from explorer.library import missing_files
from explorer.library.embedding_store import (
    drop_embeddings,
    photos_without_embedding,
    put_embedding,
    register_encoder,
)
from explorer.library.file_rows import EXCLUDED, FileStat
from explorer.library.file_store import (
    files_below,
    files_in_folder,
    put_all_moved,
    put_failed,
    put_missing,
    put_moved,
    put_present,
)
from explorer.library.photo_store import (
    add_photo,
    deferred_purge,
    photo_id_by_hash,
    purge_photos,
    take_purged_hashes,
    update_file_counts,
)
from explorer.library.root_store import add_root, remove_root
from explorer.library.vectors import VectorIndex
from tests.factory import DIM, ENCODER, VERSION, Shelf, decoded, digest_of, vector_of
from tests.library.rows import known, on_disk, standing, visible


class TestFiles:
    @pytest.mark.parametrize(
        "change", ["present", "failed", "moved over", "missing", "root", "recount"]
    )
    def test_every_change_reaches_a_running_search(
        self, shelf: Shelf, tmp_path: Path, change: str
    ) -> None:
        one, two, hidden = (
            shelf.put("a.jpg", "one"),
            shelf.put("b.jpg", "two"),
            shelf.put("c.jpg", "three"),
        )
        shelf.lose("c.jpg")
        index, writer, files = shelf.index(), shelf.writer, files_below(shelf.writer, shelf.root)
        assert set(index.ids().tolist()) == {one, two}
        expected = {one}
        match change:
            case "present":
                put_present(writer, shelf.root, FileStat("c.jpg", 1, 2, 3), hidden)
                expected = {one, two, hidden}
            case "failed":
                put_failed(writer, shelf.root, FileStat("b.jpg", 1, 2, 3), "torn")
            case "moved over":
                put_moved(writer, files["a.jpg"], shelf.root, FileStat("b.jpg", 1, 2, 3))
            case "missing":
                put_missing(writer, [files["b.jpg"]])
            case "root":
                remove_root(writer, str(tmp_path / "photos"))
                expected = set()
            case "recount":
                writer.connection.execute("update file set state = 'missing' where path = 'b.jpg'")
                update_file_counts(writer, [two])
        index.refresh()
        assert set(index.ids().tolist()) == expected

    def test_files_of_one_path_in_two_folders_are_two(self, shelf: Shelf, tmp_path: Path) -> None:
        (tmp_path / "other").mkdir()
        other = add_root(shelf.writer, str(tmp_path / "other"))
        mine, its = (
            shelf.put("a.jpg", "mine"),
            add_photo(shelf.writer, digest_of("its"), 1, decoded()),
        )
        for way in ("edited", "failed", "moved over"):
            put_present(shelf.writer, other, FileStat("a.jpg", 1, 2, 3), its)
            assert visible(shelf) == {mine, its}
            if way == "edited":
                new = add_photo(shelf.writer, digest_of("new"), 1, decoded())
                put_present(shelf.writer, other, FileStat("a.jpg", 1, 2, 3), new)
                assert visible(shelf) == {mine, new}
            elif way == "failed":
                put_failed(shelf.writer, other, FileStat("a.jpg", 1, 2, 3), "torn")
                assert visible(shelf) == {mine}
            else:
                put_present(shelf.writer, other, FileStat("b.jpg", 1, 2, 3), its)
                put_moved(
                    shelf.writer,
                    files_below(shelf.writer, other)["b.jpg"],
                    other,
                    FileStat("a.jpg", 1, 2, 3),
                )
                assert visible(shelf) == {mine, its}
            assert known(shelf, "a.jpg").photo_id == mine
            its = photo_id_by_hash(shelf.writer, digest_of("its")) or add_photo(
                shelf.writer, digest_of("its"), 1, decoded()
            )

    def test_those_below_a_folder_and_none_beside(self, shelf: Shelf) -> None:
        for number, path in enumerate(
            ["a/1.jpg", "a/b/2.jpg", "a0/3.jpg", "a/b0/4.jpg", "A/5.jpg", "a-/6.jpg", "7.jpg"]
        ):
            shelf.put(path, number)
        below = functools.partial(files_below, shelf.writer)
        assert set(below(shelf.root, "a")) == {"a/1.jpg", "a/b/2.jpg", "a/b0/4.jpg"}
        assert set(below(shelf.root, "a/b")) == {"a/b/2.jpg"}
        assert (
            len(below(shelf.root)) == 7
            and below(shelf.root + 1) == {}
            and below(shelf.root, "none") == {}
        )
        assert set(files_in_folder(shelf.writer, shelf.root, "a")) == {"a/1.jpg"} and set(
            files_in_folder(shelf.writer, shelf.root, "")
        ) == {"7.jpg"}
        assert files_in_folder(shelf.writer, shelf.root + 1, "a") == {}

    def test_a_file_that_comes_back_or_changes_is_as_if_it_had_never_gone(
        self, shelf: Shelf
    ) -> None:
        photo = shelf.put("a.jpg", "x")
        put_missing(shelf.writer, [known(shelf, "a.jpg")], reason=EXCLUDED)
        assert known(shelf, "a.jpg").excluded and visible(shelf) == set()
        put_present(shelf.writer, shelf.root, FileStat("a.jpg", 7, 8, 9), photo)
        assert on_disk(known(shelf, "a.jpg")) == (7, 8, 9) and standing(known(shelf, "a.jpg")) == (
            "present",
            photo,
            None,
            None,
        )
        assert visible(shelf) == {photo}

    def test_a_file_that_can_be_read_no_more_lets_its_photo_go(self, shelf: Shelf) -> None:
        photo = shelf.put("a.jpg", "x")
        put_failed(shelf.writer, shelf.root, FileStat("a.jpg", 7, 8, 9), "it is torn")
        assert on_disk(known(shelf, "a.jpg")) == (7, 8, 9)
        assert standing(known(shelf, "a.jpg")) == ("failed", None, "it is torn", None)
        assert visible(shelf) == set() and photo_id_by_hash(shelf.writer, digest_of("x")) is None
        assert (
            take_purged_hashes(shelf.writer) == [digest_of("x").hex()]
            and take_purged_hashes(shelf.writer) == []
        )
        assert shelf.put("a.jpg", "x") != photo

    def test_files_that_swap_their_names_keep_their_photos(self, shelf: Shelf) -> None:
        one, two = shelf.put("a.jpg", "one"), shelf.put("deep/b.jpg", "two")
        a, b = known(shelf, "a.jpg"), known(shelf, "deep/b.jpg")
        put_all_moved(
            shelf.writer,
            [
                (a, shelf.root, FileStat("deep/b.jpg", 1, 2, 3)),
                (b, shelf.root, FileStat("a.jpg", 4, 5, 6)),
            ],
        )
        assert {
            path: file.photo_id for path, file in files_below(shelf.writer, shelf.root).items()
        } == {"a.jpg": two, "deep/b.jpg": one}
        assert on_disk(known(shelf, "deep/b.jpg")) == (1, 2, 3) and set(
            files_in_folder(shelf.writer, shelf.root, "deep")
        ) == {"deep/b.jpg"}
        assert visible(shelf) == {one, two} and known(shelf, "deep/b.jpg").id == a.id

    def test_a_file_that_moves_over_another_takes_its_place(
        self, shelf: Shelf, tmp_path: Path
    ) -> None:
        (tmp_path / "other").mkdir()
        other = add_root(shelf.writer, str(tmp_path / "other"))
        one, two, three = (
            shelf.put("a.jpg", "one"),
            shelf.put("b.jpg", "two"),
            shelf.put("c.jpg", "three"),
        )
        put_missing(shelf.writer, [known(shelf, "c.jpg")], reason=EXCLUDED)
        put_moved(shelf.writer, known(shelf, "a.jpg"), shelf.root, FileStat("b.jpg", 1, 2, 3))
        put_moved(shelf.writer, known(shelf, "c.jpg"), other, FileStat("c.jpg", 1, 2, 3))
        assert (
            visible(shelf) == {one, three}
            and photo_id_by_hash(shelf.writer, digest_of("two")) is None
            and two not in visible(shelf)
        )
        assert set(files_below(shelf.writer, shelf.root)) == {"b.jpg"}
        assert standing(files_below(shelf.writer, other)["c.jpg"]) == ("present", three, None, None)

    def test_missing_ones_are_remembered_with_when_and_why_and_failures_are_not(
        self, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        photo = shelf.put("a.jpg", "x")
        put_failed(shelf.writer, shelf.root, FileStat("bad.jpg", 3, 1, 0), "empty")
        monkeypatch.setattr(time, "time", lambda: 1000.0)
        put_missing(shelf.writer, files_below(shelf.writer, shelf.root).values(), ago=100)
        assert set(files_below(shelf.writer, shelf.root)) == {"a.jpg"}
        gone = known(shelf, "a.jpg")
        assert (
            gone.state == "missing"
            and gone.photo_id == photo
            and gone.vanished
            and gone.gone_at == 900
        )
        put_missing(shelf.writer, [gone])
        assert known(shelf, "a.jpg").gone_at == 1000
        assert visible(shelf) == set() and photo_id_by_hash(shelf.writer, digest_of("x")) == photo


class TestPhotos:
    def test_facts_are_kept(self, shelf: Shelf) -> None:
        facts = {
            "format": "HEIF",
            "width": 4,
            "height": 3,
            "taken_at": "2020-01-02T03:04:05",
            "latitude": 1.5,
            "camera": "C",
            "iso": 100,
        }
        row = shelf.library.catalog.photo(shelf.put("a.jpg", "x", **facts))
        assert (
            row is not None
            and {key: row[key] for key in facts} == facts
            and row["hash"] == digest_of("x").hex()
        )  # type: ignore[literal-required]

    def test_photos_without_a_file_are_spared_until_the_end_of_a_thorough_look(
        self, shelf: Shelf
    ) -> None:
        one = shelf.put("a.jpg", "one")
        with deferred_purge(shelf.writer, thorough=False):
            two = shelf.put("a.jpg", "two")
            assert (
                visible(shelf) == {two} and photo_id_by_hash(shelf.writer, digest_of("one")) == one
            )
        assert photo_id_by_hash(shelf.writer, digest_of("one")) == one
        with deferred_purge(shelf.writer, thorough=False):
            assert shelf.put("b.jpg", "one") == one
            shelf.put("a.jpg", "three")
        with deferred_purge(shelf.writer, thorough=True):
            pass
        assert (
            photo_id_by_hash(shelf.writer, digest_of("one")) == one
            and photo_id_by_hash(shelf.writer, digest_of("two")) is None
        )
        # Afterwards, they go at once again.
        shelf.put("b.jpg", "four")
        assert photo_id_by_hash(shelf.writer, digest_of("one")) is None

    def test_sparing_ends_with_an_error_too(self, shelf: Shelf) -> None:
        shelf.put("a.jpg", "one")
        with pytest.raises(KeyError), deferred_purge(shelf.writer, thorough=True):
            raise KeyError
        shelf.put("a.jpg", "two")
        assert photo_id_by_hash(shelf.writer, digest_of("one")) is None

    def test_none_with_a_file_is_purged_not_even_with_a_missing_one(self, shelf: Shelf) -> None:
        here, gone = shelf.put("a.jpg", "here"), shelf.put("b.jpg", "gone")
        shelf.lose("b.jpg")
        purge_photos(shelf.writer, [here, gone, 999])
        assert (
            visible(shelf) == {here}
            and photo_id_by_hash(shelf.writer, digest_of("gone")) == gone
            and take_purged_hashes(shelf.writer) == []
        )

    def test_a_purged_photo_leaves_a_running_index_and_comes_back_as_another(
        self, shelf: Shelf
    ) -> None:
        index, old = shelf.index(), shelf.put("a.jpg", "x")
        index.refresh()
        shelf.put("a.jpg", "y")
        index.refresh()
        assert old not in index.ids().tolist()
        new = shelf.put("b.jpg", "x")
        assert new != old and take_purged_hashes(shelf.writer) == []

    def test_counts_that_are_off_are_counted_again(self, shelf: Shelf) -> None:
        photo = shelf.put("a.jpg", "x")
        shelf.put("b.jpg", "x")
        shelf.writer.connection.execute("update photo set present = 7 where id = ?", (photo,))
        update_file_counts(shelf.writer, [photo])
        row = shelf.library.catalog.photo(photo)
        assert row is not None and row["copies"] == 2
        missing_files.put_vanished(shelf.writer, [known(shelf, "a.jpg")])
        assert visible(shelf) == {photo}


class TestVectors:
    def test_a_photo_that_is_encoded_again_reaches_a_running_search(self, shelf: Shelf) -> None:
        index = shelf.index()
        one, two = shelf.put("a.jpg", "one"), shelf.put("b.jpg", "two")
        index.refresh()
        put_embedding(shelf.writer, shelf.encoder, one, vector_of("other"))
        assert index.refresh() == 1
        assert index.get(one) == pytest.approx(vector_of("other"), abs=1e-3) and index.get(
            two
        ) == pytest.approx(vector_of("two"), abs=1e-3)

    def test_vectors_that_are_dropped_leave_a_running_search_and_are_made_again(
        self, shelf: Shelf
    ) -> None:
        one, two = shelf.put("a.jpg", "one"), shelf.put("b.jpg", "two")
        other = register_encoder(shelf.writer, "other", "1", DIM)
        for photo in (one, two):
            put_embedding(shelf.writer, other, photo, vector_of(photo))
        index = shelf.index()
        for encoder in (shelf.encoder, other):
            for photo, its in ((one, two), (two, one)):
                shelf.writer.connection.execute(
                    "insert into neighbour values (?, ?, ?, ?)", (encoder, photo, 0, b"")
                )
                assert its != photo
        drop_embeddings(shelf.writer, shelf.encoder, [one])
        assert index.refresh() == 1 and index.ids().tolist() == [two]
        assert [
            (photo, file.path)
            for photo, file, _ in photos_without_embedding(shelf.writer, shelf.encoder)
        ] == [(one, "a.jpg")]
        assert photos_without_embedding(shelf.writer, other) == []
        left = {
            tuple(row)
            for row in shelf.writer.connection.execute(
                "select encoder_id, photo_id from neighbour"
            ).fetchall()
        }
        assert left == {(shelf.encoder, two), (other, one), (other, two)}

    def test_encoders_have_one_number_each(self, shelf: Shelf) -> None:
        photo = shelf.put("a.jpg", "x")
        assert register_encoder(
            shelf.writer, ENCODER, VERSION, DIM
        ) == shelf.encoder and shelf.index().ids().tolist() == [photo]
        assert (
            len(
                {
                    shelf.encoder,
                    register_encoder(shelf.writer, ENCODER, "2", DIM),
                    register_encoder(shelf.writer, "other", VERSION, DIM),
                }
            )
            == 3
        )

    def test_what_is_to_be_encoded_has_a_file_that_is_there(
        self, shelf: Shelf, tmp_path: Path
    ) -> None:
        other = register_encoder(shelf.writer, "other", "1", DIM)
        one = shelf.put("b.jpg", "one")
        shelf.put("a.jpg", "one")
        shelf.put("gone.jpg", "two")
        shelf.lose("gone.jpg")
        ((photo, file, root),) = photos_without_embedding(shelf.writer, other)
        assert (photo, file, root) == (one, known(shelf, "b.jpg"), str(tmp_path / "photos"))
        shelf.lose("b.jpg")
        assert [file.path for _, file, _ in photos_without_embedding(shelf.writer, other)] == [
            "a.jpg"
        ]
        put_embedding(shelf.writer, other, one, vector_of("one"))
        assert photos_without_embedding(shelf.writer, other) == []

    def test_vectors_are_kept_in_half_precision(self, shelf: Shelf) -> None:
        photo = shelf.put("a.jpg", "x")
        index = VectorIndex(
            shelf.library.dir / "vectors", shelf.library.catalog, ENCODER, VERSION, DIM
        )
        index.refresh()
        assert np.array_equal(
            index.get(photo), vector_of("x").astype(np.float16).astype(np.float32)
        )  # type: ignore[arg-type]


def test_a_photo_is_added_once(shelf: Shelf) -> None:
    one = add_photo(shelf.writer, digest_of("x"), 5, decoded())
    assert (
        photo_id_by_hash(shelf.writer, digest_of("x")) == one
        and photo_id_by_hash(shelf.writer, digest_of("y")) is None
    )
    assert visible(shelf) == set()
