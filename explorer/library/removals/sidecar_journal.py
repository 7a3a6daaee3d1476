"""The sidecars that were written on request, as the journal of removals records them.

Removals and sidecars share the journal and its lock: both change files beside photos, and nothing
else does. Each sidecar is announced by a line with its former content before it is written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from explorer.library.removals.journal_lines import parse_journal
from explorer.library.removals.removal_journal import RemovalJournal


@dataclass
class SidecarEntry:
    """One sidecar that was written, or was about to be."""

    run: str
    number: int
    photo: str
    """Path of the photo that it belongs to."""
    sidecar: dict[str, Any]
    """What was changed, as `removal/sidecar_writer.py` notes it."""
    undone: bool = False

    @property
    def token(self) -> str:
        """A name for files that belong to this entry."""
        return f"{self.run}-{self.number}"


@dataclass
class SidecarRun:
    """The sidecars written by one request."""

    id: str
    at: float
    """When it began, Unix seconds."""
    entries: list[SidecarEntry] = field(default_factory=list)
    ended: bool = False
    """Whether it ran to its end."""

    @property
    def pending(self) -> list[SidecarEntry]:
        """The entries that can be undone."""
        return [entry for entry in self.entries if not entry.undone]


def sidecar_runs(journal: RemovalJournal) -> list[SidecarRun]:
    """Every run, oldest first. Malformed lines are skipped."""
    runs, entries = dict[str, SidecarRun](), dict[tuple[str, int], SidecarEntry]()
    for line in parse_journal(journal.read()):
        run, step = line["run"], line["step"]
        if step == "sidecars":
            runs.setdefault(run, SidecarRun(run, line["at"]))
        elif run not in runs:
            continue
        elif step == "write" and (run, line["number"]) not in entries:
            entry = SidecarEntry(run, line["number"], line["path"], line["sidecar"])
            entries[run, line["number"]] = entry
            runs[run].entries.append(entry)
        elif step == "unwritten" and (run, line["number"]) in entries:
            entries[run, line["number"]].undone = True
        elif step == "end":
            runs[run].ended = True
    return list(runs.values())
