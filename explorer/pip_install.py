"""Running pip for a person who has never heard of it: one line of progress, one line of reason.

Like bootstrap.py, this keeps to what old Pythons understand and to the standard library.
"""

import os
import re
import subprocess
import sys
import time


class SetupError(Exception):
    """Setting up failed; the message is one line for a person."""


def install(python, requirements):
    """Run pip, telling the person what it is at; raises SetupError with pip's own reason."""
    command = [
        python,
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
        "--progress-bar",
        "off",
        "-r",
        requirements,
    ]
    # pip's own words are kept in English and unwrapped, as they are read here.
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        env=dict(os.environ, PYTHONUNBUFFERED="1"),
    )
    meter, output = _Meter(), []
    try:
        for raw in process.stdout:
            line = raw.decode("utf-8", "replace").rstrip()
            output.append(line)
            meter.show(progress(line))
        process.wait()
    except BaseException:
        process.kill()
        process.wait()
        raise
    finally:
        process.stdout.close()
        meter.end()
    if process.returncode:
        raise SetupError("The packages could not be installed: {}".format(reason(output)))


def progress(line):
    """A line of pip's → what to tell a person, or None."""
    found = re.match(r"Collecting ([\w.\-]+)", line)
    if found:
        return "Looking for {}".format(found.group(1))
    found = re.match(
        r"\s*(?:Downloading|Using cached|Processing) (?:\S*/)?([A-Za-z0-9_.]+?)-\d\S*"
        r"(?: \(([\d.]+ \wB)\))?",
        line,
    )
    if found:
        return "Fetching {}{}".format(
            found.group(1), " ({})".format(found.group(2)) if found.group(2) else ""
        )
    if line.startswith("Installing collected packages"):
        return "Installing {} packages; this is the longest part".format(line.count(",") + 1)
    return None


def reason(output):
    """pip's reason for failing: its last line that says ERROR, without that word."""
    errors = [
        line
        for line in output
        if line.startswith("ERROR:") and "No matching distribution" not in line
    ]
    errors = errors or [line for line in output if line.startswith("ERROR:")]
    text = (
        errors[-1][len("ERROR:") :].strip()
        if errors
        else (output[-1].strip() if output else "pip said nothing")
    )
    offline = any(
        "NewConnectionError" in line or "Temporary failure in name resolution" in line
        for line in output
    )
    return text + (" (is this computer online?)" if offline else "")


class _Meter:
    """One line that says what is going on and for how long: rewritten in a terminal, every fifteen
    seconds elsewhere."""

    def __init__(self):
        self._terminal = sys.stderr.isatty()
        self._start = time.time()
        self._last = 0.0

    def show(self, text):
        now = time.time()
        if text is None or (not self._terminal and now - self._last < 15):
            return
        self._last = now
        line = "  {:>3.0f} s  {}".format(now - self._start, text)
        sys.stderr.write("\r\x1b[2K" + line[:100] if self._terminal else line + "\n")
        sys.stderr.flush()

    def end(self):
        if self._terminal:
            sys.stderr.write("\r\x1b[2K")
