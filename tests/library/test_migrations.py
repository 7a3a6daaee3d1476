from __future__ import annotations

import contextlib
import itertools
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from explorer.analysis.text_stage import TextStage
from explorer.config import PROJECT
from explorer.library import migrations
from explorer.library.library import Library
from explorer.library.migration_steps import STEPS
from explorer.library.queries import duplicate_rows
from explorer.library.stores import keypoint_store, pair_store, pixel_hash_store, stage_store
from explorer.library.stores.decision_store import decide, decisions
from explorer.library.stores.pair_store import PAIRS_VERSION
from explorer.library.stores.protected_folder_store import protect_folder, protected_folders
from explorer.library.stores.quality_store import photos_to_measure
from explorer.library.text.text_index import TextIndex
from explorer.library.writer import Writer
from tests.factory import LibraryBuilder, digest_of


@pytest.mark.parametrize("steps", [9, 10])
def test_a_library_of_an_earlier_release_opens_with_every_decision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    """9: as it was before contents were kept."""
    (tmp_path / "photos").mkdir()
    with monkeypatch.context() as earlier:
        earlier.setattr(migrations, "STEPS", STEPS[:steps])
        earlier.setattr(migrations, "VERSION", steps)
        Library.open(tmp_path / "library").close()
    with contextlib.closing(sqlite3.connect(tmp_path / "library" / "catalog.db")) as db:
        assert db.execute("pragma user_version").fetchone() == (steps,)
        assert ("contents" in {row[1] for row in db.execute("pragma table_info(photo)")}) == (
            steps >= 10
        )
        db.execute(
            "insert into root (id, path, added_at) values (1, ?, 0)", (str(tmp_path / "photos"),)
        )
        db.execute(
            "insert into photo (id, hash, bytes, format, width, height, frames, added_at, present,"
            " change)"
            " values (1, ?, 5, 'JPEG', 4, 3, 1, 0, 1, 1)",
            (digest_of("one"),),
        )
        db.execute(
            "insert into file (root_id, path, folder, size, mtime_ns, inode, state, photo_id,"
            " seen_at)"
            " values (1, 'a.jpg', '', 5, 0, 0, 'present', 1, 0)"
        )
        db.commit()
    library = Library.open(tmp_path / "library")
    try:
        decide(library.catalog, "keep", [digest_of("one"), digest_of("two")], 2)
        protect_folder(library.catalog, str(tmp_path / "photos" / "safe"))
    finally:
        library.close()
    library = Library.open(tmp_path / "library")
    try:
        (row,) = duplicate_rows.duplicate_rows(library.catalog, [1])
        assert (row.path, row.contents) == (str(tmp_path / "photos" / "a.jpg"), None)
        assert [photo_id for photo_id, _ in photos_to_measure(library.catalog)] == [1]
        # Its names are searchable once the worker has filled them in.
        texts, writer = TextIndex(library.catalog), Writer(library.catalog)
        assert not len(texts.ids_containing("a.jpg"))
        try:
            TextStage(library, writer).run(lambda done, total: None)
        finally:
            writer.close()
        assert texts.ids_containing("a.jpg").tolist() == [1]
        photo = library.catalog.photo(1)
        assert photo is not None and (photo["title"], photo["keywords"]) == (None, [])
        assert decisions(library.catalog).apart(digest_of("one"), digest_of("two"))
        assert protected_folders(library.catalog) == [str(tmp_path / "photos" / "safe")]
    finally:
        library.close()


