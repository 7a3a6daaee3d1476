"""The worker process, the only one that writes. It indexes and watches until it is told to stop.

    python -m explorer.indexing.worker --library DIR [--encoder NAME] [--offline]

The server starts it and holds the other end of its standard input; when that closes, for whatever
reason, the worker ends. It reports in the catalog's `worker` row and receives commands as `command`
rows.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
import time
from typing import Literal

from filelock import FileLock

from explorer.encoders.base import Encoder
from explorer.errors import ExplorerError, LibraryLocked
from explorer.indexing.models.encoder_fallback import DEFAULT_ENCODER, load_encoder, request_encoder
from explorer.indexing.models.model_fetcher import ModelFetcher
from explorer.indexing.throttle import lower_priority
from explorer.indexing.worker_client import Heartbeat, report_if_idle
from explorer.indexing.worker_loop import Stopped, Worker
from explorer.library import model_settings
from explorer.library.durable_io import explain
from explorer.library.library import Library
from explorer.library.stores.command_store import waiting_commands
from explorer.library.stores.worker_store import report_status
from explorer.library.writer import Writer
from explorer.text_format import one_line

log = logging.getLogger("explorer.worker")


def main(argv: list[str] | None = None) -> int:
    """Run the worker process and return its exit code."""
    parser = argparse.ArgumentParser(prog="explorer.indexing.worker")
    parser.add_argument("--library", required=True)
    parser.add_argument("--encoder")
    parser.add_argument("--offline", action="store_true")
    args = parser.parse_args(argv)
    _log_to_stderr()
    lower_priority()
    began = time.time()
    stop = threading.Event()
    # The server decides when to stop. Ctrl-C in the terminal reaches both processes, and the server
    # handles it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    threading.Thread(
        target=_stop_at_end_of_input, args=(stop,), daemon=True, name="parent-watch"
    ).start()
    if args.offline:
        # Set for the processes that this one starts.
        os.environ["EXPLORER_OFFLINE"] = "1"
    library = Library.open(args.library)
    try:
        request_encoder(library.catalog, args.encoder)
        while (ended := _index(library, stop, began)) != "stopped":
            if ended == "dismissed":
                _stand_by(library, stop)
    except Stopped:
        pass
    except ExplorerError as error:
        log.error("%s", error)
        return error.exit_code
    except Exception as error:
        trouble = explain(error, library.dir)
        if trouble is None:
            raise
        log.error("%s", trouble)
        return trouble.exit_code
    finally:
        library.close()
    return 0


def _index(
    library: Library, stop: threading.Event, began: float
) -> Literal["stopped", "dismissed", "replaced"]:
    """Run a worker until it ends. `stopped`: the process is to end. `dismissed`: the process is to
    stand by. `replaced`: another model has taken over, and the next worker is to use it."""
    lock = _wait_for_lock(library, stop)
    if lock is None:
        return "stopped"
    try:
        encoder, note = _prepare_encoder(library)
        worker = Worker(library, encoder, note)
        worker.ignore_stops_before(began)
        relay = threading.Thread(
            target=_forward_stop, args=(stop, worker), daemon=True, name="stop-relay"
        )
        relay.start()
        try:
            with Heartbeat(library.catalog), ModelFetcher(library.catalog):
                worker.run()
        finally:
            worker.close()
        return "dismissed" if worker.dismissed else "replaced" if worker.replaced else "stopped"
    finally:
        # Released however often it was acquired.
        lock.release(force=True)


def _wait_for_lock(library: Library, stop: threading.Event) -> FileLock | None:
    """Acquire the library's lock; waits while another run holds it, such as `index` on the command
    line. Returns None if told to stop."""
    while not stop.is_set():
        try:
            return library.lock()
        except LibraryLocked:
            report_if_idle(
                library,
                "starting",
                "Another run is indexing into this library: waiting for it to end…",
            )
            stop.wait(1.0)
    return None


def _stand_by(library: Library, stop: threading.Event) -> None:
    """Wait, without the library's lock, until a command asks to resume or the process is told to
    stop."""
    while not stop.is_set() and not {"resume", "rescan", "add"}.intersection(
        waiting_commands(library.catalog)
    ):
        report_if_idle(library, "off", "")
        stop.wait(0.5)


def _prepare_encoder(library: Library) -> tuple[Encoder, str]:
    """The encoder to index with, and a sentence if it is not the one that was set."""
    catalog = library.catalog
    name = model_settings.encoder_setting(catalog)
    if name is None:
        found = model_settings.encoder_in_use(catalog)
        name = found[0] if found else DEFAULT_ENCODER
    writer = Writer(catalog)
    try:
        report_status(writer, phase="starting", encoder=name, message="Getting ready…")
        # A model that is not here is fetched beside the worker, which indexes with the starter
        # in the meantime.
        encoder, note = load_encoder(name, offline=True)
        if note:
            model_settings.begin_switch(catalog, name)
        return encoder, note
    finally:
        writer.close()


def _log_to_stderr() -> None:
    class OneLine(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            text = super().format(record)
            # A traceback is our own text, and has several lines.
            return text if record.exc_info else one_line(text)

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine("%(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def _forward_stop(stop: threading.Event, worker: Worker) -> None:
    stop.wait()
    worker.stop()


def _stop_at_end_of_input(stop: threading.Event) -> None:
    """Stop the process when the other end of standard input is closed, or its process has ended."""
    # Not read through sys.stdin: at exit, Python waits for the lock of that object.
    while os.read(sys.stdin.fileno(), 4096):
        pass
    stop.set()


if __name__ == "__main__":
    sys.exit(main())
