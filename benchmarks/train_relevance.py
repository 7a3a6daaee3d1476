"""Fit the weights in `explorer/search/relevance/relevance_weights.py`, and report how good they are
on held-out photos.

    python run.py bench train_relevance --photos DIR DIR … [--results DIR …] [--encoder NAME]

Each DIR contains labeled or captioned photos, as for `bench relevance`. Two logistic regressions
(scikit-learn, L2) are fitted. The first predicts whether a search can be answered, from its
signals, in standard deviations over the background phrases, and the preference of its best photos.
Searches for things that are there but not found count less: their signals are those of absent
things. The second predicts whether a result shows the thing, from these log-odds and the relative
position of its score; with --results, it is fitted on these of the folders only, such as those
whose labels are complete. Each DIR has a weight proportional to the square root of its number of
searches, so that a large one does not dominate. Each DIR is first held out in turn; then the
weights fitted on all are printed.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from benchmarks._labeled import LabeledPhotos, Searched, read, searches
from benchmarks.relevance import NONSENSE, auroc, fitted, outcomes, reduced
from explorer.encoders import registry
from explorer.encoders.base import Encoder
from explorer.encoders.prompt_ensemble import encode_prompts
from explorer.search.relevance import relevance_weights
from explorer.search.relevance.relevance import SURE, RelevanceModel
from explorer.search.relevance.relevance_signals import (
    PHRASE_SIGNALS,
    SETTINGS,
    TRAINING_SIGNALS,
    EncoderTraining,
    standardized,
    together,
)
from explorer.search.relevance.relevance_weights import RelevanceWeights

Numbers = npt.NDArray[np.float64]

# The number of results per search used for fitting, and the inverse regularization strengths C.
_RESULTS, _SIGNALS_C, _RESULTS_C = 60, 0.3, 1.0
# A thing is found if so many of the ten best results show it; the weight of one that is not.
_FOUND, _NOT_FOUND_WEIGHT = 0.5, 0.3


class TrainingData(NamedTuple):
    """The training data from one folder. signals: (searches, signals). answerable: whether there
    are right answers, (searches,). places: the relative position of each of the best results'
    scores, (searches, results). shows: whether each of these shows the thing, same shape."""

    signals: Numbers
    answerable: npt.NDArray[np.bool_]
    places: Numbers
    shows: npt.NDArray[np.bool_]


def training_data(encoder: Encoder, data: LabeledPhotos) -> TrainingData:
    """Run the searches in a folder's photos and collect their signals and results."""
    signals, answerable, places, shows = list[list[float]](), [], [], []
    model: RelevanceModel | None = None
    for library, queries in searches(data, 0):
        photos, nothing = data.vectors[library], list[Searched]()
        if model is None or not data.captioned:
            model = fitted(encoder, photos)
            none = np.zeros(len(photos), bool)
            nothing = [Searched(name, library, none) for name in NONSENSE]
        its_model = model if library.all() or not data.captioned else reduced(model, photos)
        for query in [*queries, *nothing]:
            phrase = encode_prompts(encoder, query.name)
            scores = photos @ phrase[0]
            order = np.argsort(-scores, kind="stable")
            top = photos[order[: SETTINGS.pool]]
            found = standardized(its_model.signals(phrase, top), its_model.usual)
            whole = together(phrase)
            signals.append(
                [found[name] for name in sorted(found)] + [its_model.rivals.preference(whole, top)]
            )
            answerable.append(bool(query.shows.any()))
            middle, reach = its_model.score_range(phrase, top, its_model.rivals.won(whole))
            place = (scores[order[:_RESULTS]] - middle) / reach
            places.append(np.resize(np.minimum(place, 1), _RESULTS))
            shows.append(np.resize(query.shows[order[:_RESULTS]], _RESULTS))
    return TrainingData(
        np.array(signals), np.array(answerable), np.array(places, np.float64), np.array(shows)
    )


