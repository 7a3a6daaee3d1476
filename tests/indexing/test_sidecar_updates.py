"""What the files beside photos say is in the library, and follows them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from explorer.decoding.sidecar_reader import SidecarReader
from explorer.indexing import sidecar_updates
from explorer.indexing.progress import Progress
from explorer.library.edits.edit_operations import reset_fields, set_rating, set_text
from explorer.library.edits.edit_undo import undo_edit
from explorer.library.rows import PhotoRow
from explorer.library.stores.edit_store import edit_photos
from explorer.photos.metadata import sidecar_content
from explorer.photos.metadata.sidecar_content import SidecarReading, unpack_content
from explorer.scanning.drive_timeouts import DriveUnresponsive
from tests.fixtures.indexing import IndexingSetup
from tests.photos.metadata.packets import xmp

TAKEOUT = {
    "photoTakenTime": {"timestamp": "1440201600"},
    "geoData": {"latitude": 48.85, "longitude": 2.35},
    "description": "In the garden",
    "favorited": True,
}


def in_process(reader: SidecarReader, paths: list[str]) -> list[SidecarReading]:
    _, body = sidecar_content.answer_request(os.fsencode(path).hex() for path in paths)
    return [SidecarReading(unpack_content(each[0]), *each[1:]) for each in json.loads(body)]


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sidecars are parsed in this process: a process for each test takes long."""
    monkeypatch.setattr(SidecarReader, "read", in_process)


def write(setup: IndexingSetup, name: str, packet: str) -> Path:
    return put_file(setup, name, xmp(packet).encode())


def put_file(setup: IndexingSetup, name: str, data: bytes) -> Path:
    path = setup.photos / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def row(setup: IndexingSetup, name: str) -> PhotoRow:
    return setup.library.catalog.photos([setup.present()[name]])[setup.present()[name]]


def has_sidecar(setup: IndexingSetup) -> list[int]:
    with setup.library.catalog.reading() as db:
        return [each[0] for each in db.execute("select id from photo where sidecars > 0")]


def test_a_new_photo_comes_with_what_its_sidecar_says(setup: IndexingSetup) -> None:
    setup.draw("a.jpg")
    write(setup, "a.jpg.xmp", "xmp:Rating='4' dc:title='Harbour' exif:DateTimeOriginal='2011-05'")
    setup.draw("b.jpg", 1)
    put_file(setup, "b.jpg.supplemental-metadata.json", json.dumps(TAKEOUT).encode())
    setup.run()
    a, b = row(setup, "a.jpg"), row(setup, "b.jpg")
    assert (a["rating"], a["title"]) == (4, "Harbour")
    assert (a["taken_at"], a["taken_precision"]) == ("2011-05-01T00:00:00", "month")
    assert a["taken_source"] == "sidecar"
    assert (b["taken_at"], b["taken_source"]) == ("2015-08-22T00:00:00", "takeout")
    assert (b["latitude"], b["longitude"]) == (48.85, 2.35)
    assert b["description"] == "In the garden" and b["favourite"]
    assert sorted(has_sidecar(setup)) == sorted(setup.present().values())


def test_a_photo_follows_its_sidecar(setup: IndexingSetup) -> None:
    setup.draw("a.jpg")
    setup.run()
    before, version = row(setup, "a.jpg"), setup.library.catalog.change()
    sidecar = write(setup, "a.xmp", "xmp:Rating='4' dc:subject='boat'")
    summary = setup.run("", recursive=False, thorough=False)
    assert summary.encoded == 0 and setup.library.catalog.change() > version
    assert (row(setup, "a.jpg")["rating"], row(setup, "a.jpg")["keywords"]) == (4, ["boat"])
    write(setup, "a.xmp", "xmp:Rating='2'  ")
    setup.run()
    assert (row(setup, "a.jpg")["rating"], row(setup, "a.jpg")["keywords"]) == (2, [])
    sidecar.unlink()
    setup.run()
    after = row(setup, "a.jpg")
    assert {**after, "change": 0} == {**before, "change": 0} and has_sidecar(setup) == []


