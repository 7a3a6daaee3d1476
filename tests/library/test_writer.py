from __future__ import annotations

import json
import os
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from explorer.errors import FolderError
from explorer.library import root_store
from explorer.library.command_store import (
    drop_commands,
    send_command,
    take_commands,
    waiting_commands,
)
from explorer.library.file_rows import EXCLUDED, FileStat, KnownFile
from explorer.library.file_store import files_below, files_in_folder, put_present
from explorer.library.root_store import (
    add_root,
    prefixed_glob,
    remove_root,
    set_exclude_globs,
    update_root,
)
from explorer.library.worker_store import report_status, worker_status
from explorer.library.writer import Writer
from tests.factory import Shelf
from tests.library.rows import visible


def root_row(shelf: Shelf) -> Any:
    return shelf.library.catalog.roots()[0]


class TestWhetherAFileIsTheSame:
    FILE = KnownFile(1, 1, "a.jpg", 10, 20, 30, "present", 1)

    @pytest.mark.parametrize(
        ("seen", "plainly", "by_inode"),
        [
            (FileStat("b.jpg", 10, 20, 30), True, True),
            (FileStat("a.jpg", 10, 20, 31), True, False),
            (FileStat("a.jpg", 10, 20, 0), True, True),
            (FileStat("a.jpg", 11, 20, 30), False, False),
            (FileStat("a.jpg", 10, 21, 30), False, False),
        ],
    )
    def test_by_size_and_time_and_on_request_by_inode(
        self, seen: FileStat, plainly: bool, by_inode: bool
    ) -> None:
        assert (
            self.FILE.matches(seen) is plainly and self.FILE.matches(seen, inodes=True) is by_inode
        )

    def test_a_file_without_an_inode_is_told_by_the_rest(self) -> None:
        assert self.FILE._replace(inode=0).matches(FileStat("a.jpg", 10, 20, 31), inodes=True)

    @pytest.mark.parametrize(
        ("change", "left_out", "lost"),
        [
            ({}, False, False),
            ({"gone_at": 0.0}, False, True),
            ({"gone_at": 5.0, "state": "missing"}, False, True),
            ({"gone_at": 5.0, "state": "missing", "reason": EXCLUDED}, True, False),
            ({"gone_at": 5.0, "reason": EXCLUDED}, False, True),
        ],
    )
    def test_what_a_rule_leaves_out_is_not_lost(
        self, change: dict[str, Any], left_out: bool, lost: bool
    ) -> None:
        file = self.FILE._replace(**change)
        assert (file.excluded, file.vanished) == (left_out, lost)


class TestTransactions:
    def test_a_block_within_a_block_shares_its_number_and_its_fate(self, shelf: Shelf) -> None:
        with shelf.writer.transaction() as outer, shelf.writer.transaction() as inner:
            assert inner == outer
        with pytest.raises(KeyError), shelf.writer.transaction():
            with shelf.writer.transaction():
                shelf.put("a.jpg", "x")
            raise KeyError
        assert visible(shelf) == set() and not files_below(shelf.writer, shelf.root)

    def test_each_has_a_number_of_its_own_that_readers_see(self, shelf: Shelf) -> None:
        before = shelf.library.catalog.change()
        with shelf.writer.transaction() as first:
            pass
        with shelf.writer.transaction() as second:
            pass
        assert (first, second) == (
            before + 1,
            before + 2,
        ) and shelf.library.catalog.change() == second


