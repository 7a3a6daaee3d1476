"""A drive that stops to answer, for real, under a worker that watches it and another folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.indexing import batch_reader
from explorer.library.stores.command_store import send_command
from explorer.library.stores.worker_store import worker_status
from explorer.scanning import drive_timeouts, scheduler
from explorer.scanning.drive_timeouts import UNRESPONSIVE
from tests.faults.drive import DEADLY, StallingDrive, possible
from tests.fixtures.waiting import wait
from tests.indexing.test_living import draw, on_disk, present, root
from tests.indexing.test_worker import WatchedLibrary

pytestmark = pytest.mark.skipif(not possible(), reason="needs Linux, and the right to mount")


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WatchedLibrary]:
    monkeypatch.setattr(drive_timeouts, "TIMEOUT", 1.5)
    monkeypatch.setattr(batch_reader, "STALL", 1.5)
    monkeypatch.setattr(scheduler, "DRIVE_CHECK_INTERVAL", 0.2)
    # A drive that is back before anybody noticed that it was gone is found by the next poll.
    monkeypatch.setattr(scheduler, "POLL_INTERVAL", 1.0)
    made = WatchedLibrary(tmp_path)
    yield made
    made.reader.close()


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[StallingDrive]:
    made = StallingDrive(tmp_path / "computer", tmp_path / "network")
    yield made
    made.close()


def test_an_unresponsive_drive_neither_blocks_others_nor_loses_anything(
    watched: WatchedLibrary, drive: StallingDrive, tmp_path: Path
) -> None:
    for number in range(6):
        draw(drive.folder / f"{number}.png", number + 10)
    watched.add(drive.mount)
    with watched.running():
        wait(lambda: len(present(watched)) == 7 and watched.phase() == "watching", "the first scan")
        assert "network drive (fuse.sshfs)" in (root(watched, drive.mount)["watching"] or "")
        before = present(watched)
        drive.tell("die")
        wait(lambda: root(watched, drive.mount)["problem"] == UNRESPONSIVE, "the silence")
        assert root(watched, drive.mount)["state"] == "offline" and present(watched) == before
        # All else continues: photos, pauses, a folder that is added.
        draw(watched.photos / "new.png", 50)
        wait(lambda: str(watched.photos / "new.png") in present(watched), "a photo elsewhere")
        send_command(watched.reader.catalog, "pause")
        wait(lambda: watched.phase() == "paused", "the pause")
        send_command(watched.reader.catalog, "resume")
        draw(tmp_path / "third" / "one.png", 60)
        send_command(watched.reader.catalog, "add", str(tmp_path / "third"))
        send_command(watched.reader.catalog, "add", str(drive.mount / "below"))
        wait(lambda: str(tmp_path / "third" / "one.png") in present(watched), "another folder")
        status = worker_status(watched.reader.catalog)
        assert status is not None and "does not answer" in status["message"]
        draw(drive.folder / "later.png", 70)
        encoded = watched.encoder.encoded
        drive.tell("live")
        wait(
            lambda: (
                root(watched, drive.mount)["state"] == "online"
                and root(watched, drive.mount)["problem"] is None
            ),
            "its return",
        )
        wait(lambda: str(drive.mount / "later.png") in present(watched), "what came meanwhile")
        assert before.items() <= present(watched).items() and watched.encoder.encoded == encoded + 1


def test_a_worker_ends_even_if_a_drive_does_not_respond(
    watched: WatchedLibrary, drive: StallingDrive
) -> None:
    draw(drive.folder / "1.png", 10)
    watched.add(drive.mount)
    with watched.running():
        wait(lambda: len(present(watched)) == 2 and watched.phase() == "watching", "the first scan")
        drive.tell("die")
        wait(lambda: root(watched, drive.mount)["problem"] == UNRESPONSIVE, "the silence")
    with watched.reader.lock():
        assert watched.phase() == "stopped"
    # The next one begins with the drive as it is.
    with watched.running():
        draw(watched.photos / "new.png", 50)
        wait(lambda: str(watched.photos / "new.png") in present(watched), "a photo elsewhere")
        assert root(watched, drive.mount)["state"] == "offline"


def test_a_drive_may_stop_responding_while_its_files_are_read(
    watched: WatchedLibrary, drive: StallingDrive
) -> None:
    """The decoder that asked cannot even be killed."""
    for number in range(12):
        draw(drive.folder / f"{number}{DEADLY if number == 5 else ''}.png", number + 10)
        draw(watched.photos / f"{number}.png", number + 100)
    watched.add(drive.mount)
    with watched.running():
        wait(lambda: root(watched, drive.mount)["problem"] == UNRESPONSIVE, "the silence")
        wait(lambda: on_disk(watched.photos) <= set(present(watched)), "the others")
        assert watched.reader.catalog.counts().failed == 0
        drive.tell("live")
        wait(lambda: len(present(watched)) == 25 and watched.phase() == "watching", "its return")
        assert watched.encoder.encoded == 25 and watched.reader.catalog.counts().failed == 0
