"""Play another system in a test: what it answers without its own calls is right everywhere."""

from __future__ import annotations

import pytest

from explorer.systems import this_system as chosen
from explorer.systems.linux import Linux
from explorer.systems.macos import MacOS
from explorer.systems.operating_system import OperatingSystem
from explorer.systems.windows import Windows

SYSTEMS: dict[str, type[OperatingSystem]] = {"linux": Linux, "macos": MacOS, "windows": Windows}


def run_on(monkeypatch: pytest.MonkeyPatch, name: str) -> OperatingSystem:
    """Make the program believe that it runs on this system until the test ends."""
    system = SYSTEMS[name]()
    monkeypatch.setattr(chosen, "_system", system)
    return system
