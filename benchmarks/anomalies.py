"""How well odd, poor and broken photos are found, beside cleanvision and scikit-learn.

    python -m benchmarks.anomalies --photos DIR [--captions CSV --themes WORD,…] [--limit N]
    [--held-out] [--encoder NAME]

Faults of graded strength are planted in copies of photos, which are then indexed with the photos
themselves. For each strength: how well the scores tell planted from ordinary photos (area under the
ROC curve, average precision), and what share is flagged at default settings; beside them
cleanvision on the same files. Then a second library: foreign photos in themed folders, and pictures
of another domain (drawn ones, and what --foreign names), with scikit-learn's LocalOutlierFactor and
IsolationForest on the same vectors. Last, screenshots, documents, charts, icons and posters drawn
by rule.

    python -m benchmarks.anomalies --photos DIR --series [--limit N]

takes large photos and puts each fault into each of them in nine steps, light in several ways, and
prints at which step how many are flagged, by ours and by cleanvision, and how well the scores
follow the strength (Spearman). `--ordinary` prints what is flagged of photos as they are.

Themes come from the folders below DIR, or, with --captions (columns image, caption), from words
that most captions of a photo have. Ordinary photos have faults of their own, which count against
all alike.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import random
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageOps
from sklearn.ensemble import IsolationForest
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.neighbors import LocalOutlierFactor

from benchmarks._drawings import drawings
from benchmarks._faults import FAULTS
from benchmarks._series import print_series
from explorer.anomalies.finding_kinds import KINDS
from explorer.anomalies.findings import Anomalies
from explorer.encoders.base import Encoder
from explorer.encoders.registry import get_encoder
from explorer.indexing.foreground import index_folders
from explorer.library.library import Library
from explorer.photos.formats import EXTENSIONS

# cleanvision's name of what finds a kind.
_PEER = {"blurred": "blurry", "dark": "dark", "overexposed": "light"}


class Scored(NamedTuple):
    """score: 0 worst to 1, flagged: of each path, by kind."""

    score: dict[str, dict[str, float]]
    flagged: dict[str, set[str]]


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="benchmarks.anomalies", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--photos", required=True, type=Path, help="any folder of photos")
    parser.add_argument("--captions", type=Path, help="a CSV with the columns image and caption")
    parser.add_argument(
        "--themes",
        default="dog,snow,beach,bike,soccer,street",
        help="words that make themes of captions",
    )
    parser.add_argument("--foreign", type=Path, help="a folder of pictures of another domain")
    parser.add_argument("--limit", type=int, default=150, help="ordinary photos (default: 150)")
    parser.add_argument(
        "--skip",
        type=int,
        default=0,
        help="photos to pass over first, so that others are looked at than before",
    )
    parser.add_argument(
        "--planted", type=int, default=30, help="photos for each fault (default: 30)"
    )
    parser.add_argument("--encoder", default="starter")
    parser.add_argument(
        "--no-peers", action="store_true", help="without cleanvision and scikit-learn"
    )
    parser.add_argument("--only", choices=["faults", "outliers", "drawings"])
    parser.add_argument(
        "--series", action="store_true", help="nine steps of each fault in each large photo"
    )
    parser.add_argument(
        "--side",
        type=int,
        default=4000,
        help="of --series: pixels to which larger photos are brought down (default: 4000)",
    )
    parser.add_argument(
        "--ordinary",
        action="store_true",
        help="only print what is flagged of the photos as they are",
    )
    parser.add_argument(
        "--held-out",
        action="store_true",
        help="without every third photo by name, on which the lines were set",
    )
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
        print_series(files, args.limit, args.side, None if args.no_peers else _cleanvision)
        return
    if args.ordinary:
        with tempfile.TemporaryDirectory() as folder:
            as_they_are(files[: args.limit], Path(folder), encoder)
        return
    if args.only in (None, "faults"):
        with tempfile.TemporaryDirectory() as folder:
            faults(
                files[: args.limit], Path(folder), encoder, args.planted, peers=not args.no_peers
            )
    if args.only in (None, "outliers"):
        with tempfile.TemporaryDirectory() as folder:
            strangers(files, args, Path(folder), encoder)
    if args.only in (None, "drawings"):
        with tempfile.TemporaryDirectory() as folder:
            no_photos(files[: args.limit], args.foreign, Path(folder), encoder)


def faults(
    files: Sequence[Path], folder: Path, encoder: Encoder, planted: int, *, peers: bool
) -> None:
    """Plant, index, print."""
    ordinary, where = folder / "photos" / "ordinary", dict[tuple[str, float], list[str]]()
    ordinary.mkdir(parents=True)
    good = list[tuple[Path, Image.Image]]()
    for number, path in enumerate(files):
        with contextlib.suppress(OSError, SyntaxError, ValueError), Image.open(path) as opened:
            picture = ImageOps.exif_transpose(opened).convert("RGB")
            copy = ordinary / f"{number:04d}{path.suffix.lower()}"
            shutil.copyfile(path, copy)
            if len(good) < planted:
                good.append((copy, picture))
    for name, _, strengths, _, change in FAULTS:
        for strength in strengths:
            place = folder / "photos" / f"{name} {strength:g}"
            place.mkdir()
            for copy, picture in good:
                (place / f"{copy.stem}.jpg").write_bytes(change(np.asarray(picture), strength))
            where[name, strength] = [str(place / f"{copy.stem}.jpg") for copy, _ in good]
    cut = folder / "photos" / "cut off"
    cut.mkdir()
    for share in (0.3, 0.6, 0.9):
        for copy, picture in good:
            whole = io.BytesIO()
            picture.save(whole, "JPEG", quality=90)
            (cut / f"{copy.stem}-{share:g}.jpg").write_bytes(
                whole.getvalue()[: int(share * len(whole.getvalue()))]
            )
    ours = _ours(folder / "photos", folder / "library", encoder)
    # What is cut off would stop it.
    whole_files = [path for path in (folder / "photos").glob("*/*") if path.parent != cut]
    theirs = _cleanvision(whole_files) if peers else None
    usual = [str(path) for path in ordinary.iterdir()]
    print(f"{len(usual)} ordinary photos, {len(good)} with each fault\n")
    print(
        f"{'fault':<22}{'strength':>9} |{'ours AUROC':>11}{'AP':>7}{'flagged':>9} |{'cleanvision':>12}{'AP':>7}{'flagged':>9} | order kept"
    )
    for name, kind, strengths, plain, _ in FAULTS:
        kept = _order(
            [
                [ours.score[kind].get(where[name, s][n], 1.0) for s in strengths]
                for n in range(len(good))
            ]
        )
        for strength in strengths:
            row = _row(ours, kind, where[name, strength], usual)
            peer = (
                _row(theirs, _PEER[kind], where[name, strength], usual)
                if theirs and kind in _PEER
                else f"{'—':>12}{'—':>7}{'—':>9}"
            )
            mark = "*" if abs(strengths.index(strength)) >= strengths.index(plain) else " "
            print(
                f"{name:<22}{strength:>8g}{mark} |{row[1:]} |{peer} |"
                + (f" {kept:.1%}" if strength == strengths[-1] else "")
            )
    broken = [str(path) for path in cut.iterdir()]
    found = ours.flagged["damaged"] | ours.flagged["unreadable"]
    print(
        f"{'cut off':<22}{'':>9} | {sum(path in found for path in broken) / len(broken):.1%} found as damaged or unreadable"
    )
    print(
        "* strength at which the fault is plain to see; order kept: pairs of neighbouring strengths whose scores are in order\n"
    )
    _false_alarms(ours, usual)


def as_they_are(files: Sequence[Path], folder: Path, encoder: Encoder) -> None:
    """What is flagged of photos with nothing planted."""
    (folder / "photos").mkdir()
    name = dict[str, Path]()
    for number, path in enumerate(files):
        copy = folder / "photos" / f"{number:04d}{path.suffix}"
        shutil.copyfile(path, copy)
        name[str(copy)] = path
    ours = _ours(folder / "photos", folder / "library", encoder)
    _false_alarms(ours, list(name))
    for kind in KINDS:
        for score, found in sorted(
            (ours.score[kind][found], found) for found in ours.flagged[kind] & set(name)
        ):
            print(f"{kind:<14}{score:>6.2f}  {name[found]}")


def _false_alarms(ours: Scored, usual: Sequence[str]) -> None:
    any_kind = {path for kind in KINDS for path in ours.flagged[kind] if path in set(usual)}
    each = ", ".join(
        f"{kind} {n}" for kind in KINDS if (n := sum(path in ours.flagged[kind] for path in usual))
    )
    print(
        f"ordinary photos flagged for anything: {len(any_kind)} of {len(usual)} ({len(any_kind) / len(usual):.1%}): {each or 'none'}\n"
    )


def strangers(
    files: Sequence[Path], args: argparse.Namespace, folder: Path, encoder: Encoder
) -> None:
    """Foreign photos in themed folders, and pictures of another domain among photos."""
    themes = _themes(files, args)
    tree = folder / "photos"
    lost, alien = set[str](), set[str]()
    chance = random.Random(9)
    names = sorted(themes)
    spare = {name: themes[name][-max(3, len(themes[name]) // 10) :] for name in names}
    for name in names:
        (tree / name).mkdir(parents=True)
        for path in themes[name][: -len(spare[name])]:
            shutil.copyfile(path, tree / name / path.name)
    for name in names:
        for path in spare[name]:
            other = chance.choice([theme for theme in names if theme != name])
            shutil.copyfile(path, tree / other / path.name)
            lost.add(str(tree / other / path.name))
    others = list(tree.glob("*/*"))
    for number, picture in enumerate(_drawn(max(6, len(others) // 60))):
        place = tree / names[number % len(names)] / f"IMG_{number:04d}.png"
        picture.save(place)
        alien.add(str(place))
    for path in sorted(args.foreign.iterdir()) if args.foreign else []:
        if path.suffix.lower() in EXTENSIONS:
            place = tree / chance.choice(names) / f"foreign-{path.name}"
            shutil.copyfile(path, place)
            alien.add(str(place))
    ours = _ours(tree, folder / "library", encoder)
    print(
        f"{len(others)} photos in {len(names)} folders, {len(lost)} of them misplaced, and {len(alien)} pictures of another domain\n"
    )
    print(f"{'':<34}{'AUROC':>8}{'AP':>8}{'flagged':>9}{'of others':>11}")
    for kind, planted in (("misplaced", lost), ("outlier", alien)):
        paths = [path for path in ours.score[kind] if path in planted or path not in lost | alien]
        _line(
            f"{kind}, ours",
            [path in planted for path in paths],
            [-ours.score[kind][path] for path in paths],
        )
        hits, misses = (
            sum(path in ours.flagged[kind] for path in some)
            for some in (planted, set(paths) - planted)
        )
        print(
            f"{hits / max(1, len(planted)):>9.1%}{misses / max(1, len(paths) - len(planted)):>11.1%}"
        )
        if not args.no_peers:
            paths, vectors = _vectors(folder / "library", encoder, set(paths))
            truth = [path in planted for path in paths]
            _line(
                f"{kind}, LocalOutlierFactor",
                truth,
                -LocalOutlierFactor(20).fit(vectors).negative_outlier_factor_,
            )
            print()
            _line(
                f"{kind}, IsolationForest",
                truth,
                -IsolationForest(random_state=0).fit(vectors).score_samples(vectors),
            )
            print()
    print()
    _false_alarms(ours, [str(path) for path in others if str(path) not in lost])


def no_photos(files: Sequence[Path], foreign: Path | None, folder: Path, encoder: Encoder) -> None:
    """Screenshots, documents, charts and the like among photos: how many are called no photo."""
    ordinary = folder / "photos" / "ordinary"
    ordinary.mkdir(parents=True)
    for number, path in enumerate(files):
        shutil.copyfile(path, ordinary / f"{number:04d}{path.suffix.lower()}")
    where = defaultdict[str, list[str]](list)
    for number, (kind, picture) in enumerate(drawings(120, seed=7)):
        # As they are made, and as they come back from being sent.
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
    ours = _ours(folder / "photos", folder / "library", encoder)
    usual = [str(path) for path in ordinary.iterdir()]
    print(
        f"{len(usual)} ordinary photos\n{'not a photo':<16}{'number':>7}{'AUROC':>12}{'AP':>7}{'flagged':>9}"
    )
    for kind, paths in where.items():
        print(f"{kind:<16}{len(paths):>7}{_row(ours, 'not-a-photo', paths, usual)}")
    wrong = sum(path in ours.flagged["not-a-photo"] for path in usual)
    print(f"of the ordinary photos {wrong} are called no photo\n")


def _line(name: str, truth: Sequence[bool], odd: Sequence[float]) -> None:
    print(
        f"{name:<34}{roc_auc_score(truth, odd):>8.3f}{average_precision_score(truth, odd):>8.3f}",
        end="",
    )


def _themes(files: Sequence[Path], args: argparse.Namespace) -> dict[str, list[Path]]:
    found = defaultdict[str, list[Path]](list)
    if args.captions:
        words, said = args.themes.split(","), defaultdict[str, list[str]](list)
        with args.captions.open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                said[row["image"]].append(row["caption"].lower())
        for path in files:
            counts = {word: sum(word in caption for caption in said[path.name]) for word in words}
            best = max(counts, key=lambda word: counts[word])
            if (
                counts[best] >= 3
                and sum(counts.values()) == counts[best]
                and len(found[best]) < args.limit
            ):
                found[best].append(path)
    else:
        for path in files:
            if len(found[path.parent.name]) < args.limit:
                found[path.parent.name].append(path)
    themes = {name: paths for name, paths in found.items() if len(paths) >= 12}
    if len(themes) < 2:
        raise SystemExit(
            "Too few themes: give a folder with at least two subfolders of 12 photos, or --captions."
        )
    return themes


def _drawn(number: int) -> Iterator[Image.Image]:
    """Pages of text, charts and diagrams, by rule."""
    for seed in range(number):
        chance = random.Random(seed)
        picture = Image.new("RGB", (800, 600), chance.choice(["white", "#fdf6e3", "#202020"]))
        pen = ImageDraw.Draw(picture)
        ink = "white" if picture.getpixel((0, 0)) == (32, 32, 32) else "black"
        if seed % 3 == 0:
            for line in range(24):
                pen.text(
                    (40, 20 + 24 * line),
                    " ".join("x" * chance.randint(2, 9) for _ in range(14)),
                    fill=ink,
                )
        elif seed % 3 == 1:
            for bar in range(9):
                pen.rectangle(
                    (60 + 80 * bar, 560 - chance.randint(40, 480), 110 + 80 * bar, 560),
                    fill=chance.choice(["red", "blue", "teal"]),
                )
            pen.line((40, 20, 40, 560, 780, 560), fill=ink, width=3)
        else:
            spots = [(chance.randint(40, 760), chance.randint(40, 560)) for _ in range(12)]
            for one, two in pairwise(spots):
                pen.line((*one, *two), fill=ink, width=2)
            for x, y in spots:
                pen.ellipse(
                    (x - 22, y - 22, x + 22, y + 22),
                    fill=chance.choice(["orange", "green", "purple"]),
                    outline=ink,
                )
        yield picture


def _ours(photos: Path, library: Path, encoder: Encoder) -> Scored:
    with contextlib.closing(Library.open(library)) as opened:
        index_folders(opened, [str(photos)], encoder, lambda progress: None)
        anomalies = Anomalies(opened, (encoder.name, encoder.version, encoder.dim))
        score, flagged = defaultdict[str, dict[str, float]](dict), defaultdict[str, set[str]](set)
        lines = anomalies.thresholds()
        for finding in anomalies.findings(everything=True):
            score[finding.kind][finding.path] = finding.score
            if finding.score < lines[finding.kind]:
                flagged[finding.kind].add(finding.path)
    return Scored(score, flagged)


def _vectors(library: Path, encoder: Encoder, wanted: set[str]) -> tuple[list[str], np.ndarray]:
    with contextlib.closing(Library.open(library)) as opened:
        index = opened.vectors(encoder.name, encoder.version, encoder.dim)
        rows = opened.catalog.photos(index.ids().tolist())
        ids = [photo_id for photo_id, row in rows.items() if row["path"] in wanted]
        return [rows[photo_id]["path"] for photo_id in ids], index.rows(np.array(ids, np.int64))


def _cleanvision(files: Sequence[Path]) -> Scored:
    """Its scores of these files."""
    from cleanvision import Imagelab

    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        lab = Imagelab(filepaths=[str(path) for path in files])
        lab.find_issues({name: {} for name in _PEER.values()}, n_jobs=1)
    score, flagged = defaultdict[str, dict[str, float]](dict), defaultdict[str, set[str]](set)
    for name in _PEER.values():
        score[name] = lab.issues[f"{name}_score"].to_dict()
        flagged[name] = set(lab.issues.index[lab.issues[f"is_{name}_issue"]])
    return Scored(score, flagged)


def _row(scored: Scored, kind: str, planted: Sequence[str], usual: Sequence[str]) -> str:
    scores = scored.score[kind]
    paths = [path for path in [*planted, *usual] if path in scores]
    truth, odd = [path in set(planted) for path in paths], [-scores[path] for path in paths]
    share = sum(path in scored.flagged[kind] for path in planted) / len(planted)
    return f"{roc_auc_score(truth, odd):>12.3f}{average_precision_score(truth, odd):>7.3f}{share:>9.0%}"


def _order(series: Sequence[Sequence[float]]) -> float:
    pairs = [after <= before + 1e-6 for scores in series for before, after in pairwise(scores)]
    return sum(pairs) / max(1, len(pairs))


if __name__ == "__main__":
    main()
