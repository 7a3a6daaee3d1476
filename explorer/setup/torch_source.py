"""Choose the index from which PyTorch is installed.

On Linux, the usual package index has only a build of PyTorch that requires 5 GB of CUDA libraries.
Without an NVIDIA GPU these are useless, so PyTorch and torchvision are then installed from
PyTorch's own index of CPU builds. For Windows and macOS, the usual index has builds without CUDA.
"""

import os
import re
import shutil
import subprocess
import sys

from explorer.setup.pip_install import SetupError, has_all, install, pip_command, pip_settings
from explorer.setup.supported_machine import sizes, this_build

CPU_INDEX = "https://download.pytorch.org/whl/cpu"
# Names another index for PyTorch, such as a mirror. If it is empty, PyTorch comes from the same
# index as all other packages.
VARIABLE = "EXPLORER_TORCH_INDEX"

PACKAGES = ("torch", "torchvision")

# Sizes of all packages with CUDA, measured on Linux (x86-64); docs/setup.md has the figures.
CUDA_DISK_GB = 10
CUDA_SIZES_GB = (3.4, 6.2)
SIZE = "a download of 0.2 GB instead of 3 GB"
CUDA_SIZE = "a download of 3 GB instead of 0.2 GB, and 5 GB more disk space"

# Seconds without a response after which an index counts as unreachable.
TIMEOUT = 10

# pip's errors if no package matches. The second one is for packages with constraints, even if the
# index could not be reached.
_NOTHING_FOUND = ("Could not find a version", "ResolutionImpossible")

# Prints the installed versions of packages as pip's requirements.
_VERSIONS = """
import sys
from importlib.metadata import PackageNotFoundError, version
for name in sys.argv[1:]:
    try:
        print("{}=={}".format(name, version(name)))
    except PackageNotFoundError:
        pass
"""

_GPU_FOLDER = "/proc/driver/nvidia/gpus"
# The Windows driver installs the tool here for WSL, where it is not always on the path.
_WSL_TOOL = "/usr/lib/wsl/lib/nvidia-smi"


class TorchSource:
    """An index from which PyTorch is installed, and why. url: None for the usual index."""

    def __init__(self, url, why, cuda):
        """cuda: whether its builds require the CUDA libraries."""
        self.url, self.why, self.cuda = url, why, cuda


def choose(python):
    """The TorchSource for this machine. python: the environment's Python, whose pip settings are
    checked."""
    given = os.environ.get(VARIABLE)
    linux = sys.platform.startswith("linux")
    if given:
        url = given.strip().rstrip("/")
        return TorchSource(url, "PyTorch is installed from {}".format(url), False)
    if not linux:
        return TorchSource(None, None, False)
    if given is not None:
        return TorchSource(None, "{} is empty".format(VARIABLE), True)
    if has_nvidia_gpu():
        return TorchSource(None, "this computer has an NVIDIA GPU", True)
    settings = pip_settings(python)
    if "index-url" in settings or "no-index" in settings:
        return TorchSource(None, "pip is configured to use another index", True)
    return TorchSource(
        CPU_INDEX,
        "There is no NVIDIA GPU, so PyTorch is installed from its CPU index: {}".format(SIZE),
        False,
    )


