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
from explorer.scanning.filesystem_traits import reason_to_poll
from explorer.scanning.scan import scan_tree
from explorer.scanning.scheduler import ScanScheduler
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
    kernel.drives = {"Z:\\": 4, "E:\\": 2}
    run_on(monkeypatch, "windows")
    monkeypatch.setattr(os.path, "realpath", lambda path: r"\\nas\photos")
    for path in ("Z:\\Photos", r"\\nas\photos"):
        assert "network drive" in (reason_to_poll(path) or "")
    assert reason_to_poll("C:\\Photos") is None
    # A watch would keep it from being ejected.
    assert "ejected" in (Windows().watch_holds_drive("E:\\DCIM") or "")
    assert Windows().watch_holds_drive("C:\\Photos") is None
    assert Windows().watch_holds_drive(r"\\nas\photos") is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("C:\\short", "C:\\short"),
        ("C:\\" + "a" * 300, "\\\\?\\C:\\" + "a" * 300),
        ("C:\\" + "a" * 300 + "/b.jpg", "\\\\?\\C:\\" + "a" * 300 + "\\b.jpg"),
        ("\\\\nas\\" + "a" * 300, "\\\\?\\UNC\\nas\\" + "a" * 300),
        ("\\\\?\\C:\\" + "a" * 300, "\\\\?\\C:\\" + "a" * 300),
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


def test_after_sleep_everything_is_scanned(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup.draw("a.jpg")
    setup.run()
    scheduler = ScanScheduler(setup.library, setup.writer)
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
