from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from explorer.errors import FolderError, LibraryError, LibraryLocked, LibraryNewer, UsageError
from explorer.library.catalog import Catalog
from explorer.library.command_store import send_command, take_commands
from explorer.library.file_rows import FileStat
from explorer.library.file_store import put_failed, put_present
from explorer.library.filters import Filters
from explorer.library.library import Library
from explorer.library.photo_store import take_purged_hashes
from explorer.library.root_store import add_root, remove_root
from explorer.library.worker_store import report_status, worker_status
from explorer.library.writer import Writer
from tests.factory import Shelf


def test_two_files_of_one_content_are_one_photo(shelf: Shelf) -> None:
    first, second = shelf.put("a.jpg", "x"), shelf.put("copies/b.jpg", "x")
    assert first == second
    row = shelf.library.catalog.photo(first)
    assert row is not None and row["copies"] == 2 and row["name"] == "a.jpg"
    assert [f["path"][-5:] for f in shelf.library.catalog.files_of(first)] == ["a.jpg", "b.jpg"]


def test_a_photo_is_hidden_when_its_last_file_is_gone_and_keeps_its_id_when_it_returns(
    shelf: Shelf,
) -> None:
    photo = shelf.put("a.jpg", "x")
    shelf.lose("a.jpg")
    assert shelf.library.catalog.photo(photo) is None
    assert shelf.library.catalog.counts()[:4] == (0, 0, 0, 1)
    assert shelf.put("a.jpg", "x") == photo
    assert shelf.library.catalog.photo(photo) is not None


def test_an_edited_file_drops_the_old_content_for_good(shelf: Shelf) -> None:
    old = shelf.put("a.jpg", "x")
    new = shelf.put("a.jpg", "y")
    assert new != old
    assert shelf.library.catalog.photo(old) is None
    assert len(take_purged_hashes(shelf.writer)) == 1
    assert shelf.library.catalog.counts().photos == 1


def test_ids_are_never_given_twice(shelf: Shelf) -> None:
    old = shelf.put("a.jpg", "x")
    shelf.put("a.jpg", "y")
    shelf.put("a.jpg", "z")
    assert shelf.put("b.jpg", "x") > old + 2


def test_filters_by_date_take_both_days_in(shelf: Shelf) -> None:
    days = {
        day: shelf.put(f"{day}.jpg", day, taken_at=f"2024-05-{day}T23:59:59")
        for day in ("01", "02", "03")
    }
    undated = shelf.put("u.jpg", "u")
    catalog = shelf.library.catalog
    assert catalog.matching(Filters(since="2024-05-02")).tolist() == [days["03"], days["02"]]
    assert catalog.matching(Filters(until="2024-05-02")).tolist() == [days["02"], days["01"]]
    assert catalog.matching().tolist() == [days["03"], days["02"], days["01"], undated]


def test_filter_by_folder_takes_what_is_below_and_nothing_beside(shelf: Shelf) -> None:
    inside = {shelf.put("100%/a.jpg", 1), shelf.put("100%/deep/b.jpg", 2)}
    shelf.put("100x/c.jpg", 3)
    shelf.put("d.jpg", 4)
    root = shelf.library.catalog.roots()[0]["path"]
    assert set(shelf.library.catalog.matching(Filters(folder=f"{root}/100%")).tolist()) == inside
    assert len(shelf.library.catalog.matching(Filters(folder=root))) == 4
    assert len(shelf.library.catalog.matching(Filters(folder=str(Path(root).parent)))) == 4
    assert len(shelf.library.catalog.matching(Filters(folder="/nowhere"))) == 0


def test_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="2024-02-30"):
        Filters(since="2024-02-30")


def test_a_parent_folder_takes_its_child_in_with_ids_kept(shelf: Shelf, tmp_path: Path) -> None:
    photo = shelf.put("deep/a.jpg", "x")
    add_root(shelf.writer, str(tmp_path))
    roots = shelf.library.catalog.roots()
    assert [root["path"] for root in roots] == [str(tmp_path)]
    row = shelf.library.catalog.photo(photo)
    assert row is not None and row["path"] == str(tmp_path / "photos" / "deep" / "a.jpg")
    assert add_root(shelf.writer, str(tmp_path / "photos")) == roots[0]["id"]


