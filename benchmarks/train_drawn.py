"""Train the classifier that distinguishes drawings from photos by the starter's vectors, and write
`explorer/anomalies/data/drawn-starter.npz`.

    python -m benchmarks.train_drawn --photos DIR [--out FILE]

The classifier is a logistic regression (scikit-learn, L2, balanced classes) on photos and generated
pictures (`_drawings.py`): one weight per component of a vector, and a bias. It is first trained on
every second photo, to report the share of the other half that is classified as drawings; with
--out, it is then trained on all photos and written. The result is reproducible.
`benchmarks/anomalies.py` measures drawings from other sources (`--only drawings --foreign DIR`).
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

# The number of drawings, the factor by which vectors are scaled before the regression, and its
# inverse regularization strength C.
_NUMBER, _SCALE, _C = 420, 10.0, 0.3
_BATCH = 32


def vectors(pictures: Iterable[bytes], encoder: Encoder) -> npt.NDArray[np.float32]:
    """The vectors of pictures, given as the bytes of their files, float32 (n, dim); unreadable ones
    are skipped."""
    found, waiting = list[npt.NDArray[np.float32]](), list[npt.NDArray[np.uint8]]()
    for data in pictures:
        try:
            pixels = decode(data, encoder.spec).input
        except ExplorerError:
            continue
        if pixels is not None:
            waiting.append(pixels)
        if len(waiting) == _BATCH:
            found.append(encoder.encode_images(np.stack(waiting)))
            waiting = []
    return np.concatenate([*found, encoder.encode_images(np.stack(waiting))] if waiting else found)


def fitted(photos: npt.NDArray[np.float32], drawn: npt.NDArray[np.float32]) -> LogisticRegression:
    truth = np.r_[np.zeros(len(photos)), np.ones(len(drawn))]
    return LogisticRegression(C=_C, max_iter=3000, class_weight="balanced").fit(
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
