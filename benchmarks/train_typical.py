"""Compute the distribution of everyday photos among the starter's vectors, and write
`explorer/anomalies/data/typical-starter.npz`.

    python -m benchmarks.train_typical --photos DIR [--out FILE]

It stores the mean of the vectors and their cluster centers (k-means, scikit-learn), computed from
every third photo by name: those that `benchmarks/anomalies.py --held-out` leaves out. It prints how
far other photos are from the centers. The result is reproducible.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from sklearn.cluster import KMeans

from benchmarks.train_drawn import vectors
from explorer.anomalies.typicality import distance
from explorer.encoders.registry import get_encoder
from explorer.photos.formats import EXTENSIONS

_CLUSTERS = 256


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="benchmarks.train_typical", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--photos", required=True, type=Path, help="any folder of everyday photos")
    parser.add_argument("--out", type=Path, help="file to write the clusters to")
    args = parser.parse_args()
    encoder = get_encoder("starter")
    files = sorted(
        path
        for path in args.photos.rglob("*")
        if path.suffix.lower() in EXTENSIONS and path.is_file()
    )
    if len(files) < 6 * _CLUSTERS:
        parser.error(
            f"at least {6 * _CLUSTERS:,} photos are needed, but there are only {len(files):,} in"
            f" {args.photos}"
        )
    learned = vectors((path.read_bytes() for path in files[::3]), encoder).astype(np.float32)
    centers = KMeans(_CLUSTERS, n_init=1, max_iter=30, random_state=0).fit(learned).cluster_centers_
    centers /= np.linalg.norm(centers, axis=1, keepdims=True)
    # One byte per component changes the directions by less than a third of a degree.
    packed = np.round(centers / np.abs(centers).max(axis=1, keepdims=True) * 127).astype(np.int8)
    unpacked = packed.astype(np.float32)
    unpacked /= np.linalg.norm(unpacked, axis=1, keepdims=True)
    usual, above = np.percentile(distance(learned, unpacked), [50, 84.13])
    others = vectors((path.read_bytes() for path in files[1::9]), encoder).astype(np.float32)
    far = (distance(others, unpacked) - usual) / (above - usual)
    print(
        f"{len(learned):,} photos; others lie at {np.median(far):.2f} spreads, 1 in 200 of them"
        f" beyond {np.quantile(far, 0.995):.2f}"
    )
    if args.out:
        middle = learned.mean(axis=0).astype(np.float32)
        np.savez_compressed(
            args.out,
            middle=middle,
            centres=packed,
            usual=np.float32(usual),
            spread=np.float32(above - usual),
            version=np.array(encoder.version),
        )
        print(f"written to {args.out}")


if __name__ == "__main__":
    main()
