"""The location of the user interface's style sheets, scripts and pictures."""

from __future__ import annotations

from pathlib import Path

STATIC = Path(__file__).parent / "static"
