"""Paths: of the program itself, the library and the models."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

APP = "photo-explorer"

PACKAGE = Path(__file__).resolve().parent
PROJECT = PACKAGE.parent
"""The folder that contains the package `explorer`."""
APP_FILES = PROJECT if (PROJECT / "run.py").exists() else PACKAGE
"""The folder of `pages/` and `.streamlit/`: the project's own, or the package where it is
installed."""
PROGRAM = "python run.py" if APP_FILES == PROJECT else "photo-explorer"
"""How the user starts the program, for messages that name a command."""


def data_dir() -> Path:
    """This app's folder among the user's application data, as the platform has it."""
    return Path(platformdirs.user_data_dir(APP, appauthor=False))


def library_dir(given: str | os.PathLike[str] | None = None) -> Path:
    """The library folder: the given one, else `EXPLORER_LIBRARY`, else one in `data_dir()`."""
    chosen = given or os.environ.get("EXPLORER_LIBRARY")
    return Path(chosen).expanduser().absolute() if chosen else data_dir() / "library"


def models_dir() -> Path:
    """Folder of weights and converted models for all libraries: `EXPLORER_MODELS`, else one in
    `data_dir()`."""
    chosen = os.environ.get("EXPLORER_MODELS")
    return Path(chosen).expanduser().absolute() if chosen else data_dir() / "models"
