"""Where the app keeps its files on this machine."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

APP = "photo-explorer"

PROJECT = Path(__file__).resolve().parent.parent
"""The folder that contains the package `explorer`."""


def data_dir() -> Path:
    """This app's folder among the user's application data, as the platform has it."""
    return Path(platformdirs.user_data_dir(APP, appauthor=False))


def library_dir(given: str | os.PathLike[str] | None = None) -> Path:
    """The library folder: the given one, else `EXPLORER_LIBRARY`, else one in `data_dir()`."""
    chosen = given or os.environ.get("EXPLORER_LIBRARY")
    return Path(chosen).expanduser().absolute() if chosen else data_dir() / "library"


def models_dir() -> Path:
    """Folder of weights and converted models, shared by all libraries: `EXPLORER_MODELS`, else one in
    `data_dir()`."""
    chosen = os.environ.get("EXPLORER_MODELS")
    return Path(chosen).expanduser().absolute() if chosen else data_dir() / "models"
