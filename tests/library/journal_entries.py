"""Lines of a removal journal, for the tests of what reads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from explorer.library.removals.removal_journal import RemovalJournal

RUN, AT, HASH = "20260101-120000-ab12", 1_767_268_800.0, "0" * 32


FACTS = {"size": 3, "mtime_ns": 5, "atime_ns": 7, "inode": 11, "device": 13, "freed": 3}


def begin(**other: Any) -> dict[str, Any]:
    return {"run": RUN, "step": "begin", "where": "trash", "planned": 2, "at": AT, **other}


def intended(number: int = 0, **other: Any) -> dict[str, Any]:
    return {
        "run": RUN, "step": "intended", "number": number, "path": f"/photos/{number}.jpg",
        "hash": HASH, "keeper": "/photos/k.jpg",
        "where": "trash", "root": "/photos", "target": None, "facts": FACTS, "along": [], "at": AT,
        **other,
    }  # fmt: skip


def journal(folder: Path, *lines: dict[str, Any] | bytes) -> RemovalJournal:
    made = RemovalJournal(folder)
    made.path.write_bytes(
        b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
        + b"\n"
    )
    return made
