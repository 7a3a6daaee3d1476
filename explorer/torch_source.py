"""Where PyTorch is taken from.

On Linux the usual package index has one build of PyTorch, which brings 5 GB of CUDA libraries. A
machine without an NVIDIA GPU cannot use them, so there PyTorch and torchvision come from PyTorch's
own index of builds for processors. For Windows and macOS the usual index has builds without CUDA.

Like bootstrap.py, this keeps to what old Pythons understand and to the standard library.
"""

import os
import re
import shutil
import subprocess
import sys

from explorer.pip_install import SetupError, has_all, install, pip_command, pip_settings

CPU_INDEX = "https://download.pytorch.org/whl/cpu"
# Names another index for PyTorch, such as a mirror; empty: the one that all packages come from.
VARIABLE = "EXPLORER_TORCH_INDEX"

PACKAGES = ("torch", "torchvision")

# Measured on Linux (x86-64), everything included; docs/setup.md has the figures.
DISK_GB, CUDA_DISK_GB = 2.5, 8
SIZE = "0.2 GB to fetch instead of 3 GB"
CUDA_SIZE = "3 GB to fetch instead of 0.2 GB, and 5 GB more of disk"

# Seconds without an answer until an index counts as unreachable.
PATIENCE = 10

_GPU_FOLDER = "/proc/driver/nvidia/gpus"
# Windows' driver puts it here for Linux inside Windows (WSL), not always on the path.
_WSL_TOOL = "/usr/lib/wsl/lib/nvidia-smi"


class TorchSource:
    """An index that PyTorch is taken from, and why. url: None for the usual index."""

    def __init__(self, url, why, cuda):
        """cuda: whether what comes from there brings the CUDA libraries."""
        self.url, self.why, self.cuda = url, why, cuda


def choose(python):
    """The TorchSource for this machine. python: the environment's, whose pip is asked for its
    settings."""
    given = os.environ.get(VARIABLE)
    linux = sys.platform.startswith("linux")
    if given:
        url = given.strip().rstrip("/")
        return TorchSource(url, "PyTorch is taken from {}".format(url), False)
    if not linux:
        return TorchSource(None, None, False)
    if given is not None:
        return TorchSource(None, "{} is empty".format(VARIABLE), True)
    if has_nvidia_gpu():
        return TorchSource(None, "this computer has an NVIDIA GPU", True)
    settings = pip_settings(python)
    if "index-url" in settings or "no-index" in settings:
        return TorchSource(None, "pip is set to an index of its own", True)
    return TorchSource(
        CPU_INDEX,
        "No NVIDIA GPU here, so PyTorch is taken from its index for processors: {}".format(SIZE),
        False,
    )


def has_nvidia_gpu():
    """Whether there is an NVIDIA GPU and its driver, by the driver's own word."""
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
            timeout=PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and b"GPU " in done.stdout


def torch_lines(lines):
    """Those of a list of requirements that are about PyTorch."""
    return [line.strip() for line in lines if re.match(r"[\w.\-]+", line).group(0) in PACKAGES]


def install_torch(python, lines, say, check_disk):
    """Install PyTorch where a better index than the usual one has it; else leave it to the
    installation of everything else. An environment that has it keeps it.

    lines: all requirements. say: is given one line for the person. check_disk: is given the GB that
    everything takes; raises SetupError where there is no room.
    Raises SetupError where it could be installed but was not: the disk is full, the connection was
    lost. Nothing half-made is left: pip installs both packages or neither.
    """
    wanted = torch_lines(lines)
    if not wanted or has_all(python, wanted):
        return
    source = choose(python)
    check_disk(CUDA_DISK_GB if source.cuda else DISK_GB)
    if source.url is None:
        if source.cuda:
            say("PyTorch comes with its CUDA libraries, as {}: {}.".format(source.why, CUDA_SIZE))
        return
    say(source.why + ".")
    trouble = _install_from(python, source.url, wanted)
    if trouble and sys.platform.startswith("linux"):
        say(
            "{} {}. PyTorch is taken from the usual index instead, with CUDA libraries: {}."
            " Ctrl-C stops this; a later start tries again.".format(source.url, trouble, CUDA_SIZE)
        )
        check_disk(CUDA_DISK_GB)
    elif trouble:
        say("{} {}. PyTorch is taken from the usual index instead.".format(source.url, trouble))


def _install_from(python, index, wanted):
    """Install PyTorch from an index, without what it depends on, which the usual index has. Gives
    why that index could not be used, or None."""
    options = ["--no-compile", "--no-deps", "--no-index"]
    options += ["--timeout", str(PATIENCE), "--retries", "1"]
    for name in PACKAGES:
        options += ["--find-links", "{}/{}/".format(index, name)]
    trouble, before = None, _installed(python)
    try:
        install(python, options + wanted)
    except SetupError as error:
        if not any("Could not find a version" in line for line in error.output):
            raise
        trouble = _trouble(error.output)
    else:
        if not _fit_each_other(python):
            trouble = "has no torch and torchvision that fit each other"
    if trouble and (_installed(python) != before or len(before) < len(PACKAGES)):
        # One of the two may be there, of another build than what the usual index has. A pair that
        # was there before may be too old, but works.
        _pip(python, "uninstall", "--yes", *PACKAGES)
    return trouble


def _trouble(output):
    """Why pip found nothing in an index, as the end of a sentence that begins with its address."""
    text = "\n".join(output)
    if "imed out" in text:
        return "did not answer in time"
    if "Could not fetch URL" in text or "Retrying" in text:
        return "could not be reached"
    # Also where it answers with an error, which pip keeps to itself.
    return "offers nothing for this Python and machine"


def _fit_each_other(python):
    """Whether torchvision accepts the torch that is installed beside it, and both are of the same
    build: after a plus sign, a version tells the build."""
    builds = {version.partition("+")[2] for version in _installed(python).values()}
    objection = re.search(
        r"^torchvision .* has requirement torch\b", _pip(python, "check"), re.MULTILINE
    )
    return len(builds) < 2 and not objection


def _installed(python):
    """The versions of PyTorch's packages that are installed, by name."""
    return dict(
        line.split("==", 1)
        for line in _pip(python, "list", "--format", "freeze").splitlines()
        if line.startswith(tuple(name + "==" for name in PACKAGES))
    )


def _pip(python, *words):
    done = subprocess.run(
        pip_command(python, *words),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return done.stdout.decode("utf-8", "replace")