def test_results_of_another_method_are_dropped_with_the_pixel_hashes(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    builder = LibraryBuilder(Library.open(tmp_path / "library"), str(tmp_path / "photos"))
    catalog, writer = builder.library.catalog, builder.writer
    try:
        one, two = builder.put("a.jpg", 1), builder.put("b.jpg", 2)

        def fill(version: int, *, compared: bool = False) -> None:
            if compared:
                keypoint_store.put_compared(writer, [(one, None)], version)
            else:
                pair_store.put_pairs(
                    writer, [pair_store.Pair(one, two, "picture", 0.9, {})], version
                )
            pixel_hash_store.put_pixel_hash(writer, one, bytes(16))

        for compared in (False, True):
            fill(PAIRS_VERSION, compared=compared)
            pair_store.drop_old_pairs(writer, PAIRS_VERSION)
            assert pixel_hash_store.pixel_hashes(catalog, [one])
            fill(PAIRS_VERSION - 1, compared=compared)
            pair_store.drop_old_pairs(writer, PAIRS_VERSION)
            assert not pixel_hash_store.pixel_hashes(catalog, [one]) and not pair_store.pairs(
                catalog, PAIRS_VERSION - 1
            )
    finally:
        builder.close()


def test_only_photos_that_have_copies_are_compared_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = [name for name, _ in STEPS].index("m022_compare_copies_again")
    (tmp_path / "photos").mkdir()
    with monkeypatch.context() as earlier:
        earlier.setattr(migrations, "STEPS", STEPS[:steps])
        earlier.setattr(migrations, "VERSION", steps)
        builder = LibraryBuilder(Library.open(tmp_path / "library"), str(tmp_path / "photos"))
        ids = [builder.put(f"{number}.jpg", number) for number in range(6)]
        kinds: tuple[pair_store.PairKind, ...] = ("pixels", "scene", "picture", "different")
        for kind, (one, other) in zip(kinds, itertools.pairwise(ids), strict=False):
            pair_store.put_pairs(
                builder.writer, [pair_store.Pair(one, other, kind, 0.9, {})], PAIRS_VERSION
            )
        keypoint_store.put_compared(builder.writer, [(i, None) for i in ids], PAIRS_VERSION)
        pixel_hash_store.put_pixel_hash(builder.writer, ids[0], bytes(16))
        decide(builder.library.catalog, "keep", [digest_of("one"), digest_of("two")], 2)
        change = builder.library.catalog.change()
        stage_store.set_stage_change(builder.writer, "pairs", str(PAIRS_VERSION), change)
        builder.close()
    library = Library.open(tmp_path / "library")
    try:
        catalog = library.catalog
        left = pair_store.pairs(catalog, PAIRS_VERSION, kinds)
        assert [(pair.a, pair.kind) for pair in left] == [(ids[1], "scene"), (ids[3], "different")]
        found = keypoint_store.photo_fingerprints(catalog, PAIRS_VERSION)
        assert found.compared.tolist() == [False] * 4 + [True] * 2
        assert pixel_hash_store.pixel_hashes(catalog, ids) == {}
        assert stage_store.stage_change(catalog, "pairs", str(PAIRS_VERSION)) == 0
        assert decisions(catalog).apart(digest_of("one"), digest_of("two"))
    finally:
        library.close()


def test_only_numbers_that_a_release_may_reach_are_those_of_a_later_one() -> None:
    version = migrations.VERSION
    numbers = (0, version, version + 1, version + 10_000, version + 10_001)
    assert [migrations.too_new(number) for number in numbers] == [False, False, True, True, False]


def test_the_lock_is_held_while_the_schema_changes_and_only_then() -> None:
    held = list[int]()

    @contextlib.contextmanager
    def lock() -> Iterator[None]:
        held.append(version())
        yield
        held.append(version())

    def version() -> int:
        return int(db.execute("pragma user_version").fetchone()[0])

    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        migrations.migrate(db, lock())
        assert held == [0, migrations.VERSION]
        migrations.migrate(db, lock())
        assert held == [0, migrations.VERSION]


def test_a_catalog_that_another_process_migrates_meanwhile_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @contextlib.contextmanager
    def lock() -> Iterator[None]:
        db.execute(f"pragma user_version = {migrations.VERSION}")
        yield

    def twice(_: sqlite3.Connection) -> None:
        raise AssertionError("migrated twice")

    monkeypatch.setattr(migrations, "_apply", twice)
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        migrations.migrate(db, lock())


def test_other_threads_may_import_pandas_while_a_catalog_is_migrated() -> None:
    blocker = migrations._PandasBlocker()
    blocker.find_spec("numpy")
    with pytest.raises(ModuleNotFoundError):
        blocker.find_spec("pandas")
    with ThreadPoolExecutor(1) as pool:
        pool.submit(blocker.find_spec, "pandas").result()


def test_a_new_library_does_not_load_pandas() -> None:
    program = (
        "import sqlite3, sys\n"
        "from explorer.library.migrations import migrate\n"
        "migrate(sqlite3.connect(':memory:'))\n"
        "assert 'pandas' not in sys.modules\n"
        "import pandas\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=PROJECT)
