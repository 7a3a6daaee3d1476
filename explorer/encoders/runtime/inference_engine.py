"""What an encoder runs on, as `status` shows it."""

from __future__ import annotations

from typing import NamedTuple

DEVICE_NAMES = {"cuda": "CUDA", "mps": "Metal"}
"""The names of GPU programming interfaces, by torch's names of devices."""


class InferenceEngine(NamedTuple):
    """What a model runs on, for the user."""

    name: str
    """`torch` or `openvino`."""
    device: str
    """`cpu`, `cuda` or `mps`."""
    precision: str
    """`fp32`, `bf16`, `fp16` or `int8`."""
    note: str = ""
    """Why no other engine is used, or what a self-test has shown; may be empty."""

    def __str__(self) -> str:
        library = {"torch": "PyTorch", "openvino": "OpenVINO"}[self.name]
        where = {"cpu": "the processor"}.get(
            self.device, f"the graphics processor ({DEVICE_NAMES.get(self.device)})"
        )
        return f"{library} on {where} in {self.precision.replace('int8', 'INT8')}"
