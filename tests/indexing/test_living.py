"""A worker that lives beside the user who works with their photos: what they do is done to real
files while it watches."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from explorer.indexing import worker_client
from explorer.library.rows import RootRow
from explorer.library.stores.command_store import send_command, waiting_commands
from explorer.scanning import scheduler
from explorer.scanning.ignore import IGNORE_FILE
from explorer.scanning.watch import Watcher
from tests import pictures
from tests.fixtures.waiting import wait
from tests.indexing.test_worker import WatchedLibrary


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[WatchedLibrary]:
    made = WatchedLibrary(tmp_path)
    yield made
    made.reader.close()


def draw(path: Path, seed: int) -> Path:
    """A small photo, fast to make and to read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(
        pictures.encoded(pictures.plain(f"#{seed % 251:02x}{seed // 251:02x}40", (32, 24)), "PNG")
    )
    return path


def present(watched: WatchedLibrary) -> dict[str, int]:
    """The photo's id of every file that the library shows, by its absolute path."""
    catalog = watched.reader.catalog
    return {
        file["path"]: photo
        for photo in catalog.matching().tolist()
        for file in catalog.files_of(photo)
        if file["state"] == "present"
    }


def on_disk(*folders: Path) -> set[str]:
    return {
        str(path)
        for folder in folders
        for path in folder.rglob("*.png")
        if path.is_file() and not path.is_symlink()
    }


def settled(watched: WatchedLibrary, *folders: Path, what: str) -> None:
    """Wait until the library shows just what is on disk, and the worker has come to rest."""
    wait(lambda: set(present(watched)) == on_disk(*folders) and watched.phase() == "watching", what)


def root(watched: WatchedLibrary, folder: Path) -> RootRow:
    return next(row for row in watched.reader.catalog.roots() if row["path"] == str(folder))


def obeyed(watched: WatchedLibrary, condition: Callable[[], bool], what: str) -> None:
    wait(lambda: not waiting_commands(watched.reader.catalog) and condition(), what)


