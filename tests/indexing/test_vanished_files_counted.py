"""How many vanished files are too many to be forgotten without a question; without a scan."""

from __future__ import annotations

import time
from collections.abc import Iterable

import pytest

from explorer.indexing.vanished_files import (
    ASK_MINIMUM,
    ASK_SHARE,
    SAME_DELETION,
    VanishedFiles,
    may_be_away,
)
from explorer.library.file_rows import FileStat, KnownFile
from explorer.library.stores.file_store import files_below, put_failed, put_present
from explorer.library.stores.root_store import update_root
from explorer.scanning.index_summary import IndexSummary
from tests.factory import LibraryBuilder
from tests.fixtures.drives import UnresponsiveDrives


class Vanishing:
    """A run over the builder's folder, with `number` copies of a photo in the library, and
    something there."""

    def __init__(self, builder: LibraryBuilder, number: int) -> None:
        self.builder, self.photos = builder, builder.library.dir.parent / "photos"
        (self.photos / "something").touch()
        with builder.writer.transaction():
            photo = builder.put("000.jpg", "photo") if number else 0
            for each in range(1, number):
                seen = FileStat(f"{each:03}.jpg", 1000, 1, 0)
                put_present(builder.writer, builder.root, seen, photo)
        self.drives, self.summary, self.ticks = UnresponsiveDrives(), IndexSummary(), 0
        self.lost = dict[int, set[str]]()
        self.moved = set[int]()

    def files(self) -> dict[str, KnownFile]:
        return files_below(self.builder.writer, self.builder.root)

    def record(self, names: Iterable[str | int]) -> tuple[int, int]:
        """Record that these are gone; gives how many are missing and away, by the summary."""
        known = self.files()
        self.summary.missing = self.summary.away = 0
        VanishedFiles(
            self.builder.writer,
            {root["id"]: root for root in self.builder.library.catalog.roots()},
            self.drives,
            self.summary,
            self._tick,
            away=self.lost,
            moved_drives=self.moved,
        ).record([known[f"{each:03}.jpg" if isinstance(each, int) else each] for each in names])
        return self.summary.missing, self.summary.away

    def _tick(self) -> None:
        self.ticks += 1

    def states(self) -> tuple[int, int]:
        """How many files are missing and away, by the catalog."""
        files = self.files().values()
        return (
            sum(file.state == "missing" for file in files),
            sum(file.vanished and file.state == "present" for file in files),
        )

    def sql(self, statement: str, *values: object) -> None:
        self.builder.writer.connection.execute(statement, values)


@pytest.mark.parametrize(
    ("number", "gone", "asks"),
    [
        # At least the minimum, and more than the share.
        (40, ASK_MINIMUM - 1, False),
        (40, ASK_MINIMUM, True),
        (50, 10, False),
        (50, 11, True),
        (49, 10, True),
        (9, 9, False),
        (10, 10, True),
    ],
)
def test_many_files_at_once_are_a_question(
    builder: LibraryBuilder, number: int, gone: int, asks: bool
) -> None:
    assert (ASK_MINIMUM, ASK_SHARE) == (10, 0.2)
    run = Vanishing(builder, number)
    expected = (0, gone) if asks else (gone, 0)
    assert run.record(range(gone)) == expected == run.states()
    assert len(run.files()) == number and run.ticks == 1


def test_what_went_missing_a_moment_ago_counts(builder: LibraryBuilder) -> None:
    run = Vanishing(builder, 40)
    assert run.record(range(9)) == (9, 0)
    run.sql("update file set gone_at = ? where state = 'missing'", time.time() - SAME_DELETION + 5)
    # Those too are kept.
    assert run.record([9]) == (0, 10) and run.states() == (0, 10)


def test_what_went_missing_before_that_does_not_count(builder: LibraryBuilder) -> None:
    run = Vanishing(builder, 40)
    run.record(range(9))
    run.sql("update file set gone_at = ? where state = 'missing'", time.time() - SAME_DELETION - 5)
    assert run.record([9]) == (1, 0) and run.states() == (10, 0)


@pytest.mark.parametrize("answered", [False, True])
def test_files_about_which_the_user_was_asked_count_until_the_answer(
    builder: LibraryBuilder, answered: bool
) -> None:
    run = Vanishing(builder, 40)
    assert run.record(range(12)) == (0, 12)
    run.sql("update file set gone_at = ? where gone_at is not null", time.time() - 1000)
    if answered:
        run.sql("update root set kept_at = ?", time.time() - 500)
    assert run.record([12]) == ((1, 0) if answered else (0, 1))
    assert run.states() == ((1, 12) if answered else (0, 13))


