"""The index that PyTorch is installed from, with a stand-in for its index and for the usual one."""

from __future__ import annotations

import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.setup import bootstrap, torch_source
from explorer.setup.pip_install import SetupError, install
from tests.package_index import PackageIndex, Wheel, only_this_index, serve_packages, wheel

LINES = ["numpy>=1\n", "torch>=2.9,<2.15\n", "torchvision>=0.24,<0.30\n"]
CPU = ("2.14.1+cpu", "0.29.1+cpu")
USUAL = {"torch": "2.14.1", "torchvision": "0.29.1", "cuda": "13.0"}


@pytest.fixture(scope="module")
def venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with nothing but pip."""
    folder = tmp_path_factory.mktemp("made") / ".venv"
    bootstrap._make_venv(str(folder))
    return folder


@pytest.fixture
def python(venv: Path, tmp_path: Path) -> str:
    """The Python of an environment of one's own."""
    shutil.copytree(venv, tmp_path / ".venv", symlinks=True)
    inside = "Scripts/python.exe" if sys.platform == "win32" else "bin/python"
    return str(tmp_path / ".venv" / inside)


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[PackageIndex]:
    """The usual index, whose torch brings CUDA, and below `/cpu` one that has no package yet."""
    with serve_packages() as served:
        usual = served.put(
            "simple",
            wheel("torch", "2.14.1", ["cuda"]),
            wheel("torchvision", "0.29.1", ["torch==2.14.1"]),
            wheel("cuda", "13.0"),
        )
        only_this_index(monkeypatch, usual)
        monkeypatch.setenv(torch_source.VARIABLE, f"{served.address}/cpu/")
        yield served


def pair(torch: str, vision: str) -> list[Wheel]:
    needed = torch.partition("+")[0]
    return [wheel("torch", torch), wheel("torchvision", vision, [f"torch=={needed}"])]


def install_torch(python: str) -> list[str]:
    """As a set-up begins. Gives what the person was told."""
    told: list[str] = []
    torch_source.install_torch(python, LINES, told.append, lambda _: None)
    return told


def install_all(python: str) -> list[str]:
    """As a set-up does: PyTorch, then everything. Gives what the person was told."""
    told = install_torch(python)
    install(python, torch_source.torch_lines(LINES))
    return told


def versions(python: str) -> dict[str, str]:
    """What is installed, by its records, without what came with the environment."""
    records = Path(python).parents[1].glob("[Ll]ib/**/site-packages/*.dist-info")
    rows = (record.name.removesuffix(".dist-info").split("-") for record in records)
    return {name: version for name, version in rows if name not in {"pip", "setuptools"}}


def test_the_cpu_index_is_used(python: str, index: PackageIndex) -> None:
    index.put("cpu", *pair("2.14.0+cpu", "0.29.0+cpu"), *pair(*CPU))
    told = install_all(python)
    assert versions(python) == {"torch": CPU[0], "torchvision": CPU[1]}
    assert told == [f"PyTorch is installed from {index.address}/cpu."]
    assert not any(path.startswith("/simple/cuda") for path in index.requests)


def test_constraints_apply_to_the_cpu_index(
    python: str, index: PackageIndex, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "constraints.txt").write_text("torch==2.14.0\ntorchvision==0.29.0\n")
    monkeypatch.setenv("PIP_CONSTRAINT", str(tmp_path / "constraints.txt"))
    index.put("cpu", *pair("2.14.0+cpu", "0.29.0+cpu"), *pair(*CPU))
    install_all(python)
    assert versions(python) == {"torch": "2.14.0+cpu", "torchvision": "0.29.0+cpu"}


def falls_back(python: str, why: str) -> None:
    """Everything is left for the usual index, and the person is told why, and what it costs."""
    told = install_torch(python)
    assert versions(python) == {}
    assert len(told) == 2
    assert why in told[1] and "from the usual index instead" in told[1]
    if sys.platform.startswith("linux"):
        assert "with CUDA libraries: a download of 3 GB" in told[1]


