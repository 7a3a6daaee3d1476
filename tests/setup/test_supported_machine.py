"""What is said before anything is installed where the packages do not exist."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from contextlib import nullcontext, suppress
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from types import SimpleNamespace

import pytest

from explorer.setup import bootstrap, supported_machine, torch_source, trial_import
from explorer.setup.pip_install import SetupError
from explorer.setup.supported_machine import problem

REQUIREMENTS = str(Path(bootstrap.__file__).parents[2] / "requirements.txt")


@pytest.mark.parametrize(
    ("version", "build", "macos", "is_64_bit", "expected"),
    [
        ((3, 13), "win-arm64", "", True, "Python on ARM"),
        ((3, 13), "win32", "", False, "32-bit"),
        ((3, 13), "macosx-11.0-x86_64", "15.1", True, "Rosetta"),
        ((3, 13), "macosx-13.0-arm64", "13.6.1", True, "macOS 14 or newer; this is macOS 13.6.1"),
        ((3, 15), "linux-x86_64", "", True, "no packages for Python 3.15 yet"),
        ((3, 15), "win-amd64", "", True, "Install Python 3.14"),
    ],
)
def test_what_cannot_work_is_said(
    version: tuple[int, int], build: str, macos: str, is_64_bit: bool, expected: str
) -> None:
    said = problem(version, build, macos, is_64_bit)
    assert said and expected in said and "\n" not in said


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13), (3, 14)])
@pytest.mark.parametrize(
    ("build", "macos"),
    [("win-amd64", ""), ("macosx-14.0-arm64", "14.0"), ("linux-x86_64", ""), ("linux-aarch64", "")],
)
def test_what_works_is_accepted(version: tuple[int, int], build: str, macos: str) -> None:
    assert problem(version, build, macos, True) is None


def test_a_universal_python_runs_on_the_processor_that_it_is_started_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    assert problem((3, 13), "macosx-10.13-universal2", "15.0", True) is None
    # On an Intel Mac, or under Rosetta.
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    assert "Intel" in (problem((3, 13), "macosx-10.13-universal2", "15.0", True) or "")


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        ("win-amd64", (0.5, 1.4, 2.3)),
        ("macosx-14.0-arm64", (0.5, 1.3, 2.2)),
        ("macosx-10.13-universal2", (0.5, 1.3, 2.2)),
        ("linux-x86_64", (0.6, 1.5, 2.5)),
        ("freebsd-14.1-release-amd64", (0.6, 1.5, 2.5)),
    ],
)
def test_the_space_that_is_needed_depends_on_the_system(
    build: str, expected: tuple[float, float, float]
) -> None:
    assert supported_machine.sizes(build) == expected


@pytest.mark.parametrize(
    ("build", "free", "said"),
    [
        ("win-amd64", 2.2, "needs about 2.3 GB"),
        ("macosx-14.0-arm64", 2.1, "needs about 2.2 GB"),
        ("linux-x86_64", 2.4, "needs about 2.5 GB"),
    ],
)
def test_the_space_is_checked_before_anything_is_installed(
    build: str, free: float, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = until_installing(monkeypatch, build, free)
    folder = tmp_path / ".venv"
    with pytest.raises(SetupError, match=said):
        bootstrap._set_up(str(folder), str(folder / "python"), REQUIREMENTS)
    assert told == [] and not folder.exists()


class Installing(Exception):
    """Set-up has come to where it installs packages."""


def until_installing(monkeypatch: pytest.MonkeyPatch, build: str, free: float) -> list[str]:
    """Have a set-up end where it would begin to install, on a computer with this many GB free.
    Gives what it said."""

    def begin(*_: object) -> None:
        raise Installing

    told = list[str]()
    monkeypatch.setattr(sysconfig, "get_platform", lambda: build)
    monkeypatch.setattr(supported_machine, "problem", lambda *_: None)
    monkeypatch.setattr(
        shutil, "disk_usage", lambda path: SimpleNamespace(free=free * 1e9, total=1e12)
    )
    monkeypatch.setattr(bootstrap, "_make_venv", os.mkdir)
    monkeypatch.setattr(bootstrap, "install", begin)
    monkeypatch.setattr(torch_source, "_install_from", begin)
    monkeypatch.setattr(torch_source, "_installed", lambda _: {})
    monkeypatch.setattr(bootstrap, "_say", told.append)
    return told


USUAL = torch_source.TorchSource(None, None, False)
CPU = torch_source.TorchSource(torch_source.CPU_INDEX, "There is no GPU", False)
CUDA = torch_source.TorchSource(None, "this computer has an NVIDIA GPU", True)
NAMED = torch_source.TorchSource("https://example.org/torch", "PyTorch is installed from it", False)


@pytest.mark.parametrize(
    ("build", "source", "expected"),
    [
        ("win-amd64", USUAL, ["0.5", "1.4"]),
        ("macosx-14.0-arm64", USUAL, ["0.5", "1.3"]),
        ("linux-x86_64", CPU, ["0.6", "1.5"]),
        ("linux-x86_64", CUDA, ["3.4", "6.2"]),
        # It may have a build with CUDA, or none.
        ("linux-x86_64", NAMED, []),
    ],
)
@pytest.mark.parametrize("new", [True, False])
def test_the_sizes_of_the_chosen_pytorch_are_said(
    new: bool,
    build: str,
    source: torch_source.TorchSource,
    expected: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = until_installing(monkeypatch, build, 11)
    monkeypatch.setattr(torch_source, "choose", lambda python: source)
    monkeypatch.setattr(bootstrap, "_has_pip", lambda python: not new)
    folder = tmp_path / ".venv"
    if not new:
        folder.mkdir()
    with pytest.raises(Installing):
        bootstrap._set_up(str(folder), str(folder / "python"), REQUIREMENTS)
    found = re.findall(
        rf"downloads about (\S+) GB and takes (\S+) GB in {re.escape(str(folder))}\.",
        "\n".join(told),
    )
    assert found == ([tuple(expected)] if new and expected else [])


@pytest.mark.parametrize(
    ("build", "length", "allowed", "refused"),
    [
        ("win-amd64", 104, None, False),
        ("win-amd64", 105, None, True),
        ("win-amd64", 105, 0, True),
        ("win-amd64", 200, 1, False),
        ("macosx-14.0-arm64", 200, None, False),
        ("linux-x86_64", 200, None, False),
    ],
)
def test_a_folder_with_too_long_a_path_is_refused_before(
    build: str, length: int, allowed: int | None, refused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """allowed: the value LongPathsEnabled in the registry of Windows; None if there is none."""

    def value(key: str, name: str) -> tuple[int, int]:
        assert (key, name) == (r"SYSTEM\CurrentControlSet\Control\FileSystem", "LongPathsEnabled")
        if allowed is None:
            raise FileNotFoundError(2, "no such value")
        return allowed, 4

    registry = SimpleNamespace(
        HKEY_LOCAL_MACHINE=1, OpenKey=lambda _, key: nullcontext(key), QueryValueEx=value
    )
    monkeypatch.setitem(sys.modules, "winreg", registry)
    monkeypatch.setattr(sysconfig, "get_platform", lambda: build)
    monkeypatch.setattr(supported_machine, "problem", lambda *_: None)
    # An emoji counts as two.
    folder = "C:\\\U0001f600" + "a" * (length - 5)
    if not refused:
        supported_machine.check_folder(folder)
        return
    with pytest.raises(SetupError, match=r"105 characters.* more than 104 .*Move it") as caught:
        bootstrap._set_up(os.path.join(folder, ".venv"), folder, "requirements.txt")
    assert "\n" not in str(caught.value)


def test_an_existing_environment_in_a_folder_with_a_long_path_is_updated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    until_installing(monkeypatch, "win-amd64", 9)
    monkeypatch.setattr(supported_machine, "LONGEST_FOLDER", 1)
    monkeypatch.setattr(supported_machine, "_allows_long_paths", lambda: False)
    monkeypatch.setattr(torch_source, "choose", lambda python: USUAL)
    folder = tmp_path / ".venv"
    with pytest.raises(SetupError, match="Move it"):
        bootstrap._set_up(str(folder), str(folder / "python"), REQUIREMENTS)
    folder.mkdir()
    monkeypatch.setattr(bootstrap, "_has_pip", lambda python: True)
    with pytest.raises(Installing):
        bootstrap._set_up(str(folder), str(folder / "python"), REQUIREMENTS)


def test_the_longest_path_of_a_package_fits() -> None:
    """Without bytecode, which Python does not need."""
    names = [re.split(r"[^\w.-]", line)[0] for line in bootstrap._lines(REQUIREMENTS)]
    found = list[str]()
    for name in names:
        with suppress(PackageNotFoundError):
            found += [str(path) for path in distribution(name).files or ()]
    longest = max((each for each in found if "__pycache__" not in each), key=len)
    folder = "a" * supported_machine.LONGEST_FOLDER
    path = f"{folder}\\.venv\\Lib\\site-packages\\{longest}"
    assert len(path) <= 259, longest


def test_nothing_is_installed_before(tmp_path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supported_machine, "problem", lambda *_: "It cannot work.")
    with pytest.raises(SetupError, match=r"It cannot work\."):
        bootstrap._set_up(f"{tmp_path}/.venv", f"{tmp_path}/.venv/bin/python", "requirements.txt")


def test_a_missing_runtime_is_named_and_torch_is_tried_apart_from_faiss(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = list[list[str]]()

    def run(command: list[str], **named: object) -> SimpleNamespace:
        tried.append(command[3:])
        failed = "faiss" in command
        output = b"Traceback\nImportError: DLL load failed while importing _swigfaiss: \xe4\n"
        return SimpleNamespace(returncode=int(failed), stdout=output if failed else b"")

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(SetupError, match=r"Visual C\+\+ Redistributable"):
        trial_import.try_imports("python")
    # On macOS, a process that loads both is ended.
    assert not any({"torch", "faiss"} <= set(modules) for modules in tried)
    assert {"torch", "faiss"} <= {module for modules in tried for module in modules}
