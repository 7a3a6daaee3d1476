"""Watched folders as the worker writes them."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from explorer.errors import FolderError
from explorer.library.file_rows import FileStat
from explorer.library.stores import root_store
from explorer.library.stores.file_store import files_below, files_in_folder, put_present
from explorer.library.stores.photo_store import deferred_purge, take_purged_hashes
from explorer.library.stores.root_store import (
    add_root,
    prefixed_glob,
    remove_root,
    set_exclude_globs,
    update_root,
)
from tests.factory import LibraryBuilder
from tests.library.rows import visible


def root_row(builder: LibraryBuilder) -> Any:
    return builder.library.catalog.roots()[0]


class TestRoots:
    def test_a_folder_beside_a_root_is_a_separate_root(
        self, builder: LibraryBuilder, tmp_path: Path
    ) -> None:
        (tmp_path / "photos2").mkdir()
        (tmp_path / "photos" / "deep").mkdir()
        assert add_root(builder.writer, str(tmp_path / "photos2")) != builder.root
        assert (
            add_root(builder.writer, str(tmp_path / "photos" / "deep"))
            == builder.root
            == add_root(builder.writer, str(tmp_path / "photos"))
        )
        assert [root["path"] for root in builder.library.catalog.roots()] == [
            str(tmp_path / "photos"),
            str(tmp_path / "photos2"),
        ]

    def test_a_parent_takes_over_files_folders_and_exclusions(
        self, builder: LibraryBuilder, tmp_path: Path
    ) -> None:
        (tmp_path / "other").mkdir()
        other = add_root(builder.writer, str(tmp_path / "other"))
        builder.put("top.jpg", 1)
        builder.put("deep/er/a.jpg", 2)
        set_exclude_globs(builder.writer, builder.root, ["*.png", "/raw", "!keep.png"])
        set_exclude_globs(builder.writer, other, ["x"])
        new = add_root(builder.writer, str(tmp_path))
        assert set(files_below(builder.writer, new)) == {"photos/top.jpg", "photos/deep/er/a.jpg"}
        assert set(files_in_folder(builder.writer, new, "photos")) == {"photos/top.jpg"}
        assert set(files_in_folder(builder.writer, new, "photos/deep/er")) == {
            "photos/deep/er/a.jpg"
        }
        (root,) = builder.library.catalog.roots()
        mine = [glob for glob in root["exclude"] if glob != "/other/**/x"]
        assert (
            mine == ["/photos/**/*.png", "/photos/raw", "!/photos/**/keep.png"]
            and len(root["exclude"]) == 4
        )

    def test_a_link_to_a_root_is_that_root(self, builder: LibraryBuilder, tmp_path: Path) -> None:
        (tmp_path / "alias").symlink_to(tmp_path / "photos")
        assert add_root(builder.writer, str(tmp_path / "alias")) == builder.root
        # Whoever cannot wait for a drive says where paths lead.
        assert (
            add_root(builder.writer, str(tmp_path / "alias"), real=lambda path: path)
            != builder.root
        )

    @pytest.mark.parametrize(
        ("path", "words"),
        [("photos", "full path"), ("/absent/x", "does not exist"), (__file__, "is a file")],
    )
    def test_a_folder_that_cannot_be_watched_is_reported(
        self, builder: LibraryBuilder, path: str, words: str
    ) -> None:
        with pytest.raises(FolderError, match=words):
            add_root(builder.writer, path)
        assert len(builder.library.catalog.roots()) == 1

    def test_a_folder_that_cannot_be_listed_is_reported(
        self, builder: LibraryBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(path: str) -> None:
            raise PermissionError(13, "Permission denied", path)

        monkeypatch.setattr(os, "scandir", refuse)
        with pytest.raises(FolderError, match=r"Permission denied.*check its permissions"):
            add_root(builder.writer, str(tmp_path))

    def test_removing_one_root_leaves_the_others(
        self, builder: LibraryBuilder, tmp_path: Path
    ) -> None:
        (tmp_path / "other").mkdir()
        other = add_root(builder.writer, str(tmp_path / "other"))
        both, here = builder.put("a.jpg", "both"), builder.put("b.jpg", "here")
        put_present(builder.writer, other, FileStat("c.jpg", 1, 1, 0), both)
        remove_root(builder.writer, str(tmp_path / "nowhere"))
        assert visible(builder) == {both, here}
        remove_root(builder.writer, str(tmp_path / "photos"))
        assert visible(builder) == {both} and [
            root["id"] for root in builder.library.catalog.roots()
        ] == [other]
        row = builder.library.catalog.photo(both)
        assert (
            row is not None
            and row["copies"] == 1
            and row["path"] == str(tmp_path / "other" / "c.jpg")
        )

    def test_only_given_values_are_stored(self, builder: LibraryBuilder) -> None:
        before = root_row(builder)
        update_root(builder.writer, builder.root)
        assert root_row(builder) == before and before["scanned_at"] is None
        update_root(
            builder.writer,
            builder.root,
            state="offline",
            watching="polling",
            scanned=True,
            problem="x cannot be read",
            device="7",
            mounts="ba",
        )
        full = root_row(builder)
        assert (full["state"], full["watching"], full["problem"], full["device"]) == (
            "offline",
            "polling",
            "x cannot be read",
            "7",
        )
        assert full["mounts"] == ["a", "b"] and abs(full["scanned_at"] - time.time()) < 60
        update_root(builder.writer, builder.root)
        assert root_row(builder) == full
        update_root(builder.writer, builder.root, problem="", mounts=[])
        assert root_row(builder) == full | {"problem": None, "mounts": []}

    def test_a_parent_takes_over_all_or_nothing(
        self, builder: LibraryBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        builder.put("a.jpg", 1)
        before = builder.library.catalog.roots()

        def fail(*_: object) -> None:
            raise KeyError

        with monkeypatch.context() as patch, pytest.raises(KeyError):
            patch.setattr(root_store, "update_texts", fail)
            add_root(builder.writer, str(tmp_path))
        with monkeypatch.context() as patch, pytest.raises(KeyError):
            patch.setattr(root_store, "update_file_counts", fail)
            remove_root(builder.writer, str(tmp_path / "photos"))
        assert builder.library.catalog.roots() == before and set(
            files_below(builder.writer, builder.root)
        ) == {"a.jpg"}


@pytest.mark.parametrize(
    ("glob", "prefix", "moved"),
    [
        ("*.png", "", "*.png"),
        ("*.png", "a", "/a/**/*.png"),
        ("raw/", "a/b", "/a/b/**/raw/"),
        ("/raw", "a", "/a/raw"),
        ("2019/raw", "a", "/a/2019/raw"),
        ("!*.png", "a", "!/a/**/*.png"),
        ("!/x", "a", "!/a/x"),
        ("x", "[a] *#!?\\", "/\\[a\\]\\ \\*\\#\\!\\?\\\\/**/x"),
    ],
)
def test_exclusions_of_a_folder_apply_when_it_becomes_part_of_a_parent(
    glob: str, prefix: str, moved: str
) -> None:
    assert prefixed_glob(glob, prefix) == moved
    assert json.loads(json.dumps(moved)) == moved


def test_a_parent_folder_absorbs_its_child_and_keeps_ids(
    builder: LibraryBuilder, tmp_path: Path
) -> None:
    photo = builder.put("deep/a.jpg", "x")
    add_root(builder.writer, str(tmp_path))
    roots = builder.library.catalog.roots()
    assert [root["path"] for root in roots] == [str(tmp_path)]
    row = builder.library.catalog.photo(photo)
    assert row is not None and row["path"] == str(tmp_path / "photos" / "deep" / "a.jpg")
    assert add_root(builder.writer, str(tmp_path / "photos")) == roots[0]["id"]


def test_removing_a_root_forgets_only_photos_without_other_files(
    builder: LibraryBuilder, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    both, alone = builder.put("a.jpg", "both"), builder.put("b.jpg", "alone")
    second = add_root(builder.writer, str(other))
    with builder.writer.transaction():
        put_present(builder.writer, second, FileStat("c.jpg", 1, 1, 0), both)
    remove_root(builder.writer, str(tmp_path / "photos"))
    assert set(builder.library.catalog.photos([both, alone])) == {both}
    assert len(take_purged_hashes(builder.writer)) == 1


@pytest.mark.parametrize("name", ["absent", "file.txt"])
def test_a_path_that_is_not_a_folder_is_rejected_by_name(
    builder: LibraryBuilder, tmp_path: Path, name: str
) -> None:
    (tmp_path / "file.txt").write_text("x")
    with pytest.raises(FolderError, match=name):
        add_root(builder.writer, str(tmp_path / name))


def test_a_root_that_is_removed_during_a_run_leaves_no_photo(builder: LibraryBuilder) -> None:
    builder.put("a.jpg", "edited")
    with deferred_purge(builder.writer, thorough=False):
        builder.put("a.jpg", "one")
        builder.put("b.jpg", "two")
        remove_root(builder.writer, builder.library.catalog.roots()[0]["path"])
        assert builder.writer.connection.execute("select id from photo").fetchall() == []
    assert len(take_purged_hashes(builder.writer)) == 3
