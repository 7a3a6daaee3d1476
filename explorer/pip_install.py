"""Running pip for a person who has never heard of it: one line of progress, one line of reason.

Like bootstrap.py, this keeps to what old Pythons understand and to the standard library.
"""

import os
import re
import subprocess
import sys
import time


class SetupError(Exception):
    """Setting up failed; the message is one line for a person. output: pip's lines, if it ran."""

    def __init__(self, message, output=()):
        super(SetupError, self).__init__(message)
        self.output = list(output)


def install(python, words):
    """Run pip's install with these options and requirements, telling the person what it is at;
    raises SetupError with pip's own reason."""
    command = pip_command(python, "install", "--progress-bar", "off") + list(words)
    # pip's own words are kept in English and unwrapped, as they are read here.
    code, output = run_with_progress(command, progress)
    if code:
        raise SetupError("The packages could not be installed: {}".format(reason(output)), output)


def pip_command(python, *words):
    """A call of a Python's pip that asks nothing and looks for no newer pip. words: what it is to
    do, with its options."""
    return [python, "-m", "pip"] + list(words) + ["--disable-pip-version-check", "--no-input"]


def run_with_progress(command, tell):
    """Run a command and show what it is at; gives its exit code and its lines, of both streams.

    tell: a line → what to tell a person, or None.
    """
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        # Into the environment or the folder that was named, whatever pip is set to.
        env=dict(os.environ, PYTHONUNBUFFERED="1", PIP_USER="0"),
    )
    meter, output = _Meter(), []
    try:
        for raw in process.stdout:
            line = raw.decode("utf-8", "replace").rstrip()
            output.append(line)
            meter.show(tell(line))
        process.wait()
    except BaseException:
        process.kill()
        process.wait()
        raise
    finally:
        process.stdout.close()
        meter.end()
    return process.returncode, output


def has_all(python, words):
    """Whether a Python has all of these requirements, by pip's own judgement, without asking what
    they depend on. Takes about a second; False where there is no pip.

    words: requirements, or `-r` and a file.
    """
    command = pip_command(python, "install", "--dry-run", "--no-index", "--no-deps")
    try:
        process = subprocess.Popen(
            command + list(words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    except OSError:
        return False
    output = process.communicate()[0]
    # Where pip is set to look into a folder of wheels, it has not installed what it finds there.
    return process.returncode == 0 and b"Would install" not in output


def pip_settings(python):
    """The names of the options that are set for pip, in its files or in the environment."""
    process = subprocess.Popen(
        pip_command(python, "config", "list"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    lines = process.communicate()[0].decode("utf-8", "replace").splitlines()
    return {line.split("=", 1)[0].rsplit(".", 1)[-1] for line in lines if "=" in line}


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
    if "[Errno 28]" in text:
        return "the disk is full. Make room and start again; what was fetched is kept ({})".format(
            text
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
