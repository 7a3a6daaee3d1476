"""Folders as classes, and precision@k by them."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.library.stores.embedding_store import put_embedding, register_encoder
from explorer.library.vectors import VectorIndex
from explorer.search.comparison.folder_classes import (
    FolderClasses,
    common_photos,
    folder_classes,
    folder_precision,
    precision_at,
    query_precision,
)
from tests.factory import DIM, LibraryBuilder


def axis(number: int) -> np.ndarray:
    return np.eye(DIM, dtype=np.float32)[number]


def index_of(builder: LibraryBuilder, name: str, vectors: dict[int, np.ndarray]) -> VectorIndex:
    """The index of an encoder that has these vectors."""
    encoder = register_encoder(builder.writer, name, "1", DIM)
    with builder.writer.transaction():
        for photo, vector in vectors.items():
            put_embedding(builder.writer, encoder, photo, vector)
    return builder.library.vectors(name, "1", DIM)


class TestFolderClasses:
    def test_leaf_folders_with_two_photos_are_classes(self, builder: LibraryBuilder) -> None:
        a = [builder.put(f"a/{n}.jpg", f"a{n}") for n in range(2)]
        b = [builder.put(f"b/deep/{n}.jpg", f"b{n}") for n in range(3)]
        builder.put("b/above.jpg", "above")
        builder.put("b/above too.jpg", "above too")
        builder.put("alone/1.jpg", "alone")
        classes = folder_classes(builder.library.catalog)
        assert classes is not None
        assert [folder.rsplit("/photos/")[-1] for folder in classes.folders] == ["a", "b/deep"]
        assert classes.ids.tolist() == sorted(a + b)
        assert classes.of(np.array([a[0], b[2], 999])).tolist() == [0, 1, -1]

    def test_one_folder_is_no_classification(self, builder: LibraryBuilder) -> None:
        assert folder_classes(builder.library.catalog) is None
        for n in range(3):
            builder.put(f"a/{n}.jpg", n)
        assert folder_classes(builder.library.catalog) is None

    def test_a_photo_in_two_classes_has_none(self, builder: LibraryBuilder) -> None:
        for folder in "ab":
            for n in range(2):
                builder.put(f"{folder}/{n}.jpg", (folder, n))
        both = builder.put("a/copy.jpg", "copy")
        assert builder.put("b/copy.jpg", "copy") == both
        classes = folder_classes(builder.library.catalog)
        assert classes is not None and both not in classes.ids

    def test_vanished_photos_do_not_count(self, builder: LibraryBuilder) -> None:
        for folder in "ab":
            for n in range(2):
                builder.put(f"{folder}/{n}.jpg", (folder, n))
        builder.lose("b/1.jpg")
        assert folder_classes(builder.library.catalog) is None


class TestPrecision:
    @pytest.fixture
    def classed(self, builder: LibraryBuilder) -> tuple[LibraryBuilder, list[int], list[int]]:
        """Four photos in each of two folders."""
        a, b = ([builder.put(f"{x}/{n}.jpg", (x, n)) for n in range(4)] for x in "ab")
        return builder, a, b

    def test_a_model_that_knows_the_classes_and_one_that_does_not(
        self, classed: tuple[LibraryBuilder, list[int], list[int]]
    ) -> None:
        builder, a, b = classed
        good = index_of(builder, "good", {i: axis(0) for i in a} | {i: axis(1) for i in b})
        # Each photo's only neighbor is one of the other folder.
        pairs = zip(a, b, strict=True)
        bad = index_of(builder, "bad", {i: axis(n) for n, pair in enumerate(pairs) for i in pair})
        classes = folder_classes(builder.library.catalog)
        assert classes is not None
        found = folder_precision({"good": good, "bad": bad}, classes, 1)
        assert found is not None and found.by_model == {"good": 1.0, "bad": 0.0}
        assert found.sampled == 8 and found.chance == pytest.approx(3 / 7) and found.best == 1
        deeper = folder_precision({"good": good}, classes, 5)
        assert deeper is not None and deeper.best == pytest.approx(3 / 5)
        assert deeper.by_model["good"] == pytest.approx(3 / 5)

    def test_only_photos_that_all_models_have_count(
        self, classed: tuple[LibraryBuilder, list[int], list[int]]
    ) -> None:
        builder, a, b = classed
        whole = index_of(builder, "whole", {i: axis(0) for i in a} | {i: axis(1) for i in b})
        part = index_of(builder, "part", {i: axis(2) for i in a[:2] + b[:2]})
        assert common_photos([whole, part]).tolist() == sorted(a[:2] + b[:2])
        classes = folder_classes(builder.library.catalog)
        assert classes is not None
        found = folder_precision({"whole": whole, "part": part}, classes, 1)
        assert found is not None and found.sampled == 4
        none = index_of(builder, "none", {i: axis(2) for i in a})
        assert folder_precision({"whole": whole, "none": none}, classes, 1) is None
        assert common_photos([]).tolist() == []

    def test_one_search(self) -> None:
        classes = FolderClasses(("/a", "/b"), np.array([1, 2, 3]), np.array([0, 1, 0]))
        ids = np.array([3, 2, 9, 8])
        assert query_precision(classes, [1], ids, 2) == 0.5
        assert query_precision(classes, [1], ids, 4) == 0.25
        assert query_precision(classes, [9], ids, 2) is None
        assert query_precision(classes, [1, 2], ids, 2) is None
        assert query_precision(classes, [], ids, 2) is None
        assert precision_at(np.array([], np.int64), 0, 5) == 0
