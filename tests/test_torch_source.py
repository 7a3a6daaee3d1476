"""The index that PyTorch is installed from, with a stand-in for its index and for the usual one."""

from __future__ import annotations

import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer import bootstrap, torch_source
from explorer.pip_install import SetupError, install
from tests.package_index import PackageIndex, Wheel, only_this_index, serve_packages, wheel
from tests.this_machine import accepted

LINES = ["numpy>=1\n", "torch>=2.9,<2.15\n", "torchvision>=0.24,<0.30\n"]
CPU = ("2.14.1+cpu", "0.29.1+cpu")


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


def install_all(python: str) -> list[str]:
    """As a set-up does: PyTorch, then everything. Gives what the person was told."""
    told: list[str] = []
    torch_source.install_torch(python, LINES, told.append, lambda _: None)
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


def fell_back(python: str, told: list[str], why: str) -> None:
    """The usual index was taken, and the person was told why, and what it costs."""
    assert versions(python) == {"torch": "2.14.1", "torchvision": "0.29.1", "cuda": "13.0"}
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
        fell_back(python, install_all(python), "could not be reached")


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
        fell_back(python, install_all(python), "could not be reached")


@pytest.mark.parametrize("status", [403, 503])
def test_an_http_error_falls_back(python: str, index: PackageIndex, status: int) -> None:
    index.put("cpu", *pair(*CPU))
    index.status = status
    fell_back(python, install_all(python), "has nothing for this Python and machine")


def test_an_index_that_does_not_answer_falls_back(
    python: str, index: PackageIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch_source, "TIMEOUT", 1)
    index.put("cpu", *pair(*CPU))
    index.hanging = True
    fell_back(python, install_all(python), "did not respond in time")


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
    fell_back(python, install_all(python), "has nothing for this Python and machine")


def test_a_pair_of_different_builds_falls_back(python: str, index: PackageIndex) -> None:
    """Such a pair installs, and cannot be imported."""
    index.put("cpu", wheel("torch", CPU[0]), wheel("torchvision", "0.29.1", ["torch==2.14.1"]))
    fell_back(python, install_all(python), "has no compatible versions of torch and torchvision")


def test_a_pair_of_different_versions_falls_back(python: str, index: PackageIndex) -> None:
    index.put("cpu", wheel("torch", CPU[0]), *pair("2.14.0+cpu", "0.29.0+cpu")[1:])
    fell_back(python, install_all(python), "has no compatible versions of torch and torchvision")


def test_half_a_pair_is_replaced_by_the_default_build(python: str, index: PackageIndex) -> None:
    """An earlier start got as far as torch, and now the index is gone."""
    index.put("cpu", *pair(*CPU))
    install(python, ["--no-deps", "--find-links", f"{index.address}/cpu/torch/", "torch"])
    assert versions(python) == {"torch": CPU[0]}
    index.wheels["cpu"].clear()
    fell_back(python, install_all(python), "has nothing for this Python and machine")


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
    assert versions(python) == {"torch": "2.14.1", "torchvision": "0.29.1", "cuda": "13.0"}
    assert index.requests == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have no CUDA build")
class TestChoice:
    @pytest.fixture(autouse=True)
    def _plain(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """No settings and no GPU."""
        only_this_index(monkeypatch, "")
        monkeypatch.delenv("PIP_INDEX_URL")
        monkeypatch.delenv(torch_source.VARIABLE, raising=False)
        monkeypatch.setattr(torch_source, "_GPU_FOLDER", str(tmp_path / "gpus"))
        monkeypatch.setattr(torch_source, "_WSL_TOOL", str(tmp_path / "nvidia-smi"))
        monkeypatch.setattr(shutil, "which", lambda _: None)

    def test_the_cpu_index_is_chosen_without_a_gpu(self) -> None:
        source = torch_source.choose(sys.executable)
        assert (source.url, source.cuda) == (torch_source.CPU_INDEX, False)
        assert "a download of 0.2 GB instead of 3 GB" in source.why

    @pytest.mark.parametrize("platform", ["win32", "darwin"])
    def test_other_systems_use_the_default_index(
        self, platform: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "platform", platform)
        source = torch_source.choose(sys.executable)
        assert (source.url, source.cuda) == (None, False)

    def test_the_variable_overrides_detection(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "gpus" / accepted("0000:01:00.0")).mkdir(parents=True)
        monkeypatch.setenv(torch_source.VARIABLE, "http://127.0.0.1:9/mirror/")
        assert torch_source.choose(sys.executable).url == "http://127.0.0.1:9/mirror"
        monkeypatch.setenv(torch_source.VARIABLE, "")
        assert torch_source.choose(sys.executable).url is None

    @pytest.mark.parametrize(
        ("name", "value", "own"),
        [
            ("PIP_INDEX_URL", "http://127.0.0.1:9/simple", True),
            ("PIP_NO_INDEX", "1", True),
            ("PIP_EXTRA_INDEX_URL", "http://127.0.0.1:9/simple", False),
            ("PIP_FIND_LINKS", "/wheels", False),
        ],
    )
    def test_pip_settings_are_respected(
        self, name: str, value: str, own: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(name, value)
        source = torch_source.choose(sys.executable)
        assert source.url == (None if own else torch_source.CPU_INDEX)
        assert ("pip is configured to use another index" in source.why) is own

    def test_the_pip_configuration_file_is_respected(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "pip.conf").write_text("[global]\nindex-url = http://127.0.0.1:9/simple\n")
        monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
        assert torch_source.choose(sys.executable).url is None

    def test_a_gpu_listed_by_the_driver_is_detected(self, tmp_path: Path) -> None:
        (tmp_path / "gpus").mkdir()
        assert not torch_source.has_nvidia_gpu()
        (tmp_path / "gpus" / accepted("0000:01:00.0")).mkdir()
        assert torch_source.has_nvidia_gpu()
        source = torch_source.choose(sys.executable)
        assert (source.url, source.cuda) == (None, True)

    @pytest.mark.parametrize(
        ("script", "there"),
        [
            ("echo 'GPU 0: NVIDIA RTX 4090 (UUID: GPU-1)'", True),
            ("echo 'GPU 0: NVIDIA RTX 4090'; exit 9", False),
            ("echo 'NVIDIA-SMI has failed: no driver'; exit 9", False),
            ("echo 'No devices were found'", False),
            ("exec sleep 60", False),
        ],
    )
    def test_a_gpu_listed_by_nvidia_smi_is_detected(
        self, script: str, there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tool = tmp_path / "nvidia-smi"
        tool.write_text(f'#!/bin/sh\n[ "$1" = -L ] || exit 1\n{script}\n')
        tool.chmod(0o755)
        monkeypatch.setattr(torch_source, "TIMEOUT", 1)
        assert torch_source.has_nvidia_gpu() is there


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
