"""Bytes that were replaced under the same name, size, time and inode show by the file's ctime."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from explorer.library.stores.file_store import files_below
from explorer.library.stores.root_store import update_root
from explorer.scanning import filesystem_traits, root_scan
from explorer.scanning.filesystem_traits import Volume, has_reliable_ctimes
from tests.fixtures.indexing import IndexingSetup
from tests.systems.simulated import run_on

pytestmark = pytest.mark.skipif(os.name == "nt", reason="st_ctime is the time of creation there")

THEN = 1_577_880_000


@pytest.fixture(autouse=True)
def _reliable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(root_scan, "has_reliable_ctimes", lambda root: True)


def draw(setup: IndexingSetup, name: str, colour: str) -> Path:
    """A bitmap of that colour: all of them have one size."""
    path = setup.paint(name, colour)
    os.utime(path, (THEN, THEN))
    return path


def change(path: Path, data: bytes | None = None) -> None:
    """Write other bytes into the file, or touch nothing but its rights, so that its ctime is
    another one afterward."""
    before = path.stat()
    while path.stat().st_ctime_ns == before.st_ctime_ns:
        if data is None:
            path.chmod(0o600 if path.stat().st_mode & 0o077 else 0o644)
        else:
            with path.open("r+b") as file:
                file.write(data)
            os.utime(path, (THEN, THEN))
    after = path.stat()
    assert (after.st_size, after.st_mtime_ns, after.st_ino) == (
        before.st_size,
        before.st_mtime_ns,
        before.st_ino,
    )


def stored(setup: IndexingSetup) -> dict[str, int]:
    return {path: file.ctime_ns for path, file in files_below(setup.writer, setup.root).items()}


def nothing_is_read(setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup.pool, "_run_job", lambda *_: pytest.fail("a file was read"))


def test_bytes_changed_in_place_are_noticed_by_the_next_scan(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = draw(setup, "a.bmp", "red")
    draw(setup, "b.bmp", "green")
    setup.run()
    before = setup.present()
    other = draw(setup, "../other.bmp", "blue").read_bytes()
    change(path, other)
    summary = setup.run()
    assert (summary.indexed, summary.unchanged, summary.encoded) == (1, 1, 1)
    assert (
        setup.present()["a.bmp"] != before["a.bmp"] and setup.present()["b.bmp"] == before["b.bmp"]
    )
    setup.agrees()
    nothing_is_read(setup, monkeypatch)
    assert setup.run().unchanged == 2


def test_a_file_with_only_changed_permissions_is_hashed_and_not_encoded(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = draw(setup, "a.bmp", "red")
    setup.run()
    before, known = setup.present(), stored(setup)
    change(path)
    summary = setup.run()
    assert (summary.unchanged, summary.indexed, summary.moved, summary.encoded) == (1, 0, 0, 0)
    assert (
        setup.present() == before and stored(setup) == {"a.bmp": path.stat().st_ctime_ns} != known
    )
    nothing_is_read(setup, monkeypatch)
    assert setup.run().unchanged == 1


def test_rows_of_earlier_libraries_are_filled_in_without_reading(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [draw(setup, "a.bmp", "red"), draw(setup, "b.bmp", "green")]
    setup.run()
    times = {path.name: path.stat().st_ctime_ns for path in paths}
    assert stored(setup) == times
    setup.writer.connection.execute("update file set ctime_ns = 0")
    with monkeypatch.context() as patched:
        nothing_is_read(setup, patched)
        assert setup.run().unchanged == 2
    assert stored(setup) == times
    change(paths[0])
    assert setup.run().unchanged == 2 and stored(setup)["a.bmp"] != times["a.bmp"]


def test_unreliable_change_times_are_ignored(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = draw(setup, "a.bmp", "red")
    setup.run()
    known = stored(setup)
    change(path)
    monkeypatch.setattr(root_scan, "has_reliable_ctimes", lambda root: False)
    nothing_is_read(setup, monkeypatch)
    assert setup.run().unchanged == 1 and stored(setup) == known


def test_another_drive_with_the_same_files_is_not_read_completely(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = draw(setup, "a.bmp", "red")
    setup.run()
    change(path)
    update_root(setup.writer, setup.root, device="another")
    with monkeypatch.context() as patched:
        nothing_is_read(setup, patched)
        assert setup.run().unchanged == 1
    assert stored(setup) == {"a.bmp": path.stat().st_ctime_ns}


def test_an_unreadable_file_is_retried_when_its_bytes_changed(setup: IndexingSetup) -> None:
    whole = draw(setup, "../whole.bmp", "red").read_bytes()
    path = setup.photos / "a.bmp"
    path.write_bytes(b"x" * len(whole))
    os.utime(path, (THEN, THEN))
    setup.run()
    assert set(setup.failed()) == {"a.bmp"}
    change(path, whole)
    assert setup.run().indexed == 1 and not setup.failed()


@pytest.mark.parametrize(
    ("kind", "kept"),
    [
        ("ext4", True), ("btrfs", True), ("apfs", True), ("overlay", True), ("nfs4", True),
        ("smb3", True), ("tmpfs", True),
        ("vfat", False),
        ("exfat", False), ("fuseblk", False), ("fuse.sshfs", False), ("fuse.rclone", False),
        ("fuse.mergerfs", True), ("davfs", False),
    ],
)  # fmt: skip
def test_file_systems_with_reliable_change_times_are_known(
    monkeypatch: pytest.MonkeyPatch, kind: str, kept: bool
) -> None:
    monkeypatch.setattr(
        filesystem_traits, "mounted_volumes", lambda: [Volume("/", "ext4"), Volume("/photos", kind)]
    )
    run_on(monkeypatch, "linux")
    assert has_reliable_ctimes("/photos") is kept
    run_on(monkeypatch, "windows")
    assert has_reliable_ctimes("/photos") is False
    monkeypatch.setattr(filesystem_traits, "mounted_volumes", list)
    run_on(monkeypatch, "linux")
    assert has_reliable_ctimes("/photos") is False
