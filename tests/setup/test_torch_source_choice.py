"""Which index PyTorch is installed from, by the machine and by pip's settings."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from explorer.setup import torch_source
from tests.package_index import only_this_index
from tests.this_machine import accepted


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
