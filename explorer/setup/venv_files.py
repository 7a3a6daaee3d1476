"""Repair an environment after an interrupted installation, and remove unused files from it.

pip writes a package's files one by one. If it is killed or the disk is full, an incomplete package
can count as installed. The metadata of such a package is removed, so that pip installs it again.
"""

import csv
import glob
import os
import re
import shutil

# Paths in `site-packages`: headers and build tools, the packages' own tests, and a notebook
# extension. Together 280 MB, most of it torch's.
UNUSED = (
    "torch/include",
    "torch/test",
    "torch/bin/protoc*",
    "torch/bin/test_*",
    "torch/bin/*Test",
    "openvino/include",
    "pyarrow/include",
    "pyarrow/tests",
    "pandas/tests",
    "numpy/*/tests",
    "sympy/*/tests",
    "networkx/*/tests",
    "pydeck/nbextension/static",
    "../../../share/jupyter/nbextensions/pydeck",
)
_UNUSED_FILE = re.compile(
    "|".join("{}(?:/|$)".format(re.escape(each).replace("\\*", "[^/]*")) for each in UNUSED)
)


def has_base_python(folder):
    """Whether the Python that an environment was made with still exists, as far as the environment
    says which it was. Without it, the launcher in an environment on Windows exists, but ends at
    once."""
    try:
        with open(os.path.join(folder, "pyvenv.cfg"), encoding="utf-8") as file:
            lines = file.read().splitlines()
    except (OSError, UnicodeDecodeError):
        return True
    homes = [line.partition("=")[2].strip() for line in lines if re.match(r"home\s*=", line)]
    found = [glob.glob(os.path.join(glob.escape(home), "python*")) for home in homes]
    return any(found) or not homes


def remove_unused(folder):
    """Remove the files in UNUSED from an environment. Packages without them still count as
    complete."""
    within = os.path.realpath(folder) + os.sep
    for packages in _site_packages(folder):
        for pattern in UNUSED:
            for path in glob.glob(os.path.join(glob.escape(packages), *pattern.split("/"))):
                # On Windows, site-packages is one level higher, so `../../..` leaves the folder.
                if not os.path.realpath(path).startswith(within):
                    continue
                if os.path.isdir(path):
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    os.remove(path)


def is_unused(path):
    """Whether `remove_unused` removes this file. path: in `site-packages`, with '/'."""
    return bool(_UNUSED_FILE.match(path))


def remove_incomplete_packages(folder):
    """Remove the metadata of packages whose files are incomplete according to their RECORD, so that
    pip installs them again. Returns the names of the removed folders. Backups that pip made while
    replacing a package are removed, too."""
    removed = []
    for packages in _site_packages(folder):
        for name in sorted(os.listdir(packages)):
            path = os.path.join(packages, name)
            if name.startswith("~") and os.path.isdir(path):
                shutil.rmtree(path, ignore_errors=True)
            # pip itself is needed for the repair; the caller has checked that it works.
            elif name.endswith(".dist-info") and not name.startswith("pip-"):
                if not is_complete(packages, name):
                    shutil.rmtree(path)
                    removed.append(name)
    return removed


def has_packages(folder):
    """Whether an environment has packages besides those of a new environment."""
    return any(
        name.endswith(".dist-info") and not name.startswith(("pip-", "setuptools-", "wheel-"))
        for packages in _site_packages(folder)
        for name in os.listdir(packages)
    )


def is_complete(packages, name):
    """Whether all files of a package have the sizes recorded for them.

    packages: the folder `site-packages`. name: the package's folder `….dist-info` in it.
    """
    try:
        with open(os.path.join(packages, name, "RECORD"), newline="", encoding="utf-8") as file:
            rows = [row for row in csv.reader(file) if len(row) == 3]
        # Compiled files and RECORD itself have no recorded size.
        return bool(rows) and all(
            os.path.getsize(os.path.join(packages, path)) == int(size)
            for path, _, size in rows
            if size and not is_unused(path)
        )
    except (OSError, ValueError):
        return False


def _site_packages(folder):
    folder = glob.escape(folder)
    found = glob.glob(os.path.join(folder, "lib", "python*", "site-packages"))
    return found or glob.glob(os.path.join(folder, "Lib", "site-packages"))
