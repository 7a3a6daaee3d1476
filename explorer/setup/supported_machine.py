"""Report, before anything is installed, if a computer cannot run the packages, and what to do.

The checks follow the systems and Pythons for which the packages are published; docs/setup.md names
the command that finds these out.
"""

import platform
import re
import sys
import sysconfig

from explorer.setup.pip_install import SetupError

OLDEST, NEWEST = (3, 11), (3, 14)
# The oldest version of macOS for which faiss is built.
OLDEST_MACOS = 14
# The size of the packages in GB: the download, and the installed files. Measured for Windows and
# macOS with `scripts/check_packages.py --sizes` (0.51 and 1.37, 0.45 and 1.28), and for Linux
# without CUDA by installing them.
SIZES_GB = {"win": (0.5, 1.4), "macosx": (0.5, 1.3), "linux": (0.6, 1.5)}
# Unless Windows is configured to allow long paths, a path has at most 259 characters. The longest
# in `site-packages` has 121 (`scripts/check_packages.py --sizes`), and a later version of a package
# may have a longer one.
LONGEST_FOLDER = 259 - len("\\.venv\\Lib\\site-packages\\") - 130
_LONG_PATHS = "https://learn.microsoft.com/windows/win32/fileio/maximum-file-path-limitation"
PYTHON_ORG = "https://www.python.org/downloads/"


def check_python(version):
    """Raise SetupError if Python is too old. version: as in `sys.version_info`."""
    if tuple(version[:2]) < OLDEST:
        raise SetupError(
            "Photo Explorer needs Python {}.{} or newer; this is {}.{}. Install a newer version"
            " from python.org or your system's packages, and start run.py with it.".format(
                OLDEST[0], OLDEST[1], version[0], version[1]
            )
        )


def check_machine():
    """Raise SetupError if there are no packages for this Python and this computer."""
    reason = problem(sys.version_info, this_build(), platform.mac_ver()[0], sys.maxsize > 2**32)
    if reason:
        raise SetupError(reason)


def sizes(build):
    """The size of the packages in GB on a system, as (download, installed, free). free: the space
    that must be free beforehand, for both and for compiled files.

    build: as in `sysconfig.get_platform()`.
    """
    download, installed = SIZES_GB.get(re.match("[a-z]*", build).group(0), SIZES_GB["linux"])
    return download, installed, round(download + installed + 0.4, 1)


def this_build():
    """The platform that this Python was built for, as `sizes` and `problem` take it."""
    return sysconfig.get_platform()


def check_folder(folder):
    """Raise SetupError if the packages would have paths in this folder that Windows does not
    allow."""
    if this_build().startswith("win") and not _allows_long_paths():
        # Windows counts a character beyond U+FFFF, such as an emoji, as two.
        length = len(folder.encode("utf-16-le", "surrogatepass")) // 2
        if length > LONGEST_FOLDER:
            raise SetupError(
                "The folder {} has a path of {} characters, and with more than {} the packages in"
                " it would exceed what Windows allows. Move it to a shorter path, such as"
                " C:\\Photo Explorer, and start again; or allow long paths: {}".format(
                    folder, length, LONGEST_FOLDER, _LONG_PATHS
                )
            )


def _allows_long_paths():
    """Whether Windows is configured to allow long paths in programs that support them, as Python
    does (“Maximum Path Length Limitation” in Microsoft's documentation)."""
    try:
        import winreg

        key = r"SYSTEM\CurrentControlSet\Control\FileSystem"
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key) as opened:
            return winreg.QueryValueEx(opened, "LongPathsEnabled")[0] == 1
    except (ImportError, OSError):
        return False


def problem(version, build, macos, is_64_bit):
    """Why the packages cannot be installed, and what to do, in one line; None if they can.

    version: as in `sys.version_info`. build: the platform that Python was built for, as in
    `sysconfig.get_platform()`, such as `win-amd64` or `macosx-11.0-arm64`; that of a universal
    build ends in `universal2`. macos: the version of macOS, '' elsewhere.
    """
    if build == "win-arm64":
        return (
            "There is no PyTorch of the needed version for Python on ARM. Install the “Windows"
            " installer (64-bit)” of Python {}.{} from {}, which Windows 11 runs on ARM, too, and"
            " start run.py with it.".format(NEWEST[0], NEWEST[1], PYTHON_ORG)
        )
    if not is_64_bit:
        return (
            "This is a 32-bit Python, for which the packages do not exist. Install the 64-bit"
            " version from {}, and start run.py with it.".format(PYTHON_ORG)
        )
    if build.startswith("macosx") and (
        build.endswith("x86_64") or (build.endswith("universal2") and platform.machine() != "arm64")
    ):
        return (
            "This Python runs on Intel processors, and PyTorch 2.9 and OpenVINO 2026 are not made"
            " for Macs with them any more. On a Mac with Apple silicon, install Python from {}, and"
            " start run.py with it in a terminal that does not use Rosetta. On an Intel Mac, Photo"
            " Explorer cannot run.".format(PYTHON_ORG)
        )
    if macos and int(macos.split(".")[0]) < OLDEST_MACOS:
        return (
            "Photo Explorer needs macOS {} or newer; this is macOS {}. Update macOS, and start"
            " again.".format(OLDEST_MACOS, macos)
        )
    if tuple(version[:2]) > NEWEST:
        return (
            "There are no packages for Python {}.{} yet. Install Python {}.{} from {}, and start"
            " run.py with it.".format(version[0], version[1], NEWEST[0], NEWEST[1], PYTHON_ORG)
        )
    return None
