"""How close an encoder's vectors are to those computed by its authors' own code.

    python run.py bench fidelity --photos DIR [--encoder NAME … | --untrained MODEL] [--most N]

Photo Explorer decodes a photo at a reduced size, fits it to the encoder's input, and computes in
bf16 if the processor supports it. The reference decodes the photo at full size, converts its colors
to sRGB with its profile, resizes it once like open_clip's own transform, and computes in fp32:
open_clip's models with torch and open_clip itself, the others with the same converted model.

It prints the cosine of the two vectors of a photo (mean and minimum), the mean cosine after the
mean vector is subtracted (which all vectors of a model have in common), and the overlap of the 20
nearest photos: for the whole path, for the pixels alone (ours, in fp32) and for the precision alone
(the reference's pixels). The photos with the lowest cosines are listed below.

--untrained: one of open_clip's models with random weights, for a computer without trained ones.
Untrained vectors are closer to each other than trained ones, so the centered cosine is the one to
look at.
"""

from __future__ import annotations

import argparse
import io
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms, ImageOps

from benchmarks._copies import photos_below
from explorer.decoding.decode_result import DecodeJob
from explorer.decoding.pool import DecodePool
from explorer.encoders import registry
from explorer.encoders.base import Encoder, Pixels, Vectors, unit
from explorer.encoders.clip import ClipEncoder
from explorer.encoders.open_clip_models import import_open_clip, parse_name, pretrained_entry
from explorer.encoders.runtime.openvino_runtime import CompiledModel
from explorer.errors import ExplorerError
from explorer.photos.color.color_space import declared_color_space
from explorer.photos.color.convert import to_rgb
from explorer.photos.input_spec import InputSpec
from explorer.photos.picture_loader import open_picture

Reference = Callable[[Pixels], Vectors]
_NEAREST, _WORST, _BATCH = 20, 5, 16


class Fidelity(NamedTuple):
    """cosine: of each photo's two vectors, shape (n,). centered: the mean cosine after subtracting
    the mean vector. overlap: the mean share of common nearest photos, 0 to 1."""

    cosine: npt.NDArray[np.float32]
    centered: float
    overlap: float


