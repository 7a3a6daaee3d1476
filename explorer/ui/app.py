"""The script that Streamlit runs for every visit: the navigation, and what all pages have in
common."""

from __future__ import annotations

import streamlit as st

from explorer.config import APP_FILES, PACKAGE
from explorer.errors import ExplorerError
from explorer.ui import resources
from explorer.ui.connection import watch_connection
from explorer.ui.photo_labels import plain
from explorer.ui.status_line import status_line

st.set_page_config(
    page_title="Photo Explorer", page_icon=PACKAGE / "ui" / "static" / "icon.png", layout="wide"
)
st.html(PACKAGE / "ui" / "static" / "app.css")

search = st.Page(
    APP_FILES / "pages" / "search.py", title="Search", icon=":material/search:", default=True
)
duplicates = st.Page(
    APP_FILES / "pages" / "duplicates.py", title="Duplicates", icon=":material/content_copy:"
)
anomalies = st.Page(
    APP_FILES / "pages" / "anomalies.py", title="Anomalies", icon=":material/troubleshoot:"
)
library = st.Page(APP_FILES / "pages" / "library.py", title="Library", icon=":material/folder:")
page = st.navigation([search, duplicates, anomalies, library], position="top")
watch_connection()
try:
    resources.library()
except ExplorerError as error:
    st.error(plain(str(error)), icon=":material/error:")
    st.stop()
# The Library page says the same, and more.
if page != library:
    status_line()
page.run()
