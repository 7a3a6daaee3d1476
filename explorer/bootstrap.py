"""Getting the packages, before anything else can be imported.

Runs on whatever Python it is started with, so this file keeps to what old ones understand and to
the standard library, and says clearly when a Python is too old. The packages go into `.venv` beside
run.py, unless the Python that runs has them all. A stamp in `.venv` says which requirements it
holds; while that fits, a start costs a few milliseconds and asks nobody.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time

OLDEST = (3, 11)

# torch's Linux build carries its GPU libraries whether they are wanted or not.
NEEDED_DISK_GB = 8

EXIT_ERROR = 1


class SetupError(Exception):
    """Setting up failed; the message is one line for a person."""


def prepare(entry, words):
    """Make sure that the packages are there, if need be by running again inside `.venv`; gives the
    words of the command.

    entry: the path of run.py. words: what follows it on the command line. `test` is carried out
    here and never returns.
    Exits with 1 and one line on standard error where something is in the way.
    """
    project = os.path.dirname(os.path.abspath(entry))
    tests = words[:1] == ["test"]
    try:
        check_python(sys.version_info)
        needed = [os.path.join(project, "requirements-dev.txt" if tests else "requirements.txt")]
        python = environment(project, needed[0])
    except SetupError as error:
        sys.stderr.write(str(error) + "\n")
        sys.exit(EXIT_ERROR)
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped while setting up; the next start goes on from here.\n")
        sys.exit(130)
    if tests:
        sys.exit(
            subprocess.call(
                [python, "-m", "pytest"] + side_by_side(words[1:]) + words[1:], cwd=project
            )
        )
    if python != sys.executable:
        _run_again(python, [os.path.abspath(entry)] + words)
    return words


def side_by_side(words):
    """What has pytest run as many tests at once as there are cores; nothing where the words say
    otherwise, or ask for a debugger."""
    chosen = any(
        word.startswith(("-n", "--numprocesses", "--dist", "--pdb", "--trace")) for word in words
    )
    return [] if chosen else ["-n", "logical", "--dist", "loadscope"]


def check_python(version):
    """Raises SetupError for a Python that is too old; version as in `sys.version_info`."""
    if tuple(version[:2]) < OLDEST:
        raise SetupError(
            "Photo Explorer needs Python {}.{} or newer; this is {}.{}. Install a newer one from python.org or your system's"
            " packages, and start run.py with it.".format(
                OLDEST[0], OLDEST[1], version[0], version[1]
            )
        )


def environment(project, requirements):
    """The Python that has everything in that requirements file: this one, or `.venv`'s, set up if
    need be.

    Raises SetupError.
    """
    folder = os.path.join(project, ".venv")
    python = (
        os.path.join(folder, "Scripts", "python.exe")
        if os.name == "nt"
        else os.path.join(folder, "bin", "python")
    )
    stamp = os.path.join(folder, "explorer-" + os.path.basename(requirements) + ".stamp")
    wanted = fingerprint(requirements)
    # The one that runs is asked first when it is `.venv`'s own, or there is no `.venv` that fits.
    if _read(stamp) == wanted and os.path.exists(python):
        return sys.executable if _is_inside(folder) else python
    if not missing(requirements):
        return sys.executable
    _set_up(folder, python, requirements, not os.path.exists(python))
    with open(stamp, "w") as file:
        file.write(wanted)
    return sys.executable if _is_inside(folder) else python


def _is_inside(folder):
    return os.path.realpath(sys.prefix) == os.path.realpath(folder)


def fingerprint(requirements):
    """What a stamp holds: the requirements' text, with the files they name, and the version of
    Python."""
    text = "".join(_lines(requirements)) + "{}.{}".format(*sys.version_info[:2])
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _lines(requirements):
    """The requirements in a file and in those it refers to with -r, without comments."""
    found = []
    with open(requirements, encoding="utf-8") as file:
        for line in file:
            line = line.split("#")[0].strip()
            if line.startswith("-r "):
                found += _lines(os.path.join(os.path.dirname(requirements), line[3:].strip()))
            elif line:
                found.append(line + "\n")
    return found


def missing(requirements):
    """The requirements that the running Python does not meet."""
    try:
        from importlib.metadata import PackageNotFoundError, version
    except ImportError:
        return _lines(requirements)
    lacking = []
    for line in _lines(requirements):
        name = re.match(r"[\w.\-]+", line).group(0)
        try:
            if not meets(version(name), line[len(name) :].strip()):
                lacking.append(line)
        except PackageNotFoundError:
            lacking.append(line)
    return lacking


def meets(version, specifier):
    """Whether a version meets a specifier made of >=, <, == and commas, comparing the numbers of
    the release."""
    for part in filter(None, specifier.split(",")):
        operator, bound = re.match(r"(>=|==|<)\s*(\S+)", part.strip()).groups()
        have, want = _release(version), _release(bound)
        width = max(len(have), len(want))
        have, want = have + (0,) * (width - len(have)), want + (0,) * (width - len(want))
        if not {">=": have >= want, "==": have == want, "<": have < want}[operator]:
            return False
    return True


def _release(version):
    """`2.14.1+cpu` → (2, 14, 1)."""
    return tuple(int(number) for number in re.match(r"\d+(\.\d+)*", version).group(0).split("."))


def _set_up(folder, python, requirements, new):
    if new:
        _check_disk(os.path.dirname(folder))
        _say("Setting up Photo Explorer; this is needed once, and takes some minutes.")
        _make_venv(folder)
    else:
        _say("Bringing Photo Explorer's packages up to date.")
    _install(python, requirements)
    _say("Ready.")


def _check_disk(project):
    free = shutil.disk_usage(project).free / 1e9
    if free < NEEDED_DISK_GB:
        raise SetupError(
            "Not enough disk space: setting up needs about {} GB in {}, and {:.1f} GB are free. Make room, or move the folder to"
            " another drive.".format(NEEDED_DISK_GB, project, free)
        )


def _make_venv(folder):
    # What an interrupted start left is not worth keeping: packages that were fetched are in pip's
    # own cache.
    shutil.rmtree(folder, ignore_errors=True)
    made = subprocess.run(
        [sys.executable, "-m", "venv", folder], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if made.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        output = made.stdout.decode("utf-8", "replace").strip()
        if "ensurepip" in output:
            raise SetupError(
                "This Python cannot make environments: install the package python{}.{}-venv (on Debian or Ubuntu: sudo apt install"
                " python3-venv) and start again.".format(*sys.version_info[:2])
            )
        reason = output.splitlines()[-1] if output else "no reason was given"
        raise SetupError("The environment {} could not be made: {}".format(folder, reason))


def _install(python, requirements):
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
        r"\s*(?:Downloading|Using cached|Processing) (?:\S*/)?([A-Za-z0-9_.]+?)-\d\S*(?: \(([\d.]+ \wB)\))?",
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


def _say(text):
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def _run_again(python, arguments):
    """Replace this process by the environment's Python; on Windows, which cannot, run it and pass
    its exit code on."""
    if os.name == "nt":
        try:
            sys.exit(subprocess.call([python] + arguments))
        except KeyboardInterrupt:
            sys.exit(130)
    os.execv(python, [python] + arguments)


def _read(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return None
