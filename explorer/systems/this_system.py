"""Choose the class for the operating system that the program runs on, once."""

from __future__ import annotations

import os
import sys

from explorer.systems.linux import Linux
from explorer.systems.macos import MacOS
from explorer.systems.operating_system import OperatingSystem
from explorer.systems.posix import Posix
from explorer.systems.windows import Windows


def _choose(platform: str, family: str) -> OperatingSystem:
    """The class for a system. platform: as in `sys.platform`. family: as in `os.name`."""
    known: dict[str, type[OperatingSystem]] = {"linux": Linux, "darwin": MacOS, "win32": Windows}
    return known.get(platform, Posix if family == "posix" else OperatingSystem)()


_system = _choose(sys.platform, os.name)


def this_system() -> OperatingSystem:
    """The operating system that the program runs on."""
    return _system
