"""What Windows and macOS say of drives and files, by faked answers."""

from __future__ import annotations

import os
import queue
import time
import types
from pathlib import Path
from typing import Any

import pytest

from explorer.indexing import reconcile
from explorer.removal import trash
from explorer.scanning.filesystem_traits import reason_to_poll
from explorer.scanning.root_scan import ScanTarget
from explorer.scanning.scheduler import ScanScheduler
from explorer.scanning.tree_scan import scan_tree
from explorer.scanning.watch import _notice_lost_events
from explorer.systems.operating_system import OperatingSystem
from explorer.systems.this_system import this_system
from explorer.systems.windows import Windows
from tests.fixtures.indexing import IndexingSetup
from tests.systems import windows_files
from tests.systems.simulated import SYSTEMS, run_on


@pytest.fixture
def attributes(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, int]]:
    """What `stat` results of scanned files say besides, by file name; to be filled in."""
    known = dict[str, dict[str, int]]()
    real = os.scandir

    class Entry:
        def __init__(self, entry: os.DirEntry[str]) -> None:
            self._entry, self.name, self.path = entry, entry.name, entry.path

        def __getattr__(self, name: str) -> Any:
            return getattr(self._entry, name)

        def stat(self, *, follow_symlinks: bool = True) -> Any:
            facts = self._entry.stat(follow_symlinks=follow_symlinks)
            copied = {name: getattr(facts, name) for name in dir(facts) if name.startswith("st_")}
            return types.SimpleNamespace(**copied, **known.get(self.name, {}))

    class Listing:
        def __init__(self, path: str) -> None:
            self._entries = real(path)

        def __enter__(self) -> Any:
            return (Entry(entry) for entry in self._entries.__enter__())

        def __exit__(self, *error: Any) -> None:
            self._entries.close()

    monkeypatch.setattr(os, "scandir", Listing)
    return known


# Attributes of Windows: RECALL_ON_DATA_ACCESS and OFFLINE. A flag of macOS: SF_DATALESS.
PLACEHOLDERS = [
    ("windows", {"st_file_attributes": 0x400020}),
    ("windows", {"st_file_attributes": 0x1020}),
    ("macos", {"st_flags": 0x40000000}),
]


AN_HOUR_AGO = time.time_ns() - 3600 * 10**9


