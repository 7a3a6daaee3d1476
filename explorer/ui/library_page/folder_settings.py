"""Show the state, the excluded files and the missing files of a watched folder."""

from __future__ import annotations

import streamlit as st

from explorer.indexing import worker_client
from explorer.library.catalog import Catalog
from explorer.library.rows import RootRow
from explorer.library.stores.command_store import send_command
from explorer.library.system_folders import system_folder_of_folder
from explorer.scanning.drive_timeouts import offline_reason
from explorer.ui.change_errors import attempt, attempting
from explorer.ui.localized import count
from explorer.ui.photo_labels import escape_markdown
from explorer.ui.stored_values import follow_stored, last_stored, note_stored


def notes(root: RootRow) -> str:
    """Notes on a folder's state for its caption, as Markdown."""
    parts = []
    if root["state"] == "offline":
        parts.append(f"**{offline_reason(root['problem'])}**; its photos can still be searched")
    elif root["away"]:
        parts.append(f"**{count(root['away'], 'file')} missing**; they can still be searched")
    if root["left_out"]:
        parts.append(f"{count(root['left_out'], 'file')} excluded")
    if store := system_folder_of_folder(root["path"]):
        parts.append(
            escape_markdown(
                f"inside {store}: its photos can be searched, but are never removed or kept"
                " in place of another file"
            )
        )
    parts += [
        escape_markdown(text)
        for text in (root["watching"], root["problem"])
        if text and root["state"] == "online"
    ]
    return "".join(f" · {part}" for part in parts)


def missing_files(catalog: Catalog, root: RootRow) -> None:
    """If many files vanished at once, ask whether they are gone for good; otherwise, offer to
    forget missing files."""
    key, offline = root["id"], root["state"] == "offline"
    if root["asking"]:
        st.warning(
            f"{count(root['asking'], 'file')} disappeared from this folder at once. Are they gone"
            " for good, or will they come back, because a drive is unplugged or somebody is moving"
            " them? Until you decide, they stay in the library.",
            icon=":material/help:",
        )
    # Files on a disconnected drive are forgotten only after a second confirmation.
    unasked = offline and not root["asking"] and not st.session_state.get(f"away-{key}")
    if not root["away"] or unasked:
        if (
            offline
            and root["photos"]
            and st.button("They are gone…", icon=":material/link_off:", key=f"away-ask-{key}")
        ):
            st.session_state[f"away-{key}"] = True
            st.rerun()
        return
    if offline and not root["asking"]:
        st.warning(
            f"Forget the {count(root['away'], 'photo file')} of this folder? If they come back"
            " within 90 days, everything known about them is restored.",
            icon=":material/help:",
        )
    _forget_or_keep(catalog, root)


def _forget_or_keep(catalog: Catalog, root: RootRow) -> None:
    key, path = root["id"], root["path"]
    with st.container(horizontal=True):
        if st.button(
            "They are gone: forget them",
            key=f"forget-{key}",
            type="primary" if root["asking"] else "secondary",
        ) and attempt(send_command, catalog, "forget", path):
            st.session_state.pop(f"away-{key}", None)
            st.toast("They are being removed from the library.")
        if (
            root["asking"]
            and st.button("They will come back: keep them", key=f"keep-away-{key}")
            and attempt(send_command, catalog, "keep", path)
        ):
            st.toast("They are kept.")


def excluded_files(catalog: Catalog, root: RootRow) -> None:
    """Show and edit the patterns of files and folders to exclude."""
    label = (
        f"Excluded: {', '.join(root['exclude'])}"
        if root["exclude"]
        else "Exclude files or folders…"
    )
    key, stored = f"globs-{root['id']}", "\n".join(root["exclude"])
    if follow_stored(key, stored) and stored != st.session_state.get(f"_saved-{key}"):
        st.toast(
            "The patterns of what to exclude were changed in another window or by the command"
            " line.",
            icon=":material/filter_alt:",
        )
    with (
        st.expander(escape_markdown(label), icon=":material/filter_alt:"),
        st.form(f"exclude-{root['id']}", border=False),
    ):
        st.text_area(
            "One pattern per line: `*.png` excludes files of that name, `Screenshots/` folders of"
            " that name anywhere, and `/2019/raw` only that path in this folder. `!` includes again"
            " what a line above excludes.",
            key=key,
            placeholder="Screenshots/",
        )
        st.caption(
            "Hidden and system folders are always excluded, as is anything listed in a file named"
            " `.photoexplorerignore` in the folder."
        )
        st.form_submit_button(
            "Save", icon=":material/check:", on_click=attempting(_save, catalog, root, key)
        )


def _save(catalog: Catalog, root: RootRow, key: str) -> None:
    """Exclude what was typed. Raises UsageError for a pattern that cannot be parsed, and
    LibraryError."""
    typed = [line.strip() for line in str(st.session_state[key]).splitlines()]
    stored = next((each["exclude"] for each in catalog.roots() if each["id"] == root["id"]), [])
    # The patterns that the typed ones were made from: the saved ones, once they are stored.
    before = str(last_stored(key) or "").splitlines()
    if "\n".join(stored) == st.session_state.get(f"_saved-{key}"):
        before = stored
    wanted = merged_patterns(typed, before, stored)
    clean = worker_client.exclude(catalog, root["path"], wanted)
    note_stored(key, "\n".join(stored))
    st.session_state[f"_saved-{key}"] = "\n".join(clean)
    if wanted != typed:
        st.session_state[key] = "\n".join(clean)
    st.toast("The folder is being scanned again.", icon=":material/sync:")


def merged_patterns(typed: list[str], before: list[str], stored: list[str]) -> list[str]:
    """The typed patterns, with what another window or the command line has changed in the meantime.

    before: the patterns that the typed ones were made from. stored: those in the library now.
    """
    kept = [each for each in typed if each in stored or each not in before]
    return kept + [each for each in stored if each not in before and each not in typed]