def test_a_refused_connection_falls_back(
    python: str, index: PackageIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        # Bound and not listening: nobody else can answer there.
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv(torch_source.VARIABLE, f"http://127.0.0.1:{taken.getsockname()[1]}")
        falls_back(python, "could not be reached")
        install(python, torch_source.torch_lines(LINES))
        assert versions(python) == USUAL


@pytest.mark.parametrize("constraint", ["torchvision<=0.29.1", "torch<=2.14.1", "torch==2.14.1"])
def test_a_refused_connection_falls_back_where_pip_has_constraints(
    python: str,
    index: PackageIndex,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    constraint: str,
) -> None:
    """pip says ResolutionImpossible then, and not that it found no version."""
    (tmp_path / "constraints.txt").write_text(f"{constraint}\n")
    monkeypatch.setenv("PIP_CONSTRAINT", str(tmp_path / "constraints.txt"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv(torch_source.VARIABLE, f"http://127.0.0.1:{taken.getsockname()[1]}")
        falls_back(python, "could not be reached")


@pytest.mark.parametrize("status", [403, 503])
def test_an_http_error_falls_back(python: str, index: PackageIndex, status: int) -> None:
    index.put("cpu", *pair(*CPU))
    index.status = status
    falls_back(python, "has nothing for this Python and machine")


def test_an_index_that_does_not_answer_falls_back(
    python: str, index: PackageIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch_source, "TIMEOUT", 1)
    index.put("cpu", *pair(*CPU))
    index.hanging = True
    falls_back(python, "did not respond in time")


@pytest.mark.parametrize("tag", ["py3-none-any", "cp27-cp27m-win32"])
def test_an_index_without_a_matching_version_falls_back(
    python: str, index: PackageIndex, tag: str
) -> None:
    old = tag == "py3-none-any"
    index.put(
        "cpu",
        wheel("torch", "2.8.0+cpu" if old else CPU[0], tag=tag),
        wheel("torchvision", "0.23.0+cpu" if old else CPU[1], tag=tag),
    )
    falls_back(python, "has nothing for this Python and machine")


def test_a_pair_of_different_builds_falls_back(python: str, index: PackageIndex) -> None:
    """Such a pair installs, and cannot be imported."""
    index.put("cpu", wheel("torch", CPU[0]), wheel("torchvision", "0.29.1", ["torch==2.14.1"]))
    falls_back(python, "has no compatible versions of torch and torchvision")


def test_a_pair_of_different_versions_falls_back(python: str, index: PackageIndex) -> None:
    index.put("cpu", wheel("torch", CPU[0]), *pair("2.14.0+cpu", "0.29.0+cpu")[1:])
    falls_back(python, "has no compatible versions of torch and torchvision")


def test_half_a_pair_is_replaced_by_the_default_build(python: str, index: PackageIndex) -> None:
    """An earlier start got as far as torch, and now the index is gone."""
    index.put("cpu", *pair(*CPU))
    install(python, ["--no-deps", "--find-links", f"{index.address}/cpu/torch/", "torch"])
    assert versions(python) == {"torch": CPU[0]}
    index.wheels["cpu"].clear()
    falls_back(python, "has nothing for this Python and machine")
    install(python, torch_source.torch_lines(LINES))
    assert versions(python) == USUAL


def test_a_lost_connection_does_not_fall_back(python: str, index: PackageIndex) -> None:
    index.put("cpu", *pair(*CPU))
    index.cut = True
    with pytest.raises(SetupError, match="could not be installed"):
        install_all(python)
    assert versions(python) == {}
    index.cut = False
    install_all(python)
    assert versions(python) == {"torch": CPU[0], "torchvision": CPU[1]}


def test_an_installed_torch_is_kept_without_any_request(python: str, index: PackageIndex) -> None:
    index.put("cpu", *pair(*CPU))
    install(python, ["torch", "torchvision"])
    index.requests.clear()
    assert install_all(python) == []
    assert versions(python) == USUAL
    assert index.requests == []


def test_disk_space_is_checked_before_downloading(python: str, index: PackageIndex) -> None:
    def no_room(needed: float) -> None:
        raise SetupError(f"needs {needed} GB")

    with pytest.raises(SetupError, match=r"needs 2\.5 GB"):
        torch_source.install_torch(python, LINES, lambda _: None, no_room)
    assert index.requests == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have no CUDA build")
def test_the_cuda_build_needs_more_disk_space(python: str, index: PackageIndex) -> None:
    def little_room(needed: float) -> None:
        if needed > 3:
            raise SetupError(f"needs {needed} GB")

    with pytest.raises(SetupError, match="needs 10 GB"):
        torch_source.install_torch(python, LINES, lambda _: None, little_room)
    assert versions(python) == {}
