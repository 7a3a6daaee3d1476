"""The state of the Browse page, which its URL holds: the tree that is shown (`by`), or the search
for the chosen group (`q`)."""

from __future__ import annotations

from typing import NamedTuple, get_args

import streamlit as st

from explorer.search.facets.facet_node import FacetNode, FacetTree, trail_to
from explorer.search.facets.folder_tree import FolderTree, folder_test, tested_folder
from explorer.search.language.parse_query import parse
from explorer.search.language.print_query import print_query
from explorer.search.language.query_parts import tests_of
from explorer.search.language.query_tree import Condition, FieldTest, NotTest, QueryTree
from explorer.search.language.syntax_error import QuerySyntaxError
from explorer.ui.library_facets import TreeName
from explorer.ui.search_page import search_state

BY = "by"
_TREES: dict[str, TreeName] = {
    "folder": "folders",
    "date": "dates",
    "camera": "cameras",
    "lens": "cameras",
}


class ChosenGroup(NamedTuple):
    """The group whose photos are shown."""

    trail: list[FacetNode]
    """The group and its ancestors, from the top down; empty if the group has no photos now."""
    subfolders: bool
    """Whether the photos in subfolders are included."""


def conditions() -> tuple[Condition, ...]:
    """The conditions of the search in the URL; none if it is not valid."""
    try:
        return tests_of(parse(st.query_params.get(search_state.PHRASE, "")).condition)
    except QuerySyntaxError:
        return ()


def tree_name() -> TreeName:
    """The tree to show: the one that the URL names, else that of the chosen group, else the
    folders."""
    wanted = st.query_params.get(BY)
    names: tuple[TreeName, ...] = get_args(TreeName)
    for name in names:
        if name == wanted:
            return name
    for test in conditions():
        inner = test.test if isinstance(test, NotTest) else test
        if isinstance(inner, FieldTest):
            field = inner.values[0].text if inner.field == "has" else inner.field
            return _TREES.get(field, "folders")
    return "folders"


def chosen(tree: FacetTree) -> ChosenGroup | None:
    """The chosen group; None if no group of this tree is chosen."""
    tests = conditions()
    if not tests:
        return None
    if isinstance(tree, FolderTree):
        tested = tested_folder(tests[0]) if len(tests) == 1 else None
        if tested is None:
            return None
        return ChosenGroup(tree.trail(tested[0]), tested[1])
    trail = trail_to(tree.top(), tests)
    return ChosenGroup(trail, True) if trail else None


def kept_options() -> dict[str, str]:
    """The parameters in the URL that determine how photos are sorted, grouped and stacked."""
    now = search_state.url_parameters()
    return {
        key: now[key]
        for key in (search_state.SORT, search_state.GROUP, search_state.STACK)
        if key in now
    }


def address_of(query: str, name: TreeName) -> dict[str, str]:
    """The URL parameters that show the photos of a group or, without a query, a whole tree."""
    return ({search_state.PHRASE: query} if query else {BY: name}) | kept_options()


def choose(query: str) -> None:
    """Show the photos of a group, as one step in the browser's history."""
    st.query_params.from_dict(address_of(query, tree_name()))


def choose_tree(name: TreeName) -> None:
    """Show another tree, with nothing chosen."""
    st.query_params.from_dict(address_of("", name))


def include_subfolders(include: bool) -> None:
    """Show the chosen folder with or without its subfolders, in the same order."""
    tests = conditions()
    tested = tested_folder(tests[0]) if len(tests) == 1 else None
    if tested is not None:
        test = folder_test(tested[0], subfolders=include)
        search_state.change_url(search_state.PHRASE, print_query(QueryTree(condition=test)))
