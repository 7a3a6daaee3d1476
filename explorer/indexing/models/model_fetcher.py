"""Fetch the model that a library is to be searched with, in a process beside the worker."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from explorer.config import PROGRAM, PROJECT
from explorer.encoders import registry
from explorer.encoders.downloads import fetch_state
from explorer.encoders.downloads.weights import is_offline
from explorer.errors import EncoderError, ExplorerError
from explorer.indexing.models.fetch_process import ELSEWHERE
from explorer.library import model_settings
from explorer.library.catalog import Catalog
from explorer.systems.child_process import end_process
from explorer.systems.this_system import this_system
from explorer.text_format import size

# Seconds between two checks for the wanted model.
POLL_INTERVAL = 0.5
# Seconds to wait while another process is fetching.
_ELSEWHERE_INTERVAL = 5.0
# Seconds to wait while the models folder is not writable; multiplied by the number of failures.
_UNWRITABLE_INTERVAL = 60.0
# Downloaded bytes between two progress lines in the terminal.
_LINE_EVERY = 60_000_000


class WantedModel(NamedTuple):
    """A model that the library is to be searched with, other than the one in use."""

    name: str
    by_user: bool
    """Whether the user asked for it."""


def wanted_model(catalog: Catalog) -> WantedModel | None:
    """The model that is to replace the one in use: the user's choice or, if they made none and the
    starter is in use, the automatic model. None if no other model is wanted."""
    name = model_settings.next_encoder(catalog)
    if name:
        return WantedModel(name, model_settings.chosen_by_user(catalog))
    if model_settings.chosen_by_user(catalog):
        return None
    current = model_settings.encoder_setting(catalog)
    if current is None:
        found = model_settings.encoder_in_use(catalog)
        current = found[0] if found else "starter"
    return WantedModel(fetch_state.AUTOMATIC_MODEL, False) if current == "starter" else None


def may_fetch(wanted: WantedModel) -> bool:
    """Whether a model may be fetched now: the download is not paused or declined, the machine is
    not meant to stay offline, and the last failure is long enough ago."""
    choice = fetch_state.choice()
    if not wanted.by_user and (choice != "automatic" or not fetch_state.allowed()):
        return False
    if choice == "paused" or (is_offline() and not registry.available(wanted.name)):
        return False
    last = fetch_state.status()
    # A time far in the future was written before the clock was set back.
    left = last.retry_at - time.time()
    return last.name != wanted.name or not 0 < left <= fetch_state.RETRY_AFTER[-1]


def fetch_command(name: str) -> list[str]:
    """The command line of the fetch process."""
    return [sys.executable, "-m", "explorer.indexing.models.fetch_process", name]


class ModelFetcher:
    """Watches which model is wanted, and starts and stops the fetch process. A context manager
    around the worker's run. It has its own thread, because the worker may be busy for a long
    time."""

    def __init__(self, catalog: Catalog, say: Callable[[str], None] | None = None) -> None:
        """say: called with one line for the terminal."""
        self._catalog, self._say = catalog, say or _to_terminal
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="model-fetcher", daemon=True)
        self._said = ""

    def __enter__(self) -> ModelFetcher:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        troubles = 0
        while not self._stop.is_set():
            pause = POLL_INTERVAL
            try:
                pause = self._step()
                troubles = 0
            except ExplorerError as error:
                # The catalog cannot be read just now; the worker says so, too.
                self._tell(str(error))
            except OSError as error:
                # Not even the failure could be recorded, so the next attempt is timed here.
                self._tell(f"The models folder cannot be written: {error.strerror or error}.")
                troubles += 1
                pause = _UNWRITABLE_INTERVAL * min(troubles, 60)
            self._stop.wait(pause)

    def _step(self) -> float:
        """Begin a switch or carry out a fetch, if one is due. Returns the seconds to wait before
        the next step."""
        wanted = wanted_model(self._catalog)
        if wanted is None or not _exists(wanted.name):
            return POLL_INTERVAL
        if registry.ready(wanted.name):
            self._begin_switch(wanted)
        elif may_fetch(wanted):
            return self._fetch(wanted)
        return POLL_INTERVAL

    def _begin_switch(self, wanted: WantedModel) -> None:
        """Make the worker switch to a model that is ready. Does nothing if a switch is already
        recorded, or if automatic switches are not allowed."""
        if model_settings.next_encoder(self._catalog) is None and (
            fetch_state.allowed() and fetch_state.choice() == "automatic"
        ):
            model_settings.begin_switch(self._catalog, wanted.name)

    def _fetch(self, wanted: WantedModel) -> float:
        process = subprocess.Popen(
            fetch_command(wanted.name),
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            **this_system().background_process(),
        )
        self._tell(_first_line(wanted))
        said = 0
        try:
            while process.poll() is None and not self._stop.wait(POLL_INTERVAL):
                status = fetch_state.status()
                if status.running and status.done >= said + _LINE_EVERY:
                    said = status.done
                    self._tell(_progress_line(wanted.name, status))
                if not self._still_wanted(wanted):
                    break
        finally:
            end_process(process)
        if process.returncode == ELSEWHERE:
            return _ELSEWHERE_INTERVAL
        status = fetch_state.status()
        if process.returncode == 0 and registry.ready(wanted.name):
            self._tell(f"The model “{wanted.name}” is ready.")
        elif status.state == "failed" and status.problem:
            self._tell(f"{status.problem} Searches keep using the current model.")
        elif not self._stop.is_set() and self._still_wanted(wanted):
            # The process ended without reporting an error (perhaps the system ran out of memory),
            # or the fetched files have been removed since.
            fetch_state.put_status(
                fetch_state.failed(wanted.name, f"Downloading “{wanted.name}” ended unexpectedly.")
            )
        return POLL_INTERVAL

    def _still_wanted(self, wanted: WantedModel) -> bool:
        return wanted_model(self._catalog) == wanted and may_fetch(wanted)

    def _tell(self, line: str) -> None:
        if line != self._said:
            self._said = line
            self._say(line)


def _exists(name: str) -> bool:
    try:
        registry.resolve_name(name)
    except EncoderError:
        return False
    return True


def _first_line(wanted: WantedModel) -> str:
    number = registry.download_bytes(wanted.name)
    amount = f" ({size(number)})" if number else ""
    return (
        f"Downloading the search model “{wanted.name}”{amount} in the background. `{PROGRAM} models"
        f" pause` pauses that, `{PROGRAM} models not-now` declines it."
    )


def _progress_line(name: str, status: fetch_state.FetchStatus) -> str:
    whole = f" of {size(status.total)}" if status.total else ""
    return f"Downloading “{name}”: {size(status.done)}{whole}."


def _to_terminal(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
