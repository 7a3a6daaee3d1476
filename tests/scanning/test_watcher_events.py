"""What the watcher makes of events and of roots that are lost, with a backend that is played."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from explorer.scanning import watch as module
from explorer.scanning.ignore import IGNORE_FILE, IgnoreRules
from explorer.scanning.watch import MAX_DELAY, QUIET_TIME, ChangedFolder, Watcher
from explorer.systems.this_system import this_system


class PlayedRoot:
    """The watch of one root."""

    def __init__(
        self, root: str, on_change: Callable[[str, str | None], None], excludes: Any
    ) -> None:
        self.root, self.on_change, self.excludes = root, on_change, excludes
        self.problem: str | None = None
        self.lost, self.closed = False, threading.Event()

    def close(self) -> None:
        self.closed.set()


class PlayedBackend:
    """A backend that records which roots it watches."""

    def __init__(self) -> None:
        self.made, self.closed = list[PlayedRoot](), False
        self.refusal: Exception | None = None

    def watch(self, root: str, on_change: Any, excludes: Any) -> PlayedRoot:
        if self.refusal:
            raise self.refusal
        self.made.append(PlayedRoot(root, on_change, excludes))
        return self.made[-1]

    def close(self) -> None:
        self.closed = True


class PlayedWatcher:
    """A watcher of `photos`, by its clock."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.backend = 50.0, PlayedBackend()
        monkeypatch.setattr(type(this_system()), "events_cover_trees", False)
        monkeypatch.setattr(module, "_InotifyBackend", lambda: self.backend)
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: self.now))
        self.photos = folder / "photos"
        (self.photos / "library").mkdir(parents=True)
        self.root = str(self.photos)
        self.made = Watcher(str(self.photos / "library"))

    def due(self, seconds: float = QUIET_TIME) -> list[ChangedFolder]:
        """What is due after some seconds."""
        self.now += seconds
        return self.made.due()


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PlayedWatcher:
    return PlayedWatcher(tmp_path, monkeypatch)


def test_an_event_leads_to_a_scan_of_its_folder_after_a_quiet_time(played: PlayedWatcher) -> None:
    assert played.made.watch(played.root) is None
    (watch,) = played.backend.made
    inner = str(played.photos / "a")
    watch.on_change(inner, "b.jpg")
    assert played.due(QUIET_TIME / 2) == []
    assert played.due() == [ChangedFolder(played.root, inner, below=False)]
    watch.on_change(inner, None)
    assert played.due() == [ChangedFolder(played.root, inner, below=True)]
    # The library in a root changes with every scan of that root.
    watch.on_change(str(played.photos / "library" / "previews"), "b.jpg")
    watch.on_change(str(played.photos / "library"), None)
    assert played.due(MAX_DELAY) == []
    watch.on_change("/elsewhere", "b.jpg")
    assert played.due() == [ChangedFolder(played.root, played.root, below=False)]


def test_a_folder_that_is_asked_for_later_is_due_later(played: PlayedWatcher) -> None:
    changed = ChangedFolder(played.root, played.root, below=False)
    played.made.requeue(changed, 3.0)
    assert played.due(3.0) == [] and played.due(QUIET_TIME) == [changed]
    played.made.requeue(changed)
    assert played.due(QUIET_TIME) == [changed]


def test_events_of_a_root_that_is_a_link_have_the_path_of_the_link(
    played: PlayedWatcher, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(played.photos)
    root = str(tmp_path / "link")
    played.made.watch(root)
    (watch,) = played.backend.made
    assert watch.root == os.path.realpath(root) != root
    watch.on_change(os.path.join(watch.root, "a", "b"), "c.jpg")
    assert played.due() == [ChangedFolder(root, os.path.join(root, "a", "b"), below=False)]


def test_excluded_folders_and_the_library_stay_unwatched(played: PlayedWatcher) -> None:
    played.made.watch(played.root, IgnoreRules(played.root, ["raw/", "/a/b/"]))
    (watch,) = played.backend.made
    folders = ("raw", "a", "a/b", "b/raw", ".hidden", "library", "library/x", "b")
    assert {name for name in folders if watch.excludes(str(played.photos / name))} == {
        "raw", "a/b", "b/raw", ".hidden", "library"
    }  # fmt: skip


def test_a_root_is_watched_anew_if_its_watch_is_of_no_use(played: PlayedWatcher) -> None:
    for number in (1, 1):
        assert played.made.watch(played.root) is None
        assert len(played.backend.made) == number and not played.made.lost(played.root)
    first = played.backend.made[0]
    first.lost = True
    assert played.made.lost(played.root) and not played.made.lost("/elsewhere")
    played.made.watch(played.root)
    assert len(played.backend.made) == 2 and first.closed.is_set()
    second = played.backend.made[1]
    second.problem = "too many folders"
    played.made.watch(played.root)
    assert len(played.backend.made) == 3 and second.closed.is_set()
    # Its rules changed: other folders are to be watched.
    third = played.backend.made[2]
    assert played.made.roots_with_changed_rules() == set()
    third.on_change(str(played.photos / "a"), IGNORE_FILE)
    assert played.made.roots_with_changed_rules() == {played.root}
    assert played.due() == [ChangedFolder(played.root, str(played.photos / "a"), below=True)]
    played.made.watch(played.root)
    assert len(played.backend.made) == 4 and third.closed.is_set()
    assert played.made.roots_with_changed_rules() == set()


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        (OSError(2, "No such file or directory"), "No such file or directory"),
        (OSError("odd"), "odd"),
        (queue.Empty(), "its changes are not reported"),
    ],
)
def test_why_a_root_cannot_be_watched_is_said(
    played: PlayedWatcher, refusal: Exception, reason: str
) -> None:
    played.backend.refusal = refusal
    assert played.made.watch(played.root) == reason and not played.made.lost(played.root)
    played.backend.refusal = None
    assert played.made.watch(played.root) is None


def test_a_problem_of_a_watch_is_passed_on(
    played: PlayedWatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = played.backend.watch

    def watch(*given: Any) -> PlayedRoot:
        made = real(*given)
        made.problem = "too many folders"
        return made

    monkeypatch.setattr(played.backend, "watch", watch)
    assert played.made.watch(played.root) == "too many folders"


def test_all_watches_end_with_the_watcher(played: PlayedWatcher, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for root in (played.root, str(other)):
        played.made.watch(root)
    first, second = played.backend.made
    played.made.unwatch(played.root)
    played.made.unwatch("/unknown")
    assert first.closed.is_set() and not second.closed.is_set()
    played.made.close()
    assert second.closed.is_set() and played.backend.closed
