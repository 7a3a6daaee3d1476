"""Whether the starter's vectors distinguish rotated photos from upright ones with an acceptable
rate of false alarms.

    python -m benchmarks.turned --photos DIR [--limit N]

A logistic regression is trained on half of the photos, upright against rotated by 90, 180 and 270
degrees. For the other half, it prints the area under the ROC curve, and the share of rotated photos
that are found at the threshold at which one upright photo in a thousand is flagged.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from explorer.encoders.registry import get_encoder
from explorer.errors import ExplorerError
from explorer.photos.decode import decode
from explorer.photos.formats import EXTENSIONS


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="benchmarks.turned", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--photos", required=True, type=Path, help="a folder of upright photos")
    parser.add_argument("--limit", type=int, default=1500)
    args = parser.parse_args()
    encoder = get_encoder("starter")
    files = sorted(
        path
        for path in args.photos.rglob("*")
        if path.suffix.lower() in EXTENSIONS and path.is_file()
    )
    found = list[np.ndarray]()
    for path in files[:: max(1, len(files) // args.limit)]:
        try:
            pixels = decode(path.read_bytes(), encoder.spec).input
        except ExplorerError:
            continue
        if pixels is not None:
            found.append(
                encoder.encode_images(np.stack([np.rot90(pixels, turn) for turn in range(4)]))
            )
    seen = np.stack(found)
    train, test = seen[::2], seen[1::2]
    inputs = np.concatenate(
        [np.repeat(train[:, 0], 3, axis=0), *(train[:, turn] for turn in (1, 2, 3))]
    )
    model = LogisticRegression(C=0.3, max_iter=3000).fit(
        inputs * 10, np.repeat([0, 1], 3 * len(train))
    )
    odds = [model.decision_function(test[:, turn] * 10) for turn in range(4)]
    threshold = np.quantile(odds[0], 0.999)
    print(f"{len(seen)} photos, half of them used for training")
    for turn, name in ((1, "rotated left by 90°"), (2, "upside down"), (3, "rotated right by 90°")):
        area = roc_auc_score(np.repeat([0, 1], len(test)), np.concatenate([odds[0], odds[turn]]))
        print(
            f"{name:<24} AUROC {area:.3f}, found if one upright photo in a thousand is flagged:"
            f" {(odds[turn] > threshold).mean():.0%}"
        )


if __name__ == "__main__":
    main()
