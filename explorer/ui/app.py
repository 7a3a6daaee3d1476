"""The script that Streamlit runs for every page: the navigation and the parts that all pages
share."""

from __future__ import annotations

import streamlit as st

from explorer import __version__
from explorer.config import APP_FILES
from explorer.errors import ExplorerError
from explorer.ui import first_page, resources
from explorer.ui.app_frame import app_frame
from explorer.ui.concepts import concept_dialog
from explorer.ui.photo_edits.album_dialog import add_if_requested
from explorer.ui.photo_edits.edit_dialog import edit_if_requested
from explorer.ui.photo_edits.last_edit import last_edit_line
from explorer.ui.photo_edits.sidecar_dialog import write_if_requested
from explorer.ui.photo_labels import escape_markdown
from explorer.ui.removal_dialogs.removal_history import show_undo_notes
from explorer.ui.removal_dialogs.removal_request import review_if_requested
from explorer.ui.search_page import search_state
from explorer.ui.static_files import STATIC
from explorer.ui.status_line import status_line

st.set_page_config(
    page_title="Photo Explorer",
    page_icon=STATIC / "icon.png",
    layout="wide",
    menu_items={"About": f"**Photo Explorer** {__version__}. Your photos stay on this computer."},
)

search = st.Page(
    APP_FILES / "pages" / "search.py", title="Search", icon=":material/search:", default=True
)
duplicates = st.Page(
    APP_FILES / "pages" / "duplicates.py", title="Duplicates", icon=":material/content_copy:"
)
anomalies = st.Page(
    APP_FILES / "pages" / "anomalies.py", title="Anomalies", icon=":material/troubleshoot:"
)
compare = st.Page(
    APP_FILES / "pages" / "compare.py", title="Compare models", icon=":material/compare:"
)
places = st.Page(APP_FILES / "pages" / "places.py", title="Places", icon=":material/map:")
browse = st.Page(APP_FILES / "pages" / "browse.py", title="Browse", icon=":material/account_tree:")
photo_map = st.Page(APP_FILES / "pages" / "map.py", title="Map", icon=":material/bubble_chart:")
library = st.Page(APP_FILES / "pages" / "library.py", title="Library", icon=":material/folder:")
albums = st.Page(APP_FILES / "pages" / "albums.py", title="Albums", icon=":material/photo_album:")
page = st.navigation(
    [search, browse, albums, places, photo_map, duplicates, anomalies, compare, library],
    position="top",
)
search_state.follow_open_search()
came_from = st.session_state.get("_page", page.url_path)
st.session_state["_page"] = page.url_path
if page == search and came_from != page.url_path:
    search_state.restore()
app_frame()
try:
    resources.library()
except ExplorerError as error:
    st.error(escape_markdown(str(error)), icon=":material/error:")
    st.stop()
# The Library page shows the same in more detail.
if page != library:
    status_line()
last_edit_line()
show_undo_notes()
page.run()
first_page.mark_drawn()
# One dialog at a time.
if not (edit_if_requested() or add_if_requested() or write_if_requested() or review_if_requested()):
    concept_dialog.open_if_requested()
