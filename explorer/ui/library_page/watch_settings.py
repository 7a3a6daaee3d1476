"""The Library page's part about watching: driving the indexer, what is left out of a folder, and
files that vanished."""

from __future__ import annotations

import streamlit as st

from explorer.errors import UsageError
from explorer.indexing import worker_client
from explorer.indexing.throttle import PACE_SETTING, current_pace
from explorer.library.catalog import Catalog
from explorer.library.command_store import send_command
from explorer.library.rows import RootRow, WorkerRow
from explorer.library.setting_store import put_setting
from explorer.library.system_folders import around_folder
from explorer.scanning.drive_timeouts import offline_reason
from explorer.text_format import count
from explorer.ui.photo_labels import plain


def controls(catalog: Catalog, worker: WorkerRow | None) -> None:
    """Buttons that pause, resume and stop the indexer, and how fast it goes."""
    if worker is None or not worker["alive"]:
        return
    resting = worker["phase"] in ("paused", "off")
    label, icon = ("Resume", ":material/play_arrow:") if resting else ("Pause", ":material/pause:")
    if st.button(label, icon=icon, key="pause"):
        send_command(catalog, "resume" if resting else "pause")
    off = worker["phase"] == "off"
    if st.button(
        "Stop",
        icon=":material/stop:",
        key="stop",
        disabled=off,
        help="Lets go of the library until you resume.",
    ):
        send_command(catalog, "stop")
    slower = current_pace(catalog) == "gentle"
    wanted = st.toggle(
        "Slower",
        value=slower,
        key="pace",
        help="Indexes a third of the time, so that the computer stays cool and quiet.",
    )
    if wanted != slower:
        put_setting(catalog, PACE_SETTING, "gentle" if wanted else "full")


def notes(root: RootRow) -> str:
    """What a person should know of a folder besides how much is in it."""
    said = []
    if root["state"] == "offline":
        said.append(f"**{offline_reason(root['problem'])}**; its photos stay searchable")
    elif root["away"]:
        said.append(f"**{count(root['away'], 'file')} are away**; they stay searchable")
    if root["left_out"]:
        said.append(f"{count(root['left_out'], 'file')} left out")
    if store := around_folder(root["path"]):
        said.append(
            plain(
                f"it lies in {store}: its photos can be searched, but none is kept for another one or removed"
            )
        )
    said += [
        plain(text)
        for text in (root["watching"], root["problem"])
        if text and root["state"] == "online"
    ]
    return "".join(f" · {each}" for each in said)


def question(catalog: Catalog, root: RootRow) -> None:
    """Files that are not there: gone, or coming back? Asked when many vanished at once; later there
    is just a way to let go of them."""
    key, path = root["id"], root["path"]
    if root["asking"]:
        st.warning(
            f"{count(root['asking'], 'file')} vanished from this folder at once. Are they gone for good, or are they coming back,"
            " because a drive is unplugged or somebody is moving them? Until you say so they stay in the library.",
            icon=":material/help:",
        )
    if not root["away"] or (
        root["state"] == "offline"
        and not root["asking"]
        and not st.session_state.get(f"away-{key}")
    ):
        if (
            root["state"] == "offline"
            and root["photos"]
            and st.button("They are gone…", icon=":material/link_off:", key=f"away-ask-{key}")
        ):
            st.session_state[f"away-{key}"] = True
            st.rerun()
        return
    if root["state"] == "offline" and not root["asking"]:
        st.warning(
            f"Let go of the {count(root['away'], 'photo file')} of this folder? Should they come back within 90 days, all that is known of"
            " them comes back, too.",
            icon=":material/help:",
        )
    with st.container(horizontal=True):
        if st.button(
            "They are gone: forget them",
            key=f"forget-{key}",
            type="primary" if root["asking"] else "secondary",
        ):
            send_command(catalog, "forget", path)
            st.session_state.pop(f"away-{key}", None)
            st.toast("They leave the library.")
        if root["asking"] and st.button("They come back: keep them", key=f"keep-away-{key}"):
            send_command(catalog, "keep", path)
            st.toast("They are kept.")


def left_out(catalog: Catalog, root: RootRow) -> None:
    """Which files and folders are left out of a root: read and changed."""
    label = (
        f"Left out: {', '.join(root['exclude'])}"
        if root["exclude"]
        else "Leave out files or folders…"
    )
    with (
        st.expander(plain(label), icon=":material/filter_alt:"),
        st.form(f"exclude-{root['id']}", border=False),
    ):
        typed = st.text_area(
            "One pattern a line: `*.png` leaves out files of that name, `Screenshots/` folders of that name, `/2019/raw` only that folder"
            " of this one; `!` takes back what a line above left out.",
            value="\n".join(root["exclude"]),
            key=f"globs-{root['id']}",
            placeholder="Screenshots/",
        )
        st.caption(
            "Hidden and system folders are left out anyway, and so is what a file `.photoexplorerignore` in the folder names."
        )
        if st.form_submit_button("Save", icon=":material/check:"):
            try:
                worker_client.exclude(catalog, root["path"], typed.splitlines())
            except UsageError as error:
                st.error(plain(str(error)), icon=":material/error:")
            else:
                st.toast("The folder is looked through again.", icon=":material/sync:")
