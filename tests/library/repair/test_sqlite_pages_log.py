"""The write-ahead log beside a database file: pages of whole commits count, and no others."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from explorer.library.repair.sqlite_pages import MalformedPage, Pages
from tests.library.repair.test_sqlite_pages import made, table


@pytest.mark.parametrize(
    "change",
    [
        lambda log: log,
        lambda log: log[: len(log) // 2],
        lambda log: log[:-1] + b"\0" if log[-1] else log[:-1] + b"\1",
    ],
)
def test_the_log_is_applied_up_to_the_last_complete_commit(
    tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    path, copy = tmp_path / "a.db", tmp_path / "b.db"
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("pragma journal_mode = wal")
    db.execute("create table t (id integer primary key, a, b)")
    db.execute("pragma wal_checkpoint(truncate)")
    for number in range(60):
        db.execute("insert into t (a, b) values (?, ?)", (number, "x" * 300))
    db.execute("update t set a = -1 where id = 1")
    copy.write_bytes(path.read_bytes())
    copy.with_name("b.db-wal").write_bytes(change(path.with_name("a.db-wal").read_bytes()))
    db.close()
    ours = [(cell.rowid, *cell.values[1:]) for cell in table(Pages(copy), "t")]
    other = sqlite3.connect(copy)
    assert ours == other.execute("select * from t").fetchall()
    other.close()
    assert len(ours) > 10


@pytest.mark.parametrize("byte_order", ["little", "big"])
def test_frames_left_from_before_a_log_was_restarted_do_not_count(
    tmp_path: Path, byte_order: str
) -> None:
    path, copy = tmp_path / "a.db", tmp_path / "b.db"
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("pragma journal_mode = wal")
    db.execute("create table t (id integer primary key, a, b)")
    for number in range(60):
        db.execute("insert into t (a, b) values (?, ?)", (number, "x" * 300))
    db.execute("pragma wal_checkpoint(restart)")
    db.execute("update t set a = -1 where id = 1")
    log = path.with_name("a.db-wal").read_bytes()
    copy.write_bytes(path.read_bytes())
    copy.with_name("b.db-wal").write_bytes(log if byte_order == "little" else big_endian(log))
    db.close()
    ours = [(cell.rowid, *cell.values[1:]) for cell in table(Pages(copy), "t")]
    other = sqlite3.connect(copy)
    assert ours == other.execute("select * from t").fetchall()
    other.close()
    assert len(ours) == 60 and ours[0][1] == -1


def big_endian(log: bytes) -> bytes:
    """The log as a computer of that byte order writes it: with other checksums."""
    made = bytearray(log)
    made[3], sums = 0x83, [0, 0]

    def add(part: bytes) -> bytes:
        numbers = struct.unpack(f">{len(part) // 4}I", part)
        for first, second in zip(numbers[::2], numbers[1::2], strict=True):
            sums[0] = (sums[0] + first + sums[1]) % 2**32
            sums[1] = (sums[1] + second + sums[0]) % 2**32
        return struct.pack(">II", *sums)

    made[24:32] = add(bytes(made[:24]))
    for at in range(32, len(made), 4096 + 24):
        if made[at + 8 : at + 16] == made[16:24]:
            made[at + 16 : at + 24] = add(bytes(made[at : at + 8] + made[at + 24 : at + 24 + 4096]))
    return bytes(made)


def test_a_page_that_is_only_in_the_log_is_read(tmp_path: Path) -> None:
    path, copy = tmp_path / "a.db", tmp_path / "b.db"
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("pragma journal_mode = wal")
    db.execute("create table t (id integer primary key, a, b)")
    db.execute("pragma wal_checkpoint(truncate)")
    db.execute("insert into t (a) values (?)", (b"x" * 40_000,))
    copy.write_bytes(path.read_bytes())
    copy.with_name("b.db-wal").write_bytes(path.with_name("a.db-wal").read_bytes())
    db.close()
    pages = Pages(copy)
    assert pages.count > copy.stat().st_size // 4096
    assert [cell.values for cell in table(pages, "t")] == [(None, b"x" * 40_000, None)]


def test_a_page_that_is_neither_in_the_file_nor_in_the_log_is_noticed(tmp_path: Path) -> None:
    path, copy = tmp_path / "a.db", tmp_path / "b.db"
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("create table t (id integer primary key, a, b)")
    db.executemany("insert into t (a) values (?)", [(b"x" * 3000,) for _ in range(20)])
    db.execute("pragma journal_mode = wal")
    db.execute("update t set a = ? where id = 20", (b"y" * 3000,))
    last = len(path.read_bytes()) // 4096
    copy.write_bytes(path.read_bytes()[: 4096 * 5])
    copy.with_name("b.db-wal").write_bytes(path.with_name("a.db-wal").read_bytes())
    db.close()
    pages = Pages(copy)
    assert pages.count == last > 10
    for absent in (6, last - 1):
        with pytest.raises(MalformedPage):
            pages.page(absent)
    found = [cell.rowid for cell in table(pages, "t")]
    assert found[-1] == 20 and 0 < len(found) < 20
    assert pages.torn == set(range(6, last))


def test_the_log_of_another_file_is_ignored(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    made(path, [(1, 2)])
    for log in (b"", b"\x37\x7f\x06\x82" + bytes(40), b"\xff" * 9000):
        path.with_name("a.db-wal").write_bytes(log)
        assert [cell.values for cell in table(Pages(path), "t")] == [(None, 1, 2)]
