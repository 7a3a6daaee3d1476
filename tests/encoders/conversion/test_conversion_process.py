"""Conversion in a process of its own, where torch and faiss must not meet."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.config import PROJECT
from explorer.encoders.conversion import conversion_process
from explorer.errors import EncoderError
from tests.systems.simulated import run_on

_CODE = """
import sys
import explorer.library.vectors
from explorer.systems import this_system
from explorer.systems.macos import MacOS
this_system._system = MacOS()
from explorer.encoders import registry
vector = registry.get_encoder("starter").encode_texts(["a dog"])
assert "faiss" in sys.modules and "torch" not in sys.modules, "both are in one process"
print(vector.shape[0])
"""


def test_torch_and_faiss_are_never_in_one_process_on_macos(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _CODE],
        cwd=PROJECT,
        env={**os.environ, "EXPLORER_MODELS": str(tmp_path / "Zoë Müller" / "models")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "1\n"), done.stderr
    assert list((tmp_path / "Zoë Müller" / "models").rglob("*.xml"))


def test_a_failure_has_the_reason_of_the_other_process() -> None:
    with pytest.raises(EncoderError, match="There is no model “nonsense”"):
        conversion_process.convert_apart("nonsense")


def test_other_systems_convert_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faiss", sys)
    run_on(monkeypatch, "linux")
    assert not conversion_process.must_convert_apart()
    run_on(monkeypatch, "macos")
    assert conversion_process.must_convert_apart()
    monkeypatch.delitem(sys.modules, "faiss")
    assert not conversion_process.must_convert_apart()
