"""A whole first start, with a real environment and stand-ins for all packages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.setup import torch_source
from tests.package_index import PackageIndex, only_this_index, serve_packages, wheel
from tests.setup.stand_in_project import project, run

__all__ = ["project"]


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch, project: Path) -> Iterator[PackageIndex]:
    """What the project needs: torch, an app, and weights whose package asks for too much."""
    (project / "requirements.txt").write_text("torch>=2.9\ntorchvision>=0.24\nthe_app>=1\n")
    (project / "requirements-weights.txt").write_text("weights==1\n")
    with serve_packages() as served:
        usual = served.put(
            "simple",
            wheel("torch", "2.14.1", ["cuda"]),
            wheel("torchvision", "0.29.1", ["torch==2.14.1"]),
            wheel("cuda", "13.0"),
            wheel("the_app", "1.2", ["torch"]),
            wheel("weights", "1", ["transformers"]),
        )
        served.put(
            "cpu",
            wheel("torch", "2.14.1+cpu"),
            wheel("torchvision", "0.29.1+cpu", ["torch==2.14.1"]),
        )
        only_this_index(monkeypatch, usual)
        monkeypatch.setenv(torch_source.VARIABLE, f"{served.address}/cpu")
        yield served


def installed(project: Path) -> list[str]:
    records = (project / ".venv").glob("[Ll]ib/**/site-packages/*.dist-info")
    names = (record.name.removesuffix(".dist-info") for record in records)
    return sorted(name for name in names if not name.startswith(("pip-", "setuptools-")))


SMALL = ["the_app-1.2", "torch-2.14.1+cpu", "torchvision-0.29.1+cpu", "weights-1"]


def test_a_first_start_is_small_and_the_next_one_asks_nobody(
    project: Path, index: PackageIndex
) -> None:
    done = run(project, "status")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"['status'] {project / '.venv'}"
    assert installed(project) == SMALL
    said = done.stderr.splitlines()
    assert said[0].startswith("Setting up Photo Explorer") and said[-1] == "Ready."
    assert f"PyTorch is installed from {index.address}/cpu." in said
    index.requests.clear()
    again = run(project, "status")
    assert (again.stdout, again.stderr) == (done.stdout, "") and index.requests == []


def test_a_failed_first_start_is_completed_by_the_next(project: Path, index: PackageIndex) -> None:
    app = index.wheels["simple"].pop(3)
    done = run(project, "status")
    assert done.returncode == 1
    assert "satisfies the requirement the_app>=1" in done.stderr.splitlines()[-1].replace("-", "_")
    index.wheels["simple"].append(app)
    # Half of a package, as a process that is killed leaves it.
    record = next((project / ".venv").glob("[Ll]ib/**/torch-2.14.1+cpu.dist-info/RECORD"))
    record.unlink()
    done = run(project, "status")
    assert done.returncode == 0, done.stderr
    assert installed(project) == SMALL
    assert next((project / ".venv").glob("[Ll]ib/**/torch-2.14.1+cpu.dist-info/RECORD")).exists()
