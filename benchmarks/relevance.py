"""How well relevance tells what a library has from what it has not.

    python run.py bench relevance --photos DIR [--encoder NAME …] [--seeds N]

Photos in one folder for each thing, named as the thing is called (Caltech-101 is such a set), or
photos with a `captions.csv` of the columns `image` and `caption`. Half of the things are left out,
and all are searched for by name, then the other half, so that every name is searched for once where
the library has the thing and once where it has not; with captions each thing is left out alone.

AUROC is how often an answerable search gets a higher figure than an unanswerable one: the best
score, the mean of the five and of the twenty best, and the relevance of the best result. It is
printed over all things, and over those that the encoder understands: where the library has them, at
least half of the ten best show them. Below it, what share of the results called strong, and strong
or fair, show the thing, what share of the photos that show it is found by these, and how often such
a count of good matches is right within a factor of two. Names of nothing (“zxqv blorf”) should have
no good match.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

from benchmarks._captions import Vectors
from benchmarks._labelled import Labelled, Searched, read, searches
from explorer.encoders import registry
from explorer.encoders.base import Encoder
from explorer.errors import ExplorerError
from explorer.search.background_phrases import wordings
from explorer.search.relevance import SAMPLE, RelevanceModel
from explorer.search.relevance_signals import SETTINGS
from explorer.search.relevance_weights import LIMITS

NONSENSE = ("zxqv blorf", "asdfgh", "qwrt plmk", "xkcdz", "grubnak flim", "hjkl hjkl", "vvvv")
FIGURES = ("best score", "mean of best 5", "mean of best 20", "relevance")
_UNDERSTOOD = 0.5


class Outcome(NamedTuple):
    """One search. figures: one for each of FIGURES. relevance, right: of the results, best first.
    total: number of photos that show the thing. seed: of the half that was left out."""

    name: str
    seed: int
    figures: tuple[float, ...]
    relevance: Vectors
    right: npt.NDArray[np.bool_]
    total: int


def fitted(encoder: Encoder, photos: Vectors) -> RelevanceModel:
    """The model of a library of these photos."""

    def best(query: Vectors) -> Vectors:
        return photos[np.argsort(-(photos @ query), kind="stable")[: SETTINGS.pool]]

    return RelevanceModel.fit(encoder, photos[:: max(1, len(photos) // SAMPLE)][:SAMPLE], best)


def search(
    model: RelevanceModel, photos: Vectors, phrase: Vectors, searched: Searched, seed: int
) -> Outcome:
    scores = photos @ phrase[0]
    order = np.argsort(-scores, kind="stable")
    judged = model.judge_phrase(phrase, photos[order[: SETTINGS.pool]])
    best, relevance = scores[order], judged.relevance(scores[order])
    figures = (float(best[0]), float(best[:5].mean()), float(best[:20].mean()), float(relevance[0]))
    right = searched.shows[order]
    return Outcome(searched.name, seed, figures, relevance, right, int(right.sum()))


def outcomes(encoder: Encoder, data: Labelled, seeds: int) -> tuple[list[Outcome], list[float]]:
    """All searches, and the relevance of the best results for names of nothing."""
    names = sorted(data.shows)
    vectors = encoder.encode_texts([w for n in (*names, *NONSENSE) for w in wordings(n)])
    phrases = dict(
        zip((*names, *NONSENSE), np.split(vectors, len(names) + len(NONSENSE)), strict=True)
    )
    found, nothing = list[Outcome](), list[float]()
    for seed in range(1 if data.captioned else seeds):
        model: RelevanceModel | None = None
        for library, queries in searches(data, seed):
            photos = data.vectors[library]
            if model is None or not data.captioned:
                model = fitted(encoder, photos)
                none = np.zeros(len(photos), bool)
                nothing += [
                    search(
                        model, photos, phrases[name], Searched(name, library, none), seed
                    ).figures[-1]
                    for name in NONSENSE
                ]
            found += [search(model, photos, phrases[q.name], q, seed) for q in queries]
    return found, nothing


def auroc(found: list[Outcome], figure: int) -> float:
    """Mean over the seeds."""
    each = list[float]()
    for seed in sorted({one.seed for one in found}):
        some = [one for one in found if one.seed == seed]
        truth = [one.total > 0 for one in some]
        each.append(float(roc_auc_score(truth, [one.figures[figure] for one in some])))
    return float(np.mean(each))


def report(found: list[Outcome], nothing: list[float]) -> None:
    understood = {
        (one.name, one.seed) for one in found if one.total and one.right[:10].mean() >= _UNDERSTOOD
    }
    clear = [one for one in found if (one.name, one.seed) in understood]
    names = {one.name for one in found}
    print(
        f"{len(found):,} searches for {len(names)} things, {len(clear) / len(found):.0%} understood"
    )
    print(f"{'AUROC':<22}{'all':>8}{'understood':>12}")
    for figure, name in enumerate(FIGURES):
        last = f"{auroc(clear, figure):>12.3f}" if clear else ""
        print(f"{name:<22}{auroc(found, figure):>8.3f}{last}")
    relevance = np.concatenate([one.relevance for one in found])
    right = np.concatenate([one.right for one in found])
    total = sum(one.total for one in found)
    for word, limit in (("strong", LIMITS.strong), ("strong or fair", LIMITS.fair)):
        called = relevance >= limit
        share = right[called].mean() if called.any() else float("nan")
        print(
            f"{called.sum():,} results called {word}: {share:.1%} show the thing,"
            f" {right[called].sum() / total:.1%} of the photos that do"
        )
    counts = [(int((one.relevance >= LIMITS.fair).sum()), one.total) for one in clear if one.total]
    near = np.mean([0.5 <= count / total <= 2 for count, total in counts]) if counts else 0.0
    print(f"count of good matches within a factor of two, where understood: {near:.0%}")
    none = np.mean([one.figures[-1] < LIMITS.fair for one in found if not one.total])
    some = np.mean([one.figures[-1] >= LIMITS.fair for one in found if one.total])
    sense = np.mean(np.array(nothing) < LIMITS.fair)
    print(
        f"“no good match” for {none:.0%} of the things that are not there and {sense:.0%} of the"
        f" names of nothing; a good match for {some:.0%} of the things that are"
    )


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="bench relevance", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--photos", type=Path, required=True, help="one folder per subject")
    parser.add_argument("--encoder", nargs="+", default=["starter"], metavar="NAME")
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="times to halve the set")
    args = parser.parse_args(argv)
    for name in args.encoder:
        try:
            encoder = registry.get_encoder(name)
        except ExplorerError as error:
            raise SystemExit(str(error)) from error
        if not encoder.has_text:
            raise SystemExit(f"“{name}” has no text encoder: there is no phrase to judge.")
        print(f"--- {name}")
        report(*outcomes(encoder, read(args.photos, encoder, os.cpu_count() or 1), args.seeds))


if __name__ == "__main__":
    main()
