"""The dialog for the keep rules, the protected folders, and the decisions made so far."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explorer.duplicates.keep_rules import DEFAULT_RULES, RULES_BY_NAME
from explorer.duplicates.keeper import keeper_rules, set_keeper_rules
from explorer.library.decision_store import DecisionKind, decisions, withdraw_all
from explorer.library.paths import printable
from explorer.library.protected_folder_store import (
    protect_folder,
    protected_folders,
    unprotect_folder,
)
from explorer.text_format import count
from explorer.ui import resources
from explorer.ui.library_page import folder_choices


@st.dialog("What is kept", width="large", on_dismiss="rerun")
def rules_dialog() -> None:
    """The protected folders, the rules, to be ordered, and what was decided."""
    _protection()
    rules = list(keeper_rules(resources.library().catalog))
    st.markdown(
        "**Rules.** They choose among files of which any may be kept without loss. The first that tells two apart decides; the next is"
        " asked only where they are equal. Whatever they say, a copy is never kept before its original."
    )
    for at, name in enumerate(rules):
        with st.container(horizontal=True, vertical_alignment="center", key=f"rule-{name}"):
            st.markdown(f"{at + 1}\\. {RULES_BY_NAME[name].label}", width="stretch")
            moves = (
                (":material/arrow_upward:", "Move up", at - 1),
                (":material/arrow_downward:", "Move down", at + 1),
            )
            for icon, label, to in moves:
                if st.button(
                    label, icon=icon, key=f"{label}-{name}", disabled=not 0 <= to < len(rules)
                ):
                    rules[at], rules[to] = rules[to], rules[at]
                    _set_rules(rules)
            if st.button(
                "Leave out", icon=":material/close:", key=f"drop-{name}", disabled=len(rules) == 1
            ):
                _set_rules([each for each in rules if each != name])
    unused = [name for name in RULES_BY_NAME if name not in rules]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if unused:
            added = st.selectbox(
                "Add a rule",
                unused,
                index=None,
                format_func=lambda name: RULES_BY_NAME[name].label,
                key=f"add-rule-{len(rules)}",
            )
            if added:
                _set_rules([*rules, added])
        if tuple(rules) != DEFAULT_RULES and st.button(
            "As it was at first", icon=":material/restart_alt:"
        ):
            _set_rules(DEFAULT_RULES)
    _decisions()


def _set_rules(rules: Sequence[str]) -> None:
    set_keeper_rules(resources.library().catalog, rules)
    st.rerun(scope="fragment")


def _protection() -> None:
    catalog = resources.library().catalog
    st.markdown("**Protected folders.** Nothing is ever removed from them or below them.")
    protected = protected_folders(catalog)
    for folder in protected:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"`{printable(folder).replace('`', chr(39))}`", width="stretch")
            if st.button("Protect no more", icon=":material/close:", key=f"unprotect-{folder}"):
                unprotect_folder(catalog, folder)
                st.rerun(scope="fragment")
    known = [folder for folder in folder_choices.choices() if folder not in protected]
    chosen = st.selectbox(
        "Protect a folder",
        known,
        index=None,
        format_func=printable,
        key=f"protect-{len(protected)}",
    )
    if chosen and chosen not in protected:
        protect_folder(catalog, chosen)
        st.rerun(scope="fragment")


_DECIDED: tuple[tuple[DecisionKind, str], ...] = (
    ("apart", "Not duplicates"),
    ("keep", "Keep all"),
    ("later", "Later"),
)


def _decisions() -> None:
    """What was decided so far, to be forgotten by kind."""
    catalog = resources.library().catalog
    made = [decision.kind for decision in decisions(catalog)]
    if not made:
        return
    st.markdown("**Decisions.** They hold for the photos' contents, wherever the files lie.")
    for kind, label in _DECIDED:
        if kind in made:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"{label}: {count(made.count(kind), 'group')}", width="stretch")
                if st.button(
                    "Forget",
                    icon=":material/undo:",
                    key=f"forget-{kind}",
                    help="These groups are offered again",
                ):
                    withdraw_all(catalog, kind)
                    st.rerun(scope="fragment")
