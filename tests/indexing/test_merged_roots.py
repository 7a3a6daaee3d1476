"""A folder is added around a watched one, or inside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.indexing.command_handler import CommandHandler
from explorer.library.rows import RootRow
from explorer.library.stores.command_store import send_command
from explorer.library.stores.file_store import files_below
from explorer.library.stores.root_store import add_root, update_root
from explorer.scanning.root_scan import ScanTarget
from explorer.scanning.scheduler import ScanScheduler
from tests import pictures
from tests.fixtures.indexing import IndexingSetup

PACKAGE = "Photos Library.photoslibrary"


def scan_all(setup: IndexingSetup) -> RootRow:
    """Scan the only root, and return its row."""
    (root,) = setup.library.catalog.roots()
    setup.indexer.run([ScanTarget(root["id"], root["path"])])
    return setup.library.catalog.roots()[0]


def states(setup: IndexingSetup, root: RootRow) -> dict[str, str]:
    return {path: file.state for path, file in files_below(setup.writer, root["id"]).items()}


def test_photos_of_a_drive_that_is_away_are_not_deleted_by_adding_the_folder_around_it(
    setup: IndexingSetup,
) -> None:
    for seed in range(3):
        setup.draw(f"{seed}.jpg", seed)
    media = setup.photos.parent
    setup.run()
    # An unplugged drive's mount point disappears.
    unplugged = setup.photos.rename(media / "library" / "unplugged")
    pictures.write(media / "other" / "a.jpg", pictures.draw(9, (96, 64)))
    setup.run()
    assert setup.library.catalog.roots()[0]["state"] == "offline"
    add_root(setup.writer, str(media))
    root = scan_all(setup)
    away = [f"photos/{seed}.jpg" for seed in range(3)]
    assert states(setup, root) == dict.fromkeys([*away, "other/a.jpg"], "present")
    assert (root["away"], root["mounts"]) == (3, ["photos"])
    unplugged.rename(setup.photos)
    root = scan_all(setup)
    assert (root["away"], root["mounts"], setup.encoder.encoded) == (0, [], 4)


@pytest.mark.parametrize(
    ("state", "device", "mounts"),
    [
        ("online", "same", ["photos/nas"]),
        ("online", "another", ["photos", "photos/nas"]),
        ("offline", "same", ["photos", "photos/nas"]),
    ],
)
def test_the_mount_points_of_a_merged_folder_are_known(
    setup: IndexingSetup, state: str, device: str, mounts: list[str]
) -> None:
    here = str(setup.photos.parent.stat().st_dev)
    update_root(
        setup.writer,
        setup.root,
        state=state,
        device=here if device == "same" else "another",
        mounts=["nas"],
    )
    add_root(setup.writer, str(setup.photos.parent))
    assert setup.library.catalog.roots()[0]["mounts"] == mounts


def test_sidecars_of_a_merged_folder_stay_known(setup: IndexingSetup) -> None:
    setup.draw("deep/a.jpg")
    (setup.photos / "deep" / "a.jpg.xmp").write_text("<x:xmpmeta xmlns:x='adobe:ns:meta/'/>")
    setup.run()
    add_root(setup.writer, str(setup.photos.parent))
    rows = setup.writer.connection.execute("select path, folder from sidecar").fetchall()
    assert [tuple(row) for row in rows] == [("photos/deep/a.jpg.xmp", "photos/deep")]


@pytest.mark.parametrize(
    "inner", [f"{PACKAGE}/originals", PACKAGE, ".private/trip", "NAS/#recycle", ".a/.b"]
)
@pytest.mark.parametrize("first", ["inner", "outer"])
def test_a_skipped_folder_that_was_added_explicitly_is_indexed_in_the_folder_around_it(
    tmp_path: Path, inner: str, first: str
) -> None:
    setup = IndexingSetup(tmp_path / "case")
    try:
        photo = f"{inner}/originals/0/a.jpg" if inner == PACKAGE else f"{inner}/0/a.jpg"
        setup.draw(photo, 1)
        setup.draw("b.jpg", 2)
        # Hidden, and not asked for.
        setup.draw(".other/c.jpg", 3)
        setup.draw(f"{PACKAGE}/resources/d.jpg", 4)
        setup.writer.connection.execute("delete from root")
        folders = [setup.photos / inner, setup.photos]
        for folder in folders if first == "inner" else reversed(folders):
            add_root(setup.writer, str(folder))
            root = scan_all(setup)
        assert states(setup, root) == {photo: "present", "b.jpg": "present"}
    finally:
        setup.close()


def test_nothing_is_included_for_a_folder_that_is_not_skipped(setup: IndexingSetup) -> None:
    (setup.photos / "2019" / "trip").mkdir(parents=True)
    add_root(setup.writer, str(setup.photos / "2019" / "trip"))
    add_root(setup.writer, str(setup.photos))
    assert setup.library.catalog.roots()[0]["exclude"] == []


def test_a_data_folder_of_a_photo_library_that_was_added_explicitly_is_included(
    setup: IndexingSetup,
) -> None:
    package = setup.photos.parent / PACKAGE
    (package / "resources").mkdir(parents=True)
    add_root(setup.writer, str(package))
    add_root(setup.writer, str(package / "resources"))
    assert setup.library.catalog.roots()[0]["exclude"] == ["!/resources/"]


def test_watches_that_no_longer_fit_end_when_a_folder_is_added(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("2019", ".private"):
        (setup.photos / name).mkdir()
    ended, none = list[str](), list[str]()
    monkeypatch.setattr(ScanScheduler, "unwatch", lambda _, root: ended.append(root))
    scheduler = ScanScheduler(setup.library, setup.writer, setup.drives)
    handler = CommandHandler(setup.library, setup.writer, scheduler, setup.drives)
    try:
        for folder, expected in (
            (setup.photos / "2019", none),
            (setup.photos / ".private", [str(setup.photos)]),
            (setup.photos.parent, [str(setup.photos)]),
        ):
            ended.clear()
            send_command(setup.library.catalog, "add", str(folder))
            handler.execute_pending()
            assert ended == expected
    finally:
        scheduler.close()
