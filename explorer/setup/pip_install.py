"""Run pip for users who do not know it: show its progress, and its reason for failing in a line."""

import os
import re
import subprocess
import sys
import time


class SetupError(Exception):
    """Setup failed. The message is one line for the user. output: the lines of pip's output, if it
    was run."""

    def __init__(self, message, output=()):
        super(SetupError, self).__init__(message)
        self.output = list(output)


def install(python, words, temporary=None):
    """Run `pip install` with these options and requirements, and show its progress. Raises
    SetupError with pip's reason.

    temporary: a folder in which pip unpacks and builds packages; default is the system's.
    """
    command = pip_command(python, "install", "--progress-bar", "off") + list(words)
    names = ("TMPDIR", "TEMP", "TMP") if temporary else ()
    code, output = run_with_progress(command, progress, {name: str(temporary) for name in names})
    if code:
        raise SetupError("The packages could not be installed: {}".format(reason(output)), output)


def pip_command(python, *words):
    """A command that runs a Python's pip without prompts and without checking for a newer pip.
    words: pip's arguments."""
    return [python, "-m", "pip"] + list(words) + ["--disable-pip-version-check", "--no-input"]


def run_with_progress(command, tell, variables=None):
    """Run a command and show its progress. Returns its exit code and the lines of its output, from
    both streams.

    tell: returns what to show to the user for a line of output, or None. variables: set in its
    environment.
    """
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        # Install into this environment even if pip is configured to install for the user.
        env=dict(os.environ, PYTHONUNBUFFERED="1", PIP_USER="0", **(variables or {})),
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
    """Whether a Python has all of these requirements, according to pip, not counting their
    dependencies. Takes about a second; False without pip.

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
    # pip also succeeds if it would install packages from a folder of wheels that it is configured
    # to use.
    return process.returncode == 0 and b"Would install" not in output


def pip_settings(python):
    """The names of the options that are set for pip, in its configuration or in the environment."""
    process = subprocess.Popen(
        pip_command(python, "config", "list"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    lines = process.communicate()[0].decode("utf-8", "replace").splitlines()
    return {line.split("=", 1)[0].rsplit(".", 1)[-1] for line in lines if "=" in line}


def progress(line):
    """What to show to the user for a line of pip's output, or None."""
    found = re.match(r"Collecting ([\w.\-]+)", line)
    if found:
        return "Looking for {}".format(found.group(1))
    found = re.match(
        r"\s*(?:Downloading|Using cached|Processing) (?:\S*/)?([A-Za-z0-9_.]+?)-\d\S*"
        r"(?: \(([\d.]+ \wB)\))?",
        line,
    )
    if found:
        return "Downloading {}{}".format(
            found.group(1), " ({})".format(found.group(2)) if found.group(2) else ""
        )
    if line.startswith("Installing collected packages"):
        return "Installing {} packages; this takes longest".format(line.count(",") + 1)
    return None


def reason(output):
    """pip's reason for failing: the last line that begins with ERROR, without that word."""
    errors = [
        line
        for line in output
        if line.startswith("ERROR:") and "No matching distribution" not in line
    ]
    errors = errors or [line for line in output if line.startswith("ERROR:")]
    text = (
        errors[-1][len("ERROR:") :].strip()
        if errors
        else (output[-1].strip() if output else "pip gave no reason")
    )
    if "[Errno 28]" in text:
        return "the disk is full. Free some space and start again; downloads are kept ({})".format(
            text
        )
    offline = any(
        "NewConnectionError" in line or "Temporary failure in name resolution" in line
        for line in output
    )
    return text + (" (is this computer online?)" if offline else "")


class _Meter:
    """Shows the progress and the elapsed time in one line, which is updated in a terminal and
    printed every fifteen seconds elsewhere."""

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