def has_nvidia_gpu():
    """Whether there is an NVIDIA GPU, according to its driver."""
    try:
        if os.listdir(_GPU_FOLDER):
            return True
    except OSError:
        pass
    tool = shutil.which("nvidia-smi") or _WSL_TOOL
    try:
        done = subprocess.run(
            [tool, "-L"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=TIMEOUT,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and b"GPU " in done.stdout


def torch_lines(lines):
    """The requirements in a list that concern PyTorch."""
    return [line.strip() for line in lines if re.match(r"[\w.\-]+", line).group(0) in PACKAGES]


def install_torch(python, lines, say, check_disk, new=None):
    """Install PyTorch if an index other than the usual one is better; otherwise it is installed
    later with everything else. Does nothing if the environment has it already.

    lines: all requirements. say: called with one line for the user. check_disk: called with the
    required disk space in GB; raises SetupError if there is not enough. new: the folder of a new
    environment, for which the size of all packages is announced; None for an existing one.
    Raises SetupError if the index has PyTorch but installing it failed, because the disk is full or
    the connection was lost. pip installs either both packages or neither.
    """
    wanted = torch_lines(lines)
    # Checked first, because pip takes a second to find that nothing is installed.
    if not wanted or (_installed(python) and has_all(python, wanted)):
        return
    source = choose(python)
    check_disk(CUDA_DISK_GB if source.cuda else sizes(this_build())[2])
    # For an index that the user names, the size is unknown: its build may need CUDA.
    if new and source.url in (None, CPU_INDEX):
        download, installed = CUDA_SIZES_GB if source.cuda else sizes(this_build())[:2]
        say("Setup downloads about {} GB and takes {} GB in {}.".format(download, installed, new))
    if source.url is None:
        if source.cuda:
            say(
                "PyTorch is installed with its CUDA libraries, because {}: {}.".format(
                    source.why, CUDA_SIZE
                )
            )
        return
    say(source.why + ".")
    problem = _install_from(python, source.url, wanted)
    if problem and sys.platform.startswith("linux"):
        say(
            "{} {}. PyTorch is installed from the usual index instead, with CUDA libraries: {}."
            " Press Ctrl-C to stop and try again later.".format(source.url, problem, CUDA_SIZE)
        )
        check_disk(CUDA_DISK_GB)
    elif problem:
        say("{} {}. PyTorch is installed from the usual index instead.".format(source.url, problem))


def _install_from(python, index, wanted):
    """Install PyTorch from an index, without its dependencies, which the usual index has. Returns
    why the index could not be used, or None."""
    options = ["--no-compile", "--no-deps", "--no-index"]
    options += ["--timeout", str(TIMEOUT), "--retries", "1"]
    for name in PACKAGES:
        options += ["--find-links", "{}/{}/".format(index, name)]
    problem, before = None, _installed(python)
    try:
        install(python, options + wanted)
    except SetupError as error:
        if not any(sign in line for line in error.output for sign in _NOTHING_FOUND):
            raise
        problem = _why_nothing_was_found(error.output)
    else:
        if not _are_compatible(python):
            problem = "has no compatible versions of torch and torchvision"
    left = _installed(python) if problem else {}
    if left and (left != before or len(before) < len(PACKAGES)):
        # One of the two may be installed, as another build than the usual index has. A pair that
        # was installed before may be too old, but works.
        _pip(python, "uninstall", "--yes", *PACKAGES)
    return problem


def _why_nothing_was_found(output):
    """Why pip found nothing in an index, as the rest of a sentence that begins with its address."""
    text = "\n".join(output)
    if "imed out" in text:
        return "did not respond in time"
    if "Could not fetch URL" in text or "Retrying" in text:
        return "could not be reached"
    # This includes error responses, which pip does not report.
    return "has nothing for this Python and machine"


def _are_compatible(python):
    """Whether torchvision accepts the installed torch, and both are of the same build, which a
    version gives after a plus sign."""
    builds = {version.partition("+")[2] for version in _installed(python).values()}
    objection = re.search(
        r"^torchvision .* has requirement torch\b", _pip(python, "check"), re.MULTILINE
    )
    return len(builds) < 2 and not objection


def _installed(python):
    """The installed versions of PyTorch's packages, by name. Python itself is asked, which takes a
    tenth of the time that pip takes."""
    done = subprocess.run(
        [python, "-c", _VERSIONS] + list(PACKAGES),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    return dict(line.split("==", 1) for line in done.stdout.decode("utf-8").splitlines())


def _pip(python, *words):
    done = subprocess.run(
        pip_command(python, *words),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return done.stdout.decode("utf-8", "replace")
