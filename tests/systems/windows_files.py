"""A stand-in for kernel32.dll that does with this system's files what Windows does with its own."""

from __future__ import annotations

import ctypes
import os
import shutil
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from explorer.systems import windows_calls

READ_ONLY, NOT_FOUND, SHARING_VIOLATION, EXISTS = 0x1, 2, 32, 80
GENERIC_READ = 0x80000000


class Kernel32:
    """Keeps attributes, streams and creation times by path."""

    def __init__(self) -> None:
        self.error = 0
        self.attributes = dict[str, int]()
        self.streams = dict[str, list[str]]()
        self.created = dict[str, int]()
        self.drives = dict[str, int]()
        self.handles = dict[int, Any]()
        self.buses = dict[str, int]()
        """How drives are connected, by letter."""
        self.in_use = set[str]()
        """Files that another program keeps to itself."""
        self.kept = set[str]()
        """Files that another program has open, and lets others read and delete."""
        self.error_mode = 0x8000

    def CopyFileExW(self, source: str, target: str, *rest: object) -> int:
        assert rest[-1] == 1, "COPY_FILE_FAIL_IF_EXISTS"
        if os.path.lexists(target):
            self.error = EXISTS
            return 0
        shutil.copyfile(source, target)
        self.attributes[target] = self.attributes.get(source, 0)
        self.streams[target] = list(self.streams.get(source, []))
        return 1

    def GetFileAttributesW(self, path: str) -> int:
        name = path
        return self.attributes.get(name, 0) if os.path.lexists(name) else 0xFFFFFFFF

    def SetFileAttributesW(self, path: str, wanted: int) -> int:
        self.attributes[path] = wanted
        return 1

    def CreateFileW(self, path: str, *rest: object) -> int | None:
        name, (access, share, *_) = path, rest
        if name.startswith("\\\\.\\"):
            assert access == 0, "reading a drive takes an administrator"
            return self._handle(name[4])
        if access == GENERIC_READ and (name in self.in_use or (share == 0 and name in self.kept)):
            self.error = SHARING_VIOLATION
            return ctypes.c_void_p(-1).value
        if not os.path.lexists(name):
            self.error = NOT_FOUND
            return ctypes.c_void_p(-1).value
        return self._handle(path)

    def SetFileTime(self, handle: int, created: Any, *rest: object) -> int:
        assert rest == (None, None)
        self.created[self.handles[handle]] = created._obj.value
        return 1

    def CloseHandle(self, handle: int) -> int:
        del self.handles[handle]
        return 1

    def FindFirstStreamW(self, path: str, level: int, data: Any, flags: int) -> int | None:
        names = iter(["::$DATA", *self.streams.get(path, [])])
        data._obj.name = next(names)
        return self._handle(names)

    def FindNextStreamW(self, handle: int, data: Any) -> int:
        name = next(self.handles[handle], None)
        if name is not None:
            data._obj.name = name
        return int(name is not None)

    FindClose = CloseHandle

    def GetErrorMode(self) -> int:
        return self.error_mode

    def SetErrorMode(self, mode: int) -> int:
        before, self.error_mode = self.error_mode, mode
        return before

    def GetDriveTypeW(self, top: str) -> int:
        return self.drives.get(top, 3)

    def GetLogicalDrives(self) -> int:
        return sum(1 << ord(top[0]) - ord("A") for top in self.drives)

    def DeviceIoControl(
        self, handle: int, code: int, query: Any, query_size: Any,
        device: Any, size: int, got: Any, overlapped: None,
    ) -> int:  # fmt: skip
        assert code == 0x2D1400 and query_size == 12 and size >= 36
        found = device._obj
        # As in ntddstor.h: the fields lie where C puts them.
        assert type(found).bus.offset == 28 and type(found).removable.offset == 10
        bus = self.buses.get(self.handles[handle])
        found.bus = bus or 0
        return int(bus is not None)

    def _handle(self, what: Any) -> int:
        number = 100 + len(self.handles)
        self.handles[number] = what
        return number


def install(monkeypatch: pytest.MonkeyPatch) -> Kernel32:
    """Have `windows_calls` use a new stand-in until the test ends."""
    library = Kernel32()
    for name, (_, arguments) in windows_calls.SIGNATURES.items():
        # Some are played by no test.
        if hasattr(library, name):
            setattr(library, name, _typed(name, getattr(library, name), arguments))
    monkeypatch.setattr(windows_calls, "kernel32", lambda: library)
    monkeypatch.setattr(ctypes, "get_last_error", lambda: library.error, raising=False)
    return library


def _typed(
    name: str, call: Callable[..., Any], arguments: Sequence[type[Any]]
) -> Callable[..., Any]:
    """The call of a stand-in, which takes only what the real one takes."""

    def checked(*given: object) -> Any:
        assert len(given) == len(arguments), f"{name} takes {len(arguments)} arguments"
        for kind, each in zip(arguments, given, strict=True):
            # Raises TypeError, as a call with these types does.
            kind.from_param(each)
        return call(*given)

    return checked
