"""The entry point of Photo Explorer.

`python run.py FOLDER…` installs the packages on first use, then opens the app on these folders.
`python run.py --help` lists the other commands. `streamlit run run.py` serves the same app if the
packages are installed already.
"""

import sys

if __name__ == "__main__":
    from explorer.setup.bootstrap import prepare

    words = prepare(__file__, sys.argv[1:])  # type: ignore[no-untyped-call]
    from explorer.cli.run_and_exit import run_and_exit

    run_and_exit(words)

import streamlit as st

from explorer.ui.web_server.server import app_options

app = st.App("explorer/ui/app.py", **app_options())
