"""The numbers that readers are told of a library."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from explorer.library.file_rows import EXCLUDED, FileStat
from explorer.library.stores.embedding_store import drop_embeddings, put_embedding, register_encoder
from explorer.library.stores.file_store import files_below, put_failed, put_missing
from explorer.library.stores.root_store import update_root
from tests.factory import DIM, LibraryBuilder, vector_of
from tests.library.two_folders import away, put


class TestCounts:
    def test_present_failed_and_missing_files_are_counted(self, builder: LibraryBuilder) -> None:
        builder.put("a.jpg", "x")
        builder.put("copy.jpg", "x")
        for name in ("gone", "left out", "away"):
            builder.put(f"{name}.jpg", name)
        builder.lose("gone.jpg")
        put_missing(
            builder.writer,
            [files_below(builder.writer, builder.root)["left out.jpg"]],
            reason=EXCLUDED,
        )
        away(builder, "away.jpg")
        put_failed(builder.writer, builder.root, FileStat("bad.jpg", 5, 1, 0), "empty")
        counts = builder.library.catalog.counts()
        assert (counts.photos, counts.files, counts.failed, counts.missing, counts.bytes) == (
            2,
            3,
            1,
            1,
            3000,
        )

    def test_an_empty_library_is_handled(self, builder: LibraryBuilder) -> None:
        assert tuple(builder.library.catalog.counts()) == (0, 0, 0, 0, 0)

    def test_counts_are_given_for_each_root(self, builder: LibraryBuilder, other: int) -> None:
        for name in ("here", "here too", "away", "asked", "gone", "left out"):
            builder.put(f"{name}.jpg", name)
        builder.lose("gone.jpg")
        put_missing(
            builder.writer,
            [files_below(builder.writer, builder.root)["left out.jpg"]],
            reason=EXCLUDED,
        )
        away(builder, "away.jpg")
        # The user has said of those that were away by then that they are to be kept.
        builder.writer.connection.execute(
            "update root set kept_at = ? where id = ?", (time.time() + 1, builder.root)
        )
        away(builder, "asked.jpg")
        builder.writer.connection.execute(
            "update file set gone_at = ? where path = 'asked.jpg'", (time.time() + 2,)
        )
        put_failed(builder.writer, builder.root, FileStat("bad.jpg", 5, 1, 0), "empty")
        put(builder, other, "b.jpg", "b")

        def rows() -> dict[int, tuple[int, ...]]:
            keys: tuple[Any, ...] = ("photos", "failed", "away", "asking", "left_out")
            return {
                root["id"]: tuple(root[key] for key in keys)
                for root in builder.library.catalog.roots()
            }

        assert rows() == {builder.root: (4, 1, 2, 1, 1), other: (1, 0, 0, 0, 0)}
        update_root(builder.writer, builder.root, state="offline")
        assert rows()[builder.root] == (4, 1, 4, 1, 1)
        builder.writer.connection.execute("update root set kept_at = null")
        assert rows()[builder.root][3] == 2
        # What went in the very moment is among what was said to be kept.
        builder.writer.connection.execute(
            "update root set kept_at = (select max(gone_at) from file where state = 'present')"
        )
        assert rows()[builder.root][3] == 0

    def test_counts_are_given_for_each_folder(
        self, builder: LibraryBuilder, tmp_path: Path
    ) -> None:
        for path, content in (
            ("b/1.jpg", 1),
            ("b/same.jpg", 1),
            ("b/2.jpg", 2),
            ("a.jpg", 3),
            ("b/deep/4.jpg", 4),
            ("gone/5.jpg", 5),
        ):
            builder.put(path, content)
        builder.lose("gone/5.jpg")
        root = tmp_path / "photos"
        assert [(row["path"], row["photos"]) for row in builder.library.catalog.folders()] == [
            (str(root), 1), (str(root / "b"), 2), (str(root / "b" / "deep"), 1),
        ]  # fmt: skip

    def test_encoders_are_listed_with_most_vectors_first(self, builder: LibraryBuilder) -> None:
        one, two = builder.put("a.jpg", 1), builder.put("b.jpg", 2)
        less, none = (
            register_encoder(builder.writer, "less", "1", DIM),
            register_encoder(builder.writer, "none", "1", DIM),
        )
        assert none
        for photo in (one, two):
            put_embedding(builder.writer, less, photo, vector_of(photo))
        drop_embeddings(builder.writer, less, [one])
        found = [(name, number) for name, _, _, number in builder.library.catalog.encoders()]
        assert found == [("tiny", 2), ("less", 1), ("none", 0)]
        builder.lose("b.jpg")
        assert [(name, number) for name, _, _, number in builder.library.catalog.encoders()] == [
            ("tiny", 1),
            ("none", 0),
            ("less", 0),
        ]
        assert (
            builder.library.catalog.encoder_id("less", "1") == less
            and builder.library.catalog.encoder_id("less", "2") is None
        )
