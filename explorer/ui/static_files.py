"""Locations of the style sheets, scripts and pictures of the user interface."""

from __future__ import annotations

from pathlib import Path

STATIC = Path(__file__).parent / "static"
