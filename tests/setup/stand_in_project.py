"""A project of a few lines that sets itself up as this one does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.config import PROJECT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that needs one package that is here and whose run.py says what it was given."""
    (tmp_path / "explorer" / "setup").mkdir(parents=True)
    (tmp_path / "explorer" / "__init__.py").touch()
    for path in (PROJECT / "explorer" / "setup").glob("*.py"):
        shutil.copy(path, tmp_path / "explorer" / "setup")
    (tmp_path / "requirements-weights.txt").write_text("# none\n")
    (tmp_path / "requirements.txt").write_text("# what it needs\nnumpy>=1   # arrays\n")
    (tmp_path / "requirements-dev.txt").write_text("-r requirements.txt\npytest\n")
    (tmp_path / "run.py").write_text(
        "import sys\nfrom explorer.setup.bootstrap import prepare\nprint(prepare(__file__,"
        " sys.argv[1:]), sys.prefix)\n"
    )
    return tmp_path


def run(
    project: Path, *words: str, python: str = sys.executable
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, "run.py", *words], cwd=project, capture_output=True, text=True, check=False
    )


def pip(project: Path, script: str) -> Path:
    """An environment whose Python is a script that stands in for pip. Gives what it was called
    with, a file."""
    python = project / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(
        f'#!/bin/sh\necho "$@" >> "{project}/calls"\n[ "$3" = --version ] && exit 0\n{script}\n'
    )
    python.chmod(0o755)
    return project / "calls"


posix = pytest.mark.skipif(os.name == "nt", reason="stands in for Python with a shell script")
