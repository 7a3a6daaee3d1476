"""What macOS and Windows do otherwise, played on this one."""

from __future__ import annotations

import itertools
import os
import queue
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from watchdog.events import (
    DirCreatedEvent,
    DirMovedEvent,
    FileClosedNoWriteEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileOpenedEvent,
    FileSystemEvent,
)
from watchdog.observers.polling import PollingObserver

from explorer.indexing.throttle import lower_priority
from explorer.scanning import write_detection
from explorer.scanning.tree_scan import scan_tree
from explorer.scanning.watch import Watcher, _ObservedTree
from tests import pictures
from tests.scanning.test_watch import until
from tests.systems.simulated import run_on


class Observer:
    def schedule(self, handler: Any, path: str, *, recursive: bool) -> str:
        assert recursive
        return path

    def unschedule(self, watch: object) -> None:
        pass


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        # Windows calls a folder that was deleted a file.
        (FileDeletedEvent("/r/trip"), [("/r/trip", None)]),
        (FileDeletedEvent("/r/trip 1.2"), [("/r/trip 1.2", None)]),
        (FileDeletedEvent("/r/a.JPG"), [("/r", "a.JPG")]),
        (FileModifiedEvent("/r/a.jpg"), [("/r", "a.jpg")]),
        # Reading a file is no change.
        (FileOpenedEvent("/r/a.jpg"), []),
        (FileClosedNoWriteEvent("/r/a.jpg"), []),
        (DirCreatedEvent("/r/trip"), [("/r/trip", None)]),
        (FileMovedEvent("/r/a.jpg", "/r/b/c.jpg"), [("/r", "a.jpg"), ("/r/b", "c.jpg")]),
        (DirMovedEvent("/r/a", "/r/b"), [("/r/a", None), ("/r/b", None)]),
    ],
)  # fmt: skip
def test_events_are_interpreted(
    event: FileSystemEvent, expected: list[tuple[str, str | None]]
) -> None:
    heard = list[tuple[str, "str | None"]]()
    handler = _ObservedTree(Observer(), "/r", lambda folder, name: heard.append((folder, name)))
    handler.on_any_event(event)
    assert heard == expected


@pytest.fixture
def observed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watcher]:
    """A watcher as on macOS and Windows, with watchdog's own way to look at folders in place of the
    system's."""
    run_on(monkeypatch, "macos")
    monkeypatch.setattr("watchdog.observers.Observer", lambda: PollingObserver(timeout=0.2))
    made = Watcher()
    monkeypatch.undo()
    yield made
    made.close()


def test_a_tree_needs_one_watch(observed: Watcher, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    pictures.write(photos / "below" / "a.jpg", pictures.draw(1, (32, 32)))
    assert observed.watch(str(photos)) is None
    pictures.write(photos / "below" / "b.jpg", pictures.draw(2, (32, 32)))
    assert until(observed, photos / "below").root == str(photos)
    (photos / "below").rename(photos / "renamed")
    until(observed, photos / "renamed")
    assert not observed.lost(str(photos))
    photos.rename(tmp_path / "gone")
    assert observed.lost(str(photos))
    observed.unwatch(str(photos))
    assert observed.watch(str(tmp_path / "gone")) is None


def test_a_folder_that_cannot_be_watched_is_said_to_be(
    observed: Watcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """watchdog waits for its thread on Windows, which may end before it has begun."""

    def ended(*_: object) -> None:
        raise queue.Empty

    with monkeypatch.context() as now:
        now.setattr(type(observed._backend), "watch", ended)
        assert observed.watch(str(tmp_path)) == "its changes are not reported"
    # It is tried again.
    assert observed.watch(str(tmp_path)) is None


def test_a_windows_junction_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures.write(tmp_path / "a.jpg", pictures.draw(1, (32, 32)))
    pictures.write(tmp_path / "junction" / "b.jpg", pictures.draw(2, (32, 32)))
    list_as_windows(monkeypatch, {"junction"})
    assert [seen.path for seen in scan_tree(str(tmp_path)).files] == ["a.jpg"]


def list_as_windows(monkeypatch: pytest.MonkeyPatch, junctions: set[str]) -> None:
    """Have folders of these names listed as junctions."""
    run_on(monkeypatch, "windows")
    real = os.scandir

    class Entry:
        """As Windows shows it: a folder, and no link."""

        def __init__(self, entry: os.DirEntry[str]) -> None:
            self._entry = entry
            self.name, self.path = entry.name, entry.path

        def __getattr__(self, name: str) -> Any:
            return getattr(self._entry, name)

        def is_dir(self, *, follow_symlinks: bool = True) -> bool:
            return self.name in junctions or self._entry.is_dir(follow_symlinks=follow_symlinks)

        def stat(self, *, follow_symlinks: bool = True) -> Any:
            facts = self._entry.stat(follow_symlinks=follow_symlinks)
            known = {name: getattr(facts, name) for name in dir(facts) if name.startswith("st_")}
            return types.SimpleNamespace(
                **{**known, "st_dev": 0}, st_reparse_tag=0xA0000003 if self.name in junctions else 0
            )

    class Listing:
        def __init__(self, path: str) -> None:
            self._entries = real(path)

        def __enter__(self) -> Iterator[Entry]:
            return (Entry(entry) for entry in self._entries.__enter__())

        def __exit__(self, *error: Any) -> None:
            self._entries.close()

    monkeypatch.setattr(os, "scandir", Listing)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
@pytest.mark.parametrize("folder", ["", "below", "below/other"])
def test_a_volume_is_not_entered_in_a_folder_of_its_own(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One is mounted in a folder of itself, and two are mounted in each other."""
    photos, other = tmp_path / "photos", tmp_path / "volume"
    for photo in (photos / "a.jpg", photos / "below" / "b.jpg", other / "c.jpg"):
        pictures.write(photo, pictures.draw(1, (32, 32)))
    (photos / "below" / "itself").symlink_to(photos)
    (photos / "below" / "other").symlink_to(other)
    (other / "back").symlink_to(photos)
    (other / "again").symlink_to(other)
    list_as_windows(monkeypatch, {"itself", "other", "back", "again"})
    monkeypatch.setattr(os, "readlink", lambda path: "\\\\?\\Volume{780c6209-d8cd-4e63}\\")
    real, devices = os.stat, {other.stat().st_ino: 2}

    def stat(path: str, **how: bool) -> os.stat_result:
        facts = real(path, **how)
        return os.stat_result([*facts[:2], devices.get(facts.st_ino, 1), *facts[3:]])

    monkeypatch.setattr(os, "stat", stat)
    ticks = itertools.count()

    def tick() -> None:
        assert next(ticks) < 100, "the scan goes round in circles"

    found = scan_tree(str(photos), folder, tick=tick)
    expected = ["a.jpg", "below/b.jpg", "below/other/c.jpg"]
    assert sorted(seen.path for seen in found.files) == [
        path for path in expected if path.startswith(folder)
    ]
    assert found.mounts == (set() if folder == "below/other" else {"below/other"})


@pytest.mark.parametrize("system", ["windows", "macos"])
def test_linux_features_are_not_used_on_other_systems(
    system: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = pictures.write(tmp_path / "a.jpg", pictures.draw(1, (32, 32)))
    monkeypatch.setitem(sys.modules, "fcntl", None)
    run_on(monkeypatch, system)
    assert write_detection.is_open_for_writing(str(photo)) is None
    monkeypatch.delattr(os, "nice")
    lower_priority()
