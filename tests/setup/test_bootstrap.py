"""Getting the packages: everything but the fetching itself, which is pip's."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import types
from pathlib import Path

import pytest

from explorer.config import PROJECT
from explorer.setup import bootstrap, pip_install
from explorer.setup.pip_install import SetupError
from explorer.setup.supported_machine import check_python
from tests.setup.stand_in_project import pip, posix, project, run
from tests.test_imports import BEFORE_INSTALLATION

__all__ = ["project"]


class TestVersion:
    @pytest.mark.parametrize("version", [(2, 7, 18), (3, 8, 0), (3, 10, 14)])
    def test_an_old_python_is_rejected(self, version: tuple[int, int, int]) -> None:
        with pytest.raises(
            SetupError, match=rf"needs Python 3\.11 or newer; this is {version[0]}\.{version[1]}\."
        ):
            check_python(version)

    @pytest.mark.parametrize("version", [(3, 11, 0), (3, 13, 1), (4, 0, 0)])
    def test_a_new_python_is_accepted(self, version: tuple[int, int, int]) -> None:
        check_python(version)

    def test_errors_are_one_line_without_a_traceback(self, project: Path) -> None:
        path = project / "explorer" / "setup" / "supported_machine.py"
        path.write_text(
            path.read_text(encoding="utf-8").replace(
                "OLDEST, NEWEST = (3, 11)", "OLDEST, NEWEST = (3, 99)"
            ),
            encoding="utf-8",
        )
        done = run(project, "index", "x")
        assert done.returncode == 1 and done.stdout == ""
        assert len(done.stderr.splitlines()) == 1 and "needs Python 3.99" in done.stderr

    @pytest.mark.parametrize("name", ["explorer/__init__.py", *sorted(BEFORE_INSTALLATION)])
    def test_old_pythons_can_run_the_first_files(self, name: str) -> None:
        """Up to where the packages are there: Python 3.7's grammar, no f-strings, so that even
        older ones get to the message."""
        tree = ast.parse((PROJECT / name).read_text(encoding="utf-8"), feature_version=(3, 7))
        assert not [
            node
            for node in ast.walk(tree)
            if isinstance(node, (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr))
        ]
        assert not [
            n
            for n in ast.walk(tree)
            if isinstance(n, ast.FunctionDef)
            and (n.returns or any(a.annotation for a in n.args.args))
        ]


class TestRequirements:
    def test_comments_and_files_named_in_files(self, project: Path) -> None:
        assert bootstrap._lines(str(project / "requirements-dev.txt")) == ["numpy>=1\n", "pytest\n"]

    @pytest.mark.parametrize(
        ("text", "satisfied"),
        [
            ("numpy>=1", True),
            ("numpy>=1\nno-such-package-anywhere>=1,<2", False),
            ("numpy>=99", False),
            ("numpy<1", False),
            ("numpy==1.0", False),
        ],
    )
    def test_installed_requirements_are_recognized(
        self, project: Path, text: str, satisfied: bool
    ) -> None:
        (project / "requirements.txt").write_text(text + "\n")
        assert bootstrap.is_satisfied(str(project / "requirements.txt")) is satisfied

    def test_the_requirements_of_the_project_are_installed_here(self) -> None:
        assert bootstrap.is_satisfied(str(PROJECT / "requirements.txt"))

    def test_a_fingerprint_changes_with_any_requirement_but_not_with_comments(
        self, project: Path
    ) -> None:
        dev = str(project / "requirements-dev.txt")
        before = bootstrap.fingerprint(dev)
        (project / "requirements.txt").write_text("numpy>=1 # other words\n")
        assert bootstrap.fingerprint(dev) == before
        (project / "requirements.txt").write_text("numpy>=2\n")
        assert bootstrap.fingerprint(dev) != before
        before = bootstrap.fingerprint(dev)
        (project / "requirements-weights.txt").write_text("weights==2\n")
        assert bootstrap.fingerprint(dev) != before


class TestEnvironment:
    def test_an_environment_with_the_packages_is_used(self, project: Path) -> None:
        done = run(project, "index", "a b")
        assert done.returncode == 0 and done.stdout.strip() == f"['index', 'a b'] {sys.prefix}"
        assert not (project / ".venv").exists() and done.stderr == ""

    @posix
    def test_a_matching_stamp_starts_the_environment_without_checks(self, project: Path) -> None:
        pip(project, 'echo "inside: $@"')
        stamp = project / ".venv" / "explorer-requirements.txt.stamp"
        stamp.write_text(bootstrap.fingerprint(str(project / "requirements.txt")))
        done = run(project, "search", "a dog", "--top", "3")
        assert done.stdout.strip() == f"inside: {project / 'run.py'} search a dog --top 3"

    @posix
    def test_an_outdated_stamp_runs_pip_once(self, project: Path) -> None:
        (project / "requirements.txt").write_text("no-such-package-anywhere\n")
        calls = pip(project, "exit 0")
        assert run(project, "status").returncode == 0
        assert run(project, "status").returncode == 0
        lines = calls.read_text().splitlines()
        assert sum("pip install" in line for line in lines) == 2
        assert (
            sum(line.endswith(f"--no-compile -r {project}/requirements.txt") for line in lines) == 1
        )
        assert sum(line.endswith("run.py status") for line in lines) == 2

    def test_a_full_disk_is_reported(self, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (project / "requirements.txt").write_text("no-such-package-anywhere\n")
        monkeypatch.setattr(
            shutil, "disk_usage", lambda _: types.SimpleNamespace(free=1_500_000_000)
        )
        with pytest.raises(SetupError, match=r"Not enough disk space: .* 1\.5 GB are free"):
            bootstrap.environment(str(project), str(project / "requirements.txt"))
        assert not (project / ".venv").exists()

    def test_an_environment_that_cannot_be_created_is_reported(
        self, project: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        failed = types.SimpleNamespace(
            returncode=1,
            stdout=b"The virtual environment was not created because ensurepip is not available.",
        )
        monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
        with pytest.raises(SetupError, match="python3-venv"):
            bootstrap._make_venv(str(project / ".venv"))
        failed.stdout = b"Error: [Errno 13] Permission denied: '/x/.venv'"
        with pytest.raises(SetupError, match=r"could not be created: Error: .* Permission denied"):
            bootstrap._make_venv(str(project / ".venv"))

    def test_a_new_environment_is_created_and_used(self, project: Path) -> None:
        """A real environment, whose pip has nothing to fetch."""
        bootstrap._make_venv(str(project / ".venv"))
        python = next(
            path
            for path in (
                project / ".venv" / "bin" / "python",
                project / ".venv" / "Scripts" / "python.exe",
            )
            if path.exists()
        )
        (project / "requirements.txt").write_text("pip>=1\n")
        pip_install.install(str(python), ["-r", str(project / "requirements.txt")])
        (project / ".venv" / "explorer-requirements.txt.stamp").write_text(
            bootstrap.fingerprint(str(project / "requirements.txt"))
        )
        done = run(project, "status")
        assert done.stdout.strip() == f"['status'] {project / '.venv'}"

    @posix
    def test_tests_run_in_the_environment_with_the_tools(self, project: Path) -> None:
        calls = pip(project, "exit 5")
        stamp = project / ".venv" / "explorer-requirements-dev.txt.stamp"
        stamp.write_text(bootstrap.fingerprint(str(project / "requirements-dev.txt")))
        assert run(project, "test", "-k", "x").returncode == 5
        assert calls.read_text().split() == [
            "-m",
            "pytest",
            "-n",
            "logical",
            "--dist",
            "loadscope",
            "-k",
            "x",
        ]

    @posix
    def test_tests_write_bytecode(self, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
        pip(project, 'echo "without bytecode: ${PYTHONDONTWRITEBYTECODE-no}"')
        stamp = project / ".venv" / "explorer-requirements-dev.txt.stamp"
        stamp.write_text(bootstrap.fingerprint(str(project / "requirements-dev.txt")))
        assert run(project, "test").stdout.strip() == "without bytecode: no"

    @pytest.mark.parametrize(
        "words", [["-n0"], ["-n", "3"], ["--numprocesses=1"], ["--pdb", "tests"]]
    )
    def test_the_user_sets_how_many_tests_run_in_parallel(self, words: list[str]) -> None:
        assert bootstrap.parallel_options(words) == []
