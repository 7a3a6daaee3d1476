"""Dialogs around removal: what would go, carrying it out, what went and how to bring it back, and
the rules. Other pages use them, too."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from explorer.duplicates.keeper import DEFAULT_RULES, RULES_BY_NAME, keeper_rules, set_keeper_rules
from explorer.errors import ExplorerError
from explorer.library.decision_store import (
    Kind,
    decisions,
    protect,
    protected_folders,
    unprotect,
    withdraw_all,
)
from explorer.library.paths import printable
from explorer.removal.plan import as_csv, as_json
from explorer.removal.remove import dry_run, remove
from explorer.removal.removed_files import removal_time
from explorer.removal.results import TRASH, Removal, RemovalOutcome, companions_in_words
from explorer.removal.trash import is_supported
from explorer.removal.undo import history, undo
from explorer.text_format import count, size
from explorer.ui import resources
from explorer.ui.auto_refresh import DIALOG
from explorer.ui.library_page import folder_choices

_SHOWN = 1000


def removal_dialog(removals: Sequence[Removal], done: Callable[[], None] = lambda: None) -> None:
    """Show what these removals would do, and do it when the person says so. done: called after
    something was removed."""
    st.session_state.pop("_outcome", None)
    st.session_state[DIALOG] = True
    _removal(list(removals), done)


@st.dialog("Remove photos", width="large", on_dismiss="rerun")
def _removal(removals: list[Removal], done: Callable[[], None]) -> None:
    outcome: RemovalOutcome | None = st.session_state.get("_outcome")
    if outcome is not None:
        _tell(outcome)
        return
    alone = [removal for removal in removals if removal.keeper is None]
    kept = (
        ""
        if alone
        else " For each, another file is kept; both are read and compared with the library once more before anything moves."
    )
    along = sum(len(removal.companions) for removal in removals)
    more = f", with {companions_in_words(along)}," if along else ","
    st.markdown(
        f"**{count(len(removals), 'file')}**{more} {size(sum(removal.total_bytes for removal in removals))}.{kept}"
    )
    height: Any = 260 if len(removals) > 6 else "content"
    st.dataframe(_rows(removals[:_SHOWN]), hide_index=True, width="stretch", height=height)
    if len(removals) > _SHOWN:
        st.caption(f"The first {_SHOWN:,} are shown; the plan has them all.")
    with st.container(horizontal=True):
        st.download_button(
            "Plan as CSV",
            lambda: as_csv(removals).encode(),
            "removal-plan.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            "Plan as JSON",
            lambda: as_json(removals).encode(),
            "removal-plan.json",
            "application/json",
            icon=":material/download:",
            on_click="ignore",
        )
    unread = sum(removal.tier == "unreadable" for removal in removals)
    if unread:
        st.warning(
            f"{count(unread, 'file')} could not be read as a photo, so no other copy is known: it may be the only one.",
            icon=":material/warning:",
        )  # fmt: skip
    to = _destination()
    sidecars = (
        bool(removals)
        and len(alone) < len(removals)
        and st.checkbox(
            "Copy date, place, rating and keywords that the kept photo lacks to a file beside it (.xmp)",
            key="remove-sidecars",
        )
    )
    sure = not alone or st.checkbox(
        f"Yes, remove {count(len(alone), 'file')} for which no other is kept", key="remove-alone"
    )
    check = st.container()
    with st.container(horizontal=True):
        if st.button(
            "Check again",
            icon=":material/fact_check:",
            help="Read every file and its keeper; move nothing",
            disabled=to is None,
        ):
            _checked(removals, to or TRASH, bool(alone), check)
        if st.button(
            f"Remove {count(len(removals), 'file')}",
            type="primary",
            icon=":material/delete:",
            disabled=to is None or not sure or not removals,
        ):
            _carry_out(removals, to or TRASH, bool(alone), sidecars, done)


def _rows(removals: Sequence[Removal]) -> list[dict[str, str]]:
    """The table of what is to go, without columns in which nothing would stand."""
    rows = [_row(removal) for removal in removals]
    return [
        {title: text for title, text in row.items() if any(each[title] for each in rows)}
        for row in rows
    ]


def _row(removal: Removal) -> dict[str, str]:
    folder, name = os.path.split(printable(removal.path))
    kept = printable(removal.keeper) if removal.keeper else "none"
    along = ", ".join(
        f"{printable(os.path.basename(each.path))} ({size(each.bytes)})"
        for each in removal.companions
    )
    return {
        "File": name,
        "Folder": folder,
        "Kept": kept,
        "Size": size(removal.bytes),
        "Contents": ", ".join(removal.holds),
        "Goes with it": along,
    }


def _destination() -> str | None:
    """Where removed files go; None while no folder was named."""
    name = "The system's trash" if is_supported() else "A folder of this program on the same drive"
    where = st.radio("To", [name, "A folder"], horizontal=True, key="remove-to")
    if where == name:
        return TRASH
    typed = st.text_input(
        "Folder", placeholder=str(Path.home() / "Removed photos"), key="remove-folder"
    ).strip()
    return os.path.abspath(Path(typed).expanduser()) if typed else None


def _checked(
    removals: list[Removal], to: str, alone: bool, at: st.delta_generator.DeltaGenerator
) -> None:
    bar = at.progress(0.0, "Reading…")
    try:
        outcome = dry_run(
            resources.library(),
            removals,
            to,
            without_keeper=alone,
            tick=lambda n, of: _progress(bar, n, of, "Reading"),
        )
    except ExplorerError as error:
        bar.empty()
        at.error(str(error), icon=":material/error:")
        return
    bar.empty()
    with at:
        if outcome.kept:
            st.warning(f"{count(len(outcome.kept), 'file')} would stay.", icon=":material/shield:")
            _reasons(outcome)
        else:
            along = (
                f" with {companions_in_words(outcome.companion_count)}"
                if outcome.companion_count
                else ""
            )
            st.success(
                f"All {len(removals):,} can go{along}, and everything kept is in its place.",
                icon=":material/check:",
            )


def _progress(bar: st.delta_generator.DeltaGenerator, number: int, of: int, what: str) -> None:
    bar.progress(number / max(1, of), f"{what} {number + 1:,} of {of:,}")


def _carry_out(
    removals: list[Removal], to: str, alone: bool, sidecars: bool, done: Callable[[], None]
) -> None:
    bar = st.progress(0.0, "Removing…")
    try:
        outcome = remove(
            resources.library(), removals, to, without_keeper=alone, sidecars=sidecars,
            tick=lambda number, of: _progress(bar, number, of, "Removing"),
        )  # fmt: skip
    except ExplorerError as error:
        bar.empty()
        st.error(str(error), icon=":material/error:")
        return
    st.session_state["_outcome"] = outcome
    done()
    st.rerun(scope="fragment")


def _tell(outcome: RemovalOutcome) -> None:
    if outcome.removed:
        along = (
            f", with {companions_in_words(outcome.companion_count)}"
            if outcome.companion_count
            else ""
        )
        st.success(
            f"{count(len(outcome.removed), 'file')} removed{along}, {size(outcome.freed)}.",
            icon=":material/check:",
        )
        st.caption(
            "Space is free once the trash is emptied. Until then everything can be brought back."
        )
    if outcome.kept:
        st.warning(
            f"{count(len(outcome.kept), 'file')} stayed where they are.", icon=":material/shield:"
        )
        _reasons(outcome)
    with st.container(horizontal=True):
        if st.button("Done", type="primary"):
            st.rerun()
        if outcome.run and outcome.removed and st.button("Undo", icon=":material/undo:"):
            bring_back(outcome.run)
            st.rerun()


def _reasons(outcome: RemovalOutcome) -> None:
    st.dataframe(
        [
            {"File": printable(result.removal.path), "Why": result.reason}
            for result in outcome.kept[:_SHOWN]
        ],
        hide_index=True,
        width="stretch",
    )


def bring_back(run: str) -> None:
    """Undo a removal, and have the page tell what came of it."""
    try:
        with st.spinner("Bringing the photos back…"):
            _, restored = undo(resources.library(), run)
    except ExplorerError as error:
        st.session_state["_told"] = (str(error), [])
        return
    lost = [each for each in restored if each.back is None]
    text = f"{count(len(restored) - len(lost), 'file')} brought back."
    text += f" {count(len(lost), 'file')} could not be." if lost else ""
    st.session_state["_told"] = (text, [(each.path, each.note) for each in restored if each.note])


def told() -> None:
    """What the last undo said, once. Called as a page begins to be drawn, when no dialog is left
    open."""
    st.session_state.pop(DIALOG, None)
    text, notes = st.session_state.pop("_told", ("", []))
    if text:
        st.success(text, icon=":material/undo:")
    if notes:
        st.dataframe(
            [{"File": printable(path), "Note": note} for path, note in notes],
            hide_index=True,
            width="stretch",
        )


@st.dialog("Removed photos", width="large", on_dismiss="rerun")
def history_dialog() -> None:
    """Every removal, the latest first, each with its undo."""
    runs = history(resources.library())
    if not runs:
        st.info("Nothing has been removed yet.", icon=":material/info:")
    for run in runs[:50]:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            where = "the trash" if run.where == TRASH else printable(run.where)
            away = len(run.away)
            state = f"{count(away)} still there" if away else "all brought back"
            st.markdown(
                f"**{removal_time(run.at)}** · {count(len(run.entries), 'file')} to {where.replace('`', '')} · {state}",
                width="stretch",
            )
            if away and st.button("Undo", icon=":material/undo:", key=f"undo-{run.id}"):
                bring_back(run.id)
                st.rerun()
    if len(runs) > 50:
        st.caption(f"{len(runs) - 50:,} older ones: `python run.py undo --list`")


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
                unprotect(catalog, folder)
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
        protect(catalog, chosen)
        st.rerun(scope="fragment")


_DECIDED: tuple[tuple[Kind, str], ...] = (
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
