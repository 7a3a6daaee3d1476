"""Choose everyday photos with which phrases are compared, and write their vectors to
`explorer/encoders/data/starter-reference.npz`.

    python run.py bench train_reference --photos DIR [DIR …] --out FILE

The input is the folders that the starter was trained on, in the same order (`train_starter.py`).
1,500 of the photos are chosen by a hash of their names; those that `train_starter` holds out are
left out. Only the half of a vector that is compared with phrases is stored, one byte per component.
The result is reproducible up to rounding.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import numpy as np

from benchmarks import _captions
from benchmarks.region import encode
from benchmarks.train_starter import held_out
from explorer.encoders.starter import SENTENCE_DIM, StarterEncoder

NUMBER = 1500


def chosen(folders: list[list[Path]], left_out: int) -> list[Path]:
    """The photos to store. left_out: how many of the last folder `train_starter` held out."""
    (*others, last) = folders
    held = held_out([path.name for path in last], left_out)
    photos = [path for folder in others for path in folder]
    photos += [path for path, out in zip(last, held, strict=True) if not out]
    mask = held_out([path.name for path in photos], NUMBER)
    return [path for path, kept in zip(photos, mask, strict=True) if kept]


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="bench train_reference", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--photos", type=Path, nargs="+", required=True, metavar="DIR")
    parser.add_argument("--held-out", type=int, default=1000, metavar="N")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    folders = [_captions.read(folder, folder / "captions.csv").photos for folder in args.photos]
    encoder = StarterEncoder()
    vectors = encode(encoder, chosen(folders, args.held_out), os.cpu_count() or 1)[
        :, -SENTENCE_DIM:
    ]
    scale = float(np.abs(vectors).max()) / 127
    np.savez_compressed(
        args.out,
        vectors=np.round(vectors / scale).astype(np.int8),
        scale=np.float32(scale),
        version=np.array(encoder.version),
    )
    print(f"{len(vectors):,} photos: {args.out}, {args.out.stat().st_size / 1e3:.0f} KB")


if __name__ == "__main__":
    main()
