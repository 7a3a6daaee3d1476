"""Show in figures how far the models agree."""

from __future__ import annotations

import streamlit as st

from explorer.search.comparison.model_comparison import ModelComparison
from explorer.ui.localized import count, number
from explorer.ui.photo_labels import escape_markdown

_EXPLANATION = """
All models rank the same photos, by what they see in them alone: names and keywords do not count.
Scores are cosines, and those of different models cannot be compared.

**Overlap@{k}** is the share of the first {k} photos that two models have in common.

**Rank-biased overlap** weighs the first ranks more: it is the share of common photos that someone
sees who looks at the first photo of both, and goes on to the next with a probability of 0.9 each
time (Webber, Moffat & Zobel 2010). 0 is nothing in common, 1 the same order.

Of more than two models, both are means over all pairs. ✓ marks photos that are among the first
{k} of every model.
"""


def agreement_summary(comparison: ModelComparison, k: int) -> None:
    """Draw the agreement of the models that answer."""
    _compared(comparison)
    agreement = comparison.agreement(k)
    names = [model.encoder for model in comparison.answers]
    if agreement is None or not comparison.compared:
        return
    figures = [
        (f"{len(agreement.agreed)} of {k}", f"photos found by {_all(len(names))}"),
        (number(agreement.overlap, 2), f"overlap@{k}"),
        (number(agreement.rbo, 2), "rank-biased overlap"),
    ]
    items = "".join(f"<div><b>{value}</b><span>{what}</span></div>" for value, what in figures)
    with st.container(horizontal=True, vertical_alignment="center", key="agreement"):
        st.html(f'<div class="figures">{items}</div>', width="content")
        if len(agreement.pairs) > 1:
            with st.popover("Each pair", icon=":material/join_inner:"):
                st.markdown(
                    "\n".join(
                        [
                            f"| Models | Overlap@{k} | Rank-biased overlap |",
                            "| --- | ---: | ---: |",
                            *(
                                f"| {_cell(names[pair.first])} and {_cell(names[pair.second])} |"
                                f" {number(pair.overlap, 2)} | {number(pair.rbo, 2)} |"
                                for pair in agreement.pairs
                            ),
                        ]
                    )
                )
        with st.popover("What this means", icon=":material/help:"):
            st.markdown(_EXPLANATION.format(k=k))


def _compared(comparison: ModelComparison) -> None:
    """Draw a note on which photos are compared, unless all are."""
    encoded = {model.encoder: model.photos for model in comparison.answers}
    if len(encoded) < 2 or comparison.encoded == max(encoded.values()):
        return
    each = ", ".join(f"{name} {count(number)}" for name, number in encoded.items())
    st.info(
        escape_markdown(
            f"Only the {count(comparison.encoded, 'photo')} that all of these models have encoded"
            f" are compared: {each}."
        ),
        icon=":material/filter_alt:",
    )


def _all(number: int) -> str:
    return "both" if number == 2 else f"all {number}"


def _cell(name: str) -> str:
    return escape_markdown(name).replace("|", "&#124;")