@pytest.mark.parametrize(("system", "facts"), PLACEHOLDERS)
def test_placeholders_of_cloud_files_are_listed_and_not_opened(
    system: str,
    facts: dict[str, int],
    setup: IndexingSetup,
    attributes: dict[str, dict[str, int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Only this answer: processes cannot be started as on Windows here.
    monkeypatch.setattr(
        type(this_system()), "is_in_cloud", lambda _, facts: SYSTEMS[system]().is_in_cloud(facts)
    )
    photo = setup.draw("a.jpg")
    attributes["a.jpg"] = facts
    found = scan_tree(str(setup.photos))
    assert found.in_cloud == {"a.jpg"} and [seen.path for seen in found.files] == ["a.jpg"]
    setup.run()
    assert setup.failed() == {"a.jpg": reconcile.IN_CLOUD}
    assert setup.run().failed == 1
    # Once its bytes are here, it is indexed, although size and time are the same.
    attributes.clear()
    assert setup.run().indexed == 1
    # What is known stays when only a placeholder is kept again, also under another name.
    attributes["a.jpg"] = attributes["b.jpg"] = facts
    assert setup.run().unchanged == 1
    photo.rename(photo.with_name("b.jpg"))
    assert setup.run().moved == 1
    assert list(setup.present()) == ["b.jpg"] and setup.failed() == {}


@pytest.mark.parametrize(
    ("system", "facts"), [("windows", {"st_file_attributes": 0x6}), ("macos", {"st_flags": 0x8000})]
)
def test_hidden_files_and_folders_are_left_out(
    system: str,
    facts: dict[str, int],
    tmp_path: Path,
    attributes: dict[str, dict[str, int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for path in ("a.jpg", "hidden.jpg", "Application Data/b.jpg"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(b"x")
    attributes["hidden.jpg"] = attributes["Application Data"] = facts
    assert len(scan_tree(str(tmp_path)).files) == 3
    run_on(monkeypatch, system)
    found = scan_tree(str(tmp_path))
    assert [seen.path for seen in found.files] == ["a.jpg"]
    assert found.left_out == {"hidden.jpg", "Application Data"}


def test_a_mapped_drive_is_known_by_its_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = windows_files.install(monkeypatch)
    kernel.drives = {"C:\\": 3, "E:\\": 2, "F:\\": 3, "G:\\": 3, "Z:\\": 4}
    # Hard disks at a USB cable are fixed drives, too. C: is an NVMe disk, and G: does not tell.
    kernel.buses = {"C": 17, "F": 7}
    run_on(monkeypatch, "windows")
    monkeypatch.setattr(os.path, "realpath", lambda path: r"\\nas\photos")
    for path in ("Z:\\Photos", r"\\nas\photos"):
        assert "network drive" in (reason_to_poll(path) or "")
    assert reason_to_poll("C:\\Photos") is None
    # A watch would keep it from being ejected.
    for path in ("E:\\DCIM", "F:\\Photos"):
        assert "ejected" in (Windows().watch_holds_drive(path) or "")
    for path in ("C:\\Photos", "G:\\Photos"):
        assert Windows().watch_holds_drive(path) is None
    assert not kernel.handles
    # The drive of a server that may be away is not looked at.
    assert [str(top)[0] for top in Windows().camera_drives()] == ["E", "F", "G"]
    assert Windows().watch_holds_drive(r"\\nas\photos") is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("C:\\short", "C:\\short"),
        ("C:\\" + "a" * 300, "\\\\?\\C:\\" + "a" * 300),
        ("C:\\" + "a" * 300 + "/b.jpg", "\\\\?\\C:\\" + "a" * 300 + "\\b.jpg"),
        ("\\\\nas\\" + "a" * 300, "\\\\?\\UNC\\nas\\" + "a" * 300),
        ("\\\\?\\C:\\" + "a" * 300, "\\\\?\\C:\\" + "a" * 300),
        ("\\\\.\\" + "a" * 300, "\\\\.\\" + "a" * 300),
        # Each emoji is two units of UTF-16.
        ("C:\\" + "\U0001f600" * 130, "\\\\?\\C:\\" + "\U0001f600" * 130),
        # Names that Windows would understand as others.
        ("C:\\Trip.\\a.jpg", "\\\\?\\C:\\Trip.\\a.jpg"),
        ("C:\\Trip \\a.jpg", "\\\\?\\C:\\Trip \\a.jpg"),
        ("C:\\Trip/aux.jpg", "\\\\?\\C:\\Trip\\aux.jpg"),
        ("C:\\NUL\\a.jpg", "\\\\?\\C:\\NUL\\a.jpg"),
        ("C:\\com¹", "\\\\?\\C:\\com¹"),
        ("\\\\nas\\photos\\lpt1.tar.jpg", "\\\\?\\UNC\\nas\\photos\\lpt1.tar.jpg"),
        ("C:\\Auxerre\\console.jpg", "C:\\Auxerre\\console.jpg"),
        ("C:\\a.b\\.hidden\\com10.jpg", "C:\\a.b\\.hidden\\com10.jpg"),
        ("nul", "nul"),
        (".\\a.jpg", ".\\a.jpg"),
    ],
)
def test_long_paths_get_their_prefix_on_windows(path: str, expected: str) -> None:
    assert Windows().long_path(path) == expected
    assert OperatingSystem().long_path(path) == path


def test_lost_events_have_the_whole_root_scanned() -> None:
    """As watchdog reads them on Windows: a buffer and its format; empty, if events were lost."""
    told, buffers = list[int](), queue.Queue[Any]()
    emitter = types.SimpleNamespace(_reader=types.SimpleNamespace(_buf_queue=buffers))
    _notice_lost_events(emitter, lambda: told.append(1))
    buffers.put((b"events", True))
    assert told == []
    buffers.put((b"", True))
    assert told == [1] and buffers.qsize() == 2
    # Other systems have no such reader.
    _notice_lost_events(object(), lambda: told.append(1))


@pytest.mark.parametrize(
    ("flags", "times"),
    [
        # An item was created, and is a file: nothing was lost.
        ([0x100 | 0x10000], 0),
        ([0x1], 1),
        ([0x100 | 0x10000, 0x1 | 0x2], 1),
        ([0x1 | 0x4, 0x1 | 0x4], 1),
    ],
)
def test_events_that_macos_dropped_have_the_whole_root_scanned(
    flags: list[int], times: int
) -> None:
    """As watchdog's emitter hands them on: a list that it empties."""
    told, queued = list[int](), list[int]()

    class Emitter:
        def events_callback(self) -> None: ...

        def queue_events(self, timeout: float, events: list[Any]) -> None:
            queued.extend(event.flags for event in events)
            events.clear()

    emitter = Emitter()
    _notice_lost_events(emitter, lambda: told.append(1))
    emitter.queue_events(1.0, [types.SimpleNamespace(flags=each) for each in flags])
    assert len(told) == times and queued == flags


def test_after_sleep_everything_is_scanned(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup.draw("a.jpg")
    setup.run()
    scheduler = ScanScheduler(setup.library, setup.writer, setup.drives)
    try:
        later = time.monotonic() + 1000
        scheduler._due = {root["id"]: later for root in setup.library.catalog.roots()}
        assert scheduler.due_roots() == []
        real = time.time
        monkeypatch.setattr(time, "time", lambda: real() + 3600)
        assert [target.root for target in scheduler.due_roots()] == [str(setup.photos)]
    finally:
        monkeypatch.undo()
        scheduler.close()


@pytest.mark.parametrize("system", ["macos", "windows"])
@pytest.mark.parametrize(("old", "new"), [("Trip", "trip"), ("Zo\u00eb", "Zoe\u0308")])
def test_a_folder_under_its_former_spelling_is_no_second_folder(
    system: str, old: str, new: str, setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Renaming a folder only in case or normalization is reported under both names, and both lead
    to it."""
    for number in range(3):
        setup.draw(f"{old}/{number}.jpg", number)
        # Older than what these systems may still be writing.
        os.utime(setup.photos / old / f"{number}.jpg", ns=(AN_HOUR_AGO, AN_HOUR_AGO + number))
    setup.run()
    before = setup.present()
    (setup.photos / old).rename(setup.photos / new)
    playing = run_on(monkeypatch, system)
    # Here, one spelling leads nowhere: the system is asked for the other one.
    spelled = str(setup.photos / old), str(setup.photos / new)
    monkeypatch.setattr(type(playing), "long_path", lambda self, path: path.replace(*spelled))
    (root,) = setup.library.catalog.roots()
    expected = {name.replace(old, new): photo for name, photo in before.items()}
    for folders in ([old, new], [new, old], [old], [""]):
        targets = [ScanTarget(root["id"], root["path"], folder) for folder in folders]
        setup.indexer.run(targets, thorough=True)
        assert setup.present() == expected


@pytest.mark.parametrize(("system", "mode"), [("windows", 0o777), ("macos", 0o700)])
def test_removed_photos_on_another_drive_can_be_read_on_another_computer(
    system: str, mode: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Windows, `os.mkdir` with 0o700 would make a folder for its owner on this one alone."""
    run_on(monkeypatch, system)
    modes, real = list[int](), os.makedirs

    def makedirs(path: str, mode: int, *, exist_ok: bool) -> None:
        modes.append(mode)
        real(path, exist_ok=exist_ok)

    monkeypatch.setattr(os, "makedirs", makedirs)
    monkeypatch.setattr(trash, "_mount_point", lambda path: str(tmp_path))
    home, drive = 1, tmp_path.stat().st_dev
    monkeypatch.setattr(trash, "_device", lambda path: drive if "photos" in path else home)
    own = trash.own_folder(str(tmp_path / "photos" / "a.jpg"))
    assert own == str(tmp_path / trash.OWN_FOLDER) and modes == [mode]
