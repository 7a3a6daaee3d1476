"""The commands that the app and the command line send, without a worker around them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest

from explorer.errors import CatalogDamaged, LibraryFull
from explorer.indexing import command_handler as module
from explorer.indexing.command_handler import CommandHandler
from explorer.library import missing_files, model_settings
from explorer.library.file_rows import FileStat
from explorer.library.stores.command_store import send_command, waiting_commands
from explorer.library.stores.embedding_store import put_embedding, register_encoder
from explorer.library.stores.file_store import files_below, put_failed, put_missing
from explorer.library.stores.root_store import add_root
from explorer.library.stores.setting_store import get_setting
from tests.factory import ENCODER, LibraryBuilder, digest_of, vector_of
from tests.fixtures.drives import UnresponsiveDrives


class RecordedSchedule:
    """A scheduler that records what it is asked, in order."""

    def __init__(self) -> None:
        self.asked = list[tuple[object, ...]]()

    def __getattr__(self, name: str) -> Any:
        return lambda *given: self.asked.append((name, *given))


class Handling:
    """A handler for the builder's library, whose folder is `photos`."""

    def __init__(self, builder: LibraryBuilder) -> None:
        self.builder, self.catalog = builder, builder.library.catalog
        self.photos = builder.library.dir.parent / "photos"
        self.schedule, self.drives = RecordedSchedule(), UnresponsiveDrives()
        self.handler = self.new()

    def new(self) -> CommandHandler:
        return CommandHandler(
            self.builder.library, self.builder.writer, cast(Any, self.schedule), self.drives
        )

    def send(self, command: str, argument: str | None = None) -> list[tuple[object, ...]]:
        """Send a command, have it executed, and return what the scheduler was asked."""
        self.schedule.asked.clear()
        send_command(self.catalog, command, argument)
        assert self.handler.execute_pending() == {command}
        return self.schedule.asked

    def roots(self) -> dict[str, list[str]]:
        return {root["path"]: root["exclude"] for root in self.catalog.roots()}


@pytest.fixture
def run(builder: LibraryBuilder) -> Handling:
    return Handling(builder)


def test_a_pause_is_kept_until_it_is_ended(run: Handling) -> None:
    assert not run.handler.paused
    assert run.send("pause") == [] and run.handler.paused and run.new().paused
    assert get_setting(run.catalog, "paused") == "1"
    run.send("resume")
    assert not run.handler.paused and not run.new().paused
    assert not run.handler.dismissed
    run.send("stop")
    assert run.handler.dismissed and not run.new().dismissed


def test_scans_are_scheduled(run: Handling) -> None:
    assert run.send("rescan") == [("schedule_now",)]
    assert run.send("rescan", "/photos/a") == [("schedule_tree", "/photos/a")]
    # One of a later release.
    assert run.send("unknown", "/x") == [] and run.handler.refusal is None
    assert not run.handler.dismissed and not run.handler.paused


@pytest.mark.parametrize("command", ["add", "remove", "exclude", "drop"])
@pytest.mark.parametrize("argument", [None, ""])
def test_a_command_without_what_it_is_about_does_nothing(
    run: Handling, command: str, argument: str | None
) -> None:
    assert run.send(command, argument) == [] and run.handler.refusal is None
    assert run.roots() == {str(run.photos): []} and run.handler.dropped == set()


def test_a_folder_is_added_and_removed_with_its_photos(run: Handling) -> None:
    other = run.photos.with_name("other")
    other.mkdir()
    ((_, number),) = run.send("add", str(other))
    assert run.roots().keys() == {str(run.photos), str(other)} and number != run.builder.root
    run.builder.put("a.jpg", "a")
    previews = run.builder.library.previews
    digest = digest_of("a").hex()
    previews.write(digest, b"preview")
    assert run.send("remove", str(run.photos)) == [("unwatch", str(run.photos))]
    assert run.roots().keys() == {str(other)} and run.catalog.counts().photos == 0
    # Its preview goes, too.
    assert not previews.has(digest)


def test_a_folder_that_takes_in_another_ends_its_watch(run: Handling) -> None:
    outer = str(run.photos.parent)
    (_, number), unwatched = sorted(run.send("add", outer), key=str)
    assert unwatched == ("unwatch", str(run.photos)) and isinstance(number, int)
    assert run.roots().keys() == {outer}
    # One that is covered changes nothing.
    assert run.send("add", str(run.photos)) == [("schedule_now", number)]
    # A hidden one is included from now on, and so the whole is watched anew.
    (run.photos / ".hidden").mkdir()
    asked = run.send("add", str(run.photos / ".hidden"))
    assert ("unwatch", outer) in asked and run.roots()[outer]


