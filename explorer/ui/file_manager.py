"""Showing a file in the system's own file manager, on the machine that the server runs on, which is
the person's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import streamlit as st

# Seconds for the file manager to answer.
_PATIENCE = 5.0


def available() -> bool:
    """Whether there is a file manager to ask."""
    if sys.platform in ("darwin", "win32"):
        return True
    return (
        bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
        and shutil.which("xdg-open") is not None
    )


def reveal(path: str) -> str:
    """Open the file manager on that file's folder, with the file selected where it can; gives what
    is wrong, or ''.

    path: absolute, from the catalog, never from a request. No shell reads it.
    """
    if not os.path.lexists(path):
        return "The file is not there at the moment: it was moved or deleted, or its drive is away."
    last = ""
    for command in _commands(path):
        try:
            done = subprocess.run(
                command,
                timeout=_PATIENCE,
                check=False,
                stdin=subprocess.DEVNULL,
                capture_output=True,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            last = str(error)
            continue
        # Windows' Explorer says 1 also when all is well.
        if done.returncode == 0 or sys.platform == "win32":
            return ""
        last = done.stderr.decode(errors="replace").strip()
    return f"The file manager cannot be opened{f': {last}' if last else ''}. Copy the path instead."


def show(path: str) -> None:
    """`reveal` for a page: what is wrong is said there."""
    if problem := reveal(path):
        st.toast(problem, icon=":material/error:")


def _commands(path: str) -> list[list[str]]:
    """What to try, in order."""
    if sys.platform == "darwin":
        return [["open", "-R", path]]
    if sys.platform == "win32":
        return [["explorer", f"/select,{path}"]]
    # A comma would part the list that D-Bus is given.
    address = Path(path).as_uri().replace(",", "%2C")
    to = [
        "--session",
        "--print-reply",
        "--dest=org.freedesktop.FileManager1",
        "--type=method_call",
        "/org/freedesktop/FileManager1",
    ]
    ask = [
        "dbus-send",
        *to,
        "org.freedesktop.FileManager1.ShowItems",
        f"array:string:{address}",
        "string:",
    ]
    return [ask, ["xdg-open", str(Path(path).parent)]]
