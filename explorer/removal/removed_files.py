"""Tell the pages which files were removed and are still away."""

from __future__ import annotations

import functools
import time
from pathlib import Path

from explorer.library.library import Library
from explorer.library.removals.removal_journal import RemovalJournal
from explorer.systems import file_calls


@functools.lru_cache(maxsize=4)
def _away_paths(folder: Path, size: int, mtime_ns: int) -> tuple[str, ...]:
    """The paths of all files that are away. size, mtime_ns: of the journal, which is read again
    when they change."""
    return tuple(entry.path for run in RemovalJournal(folder).runs() for entry in run.away)


def removed_paths(library: Library) -> set[str]:
    """Files that were removed and not put back: pages hide them at once, before the catalog is
    updated."""
    try:
        facts = RemovalJournal(library.dir).path.stat()
    except OSError:
        return set()
    return {
        path
        for path in _away_paths(library.dir, facts.st_size, facts.st_mtime_ns)
        if not file_calls.lexists(path)
    }


def removal_time(run_at: float) -> str:
    """The local time of a removal, to be shown. run_at: Unix seconds."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(run_at))
