"""Encoders in a damaged catalog."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.library.filled_catalog import PAGE, overwrite, root_of, rows_of, salvaged


def test_an_encoder_without_vectors_is_kept(made: Path, path: Path) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("insert into encoder (name, version, dim) values ('unused', '1', 512)")
    overwrite(path, root_of(path, "setting"), bytes(PAGE))
    _, found = salvaged(path)
    assert found["encoder"] - rows_of(made)["encoder"] == {(2, "unused", "1", 512)}
