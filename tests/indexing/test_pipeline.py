from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.indexing import batch_reader, photo_updates
from explorer.indexing.batch_reader import BATCH
from explorer.indexing.pipeline import Indexer
from explorer.indexing.progress import Progress
from explorer.library import missing_files
from explorer.library.file_rows import FileStat, KnownFile
from explorer.library.stores.file_store import put_present
from explorer.library.stores.root_store import add_root
from explorer.scanning.index_summary import IndexSummary
from explorer.scanning.root_scan import ScanTarget
from tests import pictures
from tests.fixtures.indexing import IndexingSetup
from tests.tiny import Tiny


def counts(summary: IndexSummary) -> dict[str, int]:
    """What is not nought in a summary."""
    names = ("indexed", "unchanged", "moved", "missing", "failed", "encoded", "other")
    return {name: getattr(summary, name) for name in names if getattr(summary, name)}


def test_every_new_photo_is_indexed_and_found(setup: IndexingSetup) -> None:
    for number in range(5):
        setup.draw(f"{number}.jpg", number)
    setup.draw("below/deep/6.png", 6)
    (setup.photos / "notes.txt").write_text("no photo")
    assert counts(setup.run()) == {"indexed": 6, "encoded": 6, "other": 1}
    assert set(setup.present()) == {"0.jpg", "1.jpg", "2.jpg", "3.jpg", "4.jpg", "below/deep/6.png"}
    setup.agrees()


def test_the_vector_is_that_of_the_pixels(setup: IndexingSetup) -> None:
    setup.paint("red.png", "red")
    setup.paint("blue.png", "blue")
    setup.run()
    ids = setup.present()
    for colour in ("red", "blue"):
        _, found = setup.index().search(Tiny().encode_texts([colour])[0], 1)
        assert found.tolist() == [ids[f"{colour}.png"]]


