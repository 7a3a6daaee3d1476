"""How fast the engines of this computer run a model's image encoder, and how similar their vectors
are.

    python run.py bench engines --photos DIR [--encoder NAME | --untrained MODEL] [--most N]

The model is compiled in fp32, in what the processor computes fastest in floating point (bf16 where
it can), and in INT8, quantized with the first 120 photos as the app does it. All of them encode the
same pixels, in turns, with all cores. Printed are images per second in the best round, milliseconds
of processor time per image, and, on the photos that the quantization has not seen, the cosine to
the vectors in fp32 and the overlap of the 20 nearest photos.

--untrained: one of open_clip's models with random weights, for a computer without trained ones.
That is good for speeds only: trained weights have larger outliers, which cost INT8 more.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks._copies import photos_below
from benchmarks._load_encoder import load_encoder
from benchmarks.fidelity import untrained
from explorer.encoders.base import Pixels, Vectors, unit
from explorer.encoders.clip import ClipEncoder
from explorer.encoders.runtime.int8_graph import measure_inputs, quantize
from explorer.encoders.runtime.int8_preparation import CALIBRATION_PHOTOS
from explorer.encoders.runtime.int8_verdict import judge
from explorer.encoders.runtime.openvino_runtime import (
    CompiledModel,
    conversion_cache_dir,
    cpu_precision,
    import_openvino,
)
from explorer.photos.input_spec import InputSpec
from explorer.photos.resize import encoder_input

_ROUNDS, _BATCH, _MIN_PHOTOS = 4, 32, CALIBRATION_PHOTOS + 40


class Timing:
    """The best round, in images per second, and the processor time of all."""

    def __init__(self, model: CompiledModel) -> None:
        self.model, self.rate, self._processor, self._images = model, 0.0, 0.0, 0

    def run(self, pixels: Pixels) -> None:
        began, before = time.perf_counter(), time.process_time()
        for start in range(0, len(pixels), _BATCH):
            self.model(pixels[start : start + _BATCH])
        self._processor += time.process_time() - before
        self._images += len(pixels)
        self.rate = max(self.rate, len(pixels) / (time.perf_counter() - began))

    @property
    def milliseconds(self) -> float:
        """Of processor time per image."""
        return 1000 * self._processor / self._images


def read_pixels(paths: Sequence[Path], spec: InputSpec) -> Pixels:
    """The encoder's input for these photos, uint8 (n, size, size, 3)."""
    inputs = list[Pixels]()
    for path in paths:
        try:
            with Image.open(path) as picture:
                picture.draft("RGB", (2 * spec.size, 2 * spec.size))
                inputs.append(np.asarray(encoder_input(picture.convert("RGB"), spec), np.uint8))
        except (OSError, SyntaxError, ValueError):
            continue
    if len(inputs) < _MIN_PHOTOS:
        raise SystemExit(f"There are only {len(inputs)} photos, and {_MIN_PHOTOS} are needed.")
    return np.stack(inputs)


def measure(encoder: ClipEncoder, pixels: Pixels, folder: Path) -> None:
    """Print the results for one model. folder: for the quantized model."""
    source = conversion_cache_dir() / f"{encoder.conversion.key}-image.xml"
    calibration, test = pixels[:CALIBRATION_PHOTOS], pixels[CALIBRATION_PHOTOS:]
    began = time.perf_counter()
    batches = (calibration[start : start + 8] for start in range(0, len(calibration), 8))
    ranges = measure_inputs(import_openvino().Core().read_model(source), batches)
    layers = quantize(source, ranges, [], folder / "int8.xml")
    print(f"{layers} layers quantized in {time.perf_counter() - began:.0f} s")
    timings = {"fp32": Timing(CompiledModel(source, "exact", streams=True))}
    if cpu_precision() != "fp32":
        timings[cpu_precision()] = Timing(CompiledModel(source, streams=True))
    timings["INT8"] = Timing(CompiledModel(folder / "int8.xml", streams=True))
    vectors = dict[str, Vectors]()
    for name, timing in timings.items():
        parts = [timing.model(test[i : i + _BATCH])[0] for i in range(0, len(test), _BATCH)]
        vectors[name] = unit(np.concatenate(parts))
    for _ in range(_ROUNDS):
        for timing in timings.values():
            timing.run(test[:_BATCH])
    others = max(timing.rate for name, timing in timings.items() if name != "INT8")
    print(f"{'':<6}{'images/s':>10}{'CPU ms':>8}{'mean cosine':>13}{'minimum':>9}{'top-20':>8}")
    for name, timing in timings.items():
        cosine = (vectors[name] * vectors["fp32"]).sum(1)
        found = judge(vectors["fp32"], vectors[name], timing.rate / others)
        print(
            f"{name:<6}{timing.rate:>10.1f}{timing.milliseconds:>8.1f}{cosine.mean():>13.5f}"
            f"{cosine.min():>9.4f}{found.overlap:>8.3f}"
        )
    verdict = judge(vectors["fp32"], vectors["INT8"], timings["INT8"].rate / others)
    print(
        "INT8 would be used." if verdict.accepted else f"INT8 would not be used: {verdict.reason}."
    )


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="bench engines", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--photos", type=Path, required=True, nargs="+", metavar="DIR")
    parser.add_argument("--encoder", default="clip", metavar="NAME", help="default: clip")
    parser.add_argument("--untrained", metavar="MODEL", help="a model of open_clip's")
    parser.add_argument("--most", type=int, default=320, metavar="N", help="photos (320)")
    args = parser.parse_args(argv)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        name = untrained(args.untrained, folder) if args.untrained else args.encoder
        encoder = load_encoder(name)
        if not isinstance(encoder, ClipEncoder):
            raise SystemExit(f"“{name}” is not one of open_clip's models.")
        photos = [path for each in args.photos for path in photos_below(each, args.most)]
        measure(encoder, read_pixels(photos, encoder.spec), folder)


if __name__ == "__main__":
    main()
