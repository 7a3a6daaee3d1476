"""Learn to tell drawings from photos by the starter's vectors, and write
`explorer/anomalies/data/drawn-starter.npz`.

    python -m benchmarks.train_drawn --photos DIR [--out FILE]

One weight for each number of a vector and a bias, by logistic regression (scikit-learn, L2, both
classes counting alike), on photos against pictures drawn by rule (`_drawings.py`). Trained
first on every second photo, to report the share of the other half that is classified as drawings;
with --out, then trained on all and written. The result is reproducible. `benchmarks/anomalies.py`
measures pictures drawn by others (`--only drawings --foreign DIR`).
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from benchmarks._drawings import drawings
from explorer.encoders.base import Encoder
from explorer.encoders.registry import get_encoder
from explorer.errors import ExplorerError
from explorer.photos.decode import decode
from explorer.photos.formats import EXTENSIONS

# Drawings, vectors' scale before the regression and its strength.
_NUMBER, _SCALE, _STRENGTH = 420, 10.0, 0.3
_TOGETHER = 32


def vectors(pictures: Iterable[bytes], encoder: Encoder) -> npt.NDArray[np.float32]:
    """Of encoded pictures, as indexing makes them."""
    found, waiting = list[npt.NDArray[np.float32]](), list[npt.NDArray[np.uint8]]()
    for data in pictures:
        try:
            pixels = decode(data, encoder.spec).input
        except ExplorerError:
            continue
        if pixels is not None:
            waiting.append(pixels)
        if len(waiting) == _TOGETHER:
            found.append(encoder.encode_images(np.stack(waiting)))
            waiting = []
    return np.concatenate([*found, encoder.encode_images(np.stack(waiting))] if waiting else found)


def fitted(photos: npt.NDArray[np.float32], drawn: npt.NDArray[np.float32]) -> LogisticRegression:
    truth = np.r_[np.zeros(len(photos)), np.ones(len(drawn))]
    return LogisticRegression(C=_STRENGTH, max_iter=3000, class_weight="balanced").fit(
        np.r_[photos, drawn] * _SCALE, truth
    )


def packed(number: int, seed: int) -> Iterable[bytes]:
    for at, (_, picture) in enumerate(drawings(number, seed)):
        file = io.BytesIO()
        picture.save(file, "PNG" if at % 3 else "JPEG", quality=90)
        yield file.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="benchmarks.train_drawn", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--photos", required=True, type=Path, help="any folder of photos")
    parser.add_argument("--out", type=Path, help="file to write the weights to")
    args = parser.parse_args()
    encoder = get_encoder("starter")
    files = sorted(
        path
        for path in args.photos.rglob("*")
        if path.suffix.lower() in EXTENSIONS and path.is_file()
    )
    photos, drawn = (
        vectors((path.read_bytes() for path in files), encoder),
        vectors(packed(_NUMBER, 1), encoder),
    )
    half = fitted(photos[::2], drawn)
    others = half.decision_function(photos[1::2] * _SCALE)
    new = half.decision_function(vectors(packed(120, 7), encoder) * _SCALE)
    print(
        f"held-out photos: {(others > 0).mean():.2%} classified as drawings; held-out drawings:"
        f" {(new > 0).mean():.1%}"
    )
    if args.out:
        whole = fitted(photos, drawn)
        weights = (whole.coef_[0] * _SCALE).astype(np.float32)
        np.savez(
            args.out,
            weights=weights,
            bias=np.float32(whole.intercept_[0]),
            version=np.array(encoder.version),
        )
        print(f"written to {args.out}")


if __name__ == "__main__":
    main()
