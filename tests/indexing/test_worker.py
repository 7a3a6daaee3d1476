"""The worker at work: in a thread with a small encoder for what it does, as a process of its own
for how it starts and ends."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest

from explorer.indexing import worker_loop
from explorer.indexing.worker_client import start_worker, stop_worker
from explorer.indexing.worker_loop import Worker
from explorer.library.library import Library
from explorer.library.stores.command_store import send_command
from explorer.library.stores.root_store import add_root
from explorer.library.stores.setting_store import put_setting
from explorer.library.stores.worker_store import worker_status
from explorer.library.writer import Writer
from explorer.scanning import scheduler, watch, write_detection
from explorer.scanning.drive_timeouts import DriveTimeouts
from explorer.scanning.root_scan import ScanTarget
from explorer.scanning.scheduler import ScanScheduler
from explorer.scanning.watch import ChangedFolder
from tests import pictures
from tests.browser.serve import start_worker as start_tiny_worker
from tests.fixtures.indexing import CountingEncoder
from tests.fixtures.waiting import PATIENCE, wait
from tests.fixtures.worker_thread import own_worker_thread
from tests.tiny import Tiny

# Loading a model for the first time takes minutes on a busy computer.

SHORT_WAITS: list[tuple[ModuleType, str, float]] = [
    (worker_loop, "ROUND_INTERVAL", 0.05),
    (watch, "QUIET_TIME", 0.15),
    (watch, "MAX_DELAY", 1.0),
    (write_detection, "SETTLE_TIME", 0.3),
    (scheduler, "UNSETTLED_DELAY", 0.2),
]


class WatchedLibrary:
    """A library with one folder, and a reader of it that is another than the worker's."""

    def __init__(self, folder: Path) -> None:
        self.photos, self.dir = folder / "photos", folder / "library"
        self.photos.mkdir()
        pictures.write(self.photos / "first.png", pictures.plain("red", (48, 32)))
        self.encoder = CountingEncoder()
        self.reader = Library.open(self.dir)
        self.add(self.photos)

    def add(self, folder: Path) -> None:
        writer = Writer(self.reader.catalog)
        add_root(writer, str(folder))
        writer.close()

    def best(self, phrase: str) -> str | None:
        """The name of the photo that fits best, as the app would find it."""
        index = self.reader.vectors(Tiny.name, Tiny.version, Tiny.dim)
        _, found = index.search(Tiny().encode_texts([phrase])[0], 1)
        row = self.reader.catalog.photo(int(found[0])) if len(found) else None
        return row["name"] if row else None

    def photos_known(self) -> int:
        return self.reader.catalog.counts().photos

    def phase(self) -> str | None:
        said = worker_status(self.reader.catalog)
        return said["phase"] if said else None

    @contextmanager
    def running(self) -> Iterator[Worker]:
        """A worker in a thread of its own, that waits less than usual for things to settle."""
        with pytest.MonkeyPatch.context() as patch:
            for module, name, seconds in SHORT_WAITS:
                patch.setattr(module, name, seconds)
            with own_worker_thread(self.dir, self.encoder) as worker:
                yield worker


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[WatchedLibrary]:
    made = WatchedLibrary(tmp_path)
    yield made
    made.reader.close()


def test_a_saved_photo_is_searchable_and_a_deleted_one_is_not(watched: WatchedLibrary) -> None:
    with watched.running():
        wait(lambda: watched.best("red") == "first.png", "the photo that was there")
        wait(lambda: watched.phase() == "watching", "the watching")
        pictures.write(watched.photos / "new" / "sky.png", pictures.plain("blue", (48, 32)))
        wait(lambda: watched.best("blue") == "sky.png", "a photo saved into a new folder")
        pictures.write(watched.photos / "leaf.png", pictures.plain("green", (48, 32)))
        wait(lambda: watched.best("green") == "leaf.png", "a photo saved beside the first")
        (watched.photos / "leaf.png").unlink()
        wait(
            lambda: watched.best("green") != "leaf.png" and watched.photos_known() == 2,
            "the end of the one that was deleted",
        )
        (watched.photos / "new" / "sky.png").rename(watched.photos / "lake.png")
        wait(lambda: watched.best("blue") == "lake.png", "its new name")
        pictures.write(watched.photos / "lake.png", pictures.plain("yellow", (48, 32)))
        wait(lambda: watched.best("yellow") == "lake.png", "its new content")
        shutil.rmtree(watched.photos / "new")
    assert watched.encoder.encoded == 4
    assert watched.phase() == "stopped"