@pytest.mark.parametrize("how", ["absent", "unresponsive"])
def test_why_a_command_was_refused_is_said_until_the_next(
    run: Handling, tmp_path: Path, how: str
) -> None:
    folder = tmp_path / "other"
    if how == "unresponsive":
        folder.mkdir()
        run.drives.unresponsive = {str(folder)}
    assert run.send("add", str(folder)) == []
    assert run.handler.refusal is not None and "other" in run.handler.refusal
    run.send("rescan")
    assert run.handler.refusal is None


@pytest.mark.parametrize(
    ("error", "stays"),
    [
        (OSError(28, "No space left on device"), True),
        (LibraryFull("The disk is full."), True),
        # These would fail for ever.
        (CatalogDamaged("The catalog is damaged."), False),
        (KeyError("x"), False),
    ],
)
def test_no_command_is_lost_because_the_disk_is_full(
    run: Handling, monkeypatch: pytest.MonkeyPatch, error: Exception, stays: bool
) -> None:
    def fail(*_: object) -> None:
        raise error

    for command, argument in (("pause", None), ("remove", str(run.photos)), ("stop", None)):
        send_command(run.catalog, command, argument)
    with monkeypatch.context() as patch:
        patch.setattr(module, "remove_root", fail)
        with pytest.raises(type(error)):
            run.handler.execute_pending()
    assert run.handler.paused and not run.handler.dismissed
    left = ["remove", "stop"] if stays else ["stop"]
    assert waiting_commands(run.catalog) == left
    assert run.handler.execute_pending() == set(left) and run.handler.dismissed
    assert (run.roots() == {}) is stays and waiting_commands(run.catalog) == []


def test_patterns_replace_those_of_one_root(run: Handling) -> None:
    other = run.photos.with_name("other")
    other.mkdir()
    add_root(run.builder.writer, str(other))
    request = {"folder": str(run.photos), "globs": ["raw/"]}
    expected = [("unwatch", str(run.photos)), ("schedule_now", run.builder.root)]
    assert run.send("exclude", json.dumps(request)) == expected
    assert run.roots() == {str(run.photos): ["raw/"], str(other): []}
    assert run.send("exclude", json.dumps(request | {"globs": ["[z-a]"]})) == []
    assert "z-a" in (run.handler.refusal or "")
    assert run.roots()[str(run.photos)] == ["raw/"]


def test_failed_files_are_read_again(run: Handling) -> None:
    for name, reason in (("a/b.jpg", "it is cut off"), ("c.jpg", "it is empty")):
        put_failed(run.builder.writer, run.builder.root, FileStat(name, 5, 5, 5), reason)
    files = files_below(run.builder.writer, run.builder.root)
    folder = ("schedule_folder", str(run.photos / "a"))
    root = ("schedule_folder", str(run.photos))
    assert run.send("retry", json.dumps({"reasons": ["it is cut off"]})) == [folder]
    assert run.send("retry", json.dumps({"file": files["c.jpg"].id})) == [root]
    assert run.send("retry") == [root, folder]


def test_vanished_files_are_forgotten_or_kept(run: Handling) -> None:
    for name in ("a.jpg", "b.jpg"):
        run.builder.put(name, name)
    files = files_below(run.builder.writer, run.builder.root)
    (run.photos / "b.jpg").write_bytes(b"b")
    missing_files.put_vanished(run.builder.writer, files.values())
    run.send("keep", "/elsewhere")
    assert run.catalog.roots()[0]["kept_at"] is None
    run.send("keep", str(run.photos))
    kept_at = run.catalog.roots()[0]["kept_at"]
    assert kept_at is not None
    run.send("keep")
    assert (run.catalog.roots()[0]["kept_at"] or 0.0) > kept_at
    assert run.send("forget", "/elsewhere") == [("schedule_now",)] and run.handler.removed == 0
    assert run.send("forget") == [("schedule_now",)] and run.handler.removed == 1
    files = files_below(run.builder.writer, run.builder.root)
    assert {name: file.state for name, file in files.items()} == {
        "a.jpg": "missing", "b.jpg": "present"
    }  # fmt: skip


def test_the_vectors_of_a_model_are_dropped_unless_it_is_in_use(run: Handling) -> None:
    photo = run.builder.put("a.jpg", "a")
    other = register_encoder(run.builder.writer, "other", "1", 8)
    put_embedding(run.builder.writer, other, photo, vector_of("a"))
    model_settings.set_encoder(run.catalog, ENCODER)
    run.send("drop", ENCODER)
    assert "in use" in (run.handler.refusal or "") and run.handler.dropped == set()
    run.send("drop", "other")
    assert run.handler.dropped == {"other"} and run.handler.refusal is None
    assert {name for name, *_ in run.catalog.encoders()} == {ENCODER}


def test_missing_files_of_a_removed_folder_are_forgotten(run: Handling) -> None:
    run.builder.put("a.jpg", "a")
    put_missing(run.builder.writer, files_below(run.builder.writer, run.builder.root).values())
    run.send("remove", str(run.photos))
    assert files_below(run.builder.writer, run.builder.root) == {} and run.roots() == {}
