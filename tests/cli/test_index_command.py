"""The `index` command: what it prints, and its exit codes."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.cli import index_command
from explorer.library.library import Library
from tests import pictures
from tests.fixtures.command_line import Run


class TestIndex:
    def test_output_is_json(self, run: Run, photos: Path) -> None:
        completed = run("index", photos, "--encoder", "tiny", "--json")
        result = completed.json
        assert {key: result[key] for key in ("indexed", "unchanged", "moved", "missing",
        "failed")} == {
            "indexed": 4, "unchanged": 0, "moved": 0, "missing": 0, "failed": 1,
        }  # fmt: skip
        assert result["seconds"] > 0 and result["photos_per_second"] == pytest.approx(
            4 / result["seconds"], rel=0.1
        )
        assert result["failures"] == [
            {"path": str(photos / "broken.jpg"), "reason": result["failures"][0]["reason"]}
        ]
        assert (result["encoded"], result["other"], result["encoder"]) == (4, 1, "tiny")
        assert (result["unlisted"], result["unsettled"], result["offline"]) == ([], [], [])
        assert completed.code == 0

    def test_output_is_readable_text(self, run: Run, photos: Path) -> None:
        completed = run("index", photos, "--encoder", "tiny")
        assert completed.code == 0
        assert (
            completed.out.startswith("4 indexed, 0 unchanged, 0 moved, 0 missing, 1 failed in ")
            and completed.out.count("\n") == 1
        )
        assert f"{photos / 'broken.jpg'}: " in completed.err

    def test_a_second_run_encodes_nothing_and_accounts_for_every_file(
        self, run: Run, own: Path
    ) -> None:
        (own / "red.png").rename(own / "rosso.png")
        (own / "blue.png").unlink()
        pictures.write(own / "new.png", pictures.plain("pink", (48, 32)))
        result = run("index", own, "--json").json
        assert {key: result[key] for key in ("indexed", "unchanged", "moved", "missing", "failed",
        "encoded")} == {
            "indexed": 1, "unchanged": 2, "moved": 1, "missing": 1, "failed": 1, "encoded": 1,
        }  # fmt: skip
        again = run("index", own, "--json").json
        assert (again["unchanged"], again["failed"], again["indexed"], again["encoded"]) == (
            4,
            1,
            0,
            0,
        )

    def test_nothing_is_written_into_the_folder(self, run: Run, photos: Path) -> None:
        before = {
            path: (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
            for path in photos.rglob("*")
        }
        run("index", photos, "--encoder", "tiny")
        assert {
            path: (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
            for path in photos.rglob("*")
        } == before

    @pytest.mark.parametrize(
        ("name", "words"),
        [("absent", "does not exist"), ("photos/red.png", "is a file, not a folder")],
    )
    def test_a_path_that_is_not_a_folder_is_rejected(
        self, run: Run, photos: Path, name: str, words: str
    ) -> None:
        completed = run("index", photos.parent / name, "--encoder", "tiny", "--json")
        assert completed.code == 1 and completed.out == ""
        assert words in completed.err and len(completed.err.splitlines()) == 1

    def test_an_unreadable_folder_is_reported(
        self, run: Run, photos: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(path: object) -> None:
            raise PermissionError(13, "Permission denied", path)

        monkeypatch.setattr(os, "scandir", refuse)
        completed = run("index", photos, "--encoder", "tiny")
        assert completed.code == 1 and "cannot be read (Permission denied)" in completed.err

    def test_an_unreadable_subfolder_is_reported(
        self, run: Run, indexed: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = os.scandir

        def refuse(path: Any) -> Any:
            if os.fspath(path).endswith("below"):
                raise PermissionError(13, "Permission denied", path)
            return real(path)

        monkeypatch.setattr(os, "scandir", refuse)
        completed = run("index", indexed)
        assert (
            completed.code == 0
            and f"The folder {indexed / 'below'} could not be opened" in completed.err
        )

    def test_a_suddenly_empty_folder_is_treated_as_disconnected(self, run: Run, own: Path) -> None:
        own.rename(own.with_name("aside"))
        own.mkdir()
        completed = run("index", own)
        assert (
            completed.code == 0
            and "its drive seems to be disconnected. Its 4 photos stay searchable." in completed.err
        )
        assert run("index", own, "--json").json["offline"] == [str(own)]
        assert len(run("search", "red", "--json").json) == 4

    def test_an_empty_argument_is_not_the_current_folder(self, run: Run) -> None:
        completed = run("index", "", "--encoder", "tiny")
        assert completed.code == 2 and "argument is empty" in completed.err

    def test_a_library_in_use_by_another_run_is_reported(self, run: Run, indexed: Path) -> None:
        library = Library.open()
        try:
            with library.lock():
                completed = run("index", indexed)
                assert (
                    completed.code == 1
                    and "Another run is indexing into this library" in completed.err
                )
                assert run("search", "red").code == 0
        finally:
            library.close()

    def test_an_unknown_encoder_is_reported(self, run: Run, photos: Path) -> None:
        completed = run("index", photos, "--encoder", "nonsense")
        assert completed.code == 1 and "There is no model “nonsense”" in completed.err

    def test_the_chosen_encoder_is_remembered(self, run: Run, indexed: Path) -> None:
        assert run("index", indexed, "--json").json["encoder"] == "tiny"


def test_decode_processes_are_started_ahead_in_a_new_library_only(
    run: Run, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, asked = list[int](), list[int]()

    @contextlib.contextmanager
    def started(number: int) -> Iterator[None]:
        asked.append(number)
        running.append(number)
        try:
            yield
        finally:
            running.remove(number)

    monkeypatch.setattr(index_command, "started_ahead", started)
    monkeypatch.setattr(index_command, "STARTED_AHEAD", 1)
    # Also where the command fails, none is left.
    assert run("index", tmp_path / "no such folder", "--encoder", "tiny").code == 1
    assert (asked, running) == ([1], [])
    asked.clear()
    other = tmp_path / "another library"
    assert run("index", photos, "--encoder", "tiny", "--library", other).code == 0
    assert (asked, running) == ([1], [])
    assert run("index", photos, "--encoder", "tiny", "--library", other).code == 0
    assert (asked, running) == ([1], [])
