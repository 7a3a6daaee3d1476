"""The state of the background download of a model: the user's choice, the progress, and the time
of the next attempt.

Models are shared by all libraries, so this is stored in the models folder, once per computer. The
file `choice` is written by the process in which the user chooses; `status.json` by the process that
holds `lock`, or by any process while none holds it.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from explorer.config import models_dir
from explorer.encoders.downloads import weights
from explorer.systems.this_system import this_system

Choice = Literal["automatic", "paused", "declined"]
"""`automatic`: a better model is downloaded in the background. `paused`: the user has stopped the
download for now. `declined`: nothing is downloaded in the background."""
State = Literal["none", "fetching", "preparing", "failed", "fetched"]

AUTOMATIC_MODEL = "clip"
"""The model that is downloaded in the background."""

# Seconds without an update after which the process that wrote `fetching` is presumed dead.
STALE = 20.0
# Seconds to wait before the next attempt, by the number of consecutive failures.
RETRY_AFTER = (60.0, 600.0, 3600.0, 6 * 3600.0, 24 * 3600.0)


class FetchStatus(NamedTuple):
    """The status of the background download."""

    name: str = ""
    """The name of the model."""
    state: State = "none"
    done: int = 0
    """Bytes downloaded so far."""
    total: int = 0
    """Bytes in total; 0 if unknown."""
    problem: str = ""
    """Why the last attempt failed, in one sentence."""
    failures: int = 0
    """Consecutive failures."""
    retry_at: float = 0.0
    """The earliest time of the next attempt, in Unix seconds."""
    at: float = 0.0
    """The time at which this was written, in Unix seconds."""

    @property
    def running(self) -> bool:
        """Whether a process is downloading or converting."""
        return self.state in ("fetching", "preparing") and abs(time.time() - self.at) < STALE


def fetch_dir() -> Path:
    return models_dir() / "fetch"


def lock_path() -> Path:
    """The lock file of the process that downloads in the background; there is at most one."""
    return fetch_dir() / "lock"


def allowed() -> bool:
    """Whether background downloads are possible at all: not offline, and not turned off by
    `EXPLORER_AUTO_FETCH=off`. The user's own choice is separate: see `choice`."""
    switched_off = os.environ.get("EXPLORER_AUTO_FETCH", "").lower() in ("off", "0", "no", "false")
    return not switched_off and not weights.is_offline()


def choice() -> Choice:
    """The user's choice on this computer; `automatic` if none was made."""
    try:
        found = (fetch_dir() / "choice").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return "automatic"
    return found if found in get_args(Choice) else "automatic"  # type: ignore[return-value]


def choose(wanted: Choice) -> None:
    """Store the user's choice. Raises OSError."""
    _write(fetch_dir() / "choice", wanted)


def status() -> FetchStatus:
    """The last status written; an empty one if there is none."""
    try:
        stored: dict[str, Any] = json.loads((fetch_dir() / "status.json").read_text("utf-8"))
        found = FetchStatus(**stored)
        return found._replace(
            done=int(found.done), total=int(found.total), retry_at=float(found.retry_at)
        )
    except (OSError, ValueError, TypeError):
        return FetchStatus()


def put_status(new: FetchStatus) -> None:
    """Write a status. Only for the process that holds the lock. Raises OSError."""
    _write(fetch_dir() / "status.json", json.dumps(new._replace(at=time.time())._asdict()))


def failed(name: str, problem: str) -> FetchStatus:
    """The status after a failed attempt. The wait grows with each consecutive failure."""
    before = status()
    failures = before.failures + 1 if before.name == name else 1
    wait = RETRY_AFTER[min(failures, len(RETRY_AFTER)) - 1]
    done, total = (before.done, before.total) if before.name == name else (0, 0)
    return FetchStatus(name, "failed", done, total, problem, failures, time.time() + wait)


def try_again() -> None:
    """Allow the next attempt at once, because the user asked for it."""
    before = status()
    if before.state == "failed" and not before.running:
        put_status(before._replace(state="none", problem="", failures=0, retry_at=0.0))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, scratch = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        this_system().replace(Path(scratch), path)
    except BaseException:
        Path(scratch).unlink(missing_ok=True)
        raise
