"""Where things lie on this machine."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

APP = "photo-explorer"

PROJECT = Path(__file__).resolve().parent.parent


def data_dir() -> Path:
    """The platform's user-data folder for this app."""
    return Path(platformdirs.user_data_dir(APP, appauthor=False))


def library_dir(given: str | os.PathLike[str] | None = None) -> Path:
    """The library's folder: what was given, else `EXPLORER_LIBRARY`, else the platform's user-data
    folder."""
    chosen = given or os.environ.get("EXPLORER_LIBRARY")
    return Path(chosen).expanduser().absolute() if chosen else data_dir() / "library"


def models_dir() -> Path:
    """Where weights and converted models are kept, shared by all libraries (`EXPLORER_MODELS` moves
    it)."""
    chosen = os.environ.get("EXPLORER_MODELS")
    return Path(chosen).expanduser().absolute() if chosen else data_dir() / "models"
