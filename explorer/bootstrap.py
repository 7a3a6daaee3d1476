"""Getting the packages, before anything else can be imported.

Runs on whatever Python it is started with, so this file keeps to what old ones understand and to
the standard library, and says clearly when a Python is too old. The packages go into `.venv` beside
run.py, unless the running Python has them all. A stamp in `.venv` holds a fingerprint of the
requirements it meets; while that matches, a start costs a few milliseconds.
"""

import hashlib
import os
import shutil
import subprocess
import sys

from explorer.pip_install import SetupError, install

OLDEST = (3, 11)

# torch's Linux build carries its GPU libraries whether they are wanted or not.
NEEDED_DISK_GB = 8

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
    if _read(stamp) == wanted and os.path.exists(python):
        return sys.executable if _is_inside(folder) else python
    if is_satisfied(requirements):
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


def is_satisfied(requirements):
    """Whether the running Python has everything in a requirements file, by pip's own judgement.
    Takes about a second; False where there is no pip."""
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-index", "--no-deps"]
    command += ["--disable-pip-version-check", "--quiet", "-r", requirements]
    return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0


def _set_up(folder, python, requirements, new):
    if new:
        _check_disk(os.path.dirname(folder))
        _say("Setting up Photo Explorer; this is needed once, and takes some minutes.")
        _make_venv(folder)
    else:
        _say("Bringing Photo Explorer's packages up to date.")
    install(python, requirements)
    _say("Ready.")


def _check_disk(project):
    free = shutil.disk_usage(project).free / 1e9
    if free < NEEDED_DISK_GB:
        raise SetupError(
            "Not enough disk space: setting up needs about {} GB in {}, and {:.1f} GB are free."
            " Make room, or move the folder to another drive.".format(NEEDED_DISK_GB, project, free)
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
                "This Python cannot make environments: install the package python{}.{}-venv (on"
                " Debian or Ubuntu: sudo apt install python3-venv) and start again.".format(
                    *sys.version_info[:2]
                )
            )
        reason = output.splitlines()[-1] if output else "no reason was given"
        raise SetupError("The environment {} could not be made: {}".format(folder, reason))


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
