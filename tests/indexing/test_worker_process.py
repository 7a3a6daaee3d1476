"""What the worker process does around its loop, in this process and without a model."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from explorer.errors import LibraryFull, LibraryLocked, UnknownEncoder
from explorer.indexing import worker as module
from explorer.indexing.models.encoder_fallback import DEFAULT_ENCODER
from explorer.indexing.worker_loop import Stopped
from explorer.library import model_settings
from explorer.library.catalog import Catalog
from explorer.library.library import Library
from explorer.library.stores.command_store import send_command
from explorer.library.stores.embedding_store import put_embedding, register_encoder
from explorer.library.stores.worker_store import report_status, worker_status
from explorer.library.writer import Writer
from tests.factory import LibraryBuilder, vector_of


class ScriptedWorker:
    """A worker that ends as it is told."""

    made: list[ScriptedWorker]
    ends: list[str]

    def __init__(self, library: Library, encoder: object, note: str) -> None:
        self.library, self.encoder, self.note = library, encoder, note
        self.dismissed = self.replaced = self.closed = False
        self.began: float | None = None
        self.told_to_stop = threading.Event()
        self.made.append(self)

    def ignore_stops_before(self, began: float) -> None:
        self.began = began

    def run(self) -> None:
        with pytest.raises(LibraryLocked):
            self.library.lock()
        DAEMONS.update({each.name: each.daemon for each in threading.enumerate()})
        match self.ends.pop(0):
            case "dismissed":
                self.dismissed = True
            case "replaced":
                self.replaced = True
            case "told":
                self.dismissed = True
                STOP[0].set()
                assert self.told_to_stop.wait(30)
            case "raises":
                raise LibraryFull("The disk is full.")
            case "unwinds":
                raise Stopped
            case "disk":
                raise OSError(28, "No space left on device")
            case "bug":
                raise KeyError("x")

    def stop(self) -> None:
        self.told_to_stop.set()

    def close(self) -> None:
        self.closed = True


STOP = [threading.Event()]


@pytest.fixture(autouse=True)
def scripted(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[ScriptedWorker]]:
    ScriptedWorker.made, ScriptedWorker.ends, STOP[0] = [], [], threading.Event()
    monkeypatch.setattr(module, "Worker", ScriptedWorker)
    monkeypatch.setattr(module, "_prepare_encoder", lambda library: ("encoder", "note"))
    # Not for the threads themselves, which have events, too.
    of_worker = SimpleNamespace(Event=lambda: STOP[0], Thread=threading.Thread)
    monkeypatch.setattr(module, "threading", of_worker)
    monkeypatch.setattr(module, "_stop_at_end_of_input", note_thread)
    monkeypatch.setattr(module, "_log_to_stderr", lambda: None)
    monkeypatch.setattr(module, "lower_priority", lambda: PRIORITY.append("lower"))
    monkeypatch.setattr(signal, "signal", lambda number, handler: SIGNALS.update({number: handler}))
    PRIORITY.clear()
    DAEMONS.clear()
    SIGNALS.clear()

    class Quiet:
        def __init__(self, catalog: object) -> None:
            pass

        def __enter__(self) -> None:
            pass

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(module, "Heartbeat", Quiet)
    monkeypatch.setattr(module, "ModelFetcher", Quiet)
    yield ScriptedWorker
    # The threads that pass a stop on end with it.
    STOP[0].set()
    for thread in threading.enumerate():
        if thread.name == "stop-relay":
            thread.join(30)


def note_thread(stop: object) -> None:
    assert stop is STOP[0]
    thread = threading.current_thread()
    DAEMONS[thread.name] = thread.daemon


PRIORITY = list[str]()
DAEMONS = dict[str, bool]()
SIGNALS = dict[int, Any]()


def run(builder: LibraryBuilder, *options: str) -> int:
    return module.main(["--library", str(builder.library.dir), *options])


def is_free(builder: LibraryBuilder) -> bool:
    with builder.library.lock():
        return True


def test_a_worker_is_replaced_dismissed_and_stopped(
    builder: LibraryBuilder, scripted: type[ScriptedWorker], monkeypatch: pytest.MonkeyPatch
) -> None:
    stood = list[int]()

    def stand_by(library: Library, stop: object) -> None:
        assert is_free(builder)
        stood.append(len(scripted.made))

    monkeypatch.setattr(module, "_stand_by", stand_by)
    scripted.ends = ["replaced", "dismissed", "replaced", "ends"]
    began = time.time()
    assert run(builder) == 0
    # Only after the worker that was dismissed.
    assert stood == [2] and len(scripted.made) == 4
    for made in scripted.made:
        assert made.closed and (made.encoder, made.note) == ("encoder", "note")
        assert made.began is not None and began - 1 <= made.began <= time.time()
    assert is_free(builder) and PRIORITY == ["lower"]
    # Neither keeps the process from ending: one reads, one waits.
    assert DAEMONS["parent-watch"] and DAEMONS["stop-relay"]
    assert SIGNALS[signal.SIGINT] is signal.SIG_IGN
    SIGNALS[signal.SIGTERM](signal.SIGTERM, None)
    assert STOP[0].is_set()


def test_a_stop_reaches_the_worker_and_ends_the_process(
    builder: LibraryBuilder, scripted: type[ScriptedWorker]
) -> None:
    scripted.ends = ["told"]
    assert run(builder) == 0
    assert len(scripted.made) == 1 and scripted.made[0].closed and is_free(builder)


@pytest.mark.parametrize(
    ("end", "code"), [("raises", LibraryFull.exit_code), ("disk", LibraryFull.exit_code)]
)
def test_trouble_ends_the_process_with_its_code(
    builder: LibraryBuilder,
    scripted: type[ScriptedWorker],
    caplog: pytest.LogCaptureFixture,
    end: str,
    code: int,
) -> None:
    scripted.ends = [end]
    assert run(builder) == code != 0
    assert "full" in caplog.text and "Traceback" not in caplog.text
    assert scripted.made[0].closed and is_free(builder)


def test_a_mistake_of_the_program_is_raised(
    builder: LibraryBuilder, scripted: type[ScriptedWorker]
) -> None:
    scripted.ends = ["bug"]
    with pytest.raises(KeyError):
        run(builder)
    scripted.ends = ["unwinds"]
    assert run(builder) == 0


@pytest.mark.parametrize("offline", [False, True])
def test_the_options_of_the_process(
    builder: LibraryBuilder,
    scripted: type[ScriptedWorker],
    monkeypatch: pytest.MonkeyPatch,
    offline: bool,
) -> None:
    asked = list[str | None]()
    monkeypatch.setattr(module, "request_encoder", lambda catalog, name: asked.append(name))
    scripted.ends = ["ends"]
    assert run(builder, "--encoder", "clip", *(["--offline"] if offline else [])) == 0
    assert asked == ["clip"] and os.environ["EXPLORER_OFFLINE"] == ("1" if offline else "")


def test_an_unknown_model_is_said(
    builder: LibraryBuilder, scripted: type[ScriptedWorker], caplog: pytest.LogCaptureFixture
) -> None:
    assert run(builder, "--encoder", "nonsense") == UnknownEncoder.exit_code
    assert "nonsense" in caplog.text and not scripted.made


class ImpatientStop(threading.Event):
    """Set after it was waited for some times, without waiting."""

    def __init__(self, waits: int) -> None:
        super().__init__()
        self.left = waits

    def wait(self, timeout: float | None = None) -> bool:
        self.left -= 1
        if self.left < 0:
            self.set()
        return self.is_set()


def phase(builder: LibraryBuilder) -> str | None:
    row = worker_status(builder.library.catalog)
    return row and row["phase"]


def test_a_library_that_another_run_uses_is_waited_for(builder: LibraryBuilder) -> None:
    with builder.library.lock():
        assert module._wait_for_lock(builder.library, ImpatientStop(2)) is None
    row = worker_status(builder.library.catalog)
    assert row is not None and row["phase"] == "starting" and "Another run" in row["message"]
    lock = module._wait_for_lock(builder.library, ImpatientStop(0))
    assert lock is not None
    lock.release()
    # A process that was told to stop meanwhile takes no lock.
    stop = ImpatientStop(0)
    stop.set()
    assert module._wait_for_lock(builder.library, stop) is None
    assert module._index(builder.library, stop, 0.0) == "stopped"


@pytest.mark.parametrize("command", ["resume", "rescan", "add", "pause", "stop", None])
def test_a_dismissed_worker_stands_by_until_there_is_work(
    builder: LibraryBuilder, command: str | None
) -> None:
    if command is not None:
        send_command(builder.library.catalog, command)
    stop = ImpatientStop(3)
    module._stand_by(builder.library, stop)
    goes_on = command in ("resume", "rescan", "add")
    assert stop.is_set() is not goes_on
    assert phase(builder) == (None if goes_on else "off")


@pytest.mark.parametrize("chosen", [None, "clip"])
@pytest.mark.parametrize("note", ["", "It is not here. “starter” is used instead."])
def test_the_model_that_was_set_is_prepared(
    builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch, chosen: str | None, note: str
) -> None:
    monkeypatch.undo()
    catalog, loaded = builder.library.catalog, list[tuple[str, bool]]()

    def load(name: str, *, offline: bool) -> tuple[object, str]:
        row = worker_status(catalog)
        assert row is not None and (row["phase"], row["encoder"]) == ("starting", name)
        loaded.append((name, offline))
        return "encoder", note

    writers = list[Writer]()

    def remember(catalog: Catalog) -> Writer:
        writers.append(Writer(catalog))
        return writers[-1]

    monkeypatch.setattr(module, "Writer", remember)
    monkeypatch.setattr(module, "load_encoder", load)
    assert module._prepare_encoder(builder.library) == cast(Any, ("encoder", note))
    assert loaded == [(DEFAULT_ENCODER, True)]
    # The model in use, if none was set.
    photo = builder.put("a.jpg", "a")
    siglip = register_encoder(builder.writer, "siglip2", "1", 8)
    put_embedding(builder.writer, siglip, photo, vector_of("a"))
    builder.writer.connection.execute("delete from embedding where encoder_id <> ?", (siglip,))
    if chosen:
        model_settings.set_encoder(catalog, chosen)
    report_status(builder.writer, phase="stopped", encoder="")
    module._prepare_encoder(builder.library)
    assert loaded[1:] == [(chosen or "siglip2", True)]
    assert model_settings.next_encoder(catalog) == ((chosen or "siglip2") if note else None)
    assert len(writers) == 2
    for each in writers:
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            each.connection.execute("select 1")