def test_commands_are_obeyed(watched: WatchedLibrary, tmp_path: Path) -> None:
    more = tmp_path / "more"
    pictures.write(more / "sky.png", pictures.plain("blue", (48, 32)))
    with watched.running():
        wait(lambda: watched.photos_known() == 1, "the first")
        send_command(watched.reader.catalog, "add", str(more))
        wait(lambda: watched.best("blue") == "sky.png", "the added folder")
        send_command(watched.reader.catalog, "pause")
        wait(lambda: watched.phase() == "paused", "the pause")
        pictures.write(more / "leaf.png", pictures.plain("green", (48, 32)))
        send_command(watched.reader.catalog, "resume")
        wait(lambda: watched.best("green") == "leaf.png", "the going on")
        send_command(watched.reader.catalog, "rescan")
        send_command(watched.reader.catalog, "remove", str(more))
        wait(lambda: watched.photos_known() == 1, "the removed folder's end")
        assert (more / "sky.png").exists()
        send_command(watched.reader.catalog, "add", str(tmp_path / "absent"))
        wait(
            lambda: (
                "absent" in (worker_status(watched.reader.catalog) or {"message": ""})["message"]
            ),
            "why that cannot be",
        )
        send_command(watched.reader.catalog, "stop")
        wait(
            lambda: watched.phase() is not None and not watched.reader.catalog.roots()[1:],
            "the stop",
        )


def test_a_pause_persists_across_workers(watched: WatchedLibrary) -> None:
    put_setting(watched.reader.catalog, "paused", "1")
    with watched.running():
        wait(lambda: watched.phase() == "paused", "the pause")
        assert watched.photos_known() == 0


def test_unsaved_work_is_done_again_after_a_restart(watched: WatchedLibrary) -> None:
    with watched.running():
        wait(lambda: watched.photos_known() == 1, "the first")
    library = Library.open(watched.dir)
    try:
        index = library.vectors(Tiny.name, Tiny.version, Tiny.dim)
        assert len(index) == 1 and not index.rebuilt
    finally:
        library.close()
    with watched.running():
        wait(lambda: watched.phase() == "watching", "the watching")
    assert watched.encoder.encoded == 1


def test_changed_paths_become_scan_places_without_duplicates(watched: WatchedLibrary) -> None:
    library, root = Library.open(watched.dir), str(watched.photos)
    writer = Writer(library.catalog)
    made = ScanScheduler(library, writer, DriveTimeouts())
    try:
        (known,) = library.catalog.roots()
        number = known["id"]
        spots = [("", True), ("a/b", False), ("a/.hidden/b", False), ("elsewhere", True)]
        places = [
            made.targets([ChangedFolder(root, f"{root}/{folder}".rstrip("/"), below)])
            for folder, below in spots[:3]
        ]
        assert places == [
            [ScanTarget(number, root, "", True)],
            [ScanTarget(number, root, "a/b", False)],
            [],
        ]
        assert made.targets([ChangedFolder("/unknown", "/unknown/a", True)]) == []
        some = [
            ChangedFolder(root, f"{root}/a", True),
            ChangedFolder(root, f"{root}/a/b", False),
            ChangedFolder(root, f"{root}/a", False),
            ChangedFolder(root, f"{root}/ab", False),
        ]
        assert set(made.targets(some)) == {
            ScanTarget(number, root, "a", True),
            ScanTarget(number, root, "ab", False),
        }
        # A hidden folder that came or went: what becomes of its photos is for the scan to say.
        assert made.targets([ChangedFolder(root, f"{root}/.hidden", True)]) == [
            ScanTarget(number, root, ".hidden", True)
        ]
    finally:
        made.close()
        writer.close()
        library.close()


@pytest.mark.model
def test_the_process_starts_indexes_and_ends_with_its_parent(watched: WatchedLibrary) -> None:
    process = start_worker(watched.dir, offline=True)
    try:
        wait(lambda: watched.photos_known() == 1, "the first photo")
        said = worker_status(watched.reader.catalog)
        assert said is not None and said["alive"] and said["pid"] == process.pid
    finally:
        stop_worker(process, timeout=PATIENCE)
    assert process.returncode == 0
    said = worker_status(watched.reader.catalog)
    assert said is not None and not said["alive"]
    with watched.reader.lock():
        pass


def test_a_killed_worker_leaves_the_library_unlocked_and_intact(watched: WatchedLibrary) -> None:
    for number in range(30):
        pictures.write(watched.photos / f"{number}.jpg", pictures.draw(number, (64, 48)))
    process = start_tiny_worker(watched.dir)
    wait(lambda: watched.photos_known() >= 1, "the first photos")
    process.kill()
    stop_worker(process)
    process = start_tiny_worker(watched.dir)
    try:
        wait(lambda: watched.photos_known() == 31, "all photos")
    finally:
        stop_worker(process, timeout=PATIENCE)
    rows = watched.reader.catalog.encoders()
    assert [number for _, _, _, number in rows] == [31]
