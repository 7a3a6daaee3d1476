"""How much accuracy is lost if photos are encoded from their previews instead of their files.

    python run.py bench preview_vectors --photos DIR [--captions CSV] [--encoder NAME] [--most N]

Each photo is encoded twice, from its file and from the preview that indexing stores. It prints the
cosines between the two vectors; how many of a photo's ten most similar photos are the same with
both (top-10 overlap); and, with a CSV with the columns `image` and `caption`, how often the photo
of a caption is among the k best (R@k) with each. Photos that indexing encodes from their files if
possible, because a preview lacks fine detail, are measured separately.
"""

from __future__ import annotations

import argparse
import io
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks import _captions
from benchmarks._captions import Captioned, Vectors
from explorer.decoding.decode_result import DecodeJob
from explorer.decoding.pool import DecodePool
from explorer.encoders import registry
from explorer.encoders.base import Encoder
from explorer.indexing.preview_encoder import preview_pixels
from explorer.indexing.preview_source import preview_is_enough
from explorer.photos.formats import EXTENSIONS

_TOP = 10


class Both(NamedTuple):
    """Vectors of the same photos, each of shape (n, dim)."""

    numbers: list[int]
    """The indices of the photos."""
    files: Vectors
    previews: Vectors
    enough: npt.NDArray[np.bool_]
    """Whether indexing encodes each photo from its preview."""

    def only(self, rows: npt.NDArray[np.bool_]) -> Both:
        numbers = [number for number, kept in zip(self.numbers, rows, strict=True) if kept]
        return Both(numbers, self.files[rows], self.previews[rows], self.enough[rows])


def encode(encoder: Encoder, photos: list[Path], workers: int) -> Both:
    numbers, files, previews, enough = list[int](), list[Vectors](), list[Vectors](), list[bool]()
    with DecodePool(workers, encoder.spec) as pool:
        jobs = (DecodeJob(str(path), 0.0, i) for i, path in enumerate(photos))
        for result in pool.run(jobs, lambda _: False):
            photo = result.photo
            if photo is None or photo.input is None:
                continue
            again = preview_pixels(io.BytesIO(photo.preview), encoder.spec)
            assert again is not None
            first, second = encoder.encode_images(np.stack([photo.input, again]))
            numbers.append(int(str(result.job.tag)))
            files.append(first)
            previews.append(second)
            enough.append(preview_is_enough(photo.width, photo.height, encoder.spec))
    return Both(numbers, np.stack(files), np.stack(previews), np.array(enough))


def overlap(both: Both) -> float:
    """The mean share (0 to 1) of the ten nearest photos by the file's vector that are also among
    the ten nearest by the preview's. The other photos always have their files' vectors, as in a
    library in which one photo was encoded from its preview."""
    a, b = both.files @ both.files.T, both.previews @ both.files.T
    np.fill_diagonal(a, -2)
    np.fill_diagonal(b, -2)
    top = min(_TOP, len(a) - 1)
    one, other = (np.argpartition(-x, top, axis=1)[:, :top] for x in (a, b))
    pairs = zip(one, other, strict=True)
    return float(np.mean([len(np.intersect1d(p, q)) / top for p, q in pairs]))


def captions(encoder: Encoder, data: Captioned, both: Both) -> None:
    """Print R@k with each kind of vectors."""
    row = {number: at for at, number in enumerate(both.numbers)}
    kept = [at for at, number in enumerate(data.of.tolist()) if number in row]
    of = np.array([row[int(data.of[at])] for at in kept], np.int64)
    phrases = np.concatenate([
        encoder.encode_texts([data.captions[at] for at in kept[start : start + 256]])
        for start in range(0, len(kept), 256)
    ])  # fmt: skip
    for name, vectors in (("files", both.files), ("previews", both.previews)):
        values = " ".join(f"{each:.2f}" for each in _captions.recall(vectors, phrases, of))
        print(f"R@1/5/10 from {name:<9} {values}%  ({len(of):,} captions)")


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="bench preview_vectors", description=__doc__.splitlines()[0]
    )
    parser.add_argument(
        "--photos", type=Path, required=True, help="folder of photos, including subfolders"
    )
    parser.add_argument("--captions", type=Path, help="CSV with the columns image and caption")
    parser.add_argument("--encoder", default="starter", metavar="NAME")
    parser.add_argument("--most", type=int, metavar="N", help="only the first N photos")
    args = parser.parse_args(argv)
    encoder = registry.get_encoder(args.encoder)
    if args.captions:
        data = _captions.read(args.photos, args.captions, most=args.most)
        paths = data.photos
    else:
        paths = [p for p in sorted(args.photos.rglob("*")) if p.suffix.lower() in EXTENSIONS]
        paths = paths[: args.most]
    both = encode(encoder, paths, os.cpu_count() or 1)
    for what, rows in (
        ("encoded from their previews", both.enough),
        ("encoded from their files if these are available", ~both.enough),
    ):
        if rows.sum() > 1:
            report(encoder, what, both.only(rows), data if args.captions else None)


def report(encoder: Encoder, what: str, both: Both, data: Captioned | None) -> None:
    cosines = np.sort((both.files * both.previews).sum(axis=1))
    print(f"{len(cosines):,} photos {what}, by {encoder.name}")
    print(
        f"cosine: mean {cosines.mean():.4f}, lowest hundredth {np.quantile(cosines, 0.01):.4f},"
        f" lowest {cosines[0]:.4f}"
    )
    print(f"top-{_TOP} overlap: {100 * overlap(both):.1f}%")
    if data is not None and encoder.has_text:
        captions(encoder, data, both)


if __name__ == "__main__":
    main()
