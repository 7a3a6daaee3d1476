"""Comparing a file on disk with its row."""

from __future__ import annotations

from typing import Any

import pytest

from explorer.library.file_rows import EXCLUDED, FileStat, KnownFile


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
    def test_files_are_the_same_by_size_and_time_and_on_request_by_inode(
        self, seen: FileStat, plainly: bool, by_inode: bool
    ) -> None:
        assert (
            self.FILE.matches(seen) is plainly and self.FILE.matches(seen, inodes=True) is by_inode
        )

    def test_a_file_without_an_inode_is_compared_by_the_rest(self) -> None:
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
    def test_an_excluded_file_is_not_lost(
        self, change: dict[str, Any], left_out: bool, lost: bool
    ) -> None:
        file = self.FILE._replace(**change)
        assert (file.excluded, file.vanished) == (left_out, lost)
