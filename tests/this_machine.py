"""What differs between the systems that the tests run on."""

from __future__ import annotations

import errno
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from explorer.systems.this_system import this_system

_IS_WINDOWS = sys.platform == "win32"
# ERROR_PRIVILEGE_NOT_HELD.
_NO_RIGHT = 1314


def accepted(name: str) -> str:
    """A file name with the characters that this system accepts: Windows has some for itself."""
    return re.sub(r'[<>:"|?*\n\\]', "_", name) if _IS_WINDOWS else name


def interrupt(process: subprocess.Popen[Any]) -> None:
    """Have a program end as Ctrl-C does. On Windows, where only a whole console can be sent that,
    it is ended."""
    if _IS_WINDOWS:
        process.terminate()
    else:
        process.send_signal(signal.SIGINT)


def separate_drives(
    monkeypatch: pytest.MonkeyPatch, before: Callable[[], None] = lambda: None
) -> None:
    """Make every folder a drive of its own: what moves a file here fails between two of them.
    before: called before a move within one."""
    name = "rename" if this_system().rename_is_exclusive else "link"
    real = getattr(os, name)

    def call(source: str, target: str, **options: Any) -> None:
        if Path(source).parent != Path(target).parent:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        before()
        real(source, target, **options)

    monkeypatch.setattr(os, name, call)


def skip_without_right_to_link() -> None:
    """Have tests that make symbolic links skip on a Windows that does not let this user do so."""
    if not _IS_WINDOWS:
        return
    real = Path.symlink_to

    def symlink_to(self: Path, *words: Any, **named: Any) -> None:
        try:
            real(self, *words, **named)
        except OSError as error:
            if getattr(error, "winerror", None) == _NO_RIGHT:
                pytest.skip("symbolic links need a privilege here")
            raise

    Path.symlink_to = symlink_to  # type: ignore[method-assign]
