"""The dialog for the keep rules, the protected folders, and the decisions made so far."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import streamlit as st

from explorer.duplicates.keep_rules import DEFAULT_RULES, RULES_BY_NAME
from explorer.duplicates.keeper import keep_rules, set_keep_rules
from explorer.library.paths import printable
from explorer.library.stores.decision_store import DecisionKind, decisions, withdraw_all
from explorer.library.stores.protected_folder_store import (
    protect_folder,
    protected_folders,
    unprotect_folder,
)
from explorer.ui import resources
from explorer.ui.change_errors import attempting
from explorer.ui.library_page import folder_choices
from explorer.ui.localized import count

_DECISION_LABELS: tuple[tuple[DecisionKind, str], ...] = (
    ("apart", "Not duplicates"),
    ("keep", "Keep all"),
    ("later", "Later"),
)


@st.dialog("Keep rules", width="large", on_dismiss="rerun")
def keep_rules_dialog() -> None:
    """Draw the protected folders, the rules in their order, and the decisions."""
    _protected_folders()
    rules = list(keep_rules(resources.library().catalog))
    st.markdown(
        "**Rules.** When several files of a group could be kept without losing anything, these"
        " rules choose. The first rule on which two files differ decides; the next one is"
        " used only to break a tie. A copy is never kept in place of its original, whatever the"
        " rules say."
    )
    for index, name in enumerate(rules):
        _rule(rules, index, name)
    unused = [name for name in RULES_BY_NAME if name not in rules]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if unused:
            key = f"add-rule-{len(rules)}"
            st.selectbox(
                "Add a rule",
                unused,
                index=None,
                format_func=lambda name: RULES_BY_NAME[name].label,
                key=key,
                on_change=attempting(_add_rule, key),
            )
        if tuple(rules) != DEFAULT_RULES:
            st.button(
                "Reset to default",
                icon=":material/restart_alt:",
                on_click=attempting(set_keep_rules, resources.library().catalog, DEFAULT_RULES),
            )
    _decisions()


def _rule(rules: list[str], index: int, name: str) -> None:
    """Draw one rule, with buttons to move or turn off the rule."""
    with _line(f"{index + 1}\\. {RULES_BY_NAME[name].label}", key=f"rule-{name}"):
        moves = (
            (":material/arrow_upward:", "Move up", index - 1),
            (":material/arrow_downward:", "Move down", index + 1),
        )
        for icon, label, target in moves:
            st.button(
                label,
                icon=icon,
                key=f"{label}-{name}",
                disabled=not 0 <= target < len(rules),
                on_click=attempting(_move, name, target - index),
            )
        st.button(
            "Turn off",
            icon=":material/close:",
            key=f"drop-{name}",
            disabled=len(rules) == 1,
            on_click=attempting(_turn_off, name),
        )


@contextlib.contextmanager
def _line(text: str, key: str | None = None) -> Iterator[None]:
    """Draw a line of text; what is drawn in the block stands at its right."""
    with st.container(horizontal=True, vertical_alignment="center", key=key):
        st.markdown(text, width="stretch")
        yield


def _move(name: str, places: int) -> None:
    """Move a rule down, or up by a negative number of places."""
    catalog = resources.library().catalog
    rules = list(keep_rules(catalog))
    if name in rules:
        target = max(0, rules.index(name) + places)
        rules.remove(name)
        set_keep_rules(catalog, [*rules[:target], name, *rules[target:]])


def _turn_off(name: str) -> None:
    catalog = resources.library().catalog
    # A second click on the last rule but one must not leave none.
    if rules := [each for each in keep_rules(catalog) if each != name]:
        set_keep_rules(catalog, rules)


def _add_rule(key: str) -> None:
    catalog, added = resources.library().catalog, st.session_state[key]
    rules = keep_rules(catalog)
    if added and added not in rules:
        set_keep_rules(catalog, [*rules, added])


def _protected_folders() -> None:
    catalog = resources.library().catalog
    st.markdown(
        "**Protected folders.** Nothing is ever removed from these folders or their subfolders."
    )
    protected = protected_folders(catalog)
    for folder in protected:
        with _line(f"`{printable(folder).replace('`', chr(39))}`"):
            st.button(
                "Stop protecting",
                icon=":material/close:",
                key=f"unprotect-{folder}",
                on_click=attempting(unprotect_folder, catalog, folder),
            )
    unprotected = [folder for folder in folder_choices.choices() if folder not in protected]
    key = f"protect-{len(protected)}"
    st.selectbox(
        "Protect a folder",
        unprotected,
        index=None,
        format_func=printable,
        key=key,
        on_change=attempting(_protect, key),
    )


def _protect(key: str) -> None:
    if chosen := st.session_state[key]:
        protect_folder(resources.library().catalog, chosen)


def _decisions() -> None:
    """Draw the number of decisions of each kind, each with a button to forget them."""
    catalog = resources.library().catalog
    kinds = [decision.kind for decision in decisions(catalog)]
    if not kinds:
        return
    st.markdown(
        "**Decisions.** They apply to the photos' contents, so moving or renaming a file does not"
        " change them."
    )
    for kind, label in _DECISION_LABELS:
        if kind in kinds:
            with _line(f"{label}: {count(kinds.count(kind), 'group')}"):
                st.button(
                    "Forget",
                    icon=":material/undo:",
                    key=f"forget-{kind}",
                    help="Show these groups for review again",
                    on_click=attempting(withdraw_all, catalog, kind),
                )
