"""The removal journal: a write-ahead log of what is done to photo files.

It is a file next to the catalog, one JSON object per line, and each line is synced to disk before
the step that it announces. It is not a table: the catalog does not sync each commit, may be rebuilt
or deleted, and is written by the worker. The journal outlives all that and is readable by eye. A
power cut costs at most the line that was being written, whose step had not begun.
"""

from __future__ import annotations

import errno
import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from explorer.errors import LibraryError, LibraryLocked
from explorer.library.removals.journal_lines import parse_journal
from explorer.systems.this_system import this_system

JOURNAL_NAME = "removals.jsonl"
# Seconds to wait for another removal to end: a button may be pressed twice.
LOCK_TIMEOUT = 10.0

RemovalState = Literal["intended", "moved", "undoing", "undone"]
"""intended: announced, perhaps done. moved: the file was moved. undoing: announced, perhaps done.
undone: the file is back, or was never moved."""

# Fields of an entry that the `intended` line has, and those that later lines may add.
_ANNOUNCED = frozenset(
    {
        "number",
        "path",
        "hash",
        "keeper",
        "keeper_hash",
        "where",
        "root",
        "target",
        "info",
        "facts",
        "of",
    }
)
_ADDED_LATER = frozenset({"target", "info", "back", "reason", "sidecar"})


@dataclass
class RemovalEntry:
    """One file of a run, in its latest state."""

    run: str
    """Id of its run."""
    number: int
    """Its number in the run."""
    state: RemovalState
    path: str
    """Where it was."""
    hash: str
    """The hash of its content, in hex."""
    keeper: str | None
    """Path of the file that was kept in its place, if any."""
    where: str
    """“trash”, or the folder that it was moved to."""
    root: str
    """Path of the watched folder that it was in."""
    target: str | None = None
    """Where it was moved to; None until that is known."""
    info: str | None = None
    """Path of the trash's .trashinfo file."""
    back: str | None = None
    """Where it was restored to."""
    reason: str = ""
    """Why a step failed, in words."""
    sidecar: dict[str, Any] | None = None
    """What was changed in the keeper's sidecar file, to undo it."""
    facts: dict[str, Any] = field(default_factory=dict)
    """Size, times, inode, device and drive (the device of its folder) before the removal."""
    of: int | None = None
    """For a companion file, the number of its photo's entry."""
    keeper_hash: str | None = None
    """Content hash of the keeper, hex; None in journals of earlier releases."""

    @property
    def away(self) -> bool:
        """Whether it may have been moved, so that undo has something to do; also True if a crash
        left that unknown."""
        return self.state != "undone"

    @property
    def token(self) -> str:
        """A name for temporary files that belong to this entry."""
        return f"{self.run}-{self.number}"


@dataclass
class RemovalRun:
    """One removal of any number of files."""

    id: str
    at: float
    """When it began, Unix seconds."""
    where: str
    """“trash”, or the folder that files were moved to."""
    planned: int
    """How many files it was to remove."""
    entries: list[RemovalEntry] = field(default_factory=list)
    ended: bool = False
    """Whether it ran to its end."""

    @property
    def away(self) -> list[RemovalEntry]:
        """The entries whose files were moved, or may have been, and can be restored."""
        return [entry for entry in self.entries if entry.away]

    @property
    def families(self) -> list[list[RemovalEntry]]:
        """Each photo with its companion files, the photo last."""
        found = dict[int, list[RemovalEntry]]()
        for entry in self.entries:
            found.setdefault(entry.number if entry.of is None else entry.of, []).append(entry)
        return list(found.values())


class RemovalJournal:
    """The removal journal of one library. Reading needs no lock; a removal or undo holds `lock`
    from its beginning to its end."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / JOURNAL_NAME
        self._lock_path = folder / "removals.lock"

    def lock(self) -> FileLock:
        """Acquire the lock of removals and undos. Raises LibraryLocked if another one runs."""
        lock = FileLock(self._lock_path, timeout=LOCK_TIMEOUT)
        try:
            lock.acquire()
        except Timeout:
            raise LibraryLocked(
                "Another removal or undo is running in this library: wait until it has ended,"
                " then try again."
            ) from None
        return lock

    def note(self, **what: Any) -> None:
        """Append a line, and return once it is on disk. Raises LibraryError if it cannot be
        written; then its step must not be taken."""
        line = json.dumps(what | {"at": round(time.time(), 3)}).encode("ascii") + b"\n"
        if not any(parse_journal(line)):
            # It would be skipped when it is read: what it announces could not be undone.
            raise LibraryError(
                f"The journal of removals {self.path} cannot hold this step, so no more files are"
                " removed."
            )
        try:
            handle = os.open(
                self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600
            )
            try:
                size = os.fstat(handle).st_size
                if size:
                    os.lseek(handle, -1, os.SEEK_END)
                    # A line that a power cut left unfinished must not run into this one.
                    line = line if os.read(handle, 1) == b"\n" else b"\n" + line
                _write_all(handle, line)
                this_system().sync_file(handle)
            finally:
                os.close(handle)
            if not size:
                this_system().sync_folder(str(self.path.parent))
        except OSError as error:
            why = error.strerror or error
            raise LibraryError(
                f"The journal of removals {self.path} cannot be written ({why}), so no more files"
                " are removed."
            ) from error

    def runs(self) -> list[RemovalRun]:
        """Every run, oldest first. Malformed lines are skipped."""
        found = dict[str, RemovalRun]()
        entries = dict[tuple[str, int], RemovalEntry]()
        for line in parse_journal(self.read()):
            run, step = line["run"], line["step"]
            if step == "begin":
                found.setdefault(run, RemovalRun(run, line["at"], line["where"], line["planned"]))
            elif run not in found:
                continue
            elif step == "intended":
                for each in (
                    *({**along, "of": line["number"]} for along in line.get("along", ())),
                    line,
                ):
                    if (run, each["number"]) not in entries:
                        entry = entries[run, each["number"]] = RemovalEntry(
                            run=run,
                            state="intended",
                            **{key: each[key] for key in _ANNOUNCED & each.keys()},
                        )
                        found[run].entries.append(entry)
            elif step == "end":
                found[run].ended = True
            elif (run, line.get("number")) in entries:
                entry = entries[run, line["number"]]
                if step in ("moved", "undoing", "undone"):
                    entry.state = step
                for key in _ADDED_LATER & line.keys():
                    setattr(entry, key, line[key])
        return list(found.values())

    def read(self) -> bytes:
        """The whole journal; b"" if there is none. Raises LibraryError."""
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise LibraryError(
                f"The journal of removals {self.path} cannot be read: {error.strerror or error}."
            ) from error


def _write_all(handle: int, data: bytes) -> None:
    """Write all bytes: `os.write` may write fewer than it is given, without an error."""
    while data:
        written = os.write(handle, data)
        if not written:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        data = data[written:]
