"""Rows of the tables that the anomalies benchmark prints."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from sklearn.metrics import average_precision_score, roc_auc_score

from benchmarks._anomaly_finders import Scored
from explorer.anomalies.finding_kinds import KINDS


def print_false_alarms(ours: Scored, usual: Sequence[str]) -> None:
    """Print how many of the ordinary photos `usual` (paths) are flagged, in total and by kind."""
    any_kind = {path for kind in KINDS for path in ours.flagged[kind] if path in set(usual)}
    each = ", ".join(
        f"{kind} {n}" for kind in KINDS if (n := sum(path in ours.flagged[kind] for path in usual))
    )
    print(
        f"ordinary photos flagged for anything: {len(any_kind)} of {len(usual)}"
        f" ({len(any_kind) / len(usual):.1%}): {each or 'none'}\n"
    )


def print_outlier_row(name: str, truth: Sequence[bool], scores: Sequence[float]) -> None:
    """Print the area under the ROC curve and the average precision, without a line break.

    truth: whether each photo is an outlier. scores: greater for outliers."""
    auroc, precision = roc_auc_score(truth, scores), average_precision_score(truth, scores)
    print(f"{name:<34}{auroc:>8.3f}{precision:>8.3f}", end="")


def fault_row(scored: Scored, kind: str, planted: Sequence[str], usual: Sequence[str]) -> str:
    """Three columns: the area under the ROC curve, the average precision, and the share of the
    planted photos that are flagged."""
    scores = scored.score[kind]
    paths = [path for path in [*planted, *usual] if path in scores]
    truth, badness = [path in set(planted) for path in paths], [-scores[path] for path in paths]
    share = sum(path in scored.flagged[kind] for path in planted) / len(planted)
    precision = average_precision_score(truth, badness)
    return f"{roc_auc_score(truth, badness):>12.3f}{precision:>7.3f}{share:>9.0%}"


def share_in_order(series: Sequence[Sequence[float]]) -> float:
    """The share (0 to 1) of pairs of consecutive scores that do not rise, over all series."""
    pairs = [after <= before + 1e-6 for scores in series for before, after in pairwise(scores)]
    return sum(pairs) / max(1, len(pairs))
