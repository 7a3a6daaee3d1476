"""The journal of removals: what is about to be done to a photo file, and what has been done, each
on disk before the next step.

It is a file of its own beside the catalog, one JSON object a line, each line synced before anything
happens on its account. Not a table: the catalog is in write-ahead mode without a sync at each
commit, may be rebuilt or thrown away, and is written by the worker; the journal must outlive all
that, can be read by eye where everything else has failed, and a power cut costs at most the line
that was being written, which then announced nothing that had happened.
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
from explorer.library.journal_lines import parse_journal

JOURNAL_NAME = "removals.jsonl"
# Seconds to wait for another removal to end: somebody may press a button twice.
LOCK_TIMEOUT = 10.0

# intended: said, perhaps done. moved: it is away. undoing: said, perhaps done. undone: it is back,
# or never went.
RemovalState = Literal["intended", "moved", "undoing", "undone"]

# Fields of an entry that its announcement gives, and those that later lines may.
_SAID = frozenset(
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
_LEARNED = frozenset({"target", "info", "back", "reason", "sidecar"})


@dataclass
class RemovalEntry:
    """One file of a run, as the journal has it last.

    path: where it lay. hash: of its content, hex. keeper: what was kept for it, or None. where:
    "trash" or the folder it went to. target: the place chosen for it (in a folder) or found for it
    (in the trash); None until it is known. info: the trash's own note. back: where it was put back
    to. facts: size, times, inode, device and drive (the device of its folder) as they were. of: of
    a file that went along with a photo, the number of that photo's entry. keeper_hash: of the
    content that was kept, hex; None in journals of earlier releases.
    """

    run: str
    number: int
    state: RemovalState
    path: str
    hash: str
    keeper: str | None
    where: str
    root: str
    target: str | None = None
    info: str | None = None
    back: str | None = None
    reason: str = ""
    sidecar: dict[str, Any] | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    of: int | None = None
    keeper_hash: str | None = None

    @property
    def away(self) -> bool:
        """It may be gone from its place, so that undo has something to do: also where a cut has
        left open whether it went."""
        return self.state != "undone"

    @property
    def token(self) -> str:
        """What names things of this entry that are ours, wherever they lie."""
        return f"{self.run}-{self.number}"


@dataclass
class RemovalRun:
    """One removal, as the person asked for it. at: Unix seconds. planned: how many files it was to
    take."""

    id: str
    at: float
    where: str
    planned: int
    entries: list[RemovalEntry] = field(default_factory=list)
    ended: bool = False

    @property
    def away(self) -> list[RemovalEntry]:
        """The files that are gone from their places, or may be, and can be brought back."""
        return [entry for entry in self.entries if entry.away]

    @property
    def families(self) -> list[list[RemovalEntry]]:
        """Each photo with what went along with it, the photo last."""
        found = dict[int, list[RemovalEntry]]()
        for entry in self.entries:
            found.setdefault(entry.number if entry.of is None else entry.of, []).append(entry)
        return list(found.values())


class RemovalJournal:
    """The journal of one library. Reading needs no lock; whoever removes or undoes holds `lock` for
    all of it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / JOURNAL_NAME
        self._lock_path = folder / "removals.lock"

    def lock(self) -> FileLock:
        """One removal or undo at a time. Raises LibraryLocked where another is going on."""
        lock = FileLock(self._lock_path, timeout=LOCK_TIMEOUT)
        try:
            lock.acquire()
        except Timeout:
            raise LibraryLocked(
                "Another removal or undo is going on in this library: wait until it has ended, then try again."
            ) from None
        return lock

    def note(self, **what: Any) -> None:
        """Add a line, and return once it is on disk. Raises LibraryError where it cannot be
        written: then nothing may be done."""
        line = json.dumps(what | {"at": round(time.time(), 3)}).encode("ascii") + b"\n"
        try:
            handle = os.open(
                self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600
            )
            try:
                size = os.fstat(handle).st_size
                if size:
                    os.lseek(handle, -1, os.SEEK_END)
                    # A line that a power cut left unfinished must not swallow this one.
                    line = line if os.read(handle, 1) == b"\n" else b"\n" + line
                _write_all(handle, line)
                os.fsync(handle)
            finally:
                os.close(handle)
            if not size and os.name != "nt":
                folder = os.open(self.path.parent, os.O_RDONLY)
                try:
                    os.fsync(folder)
                finally:
                    os.close(folder)
        except OSError as error:
            why = error.strerror or error
            raise LibraryError(
                f"The journal of removals {self.path} cannot be written ({why}), so nothing more is removed."
            ) from error

    def runs(self) -> list[RemovalRun]:
        """Every run, oldest first. Lines that are not well-formed are passed over."""
        found = dict[str, RemovalRun]()
        entries = dict[tuple[str, int], RemovalEntry]()
        for line in parse_journal(self._read()):
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
                            **{key: each[key] for key in _SAID & each.keys()},
                        )
                        found[run].entries.append(entry)
            elif step == "end":
                found[run].ended = True
            elif (run, line.get("number")) in entries:
                entry = entries[run, line["number"]]
                if step in ("moved", "undoing", "undone"):
                    entry.state = step
                for key in _LEARNED & line.keys():
                    setattr(entry, key, line[key])
        return list(found.values())

    def _read(self) -> bytes:
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise LibraryError(
                f"The journal of removals {self.path} cannot be read: {error.strerror or error}."
            ) from error


def _write_all(handle: int, data: bytes) -> None:
    """A system may write less than it is given, without an error."""
    while data:
        written = os.write(handle, data)
        if not written:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        data = data[written:]
