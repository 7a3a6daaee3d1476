"""Running pip: what a person is told, what is installed already, and how pip is set."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from explorer.setup import pip_install
from tests.package_index import only_this_index, wheel


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Collecting torch<2.15,>=2.9 (from -r requirements.txt (line 30))", "Looking for torch"),
        (
            "  Downloading torch-2.14.0-cp311-none-manylinux.whl (188.0 MB)",
            "Downloading torch (188.0 MB)",
        ),
        ("  Using cached numpy-2.3.1-cp311.whl.metadata (62 kB)", "Downloading numpy (62 kB)"),
        ("Installing collected packages: a, b, c", "Installing 3 packages; this takes longest"),
        ("Requirement already satisfied: pip", None),
    ],
)
def test_progress_is_shown(line: str, told: str | None) -> None:
    assert pip_install.progress(line) == told


def test_the_reason_is_the_last_error_line() -> None:
    said = [
        "WARNING: Retrying after connection broken by 'NewConnectionError(...)': /simple/numpy/",
        "ERROR: Could not find a version that satisfies the requirement numpy (from versions:"
        " none)",
        "ERROR: No matching distribution found for numpy",
    ]
    assert pip_install.reason(said) == (
        "Could not find a version that satisfies the requirement numpy (from versions: none)"
        " (is this computer online?)"
    )
    assert pip_install.reason(["Killed"]) == "Killed"
    assert pip_install.reason([]) == "pip gave no reason"


def test_a_full_disk_is_named_as_the_reason() -> None:
    said = ["ERROR: Could not install packages due to an OSError: [Errno 28] No space left"]
    assert pip_install.reason(said).startswith("the disk is full. Free some space and start again")


def test_a_local_wheel_does_not_count_as_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where pip is set to look into a folder of wheels, it could install them, but has not."""
    made = wheel("not_installed_anywhere", "1.0")
    (tmp_path / made.file).write_bytes(made.content)
    only_this_index(monkeypatch, "")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    assert not pip_install.has_all(sys.executable, ["not_installed_anywhere"])
    assert pip_install.has_all(sys.executable, ["pip"])
    assert not pip_install.has_all(str(tmp_path / "no-python"), ["pip"])


def test_pip_settings_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    only_this_index(monkeypatch, "http://127.0.0.1:9/simple")
    assert pip_install.pip_settings(sys.executable) >= {"index-url"}
    monkeypatch.delenv("PIP_INDEX_URL")
    assert "index-url" not in pip_install.pip_settings(sys.executable)
    (tmp_path / "pip.conf").write_text("[install]\nno-index = true\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    assert "no-index" in pip_install.pip_settings(sys.executable)


def test_an_interrupted_command_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    command = [sys.executable, "-c", "import time; print('on', flush=True); time.sleep(600)"]
    with pytest.raises(KeyboardInterrupt):
        pip_install.run_with_progress(command, interrupt)


def test_user_installs_are_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """pip would refuse to install into an environment."""
    monkeypatch.setenv("PIP_USER", "1")
    command = [sys.executable, "-c", "import os; print(os.environ['PIP_USER'])"]
    assert pip_install.run_with_progress(command, lambda _: None) == (0, ["0"])
