"""How well unusual, poor and broken photos are found, compared with cleanvision and scikit-learn.

    python -m benchmarks.anomalies --photos DIR [--captions CSV --themes WORD,…] [--limit N]
    [--held-out] [--encoder NAME]

Faults of graded strength are planted in copies of photos, which are then indexed together with the
originals. For each strength, it prints how well the scores separate planted from ordinary photos
(area under the ROC curve, average precision), and the share that is flagged with default settings;
and the same for cleanvision on the same files. A second library has misplaced photos in themed
folders, and pictures of another domain (generated ones, and those in --foreign); scikit-learn's
LocalOutlierFactor and IsolationForest run on the same vectors for comparison. The third part
measures generated screenshots, documents, charts, icons and posters.

    python -m benchmarks.anomalies --photos DIR --series [--limit N]

plants each fault in large photos in nine steps, exposure in several ways, and prints the share that
is flagged at each step by Photo Explorer and by cleanvision, and how well the scores follow the
strength (Spearman's rank correlation). `--ordinary` prints which unmodified photos are flagged.

The themes are the subfolders of DIR, or, with --captions (columns image, caption), words that occur
in most captions of a photo. Ordinary photos have faults of their own, which count against all
programs equally.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import IsolationForest
from sklearn.neighbors import LocalOutlierFactor

from benchmarks._anomaly_finders import (
    CLEANVISION_NAMES,
    cleanvision,
    photo_explorer,
    stored_vectors,
)
from benchmarks._anomaly_tables import (
    fault_row,
    print_false_alarms,
    print_outlier_row,
    share_in_order,
)
from benchmarks._drawings import drawings
from benchmarks._faults import FAULTS
from benchmarks._planted_photos import plant_faults, plant_photos
from benchmarks._series import print_series
from benchmarks._themes import photos_by_theme
from explorer.anomalies.finding_kinds import KINDS
from explorer.encoders.base import Encoder
from explorer.encoders.registry import get_encoder
from explorer.photos.formats import EXTENSIONS


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="benchmarks.anomalies", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--photos", required=True, type=Path, help="any folder of photos")
    parser.add_argument("--captions", type=Path, help="a CSV with the columns image and caption")
    parser.add_argument(
        "--themes",
        default="dog,snow,beach,bike,soccer,street",
        help="words of captions that define themes",
    )
    parser.add_argument("--foreign", type=Path, help="a folder of pictures of another domain")
    parser.add_argument("--limit", type=int, default=150, help="ordinary photos (default: 150)")
    parser.add_argument(
        "--skip",
        type=int,
        default=0,
        help="photos to skip first, in order to use others than in an earlier run",
    )
    parser.add_argument(
        "--planted", type=int, default=30, help="photos for each fault (default: 30)"
    )
    parser.add_argument("--encoder", default="starter")
    parser.add_argument("--no-peers", action="store_true", help="skip cleanvision and scikit-learn")
    parser.add_argument("--only", choices=["faults", "outliers", "drawings"])
    parser.add_argument(
        "--series", action="store_true", help="nine steps of each fault in each large photo"
    )
    parser.add_argument(
        "--side",
        type=int,
        default=4000,
        help="with --series: pixels to which larger photos are reduced (default: 4000)",
    )
    parser.add_argument(
        "--ordinary",
        action="store_true",
        help="only print what is flagged among the unmodified photos",
    )
    parser.add_argument(
        "--held-out",
        action="store_true",
        help="leave out every third photo by name, from which the thresholds were derived",
    )
    return parser


def main() -> None:
    parser = _parser()
    args = parser.parse_args()
    files = sorted(
        path
        for path in args.photos.rglob("*")
        if path.suffix.lower() in EXTENSIONS and path.is_file()
    )
    if args.held_out:
        files = [path for number, path in enumerate(files) if number % 3]
    random.Random(5).shuffle(files)
    files = files[args.skip :]
    if not files:
        parser.error(
            f"no photos below {args.photos}" + (f" after {args.skip:,}" if args.skip else "")
        )
    encoder = get_encoder(args.encoder)
    if args.series:
        print_series(files, args.limit, args.side, None if args.no_peers else cleanvision)
        return
    if args.ordinary:
        with tempfile.TemporaryDirectory() as folder:
            ordinary_photos(files[: args.limit], Path(folder), encoder)
        return
    if args.only in (None, "faults"):
        with tempfile.TemporaryDirectory() as folder:
            faults(
                files[: args.limit], Path(folder), encoder, args.planted, peers=not args.no_peers
            )
    if args.only in (None, "outliers"):
        with tempfile.TemporaryDirectory() as folder:
            foreign_photos(files, args, Path(folder), encoder)
    if args.only in (None, "drawings"):
        with tempfile.TemporaryDirectory() as folder:
            non_photos(files[: args.limit], args.foreign, Path(folder), encoder)


def faults(
    files: Sequence[Path], folder: Path, encoder: Encoder, planted: int, *, peers: bool
) -> None:
    """Plant faults, index the photos, and print how well the faults are found."""
    plants = plant_faults(files, folder, planted)
    ours = photo_explorer(folder / "photos", folder / "library", encoder)
    # cleanvision stops at a truncated file.
    complete = [path for path in (folder / "photos").glob("*/*") if path.parent != plants.truncated]
    theirs = cleanvision(complete) if peers else None
    usual = [str(path) for path in plants.ordinary.iterdir()]
    print(f"{len(usual)} ordinary photos, {plants.number} with each fault\n")
    print(
        f"{'fault':<22}{'strength':>9} |{'ours AUROC':>11}{'AP':>7}{'flagged':>9}"
        f" |{'cleanvision':>12}{'AP':>7}{'flagged':>9} | order kept"
    )
    for name, kind, strengths, plain, _ in FAULTS:
        kept = share_in_order(
            [
                [ours.score[kind].get(plants.paths[name, s][n], 1.0) for s in strengths]
                for n in range(plants.number)
            ]
        )
        for strength in strengths:
            paths = plants.paths[name, strength]
            row = fault_row(ours, kind, paths, usual)
            peer = (
                fault_row(theirs, CLEANVISION_NAMES[kind], paths, usual)
                if theirs and kind in CLEANVISION_NAMES
                else f"{'—':>12}{'—':>7}{'—':>9}"
            )
            mark = "*" if abs(strengths.index(strength)) >= strengths.index(plain) else " "
            print(
                f"{name:<22}{strength:>8g}{mark} |{row[1:]} |{peer} |"
                + (f" {kept:.1%}" if strength == strengths[-1] else "")
            )
    truncated = [str(path) for path in plants.truncated.iterdir()]
    found = ours.flagged["damaged"] | ours.flagged["unreadable"]
    share = sum(path in found for path in truncated) / len(truncated)
    print(f"{'cut off':<22}{'':>9} | {share:.1%} found as damaged or unreadable")
    print(
        "* strength at which the fault is clearly visible;"
        " order kept: pairs of neighboring strengths whose scores are in order\n"
    )
    print_false_alarms(ours, usual)


def ordinary_photos(files: Sequence[Path], folder: Path, encoder: Encoder) -> None:
    """Print which unmodified photos are flagged."""
    (folder / "photos").mkdir()
    name = dict[str, Path]()
    for number, path in enumerate(files):
        copy = folder / "photos" / f"{number:04d}{path.suffix}"
        shutil.copyfile(path, copy)
        name[str(copy)] = path
    ours = photo_explorer(folder / "photos", folder / "library", encoder)
    print_false_alarms(ours, list(name))
    for kind in KINDS:
        for score, found in sorted(
            (ours.score[kind][found], found) for found in ours.flagged[kind] & set(name)
        ):
            print(f"{kind:<14}{score:>6.2f}  {name[found]}")


def foreign_photos(
    files: Sequence[Path], args: argparse.Namespace, folder: Path, encoder: Encoder
) -> None:
    """Print how well misplaced photos in themed folders and pictures of another domain are
    found."""
    plants = plant_photos(photos_by_theme(files, args), args.foreign, folder)
    ours = photo_explorer(plants.tree, folder / "library", encoder)
    print(
        f"{len(plants.themed)} photos in {plants.themes} folders, {len(plants.misplaced)} of them"
        f" misplaced, and {len(plants.alien)} pictures of another domain\n"
    )
    print(f"{'':<34}{'AUROC':>8}{'AP':>8}{'flagged':>9}{'of others':>11}")
    all_planted = plants.misplaced | plants.alien
    for kind, planted in (("misplaced", plants.misplaced), ("outlier", plants.alien)):
        paths = [path for path in ours.score[kind] if path in planted or path not in all_planted]
        print_outlier_row(
            f"{kind}, ours",
            [path in planted for path in paths],
            [-ours.score[kind][path] for path in paths],
        )
        others = set(paths) - planted
        hits = sum(path in ours.flagged[kind] for path in planted) / max(1, len(planted))
        false = sum(path in ours.flagged[kind] for path in others)
        print(f"{hits:>9.1%}{false / max(1, len(paths) - len(planted)):>11.1%}")
        if not args.no_peers:
            _print_peers(kind, planted, *stored_vectors(folder / "library", encoder, set(paths)))
    print()
    themed = [str(path) for path in plants.themed]
    print_false_alarms(ours, [path for path in themed if path not in plants.misplaced])


def _print_peers(
    kind: str, planted: set[str], paths: list[str], vectors: npt.NDArray[np.float32]
) -> None:
    """Print the rows of scikit-learn's outlier detectors on the same vectors."""
    truth = [path in planted for path in paths]
    factors = -LocalOutlierFactor(20).fit(vectors).negative_outlier_factor_
    print_outlier_row(f"{kind}, LocalOutlierFactor", truth, factors)
    print()
    scores = -IsolationForest(random_state=0).fit(vectors).score_samples(vectors)
    print_outlier_row(f"{kind}, IsolationForest", truth, scores)
    print()


