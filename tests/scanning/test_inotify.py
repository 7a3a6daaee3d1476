"""Linux's own events: which folders have a watch, and that none is silently without."""

from __future__ import annotations

import errno
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from explorer.scanning.ignore import IGNORE_FILE, IgnoreRules
from explorer.scanning.watch import ChangedFolder, Watcher

if sys.platform != "linux":
    pytest.skip("inotify is Linux's", allow_module_level=True)

from watchdog.observers.inotify_c import InotifyFD

from explorer.scanning.inotify import InotifyTree
from tests.fixtures.waiting import PATIENCE, wait


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for folder in ("a/b/c", "d", ".hidden/e", "out/f"):
        (tmp_path / "root" / folder).mkdir(parents=True)
    return tmp_path / "root"


def watched(watcher: Watcher, root: Path) -> set[str]:
    """The folders that have a watch, relative."""
    found: Any = watcher._watches[str(root)]
    return {str(Path(folder).relative_to(root)) for folder in found._watches}


def heard(watcher: Watcher, folder: Path, *, below: bool | None = None) -> ChangedFolder:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        for spot in watcher.due():
            if spot.folder == str(folder) and below in (None, spot.below):
                return spot
        time.sleep(0.05)
    return pytest.fail(f"nothing was heard of {folder}")


def test_every_folder_is_watched_except_excluded_ones(watcher: Watcher, tree: Path) -> None:
    assert watcher.watch(str(tree), IgnoreRules(str(tree), ["out/"])) is None
    assert watched(watcher, tree) == {".", "a", "a/b", "a/b/c", "d"}


def test_watches_follow_created_deleted_and_moved_folders(watcher: Watcher, tree: Path) -> None:
    watcher.watch(str(tree))
    (tree / "new" / "deep").mkdir(parents=True)
    heard(watcher, tree / "new", below=True)
    wait(lambda: {"new", "new/deep"} <= watched(watcher, tree), "watches of new folders")
    (tree / "a").rename(tree / "new" / "deep" / "moved")
    heard(watcher, tree / "new" / "deep" / "moved", below=True)
    (tree / "new" / "deep" / "moved" / "b" / "c" / "x.jpg").write_bytes(b"x")
    heard(watcher, tree / "new" / "deep" / "moved" / "b" / "c")
    assert watched(watcher, tree) == {
        ".",
        "d",
        "out",
        "out/f",
        "new",
        "new/deep",
        "new/deep/moved",
        "new/deep/moved/b",
        "new/deep/moved/b/c",
    }
    (tree / "d").rename(tree.parent / "gone")
    heard(watcher, tree / "d", below=True)
    (tree.parent / "gone" / "y.jpg").write_bytes(b"x")
    assert "d" not in watched(watcher, tree)


def test_reading_a_file_causes_no_event(watcher: Watcher, tree: Path) -> None:
    (tree / "a" / "x.jpg").write_bytes(b"x")
    watcher.watch(str(tree))
    for _ in range(3):
        (tree / "a" / "x.jpg").read_bytes()
        list((tree / "a").iterdir())
    (tree / "d" / "y.jpg").write_bytes(b"x")
    end, spots = time.monotonic() + PATIENCE, set[str]()
    while time.monotonic() < end and not spots:
        spots.update(spot.folder for spot in watcher.due())
        time.sleep(0.05)
    assert spots == {str(tree / "d")}


