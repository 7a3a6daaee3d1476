"""A library that any earlier release wrote opens, upgrades, answers as before, and keeps what a
person decided."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.golden.conftest import COLOURS, VERSIONS, bitmap
from tests.golden_adapter import Run, decided, migration_scripts

Make = Callable[[int], Path]


def content(name: str) -> bytes:
    return hashlib.blake2b(bitmap(COLOURS[name]), digest_size=16).digest()


def test_every_released_schema_has_a_library_here() -> None:
    assert list(range(1, 10)) == VERSIONS


def test_released_steps_are_never_edited() -> None:
    """Replaying the released steps gives the schema that the old libraries hold."""
    for version in VERSIONS:
        with (
            closing(sqlite3.connect(":memory:")) as replayed,
            closing(sqlite3.connect(":memory:")) as stored,
        ):
            for sql in migration_scripts()[:version]:
                for statement in sql.split(";\n"):
                    if statement.strip():
                        replayed.execute(statement)
            stored.executescript(
                (Path(__file__).parent / "libraries" / f"m{version:03}.sql").read_text(
                    encoding="utf-8"
                )
            )
            query = "select name, sql from sqlite_master where sql is not null and name != '_sqlite_migrations' order by name"
            assert replayed.execute(query).fetchall() == stored.execute(query).fetchall()


@pytest.mark.parametrize("version", VERSIONS)
class TestUpgrade:
    def test_it_answers_before_anything_is_indexed_again(
        self, run: Run, old_library: Make, old_photos: Path, version: int
    ) -> None:
        old_library(version)
        found = run("search", "blue", "--top", "1", "--json").json
        assert [row["path"] for row in found] == [
            str(old_photos / "colours" / "blue.bmp")
        ] and found[0]["score"] > 0.99
        counts = run("status", "--json").json
        assert (counts["photos"], counts["files"], counts["failed"], counts["missing"]) == (
            5,
            7,
            1,
            1,
        )

    def test_indexing_encodes_nothing_anew_and_decisions_are_kept(
        self, run: Run, old_library: Make, old_photos: Path, version: int
    ) -> None:
        old_library(version)
        result = run("index", old_photos, "--json").json
        assert {key: result[key] for key in ("indexed", "moved", "missing", "failed", "encoded",
        "encoder")} == {
            "indexed": 0, "moved": 0, "missing": 0, "failed": 1, "encoded": 0, "encoder": "tiny",
        }  # fmt: skip
        assert result["unchanged"] == len(COLOURS)
        groups = run("duplicates", "--json", "--tier", "identical").json
        kept = [
            [str(Path(photo["path"]).relative_to(old_photos)) for photo in group["photos"]]
            for group in groups
        ]
        red = [os.path.join("colours", "red.bmp"), os.path.join("copies", "red copy.bmp")]
        green = [os.path.join("colours", "green.bmp"), os.path.join("copies", "green copy.bmp")]
        # From version 5 on, the person has decided to keep both green ones.
        assert sorted(kept) == ([red] if version >= 5 else [green, red])
        apart = frozenset({content("colours/blue.bmp"), content("work/white.bmp")})
        both = {("keep", frozenset({content("colours/green.bmp")}), 2), ("apart", apart, 2)}
        yellow = (content("colours/yellow.bmp").hex(), "empty")
        now = decided()
        assert now.decisions == (both if version >= 5 else set())
        assert now.protected == ([str(old_photos / "work")] if version >= 5 else [])
        assert now.dismissed == (
            {yellow, (f"path:{old_photos / 'broken.jpg'}", "unreadable")} if version >= 6 else set()
        )
        assert (now.foreign_keys, now.integrity) == ([], "ok")


@pytest.mark.parametrize("version", [1, 5, 9])
def test_an_old_removal_is_undone(
    run: Run, old_library: Make, old_removal: Callable[[Path], Path], old_photos: Path, version: int
) -> None:
    source = old_removal(old_library(version))
    listed = run("undo", "--list", "--json").json
    assert [each["run"] for each in listed] == ["20261128-145151-eaa2"]
    assert run("undo").code == 0
    assert source.read_bytes() == bitmap(COLOURS["copies/red copy.bmp"])
    assert source.stat().st_mtime_ns == 1_600_000_000_000_000_000
    assert run("index", old_photos, "--json").json["encoded"] == 0
