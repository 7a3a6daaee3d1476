from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.decoding.decode_result import DecodeResult
from explorer.indexing import batch_reader, photo_updates
from explorer.indexing.batch_reader import BATCH
from explorer.indexing.pipeline import Indexer
from explorer.indexing.progress import Progress
from explorer.library.file_rows import FileStat, KnownFile
from explorer.library.file_store import put_present
from explorer.library.root_store import add_root
from explorer.photos.decode import content_hash
from explorer.photos.quality.metrics import METRICS_VERSION
from explorer.scanning.drive_timeouts import UNRESPONSIVE
from explorer.scanning.index_summary import IndexSummary
from explorer.scanning.root_scan import ScanTarget
from tests import pictures
from tests.fixtures.indexing import CountingEncoder, IndexingSetup
from tests.tiny import Tiny


def counts(tally: IndexSummary) -> dict[str, int]:
    """What is not nought in a tally."""
    names = ("indexed", "unchanged", "moved", "missing", "failed", "encoded", "other")
    return {name: getattr(tally, name) for name in names if getattr(tally, name)}


def test_every_new_photo_is_indexed_and_found(desk: IndexingSetup) -> None:
    for number in range(5):
        desk.draw(f"{number}.jpg", number)
    desk.draw("below/deep/6.png", 6)
    (desk.photos / "notes.txt").write_text("no photo")
    assert counts(desk.run()) == {"indexed": 6, "encoded": 6, "other": 1}
    assert set(desk.present()) == {"0.jpg", "1.jpg", "2.jpg", "3.jpg", "4.jpg", "below/deep/6.png"}
    desk.agrees()


def test_the_vector_is_that_of_the_pixels(desk: IndexingSetup) -> None:
    desk.paint("red.png", "red")
    desk.paint("blue.png", "blue")
    desk.run()
    ids = desk.present()
    for colour in ("red", "blue"):
        _, found = desk.index().search(Tiny().encode_texts([colour])[0], 1)
        assert found.tolist() == [ids[f"{colour}.png"]]


