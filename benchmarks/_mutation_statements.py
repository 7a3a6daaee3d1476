"""Mutation operators for statements: branches, assignments, handlers, whole functions."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from benchmarks._mutation_operators import _ARITHMETIC, Edit, does_nothing

_CONSTANT_RESULTS = {
    "bool": ("True", "False"),
    "int": ("0",),
    "float": ("0.0",),
    "str": ("''",),
    "bytes": ("b''",),
    "None": ("",),
}


def branch_edits(node: ast.If | ast.IfExp | ast.While) -> Iterator[Edit]:
    yield Edit(node.test, "branch never taken", "False")
    if not isinstance(node, ast.While):
        yield Edit(node.test, "branch always taken", "True")
    if isinstance(node.test, ast.Name | ast.Attribute | ast.Call | ast.NamedExpr):
        yield Edit(node.test, "condition negated", f"(not ({ast.unparse(node.test)}))")


def expression_statement_edits(node: ast.Expr) -> Iterator[Edit]:
    if isinstance(node.value, ast.Call) and not does_nothing(node.value):
        yield Edit(node, f"call of {ast.unparse(node.value.func)} dropped", "pass")
    elif isinstance(node.value, ast.Yield | ast.YieldFrom) and node.value.value is not None:
        yield Edit(node, "yield of nothing", "yield from ()")


def assignment_edits(node: ast.Assign | ast.AugAssign) -> Iterator[Edit]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if isinstance(node, ast.AugAssign) or all(
        isinstance(target, ast.Attribute | ast.Subscript) for target in targets
    ):
        yield Edit(node, f"assignment to {ast.unparse(targets[0])} dropped", "pass")
    lists = isinstance(node.value, ast.List | ast.ListComp | ast.JoinedStr)
    if (
        isinstance(node, ast.AugAssign)
        and not lists
        and (operator := _ARITHMETIC.get(type(node.op))) is not None
    ):
        yield Edit(
            node,
            "arithmetic changed",
            ast.unparse(ast.AugAssign(node.target, operator(), node.value)),
        )


def statement_to(word: str) -> Callable[[ast.AST], Iterator[Edit]]:
    """An operator that replaces a statement by a keyword, such as `pass`."""

    def edits(node: ast.AST) -> Iterator[Edit]:
        assert isinstance(node, ast.stmt)
        yield Edit(node, f"{type(node).__name__.lower()} → {word}", word)

    return edits


def handler_edits(node: ast.ExceptHandler) -> Iterator[Edit]:
    if isinstance(node.type, ast.Tuple):
        for index, kind in enumerate(node.type.elts):
            rest = [*node.type.elts[:index], *node.type.elts[index + 1 :]]
            yield Edit(
                node.type,
                f"{ast.unparse(kind)} not caught",
                ast.unparse(ast.Tuple(rest, ast.Load())),
            )
    elif node.type is not None:
        yield Edit(node.type, f"{ast.unparse(node.type)} not caught", "()")


def function_edits(node: ast.FunctionDef) -> Iterator[Edit]:
    body = (
        node.body[1:]
        if isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant)
        else node.body
    )
    if (
        not body
        or node.returns is None
        or any(isinstance(each, ast.Yield | ast.YieldFrom) for each in ast.walk(node))
    ):
        return
    kind = ast.unparse(node.returns)
    results = _CONSTANT_RESULTS.get(kind, ("None",) if kind.endswith("| None") else ())
    if (
        kind.startswith(("list[", "dict[", "set[", "tuple["))
        and "| None" not in kind
        and not kind.startswith("tuple")
    ):
        results = (f"{kind[: kind.index('[')]}()",)
    first = body[0]
    for result in results:
        indent = " " * first.col_offset
        yield Edit(
            first,
            f"{node.name} returns {result or 'at once'}",
            f"return {result}\n{indent}{ast.unparse(first).splitlines()[0]}",
        )


def with_edits(node: ast.With) -> Iterator[Edit]:
    for item in node.items:
        if (
            item.optional_vars is None
            and "lock" not in ast.unparse(item.context_expr).lower()
            and "suppress" not in ast.unparse(item.context_expr)
        ):
            nothing = "__import__('contextlib').nullcontext()"
            yield Edit(item.context_expr, f"without {ast.unparse(item.context_expr)}", nothing)
