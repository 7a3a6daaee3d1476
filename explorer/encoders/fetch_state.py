"""What this computer remembers about fetching a model in the background: the user's choice, how
far a download is, and when to try again.

Models are shared by all libraries, so this is kept beside them: `choice` is written by whoever the
user tells, `status.json` by the process that holds `lock`, and by others while none does.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from explorer.config import models_dir
from explorer.encoders import weights

Choice = Literal["automatic", "paused", "declined"]
"""`automatic`: a better model is fetched by itself. `paused`: it was begun, and waits for the
user. `declined`: nothing is fetched by itself."""
State = Literal["none", "fetching", "preparing", "failed", "fetched"]

AUTOMATIC_MODEL = "clip"
"""The model that is fetched by itself."""

# Seconds after which a status that says `fetching` is taken for one of a process that has died.
STALE = 20.0
# Seconds to wait before the next attempt, by how often in a row it has failed.
RETRY_AFTER = (60.0, 600.0, 3600.0, 6 * 3600.0, 24 * 3600.0)


class FetchStatus(NamedTuple):
    """How far a download is."""

    name: str = ""
    """Of the model."""
    state: State = "none"
    done: int = 0
    """Bytes that are here."""
    total: int = 0
    """Bytes in all; 0 if unknown."""
    problem: str = ""
    """Why the last attempt failed, in one sentence."""
    failures: int = 0
    """How often in a row."""
    retry_at: float = 0.0
    """When the next attempt may be made, in Unix seconds."""
    at: float = 0.0
    """When this was written, in Unix seconds."""

    @property
    def running(self) -> bool:
        """Whether a process is at it."""
        return self.state in ("fetching", "preparing") and abs(time.time() - self.at) < STALE


def fetch_dir() -> Path:
    return models_dir() / "fetch"


def lock_path() -> Path:
    """The lock of the one process that fetches in the background."""
    return fetch_dir() / "lock"


def allowed() -> bool:
    """Whether anything may be fetched by itself: not offline, and not switched off by
    `EXPLORER_AUTO_FETCH=off`. What the user chose comes on top of it."""
    switched_off = os.environ.get("EXPLORER_AUTO_FETCH", "").lower() in ("off", "0", "no", "false")
    return not switched_off and not weights.is_offline()


def choice() -> Choice:
    """What the user chose on this computer."""
    try:
        found = (fetch_dir() / "choice").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return "automatic"
    return found if found in get_args(Choice) else "automatic"  # type: ignore[return-value]


def choose(wanted: Choice) -> None:
    """Remember a choice. Raises OSError."""
    _write(fetch_dir() / "choice", wanted)


def status() -> FetchStatus:
    """The status that was written last; an empty one where there is none."""
    try:
        stored: dict[str, Any] = json.loads((fetch_dir() / "status.json").read_text("utf-8"))
        found = FetchStatus(**stored)
        return found._replace(
            done=int(found.done), total=int(found.total), retry_at=float(found.retry_at)
        )
    except (OSError, ValueError, TypeError):
        return FetchStatus()


def put_status(new: FetchStatus) -> None:
    """Write a status. For the process that holds the lock. Raises OSError."""
    _write(fetch_dir() / "status.json", json.dumps(new._replace(at=time.time())._asdict()))


def failed(name: str, problem: str) -> FetchStatus:
    """The status after an attempt that failed, after earlier ones: each waits longer."""
    before = status()
    failures = before.failures + 1 if before.name == name else 1
    wait = RETRY_AFTER[min(failures, len(RETRY_AFTER)) - 1]
    done, total = (before.done, before.total) if before.name == name else (0, 0)
    return FetchStatus(name, "failed", done, total, problem, failures, time.time() + wait)


def try_again() -> None:
    """Forget when the next attempt may be made: the user asks for it now."""
    before = status()
    if before.state == "failed" and not before.running:
        put_status(before._replace(state="none", problem="", failures=0, retry_at=0.0))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, scratch = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(scratch).replace(path)
    except BaseException:
        Path(scratch).unlink(missing_ok=True)
        raise
