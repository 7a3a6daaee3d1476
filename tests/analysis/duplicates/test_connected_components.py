from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from explorer.analysis.duplicates.connected_components import component_of, connected_components

edges = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=20)


def graph_of(pairs: list[tuple[int, int]]) -> dict[int, set[int]]:
    graph: dict[int, set[int]] = {}
    for a, b in pairs:
        graph.setdefault(a, set()).add(b)
        graph.setdefault(b, set()).add(a)
    return graph


def test_components_come_in_the_order_of_their_first_nodes() -> None:
    graph = graph_of([(5, 6), (1, 2), (2, 3), (6, 9), (7, 7)])
    assert connected_components(graph) == [{5, 6, 9}, {1, 2, 3}, {7}]
    assert connected_components({}) == []


def test_a_node_without_neighbors_is_its_own_component() -> None:
    assert component_of(4, lambda node: ()) == {4}


@given(edges)
def test_every_node_is_in_one_component_with_all_of_its_neighbors(
    pairs: list[tuple[int, int]],
) -> None:
    graph = graph_of(pairs)
    components = connected_components(graph)
    assert sorted(node for members in components for node in members) == sorted(graph)
    for members in components:
        for node in members:
            assert graph[node] <= members
            assert component_of(node, graph.__getitem__) == members