def non_photos(files: Sequence[Path], foreign: Path | None, folder: Path, encoder: Encoder) -> None:
    """Print how many screenshots, documents, charts and similar pictures among photos are flagged
    as “not a photo”."""
    ordinary = folder / "photos" / "ordinary"
    ordinary.mkdir(parents=True)
    for number, path in enumerate(files):
        shutil.copyfile(path, ordinary / f"{number:04d}{path.suffix.lower()}")
    where = defaultdict[str, list[str]](list)
    for number, (kind, picture) in enumerate(drawings(120, seed=7)):
        # As PNG, the usual format of such pictures, and as JPEG, in which they are often sent.
        place = folder / "photos" / kind / f"{number:04d}.{'png' if number % 4 < 2 else 'jpg'}"
        place.parent.mkdir(exist_ok=True)
        picture.save(place, quality=85)
        where[kind].append(str(place))
    for number, path in enumerate(sorted(foreign.rglob("*")) if foreign else ()):
        if path.suffix.lower() in EXTENSIONS:
            place = folder / "photos" / "foreign" / f"{number:04d}{path.suffix.lower()}"
            place.parent.mkdir(exist_ok=True)
            shutil.copyfile(path, place)
            where["foreign"].append(str(place))
    ours = photo_explorer(folder / "photos", folder / "library", encoder)
    usual = [str(path) for path in ordinary.iterdir()]
    print(
        f"{len(usual)} ordinary photos\n"
        f"{'not a photo':<16}{'number':>7}{'AUROC':>12}{'AP':>7}{'flagged':>9}"
    )
    for kind, paths in where.items():
        print(f"{kind:<16}{len(paths):>7}{fault_row(ours, 'not-a-photo', paths, usual)}")
    wrong = sum(path in ours.flagged["not-a-photo"] for path in usual)
    print(f"{wrong} of the ordinary photos are flagged as “not a photo”\n")


if __name__ == "__main__":
    main()