def fit(
    folders: list[TrainingData], names: list[str], with_results: list[TrainingData]
) -> RelevanceWeights:
    """Fit the weights. names: of the signals, in the order of the columns. with_results: the
    folders on which the second regression is fitted."""
    weight = np.concatenate([_weight(each) for each in folders])
    found = np.concatenate([each.shows[:, :10].mean(axis=1) >= _FOUND for each in folders])
    signals = np.concatenate([each.signals for each in folders])
    mean, deviation = signals.mean(axis=0), signals.std(axis=0)
    answerable = np.concatenate([each.answerable for each in folders])
    first = LogisticRegression(C=_SIGNALS_C).fit(
        (signals - mean) / deviation,
        answerable,
        sample_weight=np.where(answerable & ~found, _NOT_FOUND_WEIGHT, 1) * weight / weight.mean(),
    )
    slopes = first.coef_[0] / deviation
    bias = float(first.intercept_[0] - slopes @ mean)
    places = np.concatenate([each.places for each in with_results])
    odds = np.concatenate([each.signals @ slopes + bias for each in with_results])
    odds = np.repeat(np.clip(odds, -SURE, SURE)[:, None], places.shape[1], axis=1)
    weight = np.concatenate([_weight(each) for each in with_results])
    per_result = np.repeat(weight, places.shape[1])
    second = LogisticRegression(C=_RESULTS_C).fit(
        np.stack([odds.ravel(), places.ravel()], axis=1),
        np.concatenate([each.shows for each in with_results]).ravel(),
        sample_weight=per_result / per_result.mean(),
    )
    values = dict.fromkeys(("cluster", "lift", "known", "excess", "preference"), 0.0)
    values |= {name: round(float(slope), 3) for name, slope in zip(names, slopes, strict=True)}
    return RelevanceWeights(
        **values,
        bias=round(bias, 3),
        odds=round(float(second.coef_[0, 0]), 3),
        place=round(float(second.coef_[0, 1]), 3),
        photo_bias=round(float(second.intercept_[0]), 3),
    )


def _weight(folder: TrainingData) -> Numbers:
    number = len(folder.signals)
    return np.full(number, number**-0.5)


def held_out(encoder: Encoder, data: LabeledPhotos, weights: RelevanceWeights) -> float:
    """The area under the ROC curve on a held-out folder with these weights."""
    shipped = relevance_weights.KNOWN_TRAINING, relevance_weights.ANY_ENCODER
    relevance_weights.KNOWN_TRAINING = relevance_weights.ANY_ENCODER = replace(weights)
    try:
        return auroc(outcomes(encoder, data, 1)[0], -1)
    finally:
        relevance_weights.KNOWN_TRAINING, relevance_weights.ANY_ENCODER = shipped


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="bench train_relevance", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--photos", type=Path, nargs="+", required=True)
    parser.add_argument(
        "--results", type=Path, nargs="+", default=[], help="those of the folders with good labels"
    )
    parser.add_argument("--encoder", default="starter", metavar="NAME")
    args = parser.parse_args(argv)
    photos, results = ([each.resolve() for each in some] for some in (args.photos, args.results))
    if unknown := [str(each) for each in results if each not in photos]:
        parser.error(f"--results: not among --photos: {', '.join(unknown)}")
    encoder = registry.get_encoder(args.encoder)
    folders = [read(folder, encoder, os.cpu_count() or 1) for folder in args.photos]
    training = [training_data(encoder, data) for data in folders]
    told = () if EncoderTraining.of(encoder) is None else TRAINING_SIGNALS
    names = [*sorted({*PHRASE_SIGNALS, *told} - {"wide_excess"}), "preference"]
    good = [folder in results or not results for folder in photos]
    every = range(len(folders))

    def fit_without(left_out: int | None) -> RelevanceWeights:
        kept = [at for at in every if at != left_out]
        results = [training[at] for at in kept if good[at]] or [training[at] for at in kept]
        return fit([training[at] for at in kept], names, results)

    for at, folder in enumerate(args.photos):
        if len(folders) > 1:
            auroc_held_out = held_out(encoder, folders[at], fit_without(at))
            print(f"{folder.name}, held out: AUROC {auroc_held_out:.3f}")
    print(fit_without(None))


if __name__ == "__main__":
    main()
