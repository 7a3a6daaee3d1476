"""`search` with several models: each of them answers the same query."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from explorer.cli.arguments import typed_query
from explorer.cli.model_comparison_output import (
    PrecisionFigures,
    as_object,
    precision_figures,
    print_table,
)
from explorer.cli.output import EMPTY_LIBRARY, emit_json, say
from explorer.cli.photo_arguments import with_files
from explorer.errors import EncoderError, ExplorerError, LibraryError
from explorer.library.library import Library
from explorer.library.queries.filters import Filters
from explorer.library.rows import PhotoRow
from explorer.search.comparison.model_comparison import ModelComparison, compare_models
from explorer.search.engine import SearchEngine
from explorer.search.language.query_tree import QueryTree


class ComparedSearch:
    """Searches one library with several models."""

    def __init__(
        self,
        library: Library,
        names: Sequence[str],
        photos: Sequence[str],
        filters: Filters,
        top: int,
    ) -> None:
        """photos: paths of example photos. Raises EncoderError if one of the models is unknown,
        has not been downloaded, or has encoded no photos."""
        for name in names:
            # The page shows a column for such a model; a command fails with one clear line.
            SearchEngine(library, name).encoder.has_text  # noqa: B018
        self._library, self._names, self._photos = library, names, photos
        self._filters, self._top = filters, top

    def answer(self, tree: QueryTree, *, as_json: bool) -> int:
        """Print the models' answers; returns the exit code. Raises EncoderError if none of them can
        answer."""
        comparison = self._compare(tree)
        if not comparison.answers:
            raise EncoderError(" ".join(model.problem for model in comparison.models))
        figures = precision_figures(self._library, self._names, self._top)
        if as_json:
            emit_json(self._object(comparison, figures))
            return 0
        print_table(comparison, self._top, self._rows(comparison), figures)
        if not comparison.compared:
            photos = self._library.catalog.counts().photos
            say("No photo that all models have encoded fits." if photos else EMPTY_LIBRARY)
        return 0

    def answer_lines(self) -> int:
        """Answer each line of standard input with one JSON object. For a line that cannot be
        answered, the object is empty and the reason goes to standard error. Returns the exit
        code."""
        code = 0
        figures = precision_figures(self._library, self._names, self._top)
        for number, line in enumerate(sys.stdin.buffer, 1):
            try:
                tree = typed_query(os.fsdecode(line))
                asked = bool(tree or self._photos)
                answer = self._object(self._compare(tree), figures) if asked else {}
            except LibraryError:
                raise
            except ExplorerError as error:
                say(f"Line {number}: {error}")
                answer, code = {}, 1
            emit_json(answer)
        return code

    def _compare(self, tree: QueryTree) -> ModelComparison:
        return compare_models(
            self._library,
            self._names,
            tree,
            lambda engine: with_files(self._library, engine, tree, self._photos),
            filters=self._filters,
        )

    def _rows(self, comparison: ModelComparison) -> dict[int, PhotoRow]:
        shown = {i for model in comparison.models for i in model.ids[: self._top].tolist()}
        return self._library.catalog.photos(shown)

    def _object(
        self, comparison: ModelComparison, figures: PrecisionFigures | None
    ) -> dict[str, object]:
        return as_object(comparison, self._top, self._rows(comparison), figures)