def reference_pixels(path: Path, spec: InputSpec) -> Pixels:
    """The encoder's input, computed from the photo at full size; uint8 of shape (size, size, 3)."""
    opened = open_picture(path.read_bytes())
    picture, profile = ImageOps.exif_transpose(opened), opened.info.get("icc_profile")
    if declared_color_space(opened) is not None:
        # Pillow does not support color spaces that are declared without a profile.
        return np.asarray(_resized(ImageOps.exif_transpose(to_rgb(opened, 1)), spec))
    if profile and picture.mode in ("RGB", "L", "CMYK"):
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(
            picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
        assert converted is not None
        picture = converted
    if picture.mode in ("RGBA", "LA", "P") and (
        picture.mode != "P" or "transparency" in picture.info
    ):
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    return np.asarray(_resized(picture.convert("RGB"), spec))


def _resized(picture: Image.Image, spec: InputSpec) -> Image.Image:
    """Resize like torchvision's Resize and CenterCrop, which open_clip's transform consists of."""
    bicubic = spec.resample == "bicubic"
    resample = Image.Resampling.BICUBIC if bicubic else Image.Resampling.BILINEAR
    if spec.fit == "squash":
        return picture.resize((spec.size, spec.size), resample)
    width, height = picture.size
    shorter = min(width, height)
    size = (int(spec.size * width / shorter), int(spec.size * height / shorter))
    scaled = picture.resize(size, resample)
    left, top = round((size[0] - spec.size) / 2), round((size[1] - spec.size) / 2)
    return scaled.crop((left, top, left + spec.size, top + spec.size))


def reference_encoder(encoder: Encoder) -> Reference:
    """A function that encodes pixels in fp32, with open_clip and torch for open_clip's models."""
    if isinstance(encoder, ClipEncoder):
        return _by_open_clip(encoder)
    return _by_same_model(encoder)


def _by_open_clip(encoder: ClipEncoder) -> Reference:
    import torch

    open_clip, reference = import_open_clip(), parse_name(encoder.name)
    entry = pretrained_entry(reference)
    net: Any = open_clip.create_model(
        reference.model,
        pretrained=encoder.conversion.weights[0],
        force_quick_gelu=bool(entry.get("quick_gelu")),
    ).eval()
    mean = torch.tensor(entry.get("mean", open_clip.OPENAI_DATASET_MEAN)).view(1, 3, 1, 1)
    std = torch.tensor(entry.get("std", open_clip.OPENAI_DATASET_STD)).view(1, 3, 1, 1)

    def encode(pixels: Pixels) -> Vectors:
        with torch.no_grad():
            scaled = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255
            return np.asarray(net.encode_image((scaled - mean) / std, normalize=True))

    return encode


def _by_same_model(encoder: Encoder) -> Reference:
    usual = CompiledModel.__init__

    def exact(self: CompiledModel, path: Path, *_: object, streams: bool = False) -> None:
        usual(self, path, "exact", streams=streams)

    # An encoder loads its models at the first use, so encode once while the patch is active.
    with patch.object(CompiledModel, "__init__", exact):
        again = registry._loader(encoder.name)()
        again.encode_images(np.zeros((1, again.spec.size, again.spec.size, 3), np.uint8))
    return again.encode_images


def in_batches(encode: Reference, pixels: Pixels) -> Vectors:
    parts = [encode(pixels[i : i + _BATCH]) for i in range(0, len(pixels), _BATCH)]
    return unit(np.concatenate(parts).astype(np.float32))


def compare(ours: Vectors, theirs: Vectors) -> Fidelity:
    """ours, theirs: unit vectors of the same photos, of shape (n, dim)."""
    mean = theirs.mean(axis=0)
    centered = (unit(ours - mean) * unit(theirs - mean)).sum(axis=1)
    nearest = [_nearest(vectors) for vectors in (ours, theirs)]
    shared = [len(set(a) & set(b)) / len(a) for a, b in zip(*nearest, strict=True)]
    return Fidelity((ours * theirs).sum(axis=1), float(centered.mean()), float(np.mean(shared)))


def _nearest(vectors: Vectors) -> list[list[int]]:
    scores = vectors @ vectors.T
    np.fill_diagonal(scores, -2)
    order = np.argsort(-scores, axis=1, kind="stable")[:, : min(_NEAREST, len(vectors) - 1)]
    return [[int(i) for i in row] for row in order]


def measure(encoder: Encoder, photos: Sequence[Path]) -> None:
    """Print the results for one encoder. Raises SystemExit if too few photos can be read."""
    paths, ours, theirs = list[Path](), list[Pixels](), list[Pixels]()
    with DecodePool(1, encoder.spec) as pool:
        jobs = (DecodeJob(str(path), 0.0, i) for i, path in enumerate(photos))
        for outcome in pool.run(jobs, lambda _: False):
            path = photos[int(str(outcome.job.tag))]
            if outcome.photo is None or outcome.photo.input is None:
                continue
            try:
                full = reference_pixels(path, encoder.spec)
            except Exception:  # noqa: BLE001  plain Pillow cannot read every file
                continue
            paths.append(path)
            ours.append(outcome.photo.input)
            theirs.append(full)
    if len(paths) < 2:
        raise SystemExit("There are too few photos that both can read.")
    reference = reference_encoder(encoder)
    pixels = np.stack(ours), np.stack(theirs)
    expected = in_batches(reference, pixels[1])
    results = {
        "the whole path": compare(in_batches(encoder.encode_images, pixels[0]), expected),
        "pixels alone": compare(in_batches(reference, pixels[0]), expected),
        "precision alone": compare(in_batches(encoder.encode_images, pixels[1]), expected),
    }
    print(f"{encoder.name}, {len(paths)} photos")
    print(f"{'':<18}{'mean cosine':>12}{'minimum':>10}{'centered':>10}{'top-20':>8}")
    for name, found in results.items():
        print(
            f"{name:<18}{found.cosine.mean():>12.5f}{found.cosine.min():>10.4f}"
            f"{found.centered:>10.4f}{found.overlap:>8.3f}"
        )
    whole = results["the whole path"].cosine
    for i in np.argsort(whole)[:_WORST]:
        print(f"  {whole[i]:.4f} {paths[i]}")


def untrained(model: str, folder: Path) -> str:
    """Save a model with random weights in a folder; return its name as an encoder."""
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(0)
    net = import_open_clip().create_model(model, pretrained=None)
    file = folder / f"{model.replace('/', '_')}.safetensors"
    save_file({name: value.contiguous() for name, value in net.state_dict().items()}, str(file))
    return f"open_clip:{model}@{file}"


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="bench fidelity", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--photos", type=Path, required=True, nargs="+", metavar="DIR")
    parser.add_argument("--encoder", action="append", metavar="NAME", help="default: starter")
    parser.add_argument("--untrained", metavar="MODEL", help="a model of open_clip's")
    parser.add_argument("--most", type=int, default=500, metavar="N", help="photos (500)")
    args = parser.parse_args(argv)
    photos = [path for folder in args.photos for path in photos_below(folder, args.most)]
    with ExitStack() as stack:
        names = list(args.encoder or [])
        if args.untrained:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            names.append(untrained(args.untrained, folder))
        for name in names or ["starter"]:
            try:
                measure(registry.get_encoder(name), photos)
            except ExplorerError as error:
                raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