def test_the_watch_limit_is_noticed_anywhere_in_the_tree(
    watcher: Watcher, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = InotifyFD.add_callback

    def limited(self: InotifyFD, path: bytes, *rest: Any) -> Any:
        if path.endswith(b"/c"):
            raise OSError(errno.ENOSPC, "inotify watch limit reached")
        return real(self, path, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(InotifyFD, "add_callback", limited)
        said = watcher.watch(str(tree))
        assert said is not None and "max_user_watches" in said
        # None of those that were to be had is kept from other programs.
        assert watched(watcher, tree) == set()
    assert watcher.watch(str(tree)) is None
    assert "a/b/c" in watched(watcher, tree)


def test_the_watch_limit_is_noticed_for_a_new_folder(
    watcher: Watcher, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert watcher.watch(str(tree)) is None

    def refuse(*_: Any) -> Any:
        raise OSError(errno.ENOSPC, "inotify watch limit reached")

    monkeypatch.setattr(InotifyFD, "add_callback", refuse)
    (tree / "new").mkdir()
    wait(lambda: watcher._watches[str(tree)].problem is not None, "the limit")
    assert watcher.watch(str(tree)) is not None


def test_the_instance_limit_is_reported(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise OSError(errno.EMFILE, "inotify instance limit reached")

    monkeypatch.setattr(InotifyFD, "_create_inotify_fd", refuse)
    watcher = Watcher()
    assert "instance limit" in (watcher.watch(str(tree)) or "")
    watcher.close()


def test_a_folder_that_cannot_be_watched_does_not_affect_the_others(
    watcher: Watcher, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = InotifyFD.add_callback
    # How watchdog says that access is denied: no error, and a watch of number -1.
    monkeypatch.setattr(
        InotifyFD,
        "add_callback",
        lambda self, path, *rest: -1 if path.endswith(b"/b") else real(self, path, *rest),
    )
    assert watcher.watch(str(tree)) is None
    assert watched(watcher, tree) == {".", "a", "d", "out", "out/f"}


def test_lost_events_cause_a_full_scan(watcher: Watcher, tree: Path) -> None:
    watcher.watch(str(tree))
    found: Any = watcher._watches[str(tree)]
    found.on_queue_overflow()
    heard(watcher, tree, below=True)
    assert "a/b/c" in watched(watcher, tree)
    (tree / "a" / "b" / "c" / "x.jpg").write_bytes(b"x")
    heard(watcher, tree / "a" / "b" / "c")


def test_a_linked_root_is_watched_under_its_own_name(watcher: Watcher, tree: Path) -> None:
    link = tree.parent / "link"
    link.symlink_to(tree)
    assert watcher.watch(str(link)) is None
    (tree / "a" / "x.jpg").write_bytes(b"x")
    assert heard(watcher, link / "a").root == str(link)


def test_a_deleted_root_is_reported_as_lost(watcher: Watcher, tree: Path) -> None:
    watcher.watch(str(tree))
    assert not watcher.lost(str(tree))
    tree.rename(tree.parent / "elsewhere")
    wait(lambda: watcher.lost(str(tree)), "the root's end")
    heard(watcher, tree, below=True)


def test_a_changed_ignore_file_renews_the_watches(watcher: Watcher, tree: Path) -> None:
    watcher.watch(str(tree), IgnoreRules(str(tree)))
    (tree / "a" / IGNORE_FILE).write_text("b/\n")
    heard(watcher, tree / "a", below=True)
    assert watcher.roots_with_changed_rules() == {str(tree)}
    assert watcher.watch(str(tree), IgnoreRules(str(tree))) is None
    assert (
        watched(watcher, tree) == {".", "a", "d", "out", "out/f"}
        and not watcher.roots_with_changed_rules()
    )


def test_the_library_folder_causes_no_events(tree: Path) -> None:
    watcher = Watcher(str(tree / "d"))
    try:
        watcher.watch(str(tree))
        assert "d" not in watched(watcher, tree)
    finally:
        watcher.close()


def test_a_root_whose_events_are_no_longer_read_is_lost(
    watcher: Watcher, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(folder: str, name: str | None) -> None:
        raise RuntimeError

    watcher.watch(str(tree))
    assert not watcher.lost(str(tree))
    found: Any = watcher._watches[str(tree)]
    monkeypatch.setattr(found, "_on_change", fail)
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    (tree / "a.jpg").write_bytes(b"x")
    found._reader.join(PATIENCE)
    assert watcher.lost(str(tree))
    # It is watched anew.
    assert watcher.watch(str(tree)) is None and not watcher.lost(str(tree))


def test_events_that_arrive_while_watches_are_set_up_wait_for_the_folder_in_progress(
    tree: Path,
) -> None:
    """The system reports events of the folders that are watched already, in another thread."""
    waited = list[bool]()

    class Reader:
        def add_callback(self, path: bytes, mask: Any, tree: InotifyTree, number: Any) -> int:
            event = threading.Thread(target=tree.on_watch_deleted, args=(-1,))
            event.start()
            event.join(0.1)
            waited.append(event.is_alive())
            return len(waited)

    reader: Any = Reader()
    InotifyTree(reader, str(tree), lambda folder, name: None, lambda folder: False)
    assert len(waited) == 9 and all(waited)
