"""Files as the worker writes them."""

from __future__ import annotations

import functools
import time
from pathlib import Path

import pytest

from explorer.library.file_rows import EXCLUDED, FileStat
from explorer.library.stores.file_store import (
    files_below,
    files_in_folder,
    put_all_moved,
    put_failed,
    put_missing,
    put_moved,
    put_present,
)
from explorer.library.stores.photo_store import (
    add_photo,
    photo_id_by_hash,
    take_purged_hashes,
    update_file_counts,
)
from explorer.library.stores.root_store import add_root, remove_root
from tests.factory import LibraryBuilder, decoded, digest_of
from tests.library.rows import known, on_disk, standing, visible


class TestFiles:
    @pytest.mark.parametrize(
        "change", ["present", "failed", "moved over", "missing", "root", "recount"]
    )
    def test_every_change_reaches_a_running_search(
        self, builder: LibraryBuilder, tmp_path: Path, change: str
    ) -> None:
        one, two, hidden = (
            builder.put("a.jpg", "one"),
            builder.put("b.jpg", "two"),
            builder.put("c.jpg", "three"),
        )
        builder.lose("c.jpg")
        index, writer, files = (
            builder.index(),
            builder.writer,
            files_below(builder.writer, builder.root),
        )
        assert set(index.ids().tolist()) == {one, two}
        expected = {one}
        match change:
            case "present":
                put_present(writer, builder.root, FileStat("c.jpg", 1, 2, 3), hidden)
                expected = {one, two, hidden}
            case "failed":
                put_failed(writer, builder.root, FileStat("b.jpg", 1, 2, 3), "torn")
            case "moved over":
                put_moved(writer, files["a.jpg"], builder.root, FileStat("b.jpg", 1, 2, 3))
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

    def test_the_same_path_in_two_folders_is_two_files(
        self, builder: LibraryBuilder, tmp_path: Path
    ) -> None:
        (tmp_path / "other").mkdir()
        other = add_root(builder.writer, str(tmp_path / "other"))
        mine, its = (
            builder.put("a.jpg", "mine"),
            add_photo(builder.writer, digest_of("its"), 1, decoded()),
        )
        for way in ("edited", "failed", "moved over"):
            put_present(builder.writer, other, FileStat("a.jpg", 1, 2, 3), its)
            assert visible(builder) == {mine, its}
            if way == "edited":
                new = add_photo(builder.writer, digest_of("new"), 1, decoded())
                put_present(builder.writer, other, FileStat("a.jpg", 1, 2, 3), new)
                assert visible(builder) == {mine, new}
            elif way == "failed":
                put_failed(builder.writer, other, FileStat("a.jpg", 1, 2, 3), "torn")
                assert visible(builder) == {mine}
            else:
                put_present(builder.writer, other, FileStat("b.jpg", 1, 2, 3), its)
                put_moved(
                    builder.writer,
                    files_below(builder.writer, other)["b.jpg"],
                    other,
                    FileStat("a.jpg", 1, 2, 3),
                )
                assert visible(builder) == {mine, its}
            assert known(builder, "a.jpg").photo_id == mine
            its = photo_id_by_hash(builder.writer, digest_of("its")) or add_photo(
                builder.writer, digest_of("its"), 1, decoded()
            )

    def test_files_below_a_folder_are_listed_and_none_beside_it(
        self, builder: LibraryBuilder
    ) -> None:
        for number, path in enumerate(
            ["a/1.jpg", "a/b/2.jpg", "a0/3.jpg", "a/b0/4.jpg", "A/5.jpg", "a-/6.jpg", "7.jpg"]
        ):
            builder.put(path, number)
        below = functools.partial(files_below, builder.writer)
        assert set(below(builder.root, "a")) == {"a/1.jpg", "a/b/2.jpg", "a/b0/4.jpg"}
        assert set(below(builder.root, "a/b")) == {"a/b/2.jpg"}
        assert (
            len(below(builder.root)) == 7
            and below(builder.root + 1) == {}
            and below(builder.root, "none") == {}
        )
        assert set(files_in_folder(builder.writer, builder.root, "a")) == {"a/1.jpg"} and set(
            files_in_folder(builder.writer, builder.root, "")
        ) == {"7.jpg"}
        assert files_in_folder(builder.writer, builder.root + 1, "a") == {}

    def test_a_returned_or_changed_file_has_no_trace_of_being_missing(
        self, builder: LibraryBuilder
    ) -> None:
        photo = builder.put("a.jpg", "x")
        put_missing(builder.writer, [known(builder, "a.jpg")], reason=EXCLUDED)
        assert known(builder, "a.jpg").excluded and visible(builder) == set()
        put_present(builder.writer, builder.root, FileStat("a.jpg", 7, 8, 9), photo)
        assert on_disk(known(builder, "a.jpg")) == (7, 8, 9) and standing(
            known(builder, "a.jpg")
        ) == ("present", photo, None, None)
        assert visible(builder) == {photo}

    def test_a_file_that_became_unreadable_releases_its_photo(
        self, builder: LibraryBuilder
    ) -> None:
        photo = builder.put("a.jpg", "x")
        put_failed(builder.writer, builder.root, FileStat("a.jpg", 7, 8, 9), "it is torn")
        assert on_disk(known(builder, "a.jpg")) == (7, 8, 9)
        assert standing(known(builder, "a.jpg")) == ("failed", None, "it is torn", None)
        assert (
            visible(builder) == set() and photo_id_by_hash(builder.writer, digest_of("x")) is None
        )
        assert (
            take_purged_hashes(builder.writer) == [digest_of("x").hex()]
            and take_purged_hashes(builder.writer) == []
        )
        assert builder.put("a.jpg", "x") != photo

    def test_files_that_swap_their_names_keep_their_photos(self, builder: LibraryBuilder) -> None:
        one, two = builder.put("a.jpg", "one"), builder.put("deep/b.jpg", "two")
        a, b = known(builder, "a.jpg"), known(builder, "deep/b.jpg")
        put_all_moved(
            builder.writer,
            [
                (a, builder.root, FileStat("deep/b.jpg", 1, 2, 3)),
                (b, builder.root, FileStat("a.jpg", 4, 5, 6)),
            ],
        )
        assert {
            path: file.photo_id for path, file in files_below(builder.writer, builder.root).items()
        } == {"a.jpg": two, "deep/b.jpg": one}
        assert on_disk(known(builder, "deep/b.jpg")) == (1, 2, 3) and set(
            files_in_folder(builder.writer, builder.root, "deep")
        ) == {"deep/b.jpg"}
        assert visible(builder) == {one, two} and known(builder, "deep/b.jpg").id == a.id

    def test_a_file_that_moves_over_another_takes_its_place(
        self, builder: LibraryBuilder, tmp_path: Path
    ) -> None:
        (tmp_path / "other").mkdir()
        other = add_root(builder.writer, str(tmp_path / "other"))
        one, two, three = (
            builder.put("a.jpg", "one"),
            builder.put("b.jpg", "two"),
            builder.put("c.jpg", "three"),
        )
        put_missing(builder.writer, [known(builder, "c.jpg")], reason=EXCLUDED)
        put_moved(builder.writer, known(builder, "a.jpg"), builder.root, FileStat("b.jpg", 1, 2, 3))
        put_moved(builder.writer, known(builder, "c.jpg"), other, FileStat("c.jpg", 1, 2, 3))
        assert (
            visible(builder) == {one, three}
            and photo_id_by_hash(builder.writer, digest_of("two")) is None
            and two not in visible(builder)
        )
        assert set(files_below(builder.writer, builder.root)) == {"b.jpg"}
        assert standing(files_below(builder.writer, other)["c.jpg"]) == (
            "present",
            three,
            None,
            None,
        )

    def test_missing_files_are_stored_with_time_and_reason_and_failures_are_not(
        self, builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        photo = builder.put("a.jpg", "x")
        put_failed(builder.writer, builder.root, FileStat("bad.jpg", 3, 1, 0), "empty")
        monkeypatch.setattr(time, "time", lambda: 1000.0)
        put_missing(builder.writer, files_below(builder.writer, builder.root).values(), ago=100)
        assert set(files_below(builder.writer, builder.root)) == {"a.jpg"}
        gone = known(builder, "a.jpg")
        assert (
            gone.state == "missing"
            and gone.photo_id == photo
            and gone.vanished
            and gone.gone_at == 900
        )
        put_missing(builder.writer, [gone])
        assert known(builder, "a.jpg").gone_at == 1000
        assert (
            visible(builder) == set() and photo_id_by_hash(builder.writer, digest_of("x")) == photo
        )
