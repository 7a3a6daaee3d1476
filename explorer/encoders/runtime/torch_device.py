"""Which graphics processor torch can use on this computer, and the outcome of trying it with a
model.

This module takes only a first look, without importing torch: whether there is a graphics processor
of a kind that the installed torch may support. Whether torch reports it, and computes the same
vectors on it, is found out when the model is first loaded (`torch_process`). The outcome is stored
beside the converted model, so that a failure is not repeated at every start, and `status` can
report it.
"""

from __future__ import annotations

import functools
import importlib.metadata
import json
import time
from pathlib import Path
from typing import Literal, NamedTuple

from explorer.encoders.runtime.openvino_runtime import conversion_cache_dir
from explorer.setup.torch_source import has_nvidia_gpu
from explorer.systems.this_system import this_system

Device = Literal["cuda", "mps", ""]
"""As in torch: NVIDIA's, Apple's, or none."""

# Seconds after which a device that failed is tried again: its memory may only have been full.
_RETRY_AFTER = 24 * 3600.0


class Trial(NamedTuple):
    """The outcome of loading a model on a device."""

    device: str
    problem: str = ""
    """Why it cannot be used, in one sentence; empty if it can."""
    at: float = 0.0
    """Unix seconds."""
    torch: str = ""
    """The version of torch."""


def torch_device() -> Device:
    """The graphics processor that torch may be able to use; '' if there is none."""
    if _torch_version().endswith("+cpu"):
        return ""
    return _graphics_processor()


def read_trial(key: str) -> Trial | None:
    """The outcome of a model's last trial; None if there was none with this torch and this device,
    or if it failed more than a day ago."""
    try:
        trial = Trial(**json.loads(_trial_path(key).read_text(encoding="utf-8")))
        fresh = not trial.problem or 0 <= time.time() - trial.at < _RETRY_AFTER
    except (OSError, ValueError, TypeError):
        return None
    same = (trial.device, trial.torch) == (torch_device(), _torch_version())
    return trial if same and fresh else None


def write_trial(key: str, device: str, problem: str = "") -> None:
    """Store the outcome of a trial. Raises OSError."""
    path = _trial_path(key)
    scratch = path.with_suffix(".part")
    trial = Trial(device, problem, time.time(), _torch_version())
    scratch.write_text(json.dumps(trial._asdict()), encoding="utf-8")
    this_system().replace(scratch, path)


def forget_trial(key: str) -> None:
    """Delete what is stored about a model."""
    _trial_path(key).unlink(missing_ok=True)


def _trial_path(key: str) -> Path:
    return conversion_cache_dir() / f"{key}-torch.json"


@functools.cache
def _torch_version() -> str:
    try:
        return importlib.metadata.version("torch")
    except importlib.metadata.PackageNotFoundError:
        # As good as one that uses the CPU only.
        return "+cpu"


@functools.cache
def _graphics_processor() -> Device:
    if this_system().has_metal:
        return "mps"
    return "cuda" if has_nvidia_gpu() else ""  # type: ignore[no-untyped-call]
