"""The numbers that readers are told of a library."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from explorer.library import missing_files
from explorer.library.embedding_store import drop_embeddings, put_embedding, register_encoder
from explorer.library.file_rows import EXCLUDED, FileStat
from explorer.library.file_store import files_below, put_failed, put_missing
from explorer.library.root_store import add_root, update_root
from tests.factory import DIM, Shelf, vector_of


@pytest.fixture
def other(shelf: Shelf, tmp_path: Path) -> int:
    """A second watched folder."""
    (tmp_path / "other").mkdir()
    return add_root(shelf.writer, str(tmp_path / "other"))


def put(shelf: Shelf, root: int, path: str, content: object) -> int:
    first, shelf.root = shelf.root, root
    try:
        return shelf.put(path, content)
    finally:
        shelf.root = first


def away(shelf: Shelf, path: str) -> None:
    missing_files.put_vanished(shelf.writer, [files_below(shelf.writer, shelf.root)[path]])


class TestCounts:
    def test_what_there_is_what_failed_and_what_is_gone(self, shelf: Shelf) -> None:
        shelf.put("a.jpg", "x")
        shelf.put("copy.jpg", "x")
        for name in ("gone", "left out", "away"):
            shelf.put(f"{name}.jpg", name)
        shelf.lose("gone.jpg")
        put_missing(
            shelf.writer, [files_below(shelf.writer, shelf.root)["left out.jpg"]], reason=EXCLUDED
        )
        away(shelf, "away.jpg")
        put_failed(shelf.writer, shelf.root, FileStat("bad.jpg", 5, 1, 0), "empty")
        counts = shelf.library.catalog.counts()
        assert (counts.photos, counts.files, counts.failed, counts.missing, counts.bytes) == (
            2,
            3,
            1,
            1,
            3000,
        )

    def test_an_empty_library(self, shelf: Shelf) -> None:
        assert tuple(shelf.library.catalog.counts()) == (0, 0, 0, 0, 0)

    def test_of_each_root(self, shelf: Shelf, other: int) -> None:
        for name in ("here", "here too", "away", "asked", "gone", "left out"):
            shelf.put(f"{name}.jpg", name)
        shelf.lose("gone.jpg")
        put_missing(
            shelf.writer, [files_below(shelf.writer, shelf.root)["left out.jpg"]], reason=EXCLUDED
        )
        away(shelf, "away.jpg")
        # The person has said of those that were away by then that they are to be kept.
        shelf.writer.connection.execute(
            "update root set kept_at = ? where id = ?", (time.time() + 1, shelf.root)
        )
        away(shelf, "asked.jpg")
        shelf.writer.connection.execute(
            "update file set gone_at = ? where path = 'asked.jpg'", (time.time() + 2,)
        )
        put_failed(shelf.writer, shelf.root, FileStat("bad.jpg", 5, 1, 0), "empty")
        put(shelf, other, "b.jpg", "b")

        def rows() -> dict[int, tuple[int, ...]]:
            keys: tuple[Any, ...] = ("photos", "failed", "away", "asking", "left_out")
            return {
                root["id"]: tuple(root[key] for key in keys)
                for root in shelf.library.catalog.roots()
            }

        assert rows() == {shelf.root: (4, 1, 2, 1, 1), other: (1, 0, 0, 0, 0)}
        update_root(shelf.writer, shelf.root, state="offline")
        assert rows()[shelf.root] == (4, 1, 4, 1, 1)
        shelf.writer.connection.execute("update root set kept_at = null")
        assert rows()[shelf.root][3] == 2
        # What went in the very moment is among what was said to be kept.
        shelf.writer.connection.execute(
            "update root set kept_at = (select max(gone_at) from file where state = 'present')"
        )
        assert rows()[shelf.root][3] == 0

    def test_of_each_folder(self, shelf: Shelf, tmp_path: Path) -> None:
        for path, content in (
            ("b/1.jpg", 1),
            ("b/same.jpg", 1),
            ("b/2.jpg", 2),
            ("a.jpg", 3),
            ("b/deep/4.jpg", 4),
            ("gone/5.jpg", 5),
        ):
            shelf.put(path, content)
        shelf.lose("gone/5.jpg")
        root = tmp_path / "photos"
        assert [(row["path"], row["photos"]) for row in shelf.library.catalog.folders()] == [
            (str(root), 1), (str(root / "b"), 2), (str(root / "b" / "deep"), 1),
        ]  # fmt: skip

    def test_of_each_encoder_most_vectors_first(self, shelf: Shelf) -> None:
        one, two = shelf.put("a.jpg", 1), shelf.put("b.jpg", 2)
        less, none = (
            register_encoder(shelf.writer, "less", "1", DIM),
            register_encoder(shelf.writer, "none", "1", DIM),
        )
        assert none
        for photo in (one, two):
            put_embedding(shelf.writer, less, photo, vector_of(photo))
        drop_embeddings(shelf.writer, less, [one])
        found = [(name, number) for name, _, _, number in shelf.library.catalog.encoders()]
        assert found == [("tiny", 2), ("less", 1), ("none", 0)]
        shelf.lose("b.jpg")
        assert [(name, number) for name, _, _, number in shelf.library.catalog.encoders()] == [
            ("tiny", 1),
            ("none", 0),
            ("less", 0),
        ]
        assert (
            shelf.library.catalog.encoder_id("less", "1") == less
            and shelf.library.catalog.encoder_id("less", "2") is None
        )