@pytest.mark.parametrize("moved", [False, True])
@pytest.mark.parametrize(("gone", "asks"), [(8, False), (9, True)])
def test_on_another_drive_a_few_are_too_many(
    builder: LibraryBuilder, gone: int, asks: bool, moved: bool
) -> None:
    run = Vanishing(builder, 40)
    run.moved = {builder.root if moved else builder.root + 1}
    expected = (0, gone) if asks and moved else (gone, 0)
    assert run.record(range(gone)) == expected == run.states()


def test_one_file_of_few_is_too_many_on_another_drive(builder: LibraryBuilder) -> None:
    run = Vanishing(builder, 4)
    run.moved = {builder.root}
    assert run.record([0]) == (0, 1) == run.states()


def test_files_of_a_drive_mounted_inside_are_away(builder: LibraryBuilder) -> None:
    run = Vanishing(builder, 4)
    for name in ("card/a.jpg", "card/b/c.jpg", "cardboard.jpg"):
        builder.put(name, name)
    run.lost = {builder.root: {"card"}, builder.root + 1: {""}}
    assert run.record(["card/a.jpg", "card/b/c.jpg", "cardboard.jpg", 0]) == (2, 2)
    away = {path for path, file in run.files().items() if file.vanished and file.state == "present"}
    assert away == {"card/a.jpg", "card/b/c.jpg"} and run.states() == (2, 2)


def test_only_photos_count(builder: LibraryBuilder) -> None:
    """Unreadable files are no reason to ask, and are not counted."""
    run = Vanishing(builder, 12)
    names = [f"bad {number}.jpg" for number in range(15)]
    for name in names:
        put_failed(builder.writer, builder.root, FileStat(name, 1, 2, 3), "torn")
    assert run.record(names) == (0, 0)
    # They were of no photo, so that nothing is kept of them.
    assert not any(file.state == "present" for name, file in run.files().items() if name in names)
    change = builder.library.catalog.change()
    assert run.record([0]) == (1, 0)
    # One change: nothing is said of files that are away where there are none.
    assert builder.library.catalog.change() == change + 1


@pytest.mark.parametrize("how", ["absent", "unresponsive"])
def test_nothing_is_recorded_of_a_drive_that_is_not_there(
    builder: LibraryBuilder, how: str
) -> None:
    run = Vanishing(builder, 4)
    if how == "absent":
        run.photos.rename(run.photos.with_name("aside"))
    else:
        run.drives.unresponsive = {str(run.photos)}
    assert run.record(range(4)) == (0, 0) == run.states()
    assert builder.library.catalog.counts().files == 4


@pytest.mark.parametrize("where", ["there", "empty", "absent", "unresponsive"])
@pytest.mark.parametrize("left", [0, 1])
def test_a_folder_emptied_by_moving_everything_away_is_online(
    builder: LibraryBuilder, where: str, left: int
) -> None:
    run = Vanishing(builder, left)
    update_root(builder.writer, builder.root, state="offline")
    run.summary.offline = {str(run.photos), "/another"}
    if where != "there":
        (run.photos / "something").unlink()
    if where == "absent":
        run.photos.rmdir()
    if where == "unresponsive":
        run.drives.unresponsive = {str(run.photos)}
    run.record([])
    online = where in ("there", "empty") and not left
    (root,) = builder.library.catalog.roots()
    assert root["state"] == ("online" if online else "offline")
    assert run.summary.offline == {"/another"} | (set() if online else {str(run.photos)})


def test_a_folder_that_is_online_is_left_as_it_is(builder: LibraryBuilder) -> None:
    run = Vanishing(builder, 0)
    change = builder.library.catalog.change()
    run.record([])
    assert builder.library.catalog.change() == change
    update_root(builder.writer, builder.root, state="offline")
    # Its drive was away in this run, though it is here now.
    run.record([])
    assert builder.library.catalog.roots()[0]["state"] == "offline"


def test_a_file_may_be_away_below_a_lost_drive_or_behind_a_broken_link(
    builder: LibraryBuilder,
) -> None:
    (root,) = builder.library.catalog.roots()
    root["mounts"] = ["card"]
    photos = builder.library.dir.parent / "photos"
    for folder in ("card", "cards"):
        (photos / folder).mkdir()
    (photos / "there.jpg").touch()
    (photos / "link.jpg").symlink_to(photos / "there.jpg")
    (photos / "broken.jpg").symlink_to(photos / "unplugged" / "a.jpg")
    names = ("card/a.jpg", "cards/a.jpg", "gone.jpg", "there.jpg", "link.jpg", "broken.jpg")
    files = [KnownFile(1, root["id"], name, 1, 1, 0, "present", 1) for name in names]
    found = {file.path for file in files if may_be_away(root, file)}
    assert found == {"card/a.jpg", "broken.jpg"}
