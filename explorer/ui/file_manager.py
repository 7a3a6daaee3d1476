"""Show a file in the system's file manager. The server runs on the user's own computer."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import streamlit as st

# Seconds to wait for the file manager.
_TIMEOUT = 5.0


def available() -> bool:
    """Whether the system has a file manager that can be opened."""
    if sys.platform in ("darwin", "win32"):
        return True
    return (
        bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
        and shutil.which("xdg-open") is not None
    )


def reveal(path: str) -> str:
    """Open the file manager with that file selected or, if that is not possible, in its folder.
    Returns an error message, or ''.

    path: absolute, from the catalog, never from a request. It is not passed through a shell.
    """
    if not os.path.lexists(path):
        return "The file cannot be found: it was moved or deleted, or its drive is not connected."
    last = ""
    for command in _commands(path):
        try:
            done = subprocess.run(
                command,
                timeout=_TIMEOUT,
                check=False,
                stdin=subprocess.DEVNULL,
                capture_output=True,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            last = str(error)
            continue
        # Windows' Explorer returns 1 even on success.
        if done.returncode == 0 or sys.platform == "win32":
            return ""
        last = done.stderr.decode(errors="replace").strip()
    return (
        f"The file manager could not be opened{f': {last}' if last else ''}. Copy the path instead."
    )


def show(path: str) -> None:
    """`reveal`, with the error message shown on the page."""
    if problem := reveal(path):
        st.toast(problem, icon=":material/error:")


def _commands(path: str) -> list[list[str]]:
    """The commands to try, in order."""
    if sys.platform == "darwin":
        return [["open", "-R", path]]
    if sys.platform == "win32":
        return [["explorer", f"/select,{path}"]]
    # A comma would separate items of the D-Bus array.
    address = Path(path).as_uri().replace(",", "%2C")
    target = [
        "--session",
        "--print-reply",
        "--dest=org.freedesktop.FileManager1",
        "--type=method_call",
        "/org/freedesktop/FileManager1",
    ]
    ask = [
        "dbus-send",
        *target,
        "org.freedesktop.FileManager1.ShowItems",
        f"array:string:{address}",
        "string:",
    ]
    return [ask, ["xdg-open", str(Path(path).parent)]]
