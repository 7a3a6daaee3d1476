"""How well relevance distinguishes things that a library contains from things that it does not.

    python run.py bench relevance --photos DIR [--encoder NAME …] [--seeds N]

The input is a folder with one subfolder of photos for each thing, named like it (such as
Caltech-101), or with photos and a `captions.csv` with the columns `image` and `caption`. First one
half of the things is left out and all are searched for by name, then the other half, so that every
name is searched for once with and once without right answers; with captions, each thing is left out
in turn.

AUROC is the probability that a search with right answers gets a higher value than one without. The
values are the best score, the mean of the five and of the twenty best, and the relevance of the
best result. It is printed for all things, and for those that the encoder understands: at least half
of the ten best results show them if the library contains them. Further figures are the share of
strong, and of strong or fair, results that show the thing (precision), the share of the photos of
the thing that are among these (recall), and how often the number of good matches is right within a
factor of two. Meaningless words (“zxqv blorf”) should have no good match.

With captions, nouns that they name in one to four photos are searched for, too, with and without
these photos: how often the best result shows the thing, and how often it is then a good match.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks._captions import Vectors
from benchmarks._labeled import LabeledPhotos, Searched, read, searches
from benchmarks._load_encoder import load_encoder
from explorer.encoders.base import Encoder
from explorer.encoders.prompt_ensemble import encode_prompts
from explorer.search.relevance.relevance import SAMPLE, RelevanceModel
from explorer.search.relevance.relevance_signals import SETTINGS
from explorer.search.relevance.relevance_weights import LIMITS
from explorer.search.relevance.rival_phrases import RivalPhrases

NONSENSE = ("zxqv blorf", "asdfgh", "qwrt plmk", "xkcdz", "grubnak flim", "hjkl hjkl", "vvvv")
FIGURES = ("best score", "mean of best 5", "mean of best 20", "relevance")
_UNDERSTOOD = 0.5


class Outcome(NamedTuple):
    """The outcome of one search. seed: with which the things were halved. figures: in the order of
    FIGURES. relevance: of the results, best first. right: whether each shows the thing. total: the
    number of photos that show the thing."""

    name: str
    seed: int
    figures: tuple[float, ...]
    relevance: Vectors
    right: npt.NDArray[np.bool_]
    total: int


def fitted(encoder: Encoder, photos: Vectors) -> RelevanceModel:
    """The relevance model of a library of these photos, given as vectors (n, dim)."""

    def best(query: Vectors) -> Vectors:
        return photos[np.argsort(-(photos @ query), kind="stable")[: SETTINGS.pool]]

    return RelevanceModel.fit(encoder, photos[:: max(1, len(photos) // SAMPLE)][:SAMPLE], best)


def reduced(model: RelevanceModel, photos: Vectors) -> RelevanceModel:
    """The model of a library of which these photos are left, given as vectors (n, dim).

    The photos that were taken away must not be in its sample, or a thing that is absent has
    neighbors that show it. The signals of the common phrases are kept, as one thing hardly changes
    them.
    """
    sample = photos[:: max(1, len(photos) // SAMPLE)][:SAMPLE]
    return replace(model, sample=sample, rivals=RivalPhrases(model.rivals.phrases, sample))


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


def outcomes(
    encoder: Encoder, data: LabeledPhotos, seeds: int
) -> tuple[list[Outcome], list[float]]:
    """All searches, and the relevance of the best results for meaningless words."""
    names = sorted(data.shows)
    phrases = {name: encode_prompts(encoder, name) for name in (*names, *NONSENSE)}
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
            its_model = model if library.all() or not data.captioned else reduced(model, photos)
            found += [search(its_model, photos, phrases[q.name], q, seed) for q in queries]
    return found, nothing


def rare_things(encoder: Encoder, data: LabeledPhotos) -> list[Outcome]:
    """Searches for each rare thing, with its photos and without."""
    found, model = list[Outcome](), fitted(encoder, data.vectors)
    for name, shows in data.rare.items():
        phrase = encode_prompts(encoder, name)
        for library in (np.ones(len(shows), bool), ~shows):
            photos, searched = data.vectors[library], Searched(name, library, shows[library])
            found.append(search(reduced(model, photos), photos, phrase, searched, 0))
    return found


def report_rare(found: list[Outcome]) -> None:
    present = [one for one in found if one.total]
    best = [one for one in present if one.right[0]]
    good, wrongly = (
        sum(one.relevance[0] >= LIMITS.fair for one in some)
        for some in (best, [one for one in found if not one.total])
    )
    right = np.concatenate([one.right[one.relevance >= LIMITS.fair] for one in present])
    print(
        f"{len(present)} rare things: {len(best)} are the best result, {good} of these a good"
        f" match; {wrongly} have one when absent; {right.sum()} of {len(right)} good matches are"
        " right"
    )


def auroc(found: list[Outcome], figure: int) -> float:
    """The mean area under the ROC curve over the seeds. figure: an index into FIGURES."""
    # Every process that runs tests imports this module, and this takes longer than all the rest.
    from sklearn.metrics import roc_auc_score

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
            f"{called.sum():,} {word} results: precision {share:.1%},"
            f" recall {right[called].sum() / total:.1%}"
        )
    counts = [(int((one.relevance >= LIMITS.fair).sum()), one.total) for one in clear if one.total]
    near = np.mean([0.5 <= count / total <= 2 for count, total in counts]) if counts else 0.0
    print(f"number of good matches right within a factor of two, if understood: {near:.0%}")
    none = np.mean([one.figures[-1] < LIMITS.fair for one in found if not one.total])
    some = np.mean([one.figures[-1] >= LIMITS.fair for one in found if one.total])
    rejected = np.mean(np.array(nothing) < LIMITS.fair)
    print(
        f"“no good match” for {none:.0%} of the absent things and {rejected:.0%} of the meaningless"
        f" words; a good match for {some:.0%} of the things that are present"
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
        encoder = load_encoder(name)
        if not encoder.has_text:
            raise SystemExit(f"“{name}” has no text encoder: there is no phrase to judge.")
        print(f"--- {name}")
        data = read(args.photos, encoder, os.cpu_count() or 1)
        report(*outcomes(encoder, data, args.seeds))
        if data.captioned:
            report_rare(rare_things(encoder, data))


if __name__ == "__main__":
    main()
