"""Connections to the catalog."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.errors import LibraryError
from explorer.library.connection import connect


class TestConnect:
    def test_connections_are_durable_and_enforce_foreign_keys(self, tmp_path: Path) -> None:
        db = connect(tmp_path / "catalog.db", wait=1.5)
        found = {
            name: db.execute(f"pragma {name}").fetchone()[0]
            for name in (
                "journal_mode",
                "synchronous",
                "foreign_keys",
                "busy_timeout",
                "fullfsync",
                "checkpoint_fullfsync",
            )
        }
        # With a write-ahead log, 1 (normal) is safe against a crash of this program, and `settle`
        # sees to power cuts.
        assert found == {
            "journal_mode": "wal",
            "synchronous": 1,
            "foreign_keys": 1,
            "busy_timeout": 1500,
            # For macOS, whose fsync leaves bytes in the drive's own cache.
            "fullfsync": 1,
            "checkpoint_fullfsync": 1,
        }
        db.close()
        db = connect(tmp_path / "catalog.db")
        assert db.execute("pragma busy_timeout").fetchone()[0] == 30_000
        db.close()

    def test_a_catalog_that_cannot_be_opened_is_reported(self, tmp_path: Path) -> None:
        with pytest.raises(LibraryError):
            connect(tmp_path / "none" / "catalog.db")
