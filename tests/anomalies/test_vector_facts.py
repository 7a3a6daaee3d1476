from __future__ import annotations

from typing import cast

import numpy as np
import pytest

from explorer.anomalies import vector_facts as module
from explorer.anomalies.drawing_classifier import NOT_DRAWN, drawing_log_odds
from explorer.anomalies.typicality import typical_photos
from explorer.anomalies.vector_facts import vector_facts
from explorer.encoders import registry
from explorer.library.vectors import VectorIndex


class Index:
    """An index whose ids are in no order, and which has lost one photo meanwhile."""

    def __init__(self, ids: list[int], dim: int, lost: int) -> None:
        rows = np.random.default_rng(1).standard_normal((max(ids) + 1, dim)).astype(np.float32)
        self.vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        self._ids, self._lost = ids, lost

    def ids(self) -> np.ndarray:
        return np.array(self._ids)

    def rows(self, ids: np.ndarray) -> np.ndarray:
        if self._lost in ids:
            raise KeyError
        return np.asarray(self.vectors[ids])


def test_facts_are_those_of_each_vector(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = registry.get_encoder("starter")
    index = Index([9, 2, 5, 7, 3, 8], encoder.dim, lost=8)
    monkeypatch.setattr(module, "_BLOCK", 2)
    found = vector_facts(cast("VectorIndex", index), encoder.name, encoder.version)
    typical = typical_photos(encoder.name, encoder.version)
    assert typical is not None and found.ids.tolist() == [2, 3, 5, 7, 8, 9]
    known = index.vectors[[2, 3, 5, 7]]
    odds = drawing_log_odds(encoder.name, encoder.version, known)
    assert np.allclose(found.drawn[:4], odds) and (found.drawn[4:] == NOT_DRAWN).all()
    assert np.allclose(found.shared[:4], known @ typical.middle)
    assert np.allclose(found.unlikeness[:4], typical.unlikeness(known))


def test_nothing_is_known_for_other_encoders() -> None:
    index = Index([1, 2], 8, lost=0)
    found = vector_facts(cast("VectorIndex", index), "tiny", "1")
    assert (found.drawn == NOT_DRAWN).all() and not found.shared.any()
