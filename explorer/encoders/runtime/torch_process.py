"""The process that encodes images with torch on a graphics processor, in 16 bits.

    python -m explorer.encoders.runtime.torch_process DEVICE NAME FILE

FILE holds the weights. This is a process of its own because torch must not share one with faiss on
macOS (`conversion_process`), and because it takes much memory, which is freed when the process
ends. It first writes one line: empty if it is ready, else why it cannot be used. Then it reads
requests from standard input, each consisting of the number of images as 8 bytes, little-endian, and
their pixels, uint8 (n, size, size, 3). It answers on standard output with their vectors, float32
(n, dim). It ends when standard input is closed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from explorer.errors import EncoderError, ExplorerError

HEADER_BYTES = 8
# The lowest cosine similarity allowed to the vectors that the CPU computes in 32 bits.
_MIN_COSINE = 0.999
_CHECKED_IMAGES = 4
# The parts that open_clip's models use for phrases only. They would take memory of the device.
_TEXT_PARTS = ("text", "text_decoder", "transformer", "token_embedding")


class HalfPrecisionModel:
    """An open_clip image encoder on a device, in 16 bits."""

    def __init__(self, device: str, name: str, file: Path) -> None:
        """name: the encoder's. file: its weights. Raises EncoderError if torch does not report the
        device, or computes different vectors on it."""
        import torch

        from explorer.encoders.conversion.open_clip_conversion import image_module
        from explorer.encoders.open_clip_models import parse_name

        if not _is_available(device):
            raise EncoderError(f"torch {torch.__version__} reports no device “{device}”")
        module, self.size = image_module(parse_name(name), file)
        pixels = np.random.default_rng(0).integers(
            0, 256, (_CHECKED_IMAGES, self.size, self.size, 3), np.uint8
        )
        with torch.inference_mode():
            expected = module(torch.from_numpy(pixels)).numpy()
        self._net: Any = module.net
        for part in _TEXT_PARTS:
            if hasattr(self._net, part):
                setattr(self._net, part, None)
        self._device = torch.device(device)
        self._net.half().to(self._device)
        buffers = dict(module.named_buffers(recurse=False))
        self._mean, self._std = (buffers[name].to(self._device) for name in ("mean", "std"))
        cosine = float((self(pixels) * expected).sum(1).min())
        if not cosine >= _MIN_COSINE:
            raise EncoderError(
                f"on “{device}” the model computes different vectors than on the processor"
                f" (cosine similarity {cosine:.4f})"
            )

    def __call__(self, pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """uint8 (n, size, size, 3) → unit vectors, float32 (n, dim)."""
        import torch

        with torch.inference_mode():
            on_device = torch.from_numpy(pixels).to(self._device)
            scaled = (on_device.permute(0, 3, 1, 2).float() - self._mean) / self._std
            # Only the network computes in 16 bits.
            features = self._net.encode_image(scaled.half()).float()
            vectors = torch.nn.functional.normalize(features, dim=-1)
            return np.asarray(vectors.cpu().numpy(), np.float32)


def _is_available(device: str) -> bool:
    import torch

    if device == "cuda":
        return torch.cuda.is_available()
    if device == "mps":
        return torch.backends.mps.is_available()
    return device == "cpu"


def serve(model: HalfPrecisionModel, requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until there are no more."""
    while len(header := requests.read(HEADER_BYTES)) == HEADER_BYTES:
        shape = (int.from_bytes(header, "little"), model.size, model.size, 3)
        data = bytearray(int(np.prod(shape)))
        if requests.readinto(data) != len(data):  # type: ignore[attr-defined]
            return
        vectors = model(np.frombuffer(data, np.uint8).reshape(shape))
        answers.write(np.ascontiguousarray(vectors).tobytes())
        answers.flush()


def main(device: str, name: str, file: str) -> int:
    """Serve until standard input is closed; returns the exit code."""
    # What libraries print must not get into the answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        model = HalfPrecisionModel(device, name, Path(file))
    except Exception as error:  # noqa: BLE001  the caller continues without this device, whatever it is
        reason = (
            str(error) if isinstance(error, ExplorerError) else f"{type(error).__name__}: {error}"
        )
        answers.write(" ".join(reason.split()).encode() + b"\n")
        answers.flush()
        return 1
    answers.write(b"\n")
    answers.flush()
    serve(model, sys.stdin.buffer, answers)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