def test_removing_a_root_forgets_only_what_lies_nowhere_else(shelf: Shelf, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    both, alone = shelf.put("a.jpg", "both"), shelf.put("b.jpg", "alone")
    second = add_root(shelf.writer, str(other))
    with shelf.writer.transaction():
        put_present(shelf.writer, second, FileStat("c.jpg", 1, 1, 0), both)
    remove_root(shelf.writer, str(tmp_path / "photos"))
    assert set(shelf.library.catalog.photos([both, alone])) == {both}
    assert len(take_purged_hashes(shelf.writer)) == 1


@pytest.mark.parametrize("name", ["absent", "file.txt"])
def test_a_folder_that_is_none_is_refused_with_its_name(
    shelf: Shelf, tmp_path: Path, name: str
) -> None:
    (tmp_path / "file.txt").write_text("x")
    with pytest.raises(FolderError, match=name):
        add_root(shelf.writer, str(tmp_path / name))


def test_failures_are_listed_with_reasons_and_forgotten_when_the_file_goes(shelf: Shelf) -> None:
    put_failed(shelf.writer, shelf.root, FileStat("bad.jpg", 3, 1, 0), "the file is empty")
    (failure,) = shelf.library.catalog.failures()
    assert failure["reason"] == "the file is empty" and failure["path"].endswith("bad.jpg")
    shelf.lose("bad.jpg")
    assert shelf.library.catalog.failures() == []


def test_names_that_are_no_utf8_come_back_as_they_were(shelf: Shelf) -> None:
    from explorer.library.paths import to_text

    photo = shelf.put(to_text("caf\udce9.jpg"), "x")
    row = shelf.library.catalog.photo(photo)
    assert row is not None and row["name"] == "caf\udce9.jpg"


def test_a_failed_transaction_leaves_nothing(shelf: Shelf) -> None:
    change = shelf.library.catalog.change()
    with pytest.raises(ZeroDivisionError), shelf.writer.transaction():
        shelf.put("a.jpg", "x")
        1 / 0  # noqa: B018
    assert shelf.library.catalog.counts().photos == 0
    assert shelf.library.catalog.change() == change


def test_commands_are_given_once_and_in_order(shelf: Shelf) -> None:
    send_command(shelf.library.catalog, "add", "/a\udcff")
    send_command(shelf.library.catalog, "pause")
    assert take_commands(shelf.writer) == [("add", "/a\udcff"), ("pause", None)]
    assert take_commands(shelf.writer) == []


def test_a_worker_that_is_silent_is_not_alive(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert worker_status(shelf.library.catalog) is None
    report_status(shelf.writer, phase="indexing", encoder="tiny", done=1, total=2)
    worker = worker_status(shelf.library.catalog)
    assert worker is not None and worker["alive"] and worker["total"] == 2
    monkeypatch.setattr("explorer.library.worker_store.HEARTBEAT_LIMIT", -1.0)
    worker = worker_status(shelf.library.catalog)
    assert worker is not None and not worker["alive"]


def test_one_writer_at_a_time(shelf: Shelf) -> None:
    with shelf.library.lock():
        second = Library.open(shelf.library.dir)
        with pytest.raises(LibraryLocked, match="Another run"):
            second.lock()
        second.close()


def test_a_library_of_a_later_release_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    Catalog(path).close()
    with sqlite3.connect(path) as db:
        db.execute("pragma user_version = 999")
    db.close()
    with pytest.raises(LibraryNewer, match="newer"):
        Catalog(path).close()


def test_no_library_is_made_by_looking(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="no library"):
        Library.open(tmp_path / "none", create=False)
    assert not (tmp_path / "none").exists()


def test_readers_see_what_the_writer_wrote_from_other_threads(shelf: Shelf) -> None:
    from concurrent.futures import ThreadPoolExecutor

    photo = shelf.put("a.jpg", "x")
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda _: shelf.library.catalog.photo(photo), range(40)))
    assert all(row is not None and row["id"] == photo for row in rows)


def test_writer_is_reusable_after_an_error(shelf: Shelf) -> None:
    with pytest.raises(sqlite3.Error), shelf.writer.transaction():
        put_present(shelf.writer, shelf.root, FileStat("a.jpg", 1, 1, 0), 12345)
    assert shelf.put("b.jpg", "y") > 0
    assert isinstance(shelf.writer, Writer)
