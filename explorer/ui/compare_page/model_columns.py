"""A column for each model: its photos, best match first, and their ranks in the other models."""

from __future__ import annotations

import contextlib
import html
import json
from collections.abc import Iterator, Mapping

import streamlit as st

from explorer.library.rows import PhotoRow
from explorer.search.comparison.model_comparison import (
    ModelComparison,
    ModelRanking,
    compare_models,
)
from explorer.ui import idle_models, resources
from explorer.ui.compare_page import compare_state
from explorer.ui.compare_page.compare_state import CompareRequest
from explorer.ui.compare_page.rank_texts import ranks_elsewhere
from explorer.ui.components import viewer
from explorer.ui.components.gallery import gallery
from explorer.ui.components.gallery_tiles import TileTexts
from explorer.ui.localized import count, milliseconds, number
from explorer.ui.photo_labels import escape_markdown
from explorer.ui.viewer.photo_sequences import ids_digest

# Session state: the last comparison.
_LAST = "_comparison"


class ModelColumns:
    """The columns, drawn in two steps. The empty columns come first, and show that models are being
    loaded."""

    def __init__(self, request: CompareRequest) -> None:
        self._request = request
        with st.container(key="compare-columns"):
            columns = st.columns(len(request.models), gap="small")
        self._heads, self._bodies = {}, {}
        for name, column in zip(request.models, columns, strict=True):
            with column:
                st.markdown(f"#### {escape_markdown(name)}")
                self._heads[name] = st.empty()
                self._bodies[name] = st.empty()

    def compare(self) -> ModelComparison:
        """The models' answers. The last comparison is reused until the query, the models or the
        library change. Raises UsageError for a query that only filters."""
        request, library = self._request, resources.library()
        key = (*request[:5], request.models, library.catalog.change())
        last: tuple[object, ModelComparison] | None = st.session_state.get(_LAST)
        if last is not None and last[0] == key:
            return last[1]
        idle_models.note_use(request.models)
        comparison = compare_models(
            library,
            request.models,
            request.tree,
            lambda engine: compare_state.query_for(request, engine),
            loading=self._loading,
        )
        idle_models.note_use(request.models)
        st.session_state[_LAST] = (key, comparison)
        return comparison

    @contextlib.contextmanager
    def _loading(self, name: str) -> Iterator[None]:
        with self._bodies[name], st.spinner(f"Loading {escape_markdown(name)}…"):
            yield

    def heads(self, comparison: ModelComparison, precision: Mapping[str, str]) -> None:
        """Draw the line below each model's name. precision: each model's, in words, by name."""
        for model in comparison.models:
            parts = [] if model.problem else [milliseconds(model.seconds)]
            parts.append(f"{count(model.photos, 'photo')} encoded")
            if model.encoder in precision:
                parts.append(precision[model.encoder])
            self._heads[model.encoder].caption(" · ".join(parts))

    def photos(self, comparison: ModelComparison) -> None:
        """Draw the photos of each model, which open in the viewer."""
        top, ranks = self._request.top, comparison.ranks()
        agreement = comparison.agreement(top)
        agreed = set(agreement.agreed) if agreement else set[int]()
        shown = {i for model in comparison.answers for i in model.ids[:top].tolist()}
        rows = resources.library().catalog.photos(shown)
        mark = f"in the first {top} of every model"

        def why(photo: int) -> str:
            return f"<p>{html.escape(ranks_elsewhere(comparison, ranks, photo))}</p>"

        # The text about a photo in one column depends on all columns.
        said = [(model.encoder, ids_digest(model.ids)) for model in comparison.answers]
        for model in comparison.models:
            with self._bodies[model.encoder].container():
                if model.problem:
                    st.info(escape_markdown(model.problem), icon=":material/info:")
                elif not len(model.ids):
                    st.info("No photo that all models have encoded fits this query.")
                else:
                    notes = {i: ranks_elsewhere(comparison, ranks, i, model.encoder) for i in shown}
                    marks = dict.fromkeys(agreed, mark)
                    sequence = viewer.register(model.ids[:top], model.encoder, said, why=why)
                    self._gallery(model, rows, notes, marks, sequence)
        viewer.viewer(
            comparison.answers[0].ids[:top] if comparison.answers else [],
            said,
            why=why,
            more_like=compare_state.search_like,
        )

    def _gallery(
        self,
        model: ModelRanking,
        rows: Mapping[int, PhotoRow],
        notes: Mapping[int, str],
        marks: Mapping[int, str],
        sequence: str,
    ) -> None:
        """Draw a model's photos. notes, marks: see `TileTexts`. sequence: token of these photos for
        the viewer."""
        request = self._request
        ids, scores = model.ids[: request.top].tolist(), model.scores[: request.top].tolist()
        ranks = {
            photo: f"{rank} · {number(score, 3)}"
            for rank, (photo, score) in enumerate(zip(ids, scores, strict=True), 1)
        }
        gallery(
            [rows[i] for i in ids if i in rows],
            f"compare-{model.encoder}",
            label=f"Photos found by {model.encoder}",
            place=json.dumps([request.text, request.like, request.uploads, request.models]),
            texts=TileTexts(ranks, notes, marks),
            linked="compare",
            sequence=sequence,
            more_like=compare_state.search_like,
        )
