"""What a power cut would leave: writes are on the disk only after fsync, names at once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest


class Disk:
    """Records the calls that decide about it, in order. calls: (`sync` | `replace` | `unlink`, the
    path that was synced, replaced or removed). torn: names whose bytes were not on the disk when
    they were put in another's place."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls = list[tuple[str, str]]()
        self.torn = list[str]()
        self._open, self._fsync, self._replace, self._unlink = (
            os.open,
            os.fsync,
            os.replace,
            os.unlink,
        )
        self._names = dict[int, str]()
        self._safe = dict[int, bytes]()
        monkeypatch.setattr(os, "open", self._opened)
        monkeypatch.setattr(os, "fsync", self._synced)
        monkeypatch.setattr(os, "replace", self._replaced)
        monkeypatch.setattr(os, "unlink", self._unlinked)

    def position(self, call: str, path: Path) -> int:
        """Which call it was, the last of its like; -1 where it was never made."""
        return max(
            (number for number, found in enumerate(self.calls) if found == (call, str(path))),
            default=-1,
        )

    def safe(self, path: Path) -> bool:
        """Whether a file is on the disk just as it is."""
        return self._safe.get(path.stat().st_ino) == path.read_bytes()

    def _opened(self, path: Any, *args: Any, **options: Any) -> int:
        handle = self._open(path, *args, **options)
        self._names[handle] = os.fspath(path)
        return handle

    def _synced(self, handle: int) -> None:
        self._fsync(handle)
        path = Path(self._names[handle])
        if path.is_file():
            self._safe[path.stat().st_ino] = path.read_bytes()
        self.calls.append(("sync", str(path)))

    def _replaced(self, source: Any, target: Any) -> None:
        if not self.safe(Path(source)):
            self.torn.append(str(target))
        self._replace(source, target)
        self.calls.append(("replace", str(target)))

    def _unlinked(self, path: Any, **options: Any) -> None:
        self._unlink(path, **options)
        self.calls.append(("unlink", str(path)))