class TestRoots:
    def test_a_folder_beside_a_root_is_one_of_its_own(self, shelf: Shelf, tmp_path: Path) -> None:
        (tmp_path / "photos2").mkdir()
        (tmp_path / "photos" / "deep").mkdir()
        assert add_root(shelf.writer, str(tmp_path / "photos2")) != shelf.root
        assert (
            add_root(shelf.writer, str(tmp_path / "photos" / "deep"))
            == shelf.root
            == add_root(shelf.writer, str(tmp_path / "photos"))
        )
        assert [root["path"] for root in shelf.library.catalog.roots()] == [
            str(tmp_path / "photos"),
            str(tmp_path / "photos2"),
        ]

    def test_a_parent_takes_over_files_folders_and_what_is_left_out(
        self, shelf: Shelf, tmp_path: Path
    ) -> None:
        (tmp_path / "other").mkdir()
        other = add_root(shelf.writer, str(tmp_path / "other"))
        shelf.put("top.jpg", 1)
        shelf.put("deep/er/a.jpg", 2)
        set_exclude_globs(shelf.writer, shelf.root, ["*.png", "/raw", "!keep.png"])
        set_exclude_globs(shelf.writer, other, ["x"])
        new = add_root(shelf.writer, str(tmp_path))
        assert set(files_below(shelf.writer, new)) == {"photos/top.jpg", "photos/deep/er/a.jpg"}
        assert set(files_in_folder(shelf.writer, new, "photos")) == {"photos/top.jpg"}
        assert set(files_in_folder(shelf.writer, new, "photos/deep/er")) == {"photos/deep/er/a.jpg"}
        (root,) = shelf.library.catalog.roots()
        mine = [glob for glob in root["exclude"] if glob != "/other/**/x"]
        assert (
            mine == ["/photos/**/*.png", "/photos/raw", "!/photos/**/keep.png"]
            and len(root["exclude"]) == 4
        )

    def test_a_link_to_a_root_is_that_root(self, shelf: Shelf, tmp_path: Path) -> None:
        (tmp_path / "alias").symlink_to(tmp_path / "photos")
        assert add_root(shelf.writer, str(tmp_path / "alias")) == shelf.root
        # Whoever cannot wait for a drive says where paths lead.
        assert add_root(shelf.writer, str(tmp_path / "alias"), real=lambda path: path) != shelf.root

    @pytest.mark.parametrize(
        ("path", "words"),
        [("photos", "full path"), ("/absent/x", "does not exist"), (__file__, "is a file")],
    )
    def test_what_cannot_be_watched_is_said(self, shelf: Shelf, path: str, words: str) -> None:
        with pytest.raises(FolderError, match=words):
            add_root(shelf.writer, path)
        assert len(shelf.library.catalog.roots()) == 1

    def test_a_folder_that_may_not_be_listed_is_said(
        self, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(path: str) -> None:
            raise PermissionError(13, "Permission denied", path)

        monkeypatch.setattr(os, "scandir", refuse)
        with pytest.raises(FolderError, match=r"Permission denied.*check its permissions"):
            add_root(shelf.writer, str(tmp_path))

    def test_removing_one_leaves_the_others(self, shelf: Shelf, tmp_path: Path) -> None:
        (tmp_path / "other").mkdir()
        other = add_root(shelf.writer, str(tmp_path / "other"))
        both, here = shelf.put("a.jpg", "both"), shelf.put("b.jpg", "here")
        put_present(shelf.writer, other, FileStat("c.jpg", 1, 1, 0), both)
        remove_root(shelf.writer, str(tmp_path / "nowhere"))
        assert visible(shelf) == {both, here}
        remove_root(shelf.writer, str(tmp_path / "photos"))
        assert visible(shelf) == {both} and [
            root["id"] for root in shelf.library.catalog.roots()
        ] == [other]
        row = shelf.library.catalog.photo(both)
        assert (
            row is not None
            and row["copies"] == 1
            and row["path"] == str(tmp_path / "other" / "c.jpg")
        )

    def test_only_what_is_given_is_noted(self, shelf: Shelf) -> None:
        before = root_row(shelf)
        update_root(shelf.writer, shelf.root)
        assert root_row(shelf) == before and before["scanned_at"] is None
        update_root(
            shelf.writer,
            shelf.root,
            state="offline",
            watching="polling",
            scanned=True,
            problem="x cannot be read",
            device="7",
            mounts="ba",
        )
        full = root_row(shelf)
        assert (full["state"], full["watching"], full["problem"], full["device"]) == (
            "offline",
            "polling",
            "x cannot be read",
            "7",
        )
        assert full["mounts"] == ["a", "b"] and abs(full["scanned_at"] - time.time()) < 60
        update_root(shelf.writer, shelf.root)
        assert root_row(shelf) == full
        update_root(shelf.writer, shelf.root, problem="", mounts=[])
        assert root_row(shelf) == full | {"problem": None, "mounts": []}

    def test_a_parent_takes_over_all_or_nothing(
        self, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shelf.put("a.jpg", 1)
        before = shelf.library.catalog.roots()

        def fail(*_: object) -> None:
            raise KeyError

        with monkeypatch.context() as patch, pytest.raises(KeyError):
            patch.setattr(root_store, "set_exclude_globs", fail)
            add_root(shelf.writer, str(tmp_path))
        with monkeypatch.context() as patch, pytest.raises(KeyError):
            patch.setattr(root_store, "update_file_counts", fail)
            remove_root(shelf.writer, str(tmp_path / "photos"))
        assert shelf.library.catalog.roots() == before and set(
            files_below(shelf.writer, shelf.root)
        ) == {"a.jpg"}


class TestTheWorkersWord:
    def test_the_last_report_counts(self, shelf: Shelf) -> None:
        report_status(
            shelf.writer,
            phase="indexing",
            encoder="a",
            done=1,
            total=2,
            rate=3.5,
            eta=4.5,
            message="five",
        )
        worker = worker_status(shelf.library.catalog)
        assert worker is not None
        said = ("pid", "phase", "encoder", "done", "total", "rate", "eta", "message")
        assert tuple(worker[key] for key in said) == (
            os.getpid(),
            "indexing",
            "a",
            1,
            2,
            3.5,
            4.5,
            "five",
        )  # type: ignore[literal-required]
        report_status(shelf.writer, phase="idle", encoder="b")
        worker = worker_status(shelf.library.catalog)
        assert worker is not None
        assert tuple(worker[key] for key in said[1:]) == ("idle", "b", 0, 0, 0.0, None, "")  # type: ignore[literal-required]

    def test_some_commands_may_be_left_for_others(self, shelf: Shelf) -> None:
        for command, argument in (("add", "/b"), ("pause", None), ("add", "/a"), ("stop", None)):
            send_command(shelf.library.catalog, command, argument)
        assert take_commands(shelf.writer, ["stop", "pause"]) == [("pause", None), ("stop", None)]
        assert waiting_commands(shelf.library.catalog) == ["add", "add"]
        assert take_commands(shelf.writer) == [("add", "/b"), ("add", "/a")]

    def test_commands_to_a_process_that_has_ended_are_dropped(self, shelf: Shelf) -> None:
        send_command(shelf.library.catalog, "stop")
        send_command(shelf.library.catalog, "pause")
        sent = shelf.writer.connection.execute(
            "select sent_at from command where command = 'stop'"
        ).fetchall()[0][0]
        drop_commands(shelf.writer, ["stop"], before=sent)
        assert waiting_commands(shelf.library.catalog) == ["stop", "pause"]
        drop_commands(shelf.writer, ["stop"], before=sent + 0.001)
        assert waiting_commands(shelf.library.catalog) == ["pause"]


@pytest.mark.parametrize(
    ("glob", "prefix", "moved"),
    [
        ("*.png", "", "*.png"),
        ("*.png", "a", "/a/**/*.png"),
        ("raw/", "a/b", "/a/b/**/raw/"),
        ("/raw", "a", "/a/raw"),
        ("2019/raw", "a", "/a/2019/raw"),
        ("!*.png", "a", "!/a/**/*.png"),
        ("!/x", "a", "!/a/x"),
        ("x", "[a] *#!?\\", "/\\[a\\]\\ \\*\\#\\!\\?\\\\/**/x"),
    ],
)
def test_what_is_left_out_of_a_folder_is_left_out_of_it_in_a_folder_above(
    glob: str, prefix: str, moved: str
) -> None:
    assert prefixed_glob(glob, prefix) == moved
    assert json.loads(json.dumps(moved)) == moved


class TestStatements:
    """For the other files of the package that keep rows of their own."""

    def test_one_and_many(self, shelf: Shelf) -> None:
        shelf.writer.connection.execute("insert into setting values (?, ?)", ("a", "1"))
        shelf.writer.connection.executemany(
            "insert into setting values (?, ?)", [("b", "2"), ("c", "3")]
        )
        assert [
            tuple(row)
            for row in shelf.writer.connection.execute(
                "select * from setting where key > ? order by key", ("a",)
            ).fetchall()
        ] == [("b", "2"), ("c", "3")]

    def test_another_program_that_holds_the_catalog_is_waited_for(self, shelf: Shelf) -> None:
        assert shelf.writer.connection.execute("pragma busy_timeout").fetchall()[0][0] == 120_000

    def test_a_writer_that_is_closed_writes_no_more(self, shelf: Shelf) -> None:
        writer = Writer(shelf.library.catalog)
        assert writer.catalog is shelf.library.catalog
        writer.close()
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            writer.connection.execute("delete from setting")