def test_a_second_run_reads_and_encodes_nothing(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        setup.draw(f"{number}.jpg", number)
    setup.run()
    monkeypatch.setattr(setup.pool, "_run_job", lambda *_: pytest.fail("a file was read"))
    change = setup.library.catalog.change()
    assert counts(setup.run()) == {"unchanged": 4}
    assert setup.encoder.encoded == 4
    # No page has anything to read again.
    assert setup.library.catalog.change() == change


def test_more_photos_than_one_batch_are_indexed(setup: IndexingSetup) -> None:
    for number in range(2 * BATCH + 3):
        setup.paint(f"{number}.png", f"#{number * 5:02x}0080")
    assert counts(setup.run()) == {"indexed": 35, "encoded": 35}
    setup.agrees()


def test_copies_are_one_photo_and_encoded_once(setup: IndexingSetup) -> None:
    setup.draw("a.jpg")
    for name in ("b.jpg", "c.jpg"):
        shutil.copy(setup.photos / "a.jpg", setup.photos / name)
    assert setup.run().indexed == 3
    assert len(set(setup.present().values())) == 1
    assert len(setup.index()) == 1
    shutil.copy(setup.photos / "a.jpg", setup.photos / "d.jpg")
    assert counts(setup.run()) == {"indexed": 1, "unchanged": 3}
    setup.agrees()


def test_a_full_scan_forgets_files_missing_for_long(setup: IndexingSetup) -> None:
    setup.draw("a.jpg", 1)
    setup.draw("b.jpg", 2)
    setup.run()
    (setup.photos / "a.jpg").unlink()
    assert setup.run().missing == 1
    setup.writer.connection.execute(
        "update file set gone_at = gone_at - ? where gone_at is not null",
        (missing_files.RETENTION + 60,),
    )
    setup.run("", thorough=False)
    assert setup.library.catalog.counts().missing == 1
    setup.indexer.run([ScanTarget(setup.root, str(setup.photos))])
    assert setup.library.catalog.counts().missing == 0


def test_scanning_one_folder_does_not_affect_the_others(setup: IndexingSetup) -> None:
    for name in ("a.jpg", "x/b.jpg", "x/y/c.jpg"):
        setup.draw(name, len(name))
    setup.run()
    for name in ("a.jpg", "x/b.jpg", "x/y/c.jpg"):
        (setup.photos / name).unlink()
    setup.draw("other.jpg", 40)
    assert counts(setup.run("x", recursive=False)) == {"missing": 1}
    assert set(setup.present()) == {"a.jpg", "x/y/c.jpg"}
    assert counts(setup.run("x")) == {"missing": 1}
    assert set(setup.present()) == {"a.jpg"}


def test_a_disconnected_drive_is_not_a_deletion(setup: IndexingSetup) -> None:
    setup.draw("a.jpg")
    setup.run()
    aside = setup.photos.with_name("aside")
    setup.photos.rename(aside)
    assert counts(setup.run()) == {}
    assert (
        set(setup.present()) == {"a.jpg"} and setup.library.catalog.roots()[0]["state"] == "offline"
    )
    setup.photos.mkdir()
    assert counts(setup.run()) == {}
    assert setup.library.catalog.roots()[0]["state"] == "offline"
    setup.photos.rmdir()
    aside.rename(setup.photos)
    assert counts(setup.run()) == {"unchanged": 1}
    assert setup.library.catalog.roots()[0]["state"] == "online"
    setup.agrees()


def test_a_folder_that_cannot_be_listed_keeps_its_photos(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup.draw("a.jpg")
    setup.draw("locked/b.jpg", 1)
    setup.run()
    real = os.scandir

    def refuse(path: Any) -> Any:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    summary = setup.run()
    assert counts(summary) == {"unchanged": 1}
    assert summary.unlisted == {str(setup.photos / "locked")}
    assert set(setup.present()) == {"a.jpg", "locked/b.jpg"}


def test_an_interrupted_run_loses_nothing_and_repeats_nothing(setup: IndexingSetup) -> None:
    for number in range(40):
        setup.paint(f"{number}.png", f"#00{number * 6:02x}40")

    class Enough(Exception):
        pass

    def stop(progress: Progress) -> None:
        if progress.done >= BATCH:
            raise Enough

    with pytest.raises(Enough):
        Indexer(setup.library, setup.writer, setup.encoder, setup.pool, stop).run(
            [ScanTarget(setup.root, str(setup.photos))]
        )
    done = len(setup.present())
    assert 0 < done < 40
    setup.agrees()
    summary = setup.run()
    assert summary.indexed == 40 - done and summary.unchanged == done
    assert setup.encoder.encoded <= 40 + BATCH
    setup.agrees()


def test_a_run_recovers_from_the_failure_of_any_write(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch is written whole or not at all."""
    for number in range(3):
        setup.draw(f"{number}.jpg", number)
    real, calls = put_present, []

    def fail_once(*args: Any) -> None:
        calls.append(args)
        if len(calls) == 2:
            raise OSError("disk full")
        real(*args)

    monkeypatch.setattr(photo_updates, "put_present", fail_once)
    # All in one batch, however slow the computer is.
    monkeypatch.setattr(batch_reader, "MAX_BATCH_AGE", 600.0)
    with pytest.raises(OSError, match="disk full"):
        setup.run()
    assert not setup.present() and not setup.library.catalog.matching().size
    assert counts(setup.run()) == {"indexed": 3, "encoded": 3}
    setup.agrees()


def test_file_names_of_every_kind_are_indexed(setup: IndexingSetup) -> None:
    names = ["with space.jpg", "ünïcode – 写真.jpg", "50%_[1]'\".JPG", "UPPER.JPEG"]
    if os.name == "posix":
        names.append(os.fsdecode(b"latin-\xe9.jpg"))
    for number, name in enumerate(names):
        (setup.photos / name).write_bytes(pictures.encoded(pictures.draw(number, (64, 48))))
    assert setup.run().indexed == len(names)
    found = {setup.library.catalog.photo(photo)["name"] for photo in setup.present().values()}  # type: ignore[index]
    assert found == set(names)
    assert counts(setup.run()) == {"unchanged": len(names)}


def test_pictures_of_purged_photos_are_deleted(setup: IndexingSetup) -> None:
    setup.draw("a.jpg")
    setup.run()
    (preview,) = setup.library.previews.all()
    setup.library.screens.add(preview.stem, "1600", b"jpeg")
    setup.library.screens.add(preview.stem, "full", b"jpeg")
    setup.draw("a.jpg", 1)
    setup.run()
    (photo,) = setup.present().values()
    row = setup.library.catalog.photo(photo)
    assert row is not None
    assert [path.stem for path in setup.library.previews.all()] == [row["hash"]]
    assert not list(setup.library.screens.renditions())


def test_progress_reaches_the_total(setup: IndexingSetup) -> None:
    for number in range(BATCH + 2):
        setup.paint(f"{number}.png", f"#{number * 9:02x}ff00")
    said: list[Progress] = []
    Indexer(setup.library, setup.writer, setup.encoder, setup.pool, said.append).run(
        [ScanTarget(setup.root, str(setup.photos))]
    )
    assert said[0] == Progress(0, 0, 0.0, None)
    reading = [progress for progress in said if progress.total]
    assert [progress.done for progress in reading] == sorted(progress.done for progress in reading)
    assert (reading[-1].done, reading[-1].total) == (BATCH + 2, BATCH + 2)
    assert reading[-1].eta == pytest.approx(0.0)


def test_vectors_match_pixels_in_any_order_of_results(setup: IndexingSetup) -> None:
    colours = [
        f"#{r:02x}{g:02x}{b:02x}"
        for r in (0, 120, 240)
        for g in (0, 120, 240)
        for b in (0, 120, 240)
    ]
    for colour in colours:
        setup.paint(f"{colour[1:]}.png", colour)
    setup.run()
    tiny = Tiny()
    for name, photo in setup.present().items():
        pixels = np.full((1, 32, 32, 3), [int(name[i : i + 2], 16) for i in (0, 2, 4)], np.uint8)
        stored = setup.index().get(photo)
        assert stored is not None and float(stored @ tiny.encode_images(pixels)[0]) > 0.999


def test_the_catalog_stores_what_the_scan_found() -> None:

    known = KnownFile(1, 1, "a.jpg", 10, 20, 30, "present", 1)
    assert known.matches(FileStat("b.jpg", 10, 20, 99))
    assert not known.matches(FileStat("a.jpg", 10, 21, 30)) and not known.matches(
        FileStat("a.jpg", 11, 20, 30)
    )


def test_a_library_inside_the_photo_folder_is_not_indexed(tmp_path: Path) -> None:
    made = IndexingSetup(tmp_path)
    try:
        made.draw("a.jpg")
        made.run()
        assert list(made.library.previews.all())
        with made.library.lock():
            pass
        outer = add_root(made.writer, str(tmp_path))
        summary = made.indexer.run([ScanTarget(outer, str(tmp_path))])
        assert counts(summary) == {"unchanged": 1}
    finally:
        made.close()
