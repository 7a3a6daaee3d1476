"""The paths of the program itself, the library and the models."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

APP = "photo-explorer"

PACKAGE = Path(__file__).resolve().parent
PROJECT = PACKAGE.parent
"""The folder that contains the package `explorer`."""
APP_FILES = PROJECT if (PROJECT / "run.py").exists() else PACKAGE
"""The folder that contains `pages/` and `.streamlit/`: the project's, or the package's if it is
installed as a wheel."""
PROGRAM = "python run.py" if APP_FILES == PROJECT else "photo-explorer"
"""The command that starts the program, for messages that name a command."""


def data_dir() -> Path:
    """This app's folder in the platform's folder for application data."""
    return Path(platformdirs.user_data_dir(APP, appauthor=False))


def library_dir(given: str | os.PathLike[str] | None = None) -> Path:
    """The library's folder: the given one, else `EXPLORER_LIBRARY`, else one in `data_dir()`."""
    chosen = given or os.environ.get("EXPLORER_LIBRARY")
    return Path(chosen).expanduser().absolute() if chosen else data_dir() / "library"


def models_dir() -> Path:
    """The folder of weights and converted models, shared by all libraries: `EXPLORER_MODELS`, else
    one in `data_dir()`."""
    chosen = os.environ.get("EXPLORER_MODELS")
    return Path(chosen).expanduser().absolute() if chosen else data_dir() / "models"
