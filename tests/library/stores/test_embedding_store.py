"""Encoders and their vectors as the worker writes them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from explorer.library.stores.embedding_store import (
    drop_embeddings,
    photos_without_embedding,
    put_embedding,
    register_encoder,
)
from explorer.library.vectors import VectorIndex
from tests.factory import DIM, ENCODER, VERSION, LibraryBuilder, vector_of
from tests.library.rows import known


class TestVectors:
    def test_a_photo_that_is_encoded_again_reaches_a_running_search(
        self, builder: LibraryBuilder
    ) -> None:
        index = builder.index()
        one, two = builder.put("a.jpg", "one"), builder.put("b.jpg", "two")
        index.refresh()
        put_embedding(builder.writer, builder.encoder, one, vector_of("other"))
        assert index.refresh() == 1
        assert index.get(one) == pytest.approx(vector_of("other"), abs=1e-3) and index.get(
            two
        ) == pytest.approx(vector_of("two"), abs=1e-3)

    def test_dropped_vectors_leave_a_running_search_and_are_encoded_again(
        self, builder: LibraryBuilder
    ) -> None:
        one, two = builder.put("a.jpg", "one"), builder.put("b.jpg", "two")
        other = register_encoder(builder.writer, "other", "1", DIM)
        for photo in (one, two):
            put_embedding(builder.writer, other, photo, vector_of(photo))
        index = builder.index()
        for encoder in (builder.encoder, other):
            for photo, its in ((one, two), (two, one)):
                builder.writer.connection.execute(
                    "insert into neighbour values (?, ?, ?, ?)", (encoder, photo, 0, b"")
                )
                assert its != photo
        drop_embeddings(builder.writer, builder.encoder, [one])
        assert index.refresh() == 1 and index.ids().tolist() == [two]
        assert [
            (photo, file.path)
            for photo, file, _ in photos_without_embedding(builder.writer, builder.encoder)
        ] == [(one, "a.jpg")]
        assert photos_without_embedding(builder.writer, other) == []
        left = {
            tuple(row)
            for row in builder.writer.connection.execute(
                "select encoder_id, photo_id from neighbour"
            ).fetchall()
        }
        assert left == {(builder.encoder, two), (other, one), (other, two)}

    def test_each_encoder_has_one_id(self, builder: LibraryBuilder) -> None:
        photo = builder.put("a.jpg", "x")
        assert register_encoder(
            builder.writer, ENCODER, VERSION, DIM
        ) == builder.encoder and builder.index().ids().tolist() == [photo]
        assert (
            len(
                {
                    builder.encoder,
                    register_encoder(builder.writer, ENCODER, "2", DIM),
                    register_encoder(builder.writer, "other", VERSION, DIM),
                }
            )
            == 3
        )

    def test_only_photos_with_a_present_file_are_to_be_encoded(
        self, builder: LibraryBuilder, tmp_path: Path
    ) -> None:
        other = register_encoder(builder.writer, "other", "1", DIM)
        one = builder.put("b.jpg", "one")
        builder.put("a.jpg", "one")
        builder.put("gone.jpg", "two")
        builder.lose("gone.jpg")
        ((photo, file, root),) = photos_without_embedding(builder.writer, other)
        assert (photo, file, root) == (one, known(builder, "b.jpg"), str(tmp_path / "photos"))
        builder.lose("b.jpg")
        assert [file.path for _, file, _ in photos_without_embedding(builder.writer, other)] == [
            "a.jpg"
        ]
        put_embedding(builder.writer, other, one, vector_of("one"))
        assert photos_without_embedding(builder.writer, other) == []

    def test_vectors_are_kept_in_half_precision(self, builder: LibraryBuilder) -> None:
        photo = builder.put("a.jpg", "x")
        index = VectorIndex(
            builder.library.dir / "vectors", builder.library.catalog, ENCODER, VERSION, DIM
        )
        index.refresh()
        stored = index.get(photo)
        assert stored is not None
        assert np.array_equal(stored, vector_of("x").astype(np.float16).astype(np.float32))
