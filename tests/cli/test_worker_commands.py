"""Words to the indexer on the command line: with one that runs, and with none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.cli import worker_commands
from explorer.cli.app import main
from explorer.indexing.foreground import index_folders
from explorer.library.library import Library
from explorer.library.rows import RootRow
from explorer.library.stores.command_store import send_command, waiting_commands
from explorer.library.stores.setting_store import get_setting
from explorer.library.stores.worker_store import worker_alive
from tests import pictures
from tests.fixtures.waiting import wait
from tests.indexing.test_worker import WatchedLibrary
from tests.this_machine import accepted
from tests.tiny import Tiny


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WatchedLibrary]:
    made = WatchedLibrary(tmp_path)
    monkeypatch.setenv("EXPLORER_LIBRARY", str(made.dir))
    yield made
    made.reader.close()


def root(watched: WatchedLibrary) -> RootRow:
    return watched.reader.catalog.roots()[0]


def index(watched: WatchedLibrary, **options: Any) -> object:
    library = Library.open(watched.dir)
    try:
        return index_folders(library, [str(watched.photos)], Tiny(), lambda _: None, **options)
    finally:
        library.close()


@pytest.mark.parametrize("word", ["pause", "resume", "stop", "rescan"])
def test_without_an_indexer_the_commands_say_how_to_start_one(
    watched: WatchedLibrary, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    assert main([word]) == 1
    printed = capsys.readouterr().err
    assert "No indexer is running" in printed and "index FOLDER" in printed
    assert waiting_commands(watched.reader.catalog) == []


def test_a_running_indexer_obeys_commands(
    watched: WatchedLibrary, capsys: pytest.CaptureFixture[str]
) -> None:
    with watched.running():
        wait(
            lambda: watched.photos_known() == 1 and watched.phase() == "watching", "the first scan"
        )
        assert main(["pause"]) == 0 and watched.phase() == "paused"
        assert get_setting(watched.reader.catalog, "paused") == "1"
        assert main(["resume"]) == 0
        wait(lambda: watched.phase() == "watching", "the going on")
        assert main(["rescan", str(watched.photos)]) == 0
        assert main(["rescan", str(watched.photos.parent / "elsewhere")]) == 1
        assert "is not in a watched folder" in capsys.readouterr().err
        assert main(["exclude", str(watched.photos), "*.png"]) == 0
        wait(lambda: watched.photos_known() == 0, "the rule")
        assert main(["exclude", str(watched.photos), "*.png", "--remove"]) == 0
        wait(lambda: watched.photos_known() == 1, "the end of the rule")


def test_a_slow_command_confirms_that_it_was_received(
    watched: WatchedLibrary, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_commands, "TIMEOUT", 0.0)
    with watched.running():
        wait(
            lambda: watched.photos_known() == 1 and watched.phase() == "watching", "the first scan"
        )
        assert main(["pause"]) == 0
    assert "The command was sent" in capsys.readouterr().err


def test_exclusions_are_listed_and_changed_without_an_indexer(
    watched: WatchedLibrary, capsys: pytest.CaptureFixture[str]
) -> None:
    (watched.photos / "below").mkdir()
    assert main(["exclude", str(watched.photos), "*.gif", "raw/"]) == 0
    assert main(["exclude", str(watched.photos / "below"), "/x"]) == 0
    capsys.readouterr()
    assert main(["exclude", str(watched.photos), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "folder": str(watched.photos),
        "exclude": ["*.gif", "raw/", "/below/x"],
    }
    assert main(["exclude", str(watched.photos), "raw/", "--remove"]) == 0
    assert root(watched)["exclude"] == ["*.gif", "/below/x"]
    assert main(["exclude", str(watched.photos), "absent", "--remove"]) == 1
    assert main(["exclude", str(watched.photos.parent), "x"]) == 1


def test_the_pace_is_shown_and_set(
    watched: WatchedLibrary, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pace"]) == 0 and capsys.readouterr().out == "full\n"
    assert main(["pace", "gentle"]) == 0
    assert get_setting(watched.reader.catalog, "pace") == "gentle"


def test_vanished_files_are_forgotten_with_and_without_an_indexer(
    watched: WatchedLibrary, capsys: pytest.CaptureFixture[str]
) -> None:
    def vanish(number: int) -> None:
        paths = [
            pictures.write(
                watched.photos / f"{each}.png", pictures.plain(f"#0000{each:02x}", (32, 24))
            )
            for each in range(number)
        ]
        index(watched)
        for path in paths:
            path.unlink()
        index(watched)
        assert root(watched)["asking"] == number

    vanish(20)
    assert main(["status"]) == 0
    assert "20 files vanished at once" in capsys.readouterr().out
    assert (
        main(["forget", str(watched.photos)]) == 0
        and capsys.readouterr().out == "20 files left the library.\n"
    )
    assert main(["forget"]) == 0 and "nothing to forget" in capsys.readouterr().out
    vanish(15)
    capsys.readouterr()
    with watched.running():
        wait(lambda: watched.phase() == "watching", "the first scan")
        assert main(["forget"]) == 0 and capsys.readouterr().out == "15 files left the library.\n"
    assert watched.photos_known() == 1


def test_an_index_run_with_forget_missing_asks_no_question(watched: WatchedLibrary) -> None:
    paths = [
        pictures.write(watched.photos / f"{each}.png", pictures.plain(f"#0000{each:02x}", (32, 24)))
        for each in range(20)
    ]
    index(watched)
    for path in paths:
        path.unlink()
    summary = index(watched, forget_missing=True)
    assert (summary.missing, summary.away) == (20, 0)  # type: ignore[attr-defined]
    assert root(watched)["asking"] == 0


def test_an_index_run_on_the_command_line_can_be_stopped(watched: WatchedLibrary) -> None:
    library = Library.open(watched.dir)
    asked: list[bool] = []

    def tell(_: object) -> None:
        if not asked:
            assert worker_alive(watched.reader.catalog) is False
            asked.append(True)
        send_command(watched.reader.catalog, "stop")

    try:
        with pytest.raises(KeyboardInterrupt):
            index_folders(library, [str(watched.photos)], Tiny(), tell)
        with library.lock():
            pass
    finally:
        library.close()
    assert watched.phase() == "stopped"


def test_failed_files_are_retried_by_a_running_indexer(
    watched: WatchedLibrary, capsys: pytest.CaptureFixture[str]
) -> None:
    """What has not changed is read again only when that is asked for."""
    bad, worse = watched.photos / accepted("100%_[a]*'.png"), watched.photos / "worse.png"
    photo = pictures.encoded(pictures.plain("blue", (48, 32)), "PNG")
    for path in (bad, worse):
        path.write_bytes(bytes(len(photo)))
    with watched.running():
        wait(
            lambda: watched.reader.catalog.counts().failed == 2 and watched.phase() == "watching",
            "the failures",
        )
        bad.write_bytes(photo)
        read = _seen_at(watched, worse.name)
        assert main(["rescan"]) == 0
        wait(
            lambda: (
                watched.best("blue") == bad.name and watched.reader.catalog.counts().failed == 1
            ),
            "the scan",
        )
        assert _seen_at(watched, worse.name) == read
        assert main(["retry"]) == 0
        assert "will retry" in capsys.readouterr().err
        wait(
            lambda: (
                _seen_at(watched, worse.name) > read and watched.reader.catalog.counts().failed == 1
            ),
            "the retry",
        )


def _seen_at(watched: WatchedLibrary, name: str) -> float:
    """When the file was last read."""
    with watched.reader.catalog.reading() as db:
        return float(db.execute("select seen_at from file where path = ?", (name,)).fetchone()[0])
