"""Describe the ranks of a photo in words."""

from __future__ import annotations

from explorer.search.comparison.model_comparison import ModelComparison
from explorer.ui.localized import count, ordinal


def ranks_elsewhere(
    comparison: ModelComparison, ranks: dict[str, dict[int, int]], photo: int, but: str = ""
) -> str:
    """Where a photo ranks, such as `2nd in clip, not in the first 1,000 of resnet50`.

    ranks: by model and photo id. but: a model to omit.
    """
    placed, beyond = list[str](), list[str]()
    for model in comparison.answers:
        if model.encoder == but:
            continue
        rank = ranks[model.encoder].get(photo)
        if rank is not None:
            placed.append(f"{ordinal(rank)} in {model.encoder}")
        else:
            beyond.append(f"not in the first {count(len(model.ids))} of {model.encoder}")
    return ", ".join(placed + beyond)
