"""A set-up that failed or was interrupted says why, and the next start goes on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from explorer.setup import bootstrap
from explorer.setup.pip_install import SetupError
from tests.fixtures.waiting import wait
from tests.setup.stand_in_project import pip, posix, project, run

__all__ = ["project"]


@posix
def test_a_failure_leaves_no_stamp_and_gives_the_reason_of_pip(project: Path) -> None:
    (project / "requirements.txt").write_text("no-such-package-anywhere\n")
    pip(
        project,
        'echo "Collecting no-such-package-anywhere"\n'
        'echo "ERROR: Could not install packages due to an OSError: [Errno 28] No space left'
        ' on device"\nexit 1',
    )
    done = run(project, "status")
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.splitlines()[-1] == (
        "The packages could not be installed: the disk is full. Free some space and start"
        " again; downloads are kept (Could not install packages due to an OSError: [Errno 28] No"
        " space left on device)"
    )
    assert not list((project / ".venv").glob("*.stamp"))
    assert (project / ".venv" / bootstrap.UNFINISHED).exists()


@posix
@pytest.mark.parametrize("words", [["status"], ["test"]])
def test_the_next_start_resumes_an_interrupted_setup(project: Path, words: list[str]) -> None:
    """Even where an older stamp says that everything is there."""
    name = "requirements-dev.txt" if words == ["test"] else "requirements.txt"
    (project / "requirements.txt").write_text("no-such-package-anywhere\n")
    calls = pip(project, "exit 0")
    venv = project / ".venv"
    (venv / f"explorer-{name}.stamp").write_text(bootstrap.fingerprint(str(project / name)))
    (venv / bootstrap.UNFINISHED).touch()
    half = venv / "lib" / "python3.11" / "site-packages" / "half-1.0.dist-info"
    half.mkdir(parents=True)
    done = run(project, *words)
    assert done.returncode == 0
    assert done.stderr.splitlines()[0] == "Updating Photo Explorer's packages."
    assert f"--no-compile -r {project / name}" in calls.read_text()
    assert not half.exists() and not (venv / bootstrap.UNFINISHED).exists()


@posix
def test_an_environment_without_pip_is_recreated(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One whose making was interrupted before it got its pip."""
    pip(project, "exit 0")
    (project / ".venv" / "bin" / "python").write_text("#!/bin/sh\nexit 1\n")
    (project / "requirements.txt").write_text("no-such-package-anywhere\n")
    made: list[str] = []

    def make(folder: str) -> None:
        made.append(folder)
        raise SetupError("enough")

    monkeypatch.setattr(bootstrap, "_make_venv", make)
    with pytest.raises(SetupError, match="enough"):
        bootstrap.environment(str(project), str(project / "requirements.txt"))
    assert made == [str(project / ".venv")]


@posix
@pytest.mark.parametrize("ours", [False, True])
def test_an_environment_without_pip_that_another_program_made_is_left_alone(
    ours: bool, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pip(project, "exit 0")
    venv = project / ".venv"
    (venv / "bin" / "python").write_text("#!/bin/sh\nexit 1\n")
    (venv / "lib" / "python3.11" / "site-packages" / "mine-1.0.dist-info").mkdir(parents=True)
    (project / "requirements.txt").write_text("no-such-package-anywhere\n")
    if ours:
        (venv / bootstrap.UNFINISHED).touch()
    made: list[str] = []

    def make(folder: str) -> None:
        made.append(folder)
        raise SetupError("has packages but no pip: not asked")

    monkeypatch.setattr(bootstrap, "_make_venv", make)
    with pytest.raises(SetupError, match="has packages but no pip"):
        bootstrap.environment(str(project), str(project / "requirements.txt"))
    assert made == ([str(venv)] if ours else [])


@posix
def test_write_errors_are_one_line(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "requirements.txt").write_text("no-such-package-anywhere\n")
    pip(project, "exit 0")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bootstrap, "install_torch", full)
    with pytest.raises(SetupError, match="could not be set up: No space left on device"):
        bootstrap.environment(str(project), str(project / "requirements.txt"))


@posix
def test_a_package_that_cannot_be_imported_is_reported(project: Path) -> None:
    (project / "requirements.txt").write_text("no-such-package-anywhere\n")
    pip(project, '[ "$1" = -c ] && echo "ImportError: GLIBC_2.99 not found" && exit 1\nexit 0')
    done = run(project, "status")
    assert done.returncode == 1
    assert (
        "one does not work on this computer: ImportError: GLIBC_2.99 not found."
        in (done.stderr.splitlines()[-1])
    )
    assert (project / ".venv" / bootstrap.UNFINISHED).exists()


@posix
def test_a_second_start_waits_for_the_first_and_uses_what_it_set_up(project: Path) -> None:
    (project / "requirements.txt").write_text("no-such-package-anywhere\n")
    calls = pip(project, f'while [ ! -e "{project}/go" ]; do sleep 0.05; done')
    command = [sys.executable, "run.py", "status"]
    with subprocess.Popen(command, cwd=project, stderr=subprocess.PIPE, text=True) as first:
        assert first.stderr is not None
        wait(lambda: calls.exists() and "pip install" in calls.read_text(), "the first set-up")
        with subprocess.Popen(command, cwd=project, stderr=subprocess.PIPE, text=True) as second:
            assert second.stderr is not None
            assert second.stderr.readline().startswith("Another start is setting up")
            (project / "go").touch()
            first.stderr.read()
            assert second.stderr.read() == ""
    assert first.returncode == second.returncode == 0
    assert calls.read_text().count("pip install") == 2


@posix
def test_an_environment_whose_python_is_gone_is_recreated(project: Path) -> None:
    (project / "requirements.txt").write_text("no-such-package-anywhere\n")
    calls = pip(project, "exit 0")
    assert run(project, "status").returncode == 0
    before = calls.read_text().count("pip install")
    config = project / ".venv" / "pyvenv.cfg"
    config.write_text(f"home = {Path(sys.executable).parent}\nversion = 3.11\n")
    assert run(project, "status").returncode == 0
    assert calls.read_text().count("pip install") == before
    config.write_text(f"home = {project / 'gone'}\n")
    run(project, "status")
    assert calls.read_text().count("pip install") == 2 * before


@posix
def test_a_python_that_cannot_be_started_is_one_line(project: Path) -> None:
    pip(project, "exit 0")
    stamp = project / ".venv" / "explorer-requirements.txt.stamp"
    stamp.write_text(bootstrap.fingerprint(str(project / "requirements.txt")))
    (project / ".venv" / "bin" / "python").chmod(0o644)
    done = run(project, "status")
    assert done.returncode == 1 and "could not be started: Permission denied." in done.stderr
    assert len(done.stderr.splitlines()) == 1