def test_one_that_is_unchanged_is_not_read_again(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = list[str]()

    def note(reader: SidecarReader, paths: list[str]) -> list[SidecarReading]:
        read.extend(Path(path).name for path in paths)
        return in_process(reader, paths)

    monkeypatch.setattr(SidecarReader, "read", note)
    setup.draw("a.jpg")
    write(setup, "a.xmp", "xmp:Rating='4'")
    put_file(setup, "a.jpg.pp3", b"[Version]")
    setup.run()
    change = setup.library.catalog.change()
    setup.run()
    # The settings of a raw converter count as a sidecar, and are not read.
    assert read == ["a.xmp"] and setup.library.catalog.change() == change
    monkeypatch.setattr("explorer.library.stores.sidecar_store.SIDECAR_VERSION", 99)
    setup.run()
    assert read == ["a.xmp", "a.xmp"]


def test_a_photo_that_comes_after_its_sidecar_gets_it(setup: IndexingSetup) -> None:
    write(setup, "later/a.xmp", "xmp:Rating='4'")
    setup.draw("other.jpg", 1)
    setup.run()
    setup.draw("later/a.jpg")
    setup.run()
    assert row(setup, "later/a.jpg")["rating"] == 4


def test_a_moved_photo_keeps_what_moves_with_it(setup: IndexingSetup) -> None:
    setup.draw("one/a.jpg")
    write(setup, "one/a.jpg.xmp", "xmp:Rating='4'")
    setup.run()
    (setup.photos / "one").rename(setup.photos / "two")
    assert setup.run().moved == 1
    assert row(setup, "two/a.jpg")["rating"] == 4
    # Without its sidecar, it does not.
    (setup.photos / "two" / "a.jpg").rename(setup.photos / "a.jpg")
    setup.run()
    assert row(setup, "a.jpg")["rating"] is None


def test_what_the_user_sets_takes_precedence(setup: IndexingSetup) -> None:
    setup.draw("a.jpg")
    write(setup, "a.xmp", "xmp:Rating='4' dc:title='Harbour'")
    setup.run()
    catalog, photo_id = setup.library.catalog, setup.present()["a.jpg"]
    edit = edit_photos(catalog, [photo_id], "rated", set_rating(1).change)
    assert edit is not None
    write(setup, "a.xmp", "xmp:Rating='3' dc:title='Port'")
    setup.run()
    assert (row(setup, "a.jpg")["rating"], row(setup, "a.jpg")["title"]) == (1, "Port")
    undo_edit(catalog, edit.id)
    assert row(setup, "a.jpg")["rating"] == 3
    edit_photos(catalog, [photo_id], "titled", set_text("title", "Mine").change)
    edit_photos(catalog, [photo_id], "reset", reset_fields(["title"]).change)
    assert row(setup, "a.jpg")["title"] == "Port"
    # An edit that a sidecar came to only later is undone to what the sidecar says, and without the
    # sidecar to what the file says.
    (setup.photos / "a.xmp").unlink()
    setup.run()
    assert (row(setup, "a.jpg")["rating"], row(setup, "a.jpg")["title"]) == (None, None)


def test_what_the_file_says_is_kept_for_the_choice_of_a_keeper(setup: IndexingSetup) -> None:
    setup.draw("a.jpg")
    write(setup, "a.xmp", "exif:DateTimeOriginal='2011-05-06T07:08:09'")
    setup.run()
    with setup.library.catalog.reading() as db:
        stored = json.loads(db.execute("select in_file from photo_edit").fetchone()[0])
    assert stored["date"][2] == "file"


def test_one_that_cannot_be_parsed_is_named_and_the_others_are_read(
    setup: IndexingSetup, caplog: pytest.LogCaptureFixture
) -> None:
    setup.draw("a.jpg")
    setup.draw("b.jpg", 1)
    put_file(setup, "a.xmp", b"<broken")
    write(setup, "b.xmp", "xmp:Rating='4'")
    setup.run()
    assert row(setup, "a.jpg")["rating"] is None and row(setup, "b.jpg")["rating"] == 4
    (message,) = [each.getMessage() for each in caplog.records if each.name == "explorer.sidecars"]
    assert "a.xmp is not used: it is not valid XMP" in message


def test_where_a_drive_is_away_values_stay(setup: IndexingSetup) -> None:
    setup.draw("card/a.jpg")
    setup.draw("b.jpg", 1)
    write(setup, "card/a.xmp", "xmp:Rating='4'")
    setup.run()
    (setup.photos / "card").rename(setup.photos.parent / "away")
    setup.run()
    with setup.library.catalog.reading() as db:
        # In case it is asked for by what its sidecar said.
        assert db.execute("select count(*) from sidecar").fetchone()[0] == 1
    (setup.photos.parent / "away").rename(setup.photos / "card")
    setup.run()
    assert row(setup, "card/a.jpg")["rating"] == 4


def test_an_edit_has_its_own_sidecar_before_that_of_its_original(setup: IndexingSetup) -> None:
    setup.draw("a.jpg")
    setup.draw("a-edited.jpg", 1)
    write(setup, "a.jpg.xmp", "xmp:Rating='4' dc:title='Original'")
    write(setup, "a-edited.xmp", "xmp:Rating='2'")
    setup.run()
    edited = row(setup, "a-edited.jpg")
    assert (edited["rating"], edited["title"]) == (2, "Original")


def test_an_unresponsive_drive_leaves_them_for_later(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup.draw("a.jpg")
    setup.run()
    write(setup, "a.xmp", "xmp:Rating='4'")
    call = setup.drives.call
    fails = True

    def once(root: str, function: Any, tick: Callable[[], None] = lambda: None) -> Any:
        if fails and function.__name__ == "readings":
            raise DriveUnresponsive(root)
        return call(root, function, tick)

    monkeypatch.setattr(setup.drives, "call", once)
    setup.run()
    assert row(setup, "a.jpg")["rating"] is None
    fails = False
    setup.run()
    assert row(setup, "a.jpg")["rating"] == 4


def test_progress_is_reported_and_can_stop_the_run(setup: IndexingSetup) -> None:
    setup.draw("a.jpg")
    write(setup, "a.xmp", "xmp:Rating='4'")
    seen = list[Progress]()

    class Stop(Exception):
        pass

    def tick(progress: Progress) -> None:
        seen.append(progress)
        if progress.stage == sidecar_updates.STAGE:
            raise Stop

    setup.indexer._tick = tick
    with pytest.raises(Stop):
        setup.run()
    assert seen[-1] == Progress(0, 1, 0.0, None, sidecar_updates.STAGE)
    setup.indexer._tick = lambda _: None
    setup.run()
    assert row(setup, "a.jpg")["rating"] == 4


def test_other_names_are_no_sidecars(setup: IndexingSetup) -> None:
    setup.draw("a.jpg")
    for name in ("b.xmp", "a2.jpg.xmp", "notes.json", "._a.xmp", "a.xmp.bak"):
        write(setup, name, "xmp:Rating='4'")
    (setup.photos / "a.jpg.xmp").mkdir()
    setup.run()
    assert row(setup, "a.jpg")["rating"] is None and has_sidecar(setup) == []
