"""The help panel of the search box: what can be typed, with examples from this library."""

from __future__ import annotations

import streamlit as st

from explorer.search.example_searches import example_queries
from explorer.search.language.field_type import QueryField
from explorer.search.language.query_fields import FIELDS
from explorer.ui.photo_labels import escape_markdown
from explorer.ui.search_page import library_values, search_state

_WAYS = (
    ("two dogs on a beach", "Photos that look like this."),
    ("beach -people", "Subtract what you do not want to see."),
    ("2:snow mountain", "Give one part more weight than another."),
    ('"actransit"', "In quotes: words in the name, the title, the description or a keyword."),
    ("beach last summer", "Dates are understood: `in June`, `on weekends`, `4 June 2019`."),
    ("oldest photos of the dog", "An order, also `newest` and `largest`."),
    ("cat OR dog", "Either of them. Brackets group: `(cat OR dog) grass`."),
    ("-folder:work", "Any filter can be negated."),
)


def help_popover() -> None:
    """Draw the help button and the panel that it opens."""
    with st.popover("Help", icon=":material/help:", help="What you can type", key="query-help"):
        st.markdown("**What you can type**")
        st.markdown("\n".join(f"- {_code(example)} {meaning}" for example, meaning in _WAYS))
        examples = example_queries(library_values.frequent())
        if examples:
            st.markdown("**In this library**")
            with st.container(horizontal=True, gap="small", key="help-examples"):
                for number, example in enumerate(examples):
                    st.button(
                        escape_markdown(example),
                        key=f"help-example-{number}",
                        on_click=_search,
                        args=[example],
                    )
        st.markdown("**Filters**")
        with st.container(height=260, border=False):
            st.markdown(fields_table())


def _search(query: str) -> None:
    search_state.set_url(**{search_state.PHRASE: query})


def fields_table() -> str:
    """All fields as a table in Markdown."""
    rows = "\n".join(map(_row, FIELDS.values()))
    return f"| Example | What it finds |\n|---|---|\n{rows}"


def _row(field: QueryField) -> str:
    choices = f": {', '.join(field.choices)}" if field.choices else ""
    return f"| {_code(field.example)} | {escape_markdown(field.help + choices)} |"


def _code(text: str) -> str:
    """Format text as code for a table cell, which an unescaped bar would end."""
    return f"`{text.replace('|', chr(92) + '|')}`"
