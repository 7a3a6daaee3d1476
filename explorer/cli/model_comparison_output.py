"""Format the answers of several models as one JSON object, or as a table side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from explorer.cli.output import emit
from explorer.library.library import Library
from explorer.library.paths import printable
from explorer.library.rows import PhotoRow
from explorer.search.comparison.folder_classes import (
    FolderClasses,
    FolderPrecision,
    folder_classes,
    folder_precision,
    query_precision,
)
from explorer.search.comparison.model_comparison import ModelComparison, ModelRanking, model_indexes
from explorer.search.comparison.ranking_agreement import RankingAgreement
from explorer.text_format import count, milliseconds, one_line

# The most characters of a photo's name in the table.
_MAX_NAME_LENGTH = 34


class PrecisionFigures(NamedTuple):
    """How well the models distinguish the library's folders."""

    classes: FolderClasses
    of_models: FolderPrecision


def precision_figures(library: Library, names: Sequence[str], k: int) -> PrecisionFigures | None:
    """The precision@k of each model with folders as classes; None if the folders cannot serve as
    classes."""
    classes = folder_classes(library.catalog)
    if classes is None:
        return None
    precision = folder_precision(model_indexes(library, names), classes, k)
    return PrecisionFigures(classes, precision) if precision is not None else None


def as_object(
    comparison: ModelComparison, k: int, rows: dict[int, PhotoRow], figures: PrecisionFigures | None
) -> dict[str, object]:
    """The comparison as JSON. rows: the photos that are among the first k of any model."""
    precision = figures.of_models if figures else None
    agreement, ranks = comparison.agreement(k), comparison.ranks()
    names = [model.encoder for model in comparison.answers]
    agreed = [photo for photo in agreement.agreed if photo in rows] if agreement else []
    return {
        "k": k,
        "photos": comparison.compared,
        "models": [
            _model(model, k, rows) | _precision(comparison, model, k, figures)
            for model in comparison.models
        ],
        "overlap@k": round(agreement.overlap, 4) if agreement else None,
        "rbo": round(agreement.rbo, 4) if agreement else None,
        "pairs": [
            {
                "encoders": [names[pair.first], names[pair.second]],
                "overlap@k": round(pair.overlap, 4),
                "rbo": round(pair.rbo, 4),
            }
            for pair in (agreement.pairs if agreement else ())
        ],
        "agreed": [
            {
                "id": photo,
                "path": rows[photo]["path"],
                "ranks": {name: known[photo] for name, known in ranks.items()},
            }
            for photo in agreed
        ],
        "precision": precision
        and {
            "photos": precision.sampled,
            "chance": round(precision.chance, 4),
            "best": round(precision.best, 4),
        },
    }


def _model(model: ModelRanking, k: int, rows: dict[int, PhotoRow]) -> dict[str, object]:
    made: dict[str, object] = {
        "encoder": model.encoder,
        "photos": model.photos,
        "seconds": None if model.problem else round(model.seconds, 4),
        "results": [
            {
                "rank": rank,
                "id": photo,
                "path": rows[photo]["path"],
                "score": round(float(score), 6),
            }
            for rank, (photo, score) in enumerate(
                zip(model.ids[:k].tolist(), model.scores[:k], strict=True), 1
            )
            if photo in rows
        ],
    }
    if model.problem:
        made["problem"] = model.problem
    return made


def _precision(
    comparison: ModelComparison, model: ModelRanking, k: int, figures: PrecisionFigures | None
) -> dict[str, object]:
    """`precision@k` of a model and, if the query is a photo, of its answer to this query."""
    if figures is None or model.encoder not in figures.of_models.by_model:
        return {}
    made: dict[str, object] = {"precision@k": round(figures.of_models.by_model[model.encoder], 4)}
    own = query_precision(figures.classes, comparison.searched_by, model.ids, k)
    if own is not None and not model.problem:
        made["query_precision@k"] = round(own, 4)
    return made


def print_table(
    comparison: ModelComparison, k: int, rows: dict[int, PhotoRow], figures: PrecisionFigures | None
) -> None:
    """Print a column for each model that answers, and the models' agreement below the columns."""
    agreement, models = comparison.agreement(k), comparison.answers
    agreed = set(agreement.agreed) if agreement else set[int]()
    columns = [_column(model, k, rows, agreed) for model in models]
    widths = [max(map(len, column)) for column in columns]
    for line in range(max(map(len, columns), default=0)):
        cells = [column[line] if line < len(column) else "" for column in columns]
        padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
        emit(f"{line or '':>4}  {'  '.join(padded)}".rstrip())
    for model in comparison.models:
        if model.problem:
            emit(one_line(model.problem))
    if agreement is not None:
        _print_agreement(agreement, [model.encoder for model in models], k)
    if figures is not None:
        _print_precision(comparison, figures, k)


def _print_precision(comparison: ModelComparison, figures: PrecisionFigures, k: int) -> None:
    precision = figures.of_models
    values = ", ".join(f"{name} {value:.2f}" for name, value in precision.by_model.items())
    emit(
        f"precision@{k} with folders as classes: {values} (by chance {precision.chance:.2f}, at"
        f" best {precision.best:.2f}; {count(precision.sampled, 'photo')} searched by)"
    )
    own = {
        model.encoder: query_precision(figures.classes, comparison.searched_by, model.ids, k)
        for model in comparison.answers
    }
    values = ", ".join(f"{name} {value:.2f}" for name, value in own.items() if value is not None)
    if values:
        emit(f"precision@{k} of this search: {values}")


def _column(model: ModelRanking, k: int, rows: dict[int, PhotoRow], agreed: set[int]) -> list[str]:
    """A column of the table: the heading, and a cell for each rank."""
    cells = [f"{model.encoder} ({milliseconds(model.seconds)})"]
    for photo, score in zip(model.ids[:k].tolist(), model.scores[:k], strict=True):
        name = _short_name(rows[photo]["path"]) if photo in rows else "(removed)"
        cells.append(f"{'*' if photo in agreed else ' '} {score:.3f} {name}")
    return cells


def _short_name(path: str) -> str:
    """A photo's folder and name; the beginning is cut off if they are too long."""
    name = one_line(printable("/".join(Path(path).parts[-2:])))
    return name if len(name) <= _MAX_NAME_LENGTH else "…" + name[1 - _MAX_NAME_LENGTH :]


def _print_agreement(agreement: RankingAgreement, names: Sequence[str], k: int) -> None:
    emit(
        f"* {count(len(agreement.agreed), 'photo')} among the first {k} of every model;"
        f" overlap@{k} {agreement.overlap:.2f}, rank-biased overlap {agreement.rbo:.2f}"
    )
    if len(agreement.pairs) > 1:
        for pair in agreement.pairs:
            emit(
                f"  {names[pair.first]} and {names[pair.second]}:"
                f" overlap@{k} {pair.overlap:.2f}, rank-biased overlap {pair.rbo:.2f}"
            )
