"""The files in an environment: mending what an interrupted installation left, and removing what
nothing here uses.

pip writes a package's files one by one. Where it was killed, or the disk was full, a package can be
there in part and yet count as installed. Such a package is forgotten, so that pip installs it anew.

Like bootstrap.py, this keeps to what old Pythons understand and to the standard library.
"""

import csv
import glob
import os
import re
import shutil

# In `site-packages`: headers and tools for building other programs, the packages' own tests, and a
# part for notebooks. 280 MB, most of them torch's.
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


def remove_unused(folder):
    """Remove what UNUSED names from an environment; a package without it still counts as whole."""
    within = os.path.realpath(folder) + os.sep
    for packages in _site_packages(folder):
        for pattern in UNUSED:
            for path in glob.glob(os.path.join(glob.escape(packages), *pattern.split("/"))):
                # On Windows, packages are one folder less deep in their environment.
                if not os.path.realpath(path).startswith(within):
                    continue
                if os.path.isdir(path):
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    os.remove(path)


def drop_half_installed(folder):
    """Forget the packages in an environment whose files are not all there, by the list that each
    brings; gives the names of their folders. What pip set aside while replacing a package is
    removed, too."""
    dropped = []
    for packages in _site_packages(folder):
        for name in sorted(os.listdir(packages)):
            path = os.path.join(packages, name)
            if name.startswith("~") and os.path.isdir(path):
                shutil.rmtree(path, ignore_errors=True)
            # Without pip, nothing can be mended: whoever calls this has looked that it works.
            elif name.endswith(".dist-info") and not name.startswith("pip-"):
                if not is_whole(packages, name):
                    shutil.rmtree(path)
                    dropped.append(name)
    return dropped


def has_packages(folder):
    """Whether an environment has packages besides those that it is made with."""
    return any(
        name.endswith(".dist-info") and not name.startswith(("pip-", "setuptools-", "wheel-"))
        for packages in _site_packages(folder)
        for name in os.listdir(packages)
    )


def is_whole(packages, name):
    """Whether all files of a package have the size that its list says.

    packages: the folder `site-packages`. name: the package's folder `….dist-info` in it.
    """
    try:
        with open(os.path.join(packages, name, "RECORD"), newline="", encoding="utf-8") as file:
            rows = [row for row in csv.reader(file) if len(row) == 3]
        # Compiled files and the list itself have no size there.
        return bool(rows) and all(
            os.path.getsize(os.path.join(packages, path)) == int(size)
            for path, _, size in rows
            if size and not _UNUSED_FILE.match(path)
        )
    except (OSError, ValueError):
        return False


def _site_packages(folder):
    folder = glob.escape(folder)
    found = glob.glob(os.path.join(folder, "lib", "python*", "site-packages"))
    return found or glob.glob(os.path.join(folder, "Lib", "site-packages"))
