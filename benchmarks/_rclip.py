"""rclip as a peer of `indexing.py`: the same weights for both programs, and the time and memory of
a command with all its processes.

rclip reads its model from ONNX files in its data folder. They are exported here from weights of
open_clip's ViT-B-32-256, the architecture that rclip uses, so that nothing is downloaded and both
programs do the same work. Random weights take as long as trained ones.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import psutil

ARCHITECTURE = "ViT-B-32-256"
_MODEL, _VOCABULARY = "ViT-B-32-256-datacomp_s34b_b86k", "bpe_simple_vocab_16e6.txt.gz"
# Tokens in a text, and pixels along the side of a picture.
_TOKENS, _SIDE = 77, 256
# Seconds between two looks at the memory.
_INTERVAL = 0.2


class Measured(NamedTuple):
    """A command that was run."""

    seconds: float
    """From start to exit."""
    peak: int
    """The most memory that its processes had together, in bytes; shared pages are counted once
    where the system tells which they are."""


def measure(command: Sequence[str], folder: Path, environment: dict[str, str]) -> Measured:
    """Run a command. Raises CalledProcessError if it fails."""
    start = time.perf_counter()
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL
    ) as process:
        peak, ended = [0], threading.Event()
        watcher = threading.Thread(target=_watch, args=(process.pid, peak, ended))
        watcher.start()
        code = process.wait()
        seconds = time.perf_counter() - start
        ended.set()
        watcher.join()
    if code:
        raise subprocess.CalledProcessError(code, command)
    return Measured(seconds, peak[0])


def _watch(pid: int, peak: list[int], ended: threading.Event) -> None:
    while not ended.wait(_INTERVAL):
        with contextlib.suppress(psutil.Error):
            root = psutil.Process(pid)
            peak[0] = max(peak[0], sum(map(_memory, [root, *root.children(recursive=True)])))


def _memory(process: psutil.Process) -> int:
    try:
        found = process.memory_full_info()
    except psutil.Error:
        return 0
    return int(getattr(found, "pss", 0) or found.rss)


def program() -> str:
    """The path of rclip. Raises SystemExit if it is not installed."""
    folders = [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    found = shutil.which("rclip", path=os.pathsep.join(folders))
    if found is None:
        raise SystemExit("rclip is not installed: pip install rclip, best in its own environment")
    return found


def random_weights(file: Path) -> None:
    """Write weights of the architecture as they are before training."""
    import open_clip
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(0)
    save_file(open_clip.create_model(ARCHITECTURE, pretrained=None).state_dict(), file)


def export(weights: Path, data: Path) -> None:
    """Export weights to rclip's data folder. Raises SystemExit if the package onnx is missing."""
    import open_clip
    import torch

    try:
        import onnx  # noqa: F401
    except ImportError:
        missing = "onnx is not installed: pip install -r benchmarks/requirements.txt"
        raise SystemExit(missing) from None

    class Tower(torch.nn.Module):
        def __init__(self, name: str) -> None:
            super().__init__()
            self.model, self.name = model, name

        def forward(self, batch: torch.Tensor) -> torch.Tensor:
            encode = self.model.encode_image if self.name == "visual" else self.model.encode_text
            found: torch.Tensor = encode(batch)
            return found

    (data / _MODEL).mkdir(parents=True)
    (data / "tokenizer").mkdir()
    vocabulary = Path(open_clip.__file__).parent / _VOCABULARY
    shutil.copy(vocabulary, data / "tokenizer" / _VOCABULARY)
    # ONNX has no operator for the fused attention.
    torch.backends.mha.set_fastpath_enabled(False)
    model = open_clip.create_model(ARCHITECTURE, pretrained=str(weights)).eval()
    examples = {
        "visual": torch.zeros(2, 3, _SIDE, _SIDE),
        "textual": torch.zeros(2, _TOKENS, dtype=torch.int64),
    }
    for name, example in examples.items():
        with torch.no_grad():
            torch.onnx.export(
                Tower(name),
                (example,),
                str(data / _MODEL / f"{name}.onnx"),
                input_names=["input"],
                output_names=["output"],
                dynamic_axes={"input": {0: "batch"}, "output": {0: "batch"}},
                dynamo=False,
            )