def test_a_second_run_reads_and_encodes_nothing(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        desk.draw(f"{number}.jpg", number)
    desk.run()
    monkeypatch.setattr(desk.pool, "_run_job", lambda *_: pytest.fail("a file was read"))
    assert counts(desk.run()) == {"unchanged": 4}
    assert desk.encoder.encoded == 4


def test_more_photos_than_fit_one_batch(desk: IndexingSetup) -> None:
    for number in range(2 * BATCH + 3):
        desk.paint(f"{number}.png", f"#{number * 5:02x}0080")
    assert counts(desk.run()) == {"indexed": 35, "encoded": 35}
    desk.agrees()


def test_copies_are_one_photo_encoded_once(desk: IndexingSetup) -> None:
    desk.draw("a.jpg")
    for name in ("b.jpg", "c.jpg"):
        shutil.copy(desk.photos / "a.jpg", desk.photos / name)
    assert desk.run().indexed == 3
    assert len(set(desk.present().values())) == 1
    assert len(desk.index()) == 1
    shutil.copy(desk.photos / "a.jpg", desk.photos / "d.jpg")
    assert counts(desk.run()) == {"indexed": 1, "unchanged": 3}
    desk.agrees()


def test_a_renamed_photo_keeps_its_id_and_is_not_encoded_again(desk: IndexingSetup) -> None:
    desk.draw("a.jpg")
    desk.run()
    before = desk.present()["a.jpg"]
    (desk.photos / "new").mkdir()
    (desk.photos / "a.jpg").rename(desk.photos / "new" / "b.jpg")
    assert counts(desk.run()) == {"moved": 1}
    assert desk.present() == {"new/b.jpg": before}
    assert desk.encoder.encoded == 1
    desk.agrees()


def test_one_moved_from_another_drive_is_known_by_its_content(desk: IndexingSetup) -> None:
    """There the file system keeps neither the file's number nor, with many tools, its time."""
    desk.draw("a.jpg")
    desk.run()
    before = desk.present()["a.jpg"]
    data = (desk.photos / "a.jpg").read_bytes()
    (desk.photos / "b.jpg").write_bytes(data)
    (desk.photos / "a.jpg").unlink()
    assert counts(desk.run()) == {"moved": 1}
    assert desk.present() == {"b.jpg": before} and desk.encoder.encoded == 1


def test_a_renamed_folder_moves_all_in_it(desk: IndexingSetup) -> None:
    for number in range(6):
        desk.draw(f"old/{number}.jpg", number)
    desk.run()
    before = desk.present()
    (desk.photos / "old").rename(desk.photos / "new")
    assert counts(desk.run()) == {"moved": 6}
    assert desk.present() == {path.replace("old", "new"): photo for path, photo in before.items()}


def test_two_that_swap_their_names_keep_their_ids(desk: IndexingSetup) -> None:
    desk.paint("a.png", "red")
    desk.draw("b.png", 1)
    desk.run()
    before = desk.present()
    (desk.photos / "a.png").rename(desk.photos / "c")
    (desk.photos / "b.png").rename(desk.photos / "a.png")
    (desk.photos / "c").rename(desk.photos / "b.png")
    desk.run()
    assert desk.present() == {"a.png": before["b.png"], "b.png": before["a.png"]}
    assert desk.encoder.encoded == 2
    desk.agrees()


def test_one_edited_in_place_is_another_photo(desk: IndexingSetup) -> None:
    desk.paint("a.png", "red")
    desk.run()
    before = desk.present()["a.png"]
    desk.paint("a.png", "blue")
    assert counts(desk.run()) == {"indexed": 1, "encoded": 1}
    after = desk.present()["a.png"]
    assert after != before
    assert desk.library.catalog.photo(before) is None
    assert desk.index().ids().tolist() == [after]
    assert float(desk.index().get(after) @ Tiny().encode_texts(["blue"])[0]) > 0.9
    desk.agrees()


def test_a_file_that_was_only_touched_is_the_same_photo(desk: IndexingSetup) -> None:
    desk.draw("a.jpg")
    desk.run()
    before = desk.present()
    os.utime(desk.photos / "a.jpg", (1_600_000_000, 1_600_000_000))
    desk.run()
    assert desk.present() == before and desk.encoder.encoded == 1
    assert counts(desk.run()) == {"unchanged": 1}


def test_a_deleted_photo_goes_and_returns_as_itself(desk: IndexingSetup) -> None:
    path = desk.draw("a.jpg")
    desk.draw("b.jpg", 1)
    desk.run()
    before, data = desk.present(), path.read_bytes()
    path.unlink()
    assert counts(desk.run()) == {"missing": 1, "unchanged": 1}
    assert set(desk.present()) == {"b.jpg"}
    desk.agrees()
    path.write_bytes(data)
    desk.run()
    assert desk.present() == before
    assert desk.encoder.encoded == 2
    desk.agrees()


def test_one_that_returns_unchanged_is_not_even_read(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = desk.draw("a.jpg")
    desk.draw("b.jpg", 1)
    desk.run()
    path.rename(desk.photos.parent / "elsewhere.jpg")
    desk.run()
    assert set(desk.present()) == {"b.jpg"}
    (desk.photos.parent / "elsewhere.jpg").rename(path)
    monkeypatch.setattr(desk.pool, "_run_job", lambda *_: pytest.fail("a file was read"))
    assert counts(desk.run()) == {"unchanged": 2}
    assert set(desk.present()) == {"a.jpg", "b.jpg"}
    desk.agrees()


def test_one_of_two_copies_deleted_leaves_the_photo(desk: IndexingSetup) -> None:
    desk.draw("a.jpg")
    shutil.copy(desk.photos / "a.jpg", desk.photos / "b.jpg")
    desk.run()
    (desk.photos / "a.jpg").unlink()
    assert counts(desk.run()) == {"missing": 1, "unchanged": 1}
    (photo,) = desk.present().values()
    row = desk.library.catalog.photo(photo)
    assert row is not None and row["copies"] == 1 and row["name"] == "b.jpg"
    desk.agrees()


def test_what_is_no_photo_costs_a_row_with_a_reason_each(desk: IndexingSetup) -> None:
    good = desk.draw("good.jpg")
    (desk.photos / "empty.jpg").write_bytes(b"")
    (desk.photos / "text.png").write_text("hello")
    (desk.photos / "cut.jpg").write_bytes(good.read_bytes()[:200])
    (desk.photos / "raw.nef").write_bytes(b"II*\0" + bytes(100))
    tally = desk.run()
    assert counts(tally) == {"indexed": 1, "failed": 4, "encoded": 1}
    reasons = desk.failed()
    assert set(reasons) == {"empty.jpg", "text.png", "cut.jpg", "raw.nef"}
    assert all(
        reason and "Error" not in reason and "Traceback" not in reason
        for reason in reasons.values()
    )
    faults = {Path(file["path"]).name: file["fault"] for file in desk.library.catalog.failures()}
    assert faults == {
        "empty.jpg": "damaged",
        "text.png": "foreign",
        "cut.jpg": "damaged",
        "raw.nef": "unsupported",
    }
    assert counts(desk.run()) == {"unchanged": 1, "failed": 4}


def test_a_broken_file_that_is_mended_becomes_a_photo(desk: IndexingSetup) -> None:
    (desk.photos / "a.jpg").write_bytes(b"not yet")
    assert desk.run().failed == 1
    desk.draw("a.jpg")
    assert counts(desk.run()) == {"indexed": 1, "encoded": 1}
    assert not desk.failed()
    (desk.photos / "a.jpg").write_bytes(b"broken again")
    assert counts(desk.run()) == {"failed": 1}
    assert not desk.present() and len(desk.index()) == 0


def test_a_failed_file_that_is_deleted_is_forgotten(desk: IndexingSetup) -> None:
    desk.draw("b.jpg")
    (desk.photos / "a.jpg").write_bytes(b"broken")
    desk.run()
    (desk.photos / "a.jpg").unlink()
    desk.run()
    assert not desk.failed() and desk.library.catalog.counts().missing == 0


def test_a_file_that_could_not_be_read_is_tried_again_unchanged_as_it_is(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rights and drives get better without a change to the file's size and time."""
    desk.draw("a.jpg")
    with monkeypatch.context() as patched:
        patched.setattr(
            desk.pool,
            "_run_job",
            lambda child, job, known, stop: DecodeResult(
                job, error="you are not allowed to read this file"
            ),
        )
        assert counts(desk.run()) == {"failed": 1}
        assert counts(desk.run()) == {"failed": 1}
    assert counts(desk.run()) == {"indexed": 1, "encoded": 1}
    assert not desk.failed()


@pytest.mark.parametrize(("deaths", "tries"), [(1, 2), (9, 2)])
def test_a_file_that_crashed_the_decoder_gets_one_more_chance_and_no_third(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch, deaths: int, tries: int
) -> None:
    """A process that was ended from outside, or memory that others took, is no fault of the file's."""
    path, read, real = desk.draw("a.jpg"), list[str](), desk.pool._run_job

    def dies(child: Any, job: Any, *rest: Any) -> DecodeResult:
        read.append(job.path)
        if len(read) <= deaths:
            return DecodeResult(
                job,
                content_hash(path.read_bytes()),
                path.stat().st_size,
                path.stat().st_mtime_ns,
                error="crashed",
                transient=True,
            )
        return real(child, job, *rest)

    monkeypatch.setattr(desk.pool, "_run_job", dies)
    for _ in range(4):
        desk.run()
    assert len(read) == tries
    assert (list(desk.present()), desk.failed()) == (
        (["a.jpg"], {}) if deaths == 1 else ([], {"a.jpg": "crashed"})
    )


def test_a_file_that_changes_while_it_is_read_is_left_for_later(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = desk.draw("below/a.jpg")
    real = desk.pool._run_job

    def meanwhile(child: Any, job: Any, *rest: Any) -> DecodeResult:
        desk.draw("below/a.jpg", 1)
        os.utime(path, ns=(5, 5))
        return real(child, job, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(desk.pool, "_run_job", meanwhile)
        tally = desk.run()
    assert counts(tally) == {} and [place.folder for place in tally.unsettled] == ["below"]
    assert not desk.present() and not desk.failed()
    tally = desk.run("below", recursive=False, thorough=False)
    assert counts(tally) == {"indexed": 1, "encoded": 1} and not tally.unsettled


def test_a_file_that_goes_before_it_is_read_is_nothing(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = desk.draw("a.jpg")
    real = desk.pool._run_job
    monkeypatch.setattr(
        desk.pool, "_run_job", lambda child, job, *rest: (path.unlink(), real(child, job, *rest))[1]
    )
    assert counts(desk.run()) == {}
    assert not desk.failed() and not desk.present()


def test_one_folder_alone_says_nothing_of_the_others(desk: IndexingSetup) -> None:
    for name in ("a.jpg", "x/b.jpg", "x/y/c.jpg"):
        desk.draw(name, len(name))
    desk.run()
    for name in ("a.jpg", "x/b.jpg", "x/y/c.jpg"):
        (desk.photos / name).unlink()
    desk.draw("other.jpg", 40)
    assert counts(desk.run("x", recursive=False)) == {"missing": 1}
    assert set(desk.present()) == {"a.jpg", "x/y/c.jpg"}
    assert counts(desk.run("x")) == {"missing": 1}
    assert set(desk.present()) == {"a.jpg"}


def test_a_drive_that_is_away_is_no_deletion(desk: IndexingSetup) -> None:
    desk.draw("a.jpg")
    desk.run()
    aside = desk.photos.with_name("aside")
    desk.photos.rename(aside)
    assert counts(desk.run()) == {}
    assert (
        set(desk.present()) == {"a.jpg"} and desk.library.catalog.roots()[0]["state"] == "offline"
    )
    desk.photos.mkdir()
    assert counts(desk.run()) == {}
    assert desk.library.catalog.roots()[0]["state"] == "offline"
    desk.photos.rmdir()
    aside.rename(desk.photos)
    assert counts(desk.run()) == {"unchanged": 1}
    assert desk.library.catalog.roots()[0]["state"] == "online"
    desk.agrees()


def test_a_folder_that_cannot_be_listed_keeps_its_photos(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.draw("a.jpg")
    desk.draw("locked/b.jpg", 1)
    desk.run()
    real = os.scandir

    def refuse(path: Any) -> Any:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    tally = desk.run()
    assert counts(tally) == {"unchanged": 1}
    assert tally.unlisted == {str(desk.photos / "locked")}
    assert set(desk.present()) == {"a.jpg", "locked/b.jpg"}


def test_another_encoder_makes_up_for_what_it_has_not_seen(desk: IndexingSetup) -> None:
    desk.paint("red.png", "red")
    gone = desk.paint("blue.png", "blue")
    desk.run()

    class Second(CountingEncoder):
        name = "second"

    second = Second()
    indexer = Indexer(desk.library, desk.writer, second, desk.pool, lambda _: None)
    # Its original is away without the scan's knowing: the preview stands in.
    gone.unlink()
    tally = indexer.run([], thorough=True)
    assert tally.encoded == 2 and second.encoded == 2
    index = desk.library.vectors(second.name, second.version, second.dim)
    assert sorted(index.ids().tolist()) == sorted(desk.present().values())
    _, found = index.search(Tiny().encode_texts(["blue"])[0], 1)
    assert found.tolist() == [desk.present()["blue.png"]]
    assert indexer.run([], thorough=True).encoded == 0


def test_a_damaged_preview_does_not_stop_a_run(desk: IndexingSetup) -> None:
    desk.paint("red.png", "red")
    gone = desk.paint("blue.png", "blue")
    desk.run()
    row = desk.library.catalog.photo(desk.present()["blue.png"])
    assert row is not None
    desk.library.previews.path(row["hash"]).write_bytes(b"torn")
    gone.unlink()

    class Second(CountingEncoder):
        name = "second"

    tally = Indexer(desk.library, desk.writer, Second(), desk.pool, lambda _: None).run(
        [], thorough=True
    )
    assert tally.encoded == 1


def test_a_run_that_is_cut_short_loses_nothing_and_does_nothing_twice(desk: IndexingSetup) -> None:
    for number in range(40):
        desk.paint(f"{number}.png", f"#00{number * 6:02x}40")

    class Enough(Exception):
        pass

    def stop(progress: Progress) -> None:
        if progress.done >= BATCH:
            raise Enough

    with pytest.raises(Enough):
        Indexer(desk.library, desk.writer, desk.encoder, desk.pool, stop).run(
            [ScanTarget(desk.root, str(desk.photos))]
        )
    done = len(desk.present())
    assert 0 < done < 40
    desk.agrees()
    tally = desk.run()
    assert tally.indexed == 40 - done and tally.unchanged == done
    assert desk.encoder.encoded <= 40 + BATCH
    desk.agrees()


def test_the_way_back_after_each_write_failing(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch is written whole or not at all."""
    for number in range(3):
        desk.draw(f"{number}.jpg", number)
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
        desk.run()
    assert not desk.present() and not desk.library.catalog.matching().size
    assert counts(desk.run()) == {"indexed": 3, "encoded": 3}
    desk.agrees()


def test_names_of_every_kind(desk: IndexingSetup) -> None:
    names = ["with space.jpg", "ünïcode – 写真.jpg", "50%_[1]'\".JPG", "UPPER.JPEG"]
    if os.name == "posix":
        names.append(os.fsdecode(b"latin-\xe9.jpg"))
    for number, name in enumerate(names):
        (desk.photos / name).write_bytes(pictures.encoded(pictures.draw(number, (64, 48))))
    assert desk.run().indexed == len(names)
    found = {desk.library.catalog.photo(photo)["name"] for photo in desk.present().values()}  # type: ignore[index]
    assert found == set(names)
    assert counts(desk.run()) == {"unchanged": len(names)}


def test_previews_of_photos_that_are_gone_for_good_go_too(desk: IndexingSetup) -> None:
    desk.draw("a.jpg")
    desk.run()
    assert len(list(desk.library.previews.all())) == 1
    desk.draw("a.jpg", 1)
    desk.run()
    (photo,) = desk.present().values()
    row = desk.library.catalog.photo(photo)
    assert row is not None
    assert [path.stem for path in desk.library.previews.all()] == [row["hash"]]


def test_progress_counts_up_to_the_end(desk: IndexingSetup) -> None:
    for number in range(BATCH + 2):
        desk.paint(f"{number}.png", f"#{number * 9:02x}ff00")
    said: list[Progress] = []
    Indexer(desk.library, desk.writer, desk.encoder, desk.pool, said.append).run(
        [ScanTarget(desk.root, str(desk.photos))]
    )
    reading = [progress for progress in said if progress.total]
    assert [progress.done for progress in reading] == sorted(progress.done for progress in reading)
    assert (reading[-1].done, reading[-1].total) == (BATCH + 2, BATCH + 2)
    assert reading[-1].eta == pytest.approx(0.0)


def test_vectors_match_pixels_whatever_order_files_come_back_in(desk: IndexingSetup) -> None:
    colours = [
        f"#{r:02x}{g:02x}{b:02x}"
        for r in (0, 120, 240)
        for g in (0, 120, 240)
        for b in (0, 120, 240)
    ]
    for colour in colours:
        desk.paint(f"{colour[1:]}.png", colour)
    desk.run()
    tiny = Tiny()
    for name, photo in desk.present().items():
        pixels = np.full((1, 32, 32, 3), [int(name[i : i + 2], 16) for i in (0, 2, 4)], np.uint8)
        stored = desk.index().get(photo)
        assert stored is not None and float(stored @ tiny.encode_images(pixels)[0]) > 0.999


def test_a_file_known_by_the_catalog_is_as_seen() -> None:

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
        tally = made.indexer.run([ScanTarget(outer, str(tmp_path))])
        assert counts(tally) == {"unchanged": 1}
    finally:
        made.close()


def test_photos_of_an_earlier_release_are_read_again_once(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.draw("a.jpg", 1)
    desk.draw("b.jpg", 2)
    desk.run()
    before = {
        name: desk.library.catalog.photo(photo_id) for name, photo_id in desk.present().items()
    }
    previews = {
        name: desk.library.previews.path(row["hash"])
        for name, row in before.items()
        if row is not None
    }
    kept = previews["a.jpg"].read_bytes()
    desk.writer.connection.execute(
        "update photo set contents = null, width = 1, camera = 'another', phash = null"
    )
    for path in previews.values():
        path.write_bytes(b"of an earlier release")
    # One row is of another content than its file has: what is read is not that photo's.
    desk.writer.connection.execute(
        "update photo set hash = ? where id = ?", (bytes(16), desk.present()["b.jpg"])
    )
    assert counts(desk.run()) == {"unchanged": 2}
    ids = desk.present()
    assert (
        desk.library.catalog.photo(ids["a.jpg"]) == before["a.jpg"]
        and previews["a.jpg"].read_bytes() == kept
    )
    stale = desk.library.catalog.photo(ids["b.jpg"])
    assert (
        stale is not None
        and stale["width"] == 1
        and previews["b.jpg"].read_bytes() == b"of an earlier release"
    )
    desk.writer.connection.execute("update photo set contents = '{}' where contents is null")
    desk.writer.connection.execute("update quality set version = ?", (METRICS_VERSION,))
    monkeypatch.setattr(desk.pool, "_run_job", lambda *_: pytest.fail("a file was read again"))
    assert counts(desk.run()) == {"unchanged": 2}


def test_an_error_on_a_drive_that_stops_answering_is_not_the_files_fault(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("good.jpg", "other.jpg"):
        desk.draw(name, len(name))
    desk.draw("bad.jpg").write_bytes(b"broken")
    real = desk.indexer._encoder.encode

    def drive_stops(batch: list[DecodeResult]) -> Any:
        desk.drives.unresponsive = {str(desk.photos)}
        return real(batch)

    monkeypatch.setattr(desk.indexer._encoder, "encode", drive_stops)
    # All three are in one batch, however busy the computer is.
    monkeypatch.setattr(batch_reader, "MAX_BATCH_AGE", 1e9)
    summary = desk.run()
    (root,) = desk.library.catalog.roots()
    assert (root["state"], root["problem"]) == ("offline", UNRESPONSIVE)
    assert summary.offline == {str(desk.photos)}
    assert summary.failed == 0 and desk.failed() == {}
    # Those that had been read by then are kept.
    assert set(desk.present()) == {"good.jpg", "other.jpg"}
    desk.drives.unresponsive = set()
    monkeypatch.undo()
    assert desk.run().failed == 1 and set(desk.failed()) == {"bad.jpg"}