def test_trees_moved_within_and_between_folders_keep_their_ids(
    watched: WatchedLibrary, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    watched.add(other)
    for number in range(40):
        draw(watched.photos / "album" / f"{number % 4}" / f"{number}.png", number)
    with watched.running():
        settled(watched, watched.photos, other, what="the first scan")
        before, encoded = present(watched), watched.encoder.encoded
        (watched.photos / "album").rename(watched.photos / "renamed")
        settled(watched, watched.photos, other, what="a move inside")
        (watched.photos / "renamed").rename(other / "moved")
        settled(watched, watched.photos, other, what="a move between")
        after = present(watched)
        assert {Path(path).name: photo for path, photo in after.items()} == {
            Path(path).name: photo for path, photo in before.items()
        }
        # What is moved on is looked into where it is now.
        (other / "moved" / "0" / "0.png").rename(other / "moved" / "0" / "new.png")
        settled(watched, watched.photos, other, what="a move in what had moved")
        assert watched.encoder.encoded == encoded
        assert root(watched, other)["watching"] == "watched" and not root(watched, other)["away"]


def test_files_saved_by_renaming_are_edits(watched: WatchedLibrary) -> None:
    with watched.running():
        settled(watched, watched.photos, what="the first scan")
        (first,) = present(watched).values()
        path = watched.photos / "first.png"
        draw(watched.photos / "tmp123.png", 7).replace(path)
        wait(
            lambda: (
                set(present(watched).values()).isdisjoint({first}) and len(present(watched)) == 1
            ),
            "the edit",
        )
        (second,) = present(watched).values()
        path.rename(watched.photos / "first_original.png")
        draw(path, 8)
        settled(watched, watched.photos, what="the backup and the new one")
        assert present(watched)[str(watched.photos / "first_original.png")] == second


def test_a_slowly_written_file_is_indexed_once_when_complete(watched: WatchedLibrary) -> None:
    whole = pictures.encoded(pictures.draw(3, (640, 480)))
    path = watched.photos / "slow.jpg"
    with watched.running():
        settled(watched, watched.photos, what="the first scan")
        encoded = watched.encoder.encoded
        with path.open("wb") as file:
            for start in range(0, len(whole), len(whole) // 8):
                file.write(whole[start : start + len(whole) // 8])
                file.flush()
                time.sleep(0.6)
                assert (
                    not any(name.endswith("slow.jpg") for name in present(watched))
                    and not watched.reader.catalog.counts().failed
                )
        wait(lambda: str(path) in present(watched), "the whole photo")
        assert watched.encoder.encoded == encoded + 1
        row = watched.reader.catalog.photo(present(watched)[str(path)])
        assert row is not None and row["damaged"] is None


def test_many_small_files_copied_at_once_are_indexed(watched: WatchedLibrary) -> None:
    source = watched.photos.parent / "source"
    for number in range(120):
        draw(source / f"{number % 10}" / f"{number}.png", number)
    with watched.running():
        settled(watched, watched.photos, what="the first scan")
        shutil.copytree(source, watched.photos / "copy")
        settled(watched, watched.photos, what="the copies")
        assert len(set(present(watched).values())) == 121 and watched.encoder.encoded == 121
        shutil.copytree(source, watched.photos / "again")
        settled(watched, watched.photos, what="the copies of the copies")
        assert watched.encoder.encoded == 121
        # Half of all vanish at once.
        shutil.rmtree(watched.photos / "again")
        wait(lambda: root(watched, watched.photos)["asking"] == 120, "the question")
        assert len(present(watched)) == 241
        send_command(watched.reader.catalog, "forget", str(watched.photos))
        settled(watched, watched.photos, what="the answer")
        assert not root(watched, watched.photos)["away"]


def test_a_new_folder_is_watched_unless_excluded(watched: WatchedLibrary) -> None:
    with watched.running():
        settled(watched, watched.photos, what="the first scan")
        draw(watched.photos / "new" / "deep" / "1.png", 1)
        settled(watched, watched.photos, what="a photo in a new folder")
        draw(watched.photos / "new" / "deep" / "2.png", 2)
        settled(watched, watched.photos, what="a second one in it")
        (watched.photos / "new" / IGNORE_FILE).write_text("deep/\n")
        wait(lambda: len(present(watched)) == 1, "the ignore file")
        encoded = watched.encoder.encoded
        (watched.photos / "new" / IGNORE_FILE).unlink()
        settled(watched, watched.photos, what="without the ignore file")
        draw(watched.photos / "new" / "deep" / "3.png", 3)
        settled(watched, watched.photos, what="a third one, in a folder that is watched again")
        assert watched.encoder.encoded == encoded + 1
        worker_client.exclude(watched.reader.catalog, str(watched.photos), ["new/"])
        wait(
            lambda: len(present(watched)) == 1 and root(watched, watched.photos)["left_out"] == 3,
            "the rule",
        )
        worker_client.exclude(watched.reader.catalog, str(watched.photos), [])
        settled(watched, watched.photos, what="without the rule")
        assert watched.encoder.encoded == encoded + 1


def test_a_folder_that_disappears_and_returns_is_offline_meanwhile(
    watched: WatchedLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "DRIVE_CHECK_INTERVAL", 0.1)
    with watched.running():
        settled(watched, watched.photos, what="the first scan")
        before = present(watched)
        watched.photos.rename(watched.photos.parent / "unplugged")
        wait(lambda: root(watched, watched.photos)["state"] == "offline", "its absence")
        rows = watched.reader.catalog.photos(before.values())
        assert (
            len(rows) == 1
            and all(row["away"] for row in rows.values())
            and watched.best("red") == "first.png"
        )
        (watched.photos.parent / "unplugged").rename(watched.photos)
        wait(
            lambda: (
                root(watched, watched.photos)["state"] == "online" and watched.phase() == "watching"
            ),
            "its return",
        )
        draw(watched.photos / "later.png", 5)
        settled(watched, watched.photos, what="a photo that came after its return")
        assert before.items() <= present(watched).items() and watched.encoder.encoded == 2


def test_without_events_the_worker_rescans_and_says_so(
    watched: WatchedLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "reason_to_poll", lambda root: "it is on a network drive (nfs)")
    monkeypatch.setattr(Watcher, "watch", lambda self, root, rules=None: None)
    monkeypatch.setattr(scheduler, "POLL_INTERVAL", 2.0)
    with watched.running():
        settled(watched, watched.photos, what="the first scan")
        said = root(watched, watched.photos)["watching"]
        assert (
            said is not None
            and said.startswith("scanned every")
            and said.endswith("because it is on a network drive (nfs)")
        )
        draw(watched.photos / "new.png", 5)
        settled(watched, watched.photos, what="the next look")


def test_a_loop_of_links_does_not_trap_a_scan(watched: WatchedLibrary) -> None:
    (watched.photos / "self").symlink_to(watched.photos)
    (watched.photos / "a").mkdir()
    (watched.photos / "a" / "b").symlink_to(watched.photos / "a")
    with watched.running():
        settled(watched, watched.photos, what="the first scan")
        draw(watched.photos / "a" / "1.png", 1)
        settled(watched, watched.photos, what="a photo beside a loop")
        assert len(present(watched)) == 2
