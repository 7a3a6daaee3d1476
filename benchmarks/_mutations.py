"""Mutations: small wrong changes to the source of one module, derived from its syntax tree.

Parts that cannot change the behavior are not mutated: docstrings, type annotations,
`TYPE_CHECKING` blocks, `__slots__`, decorators, the texts of messages and errors, and lines with
the comment `# no mutant: REASON`.
"""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from benchmarks import _mutation_operators as expressions
from benchmarks import _mutation_statements as statements
from benchmarks._mutation_operators import Edit, does_nothing, no_edits


class Mutation(NamedTuple):
    """One wrong change. line: its number, from 1. change: a short description. source: that of the
    changed module."""

    line: int
    change: str
    source: str


_STATIC_FIELDS = frozenset({"annotation", "returns", "decorator_list", "type_comment", "bases"})
_PRAGMA = re.compile(r"#\s*no mutant:\s*\S")


def mutations(source: str, number: int | None = None, seed: int = 0) -> list[Mutation]:
    """Mutations of a module's source, in the order of lines. All compile, and no two are equal to
    each other or to the original.

    number: their maximum number, of which a random sample is drawn with `seed`; None: all.
    """
    tree, lines = ast.parse(source), source.splitlines()
    found, known = list[Mutation](), {ast.dump(tree)}
    edits = [edit for edit in _edits(tree) if not _PRAGMA.search(lines[edit.node.lineno - 1])]
    if number is not None:
        random.Random(seed).shuffle(edits)
    for edit in edits:
        if len(found) == number:
            break
        changed = _replaced(source, edit)
        try:
            dumped = ast.dump(ast.parse(changed))
            compile(changed, "mutant", "exec")
        except (SyntaxError, ValueError):
            # Operators do not know the context of a node, so a replacement may be invalid there.
            continue
        if dumped not in known:
            known.add(dumped)
            found.append(Mutation(edit.node.lineno, edit.change, changed))
    return sorted(found, key=lambda mutation: mutation.line)


def _replaced(source: str, edit: Edit) -> str:
    rows = source.encode().splitlines(keepends=True)
    node = edit.node
    assert node.end_lineno is not None and node.end_col_offset is not None
    before = b"".join(rows[: node.lineno - 1]) + rows[node.lineno - 1][: node.col_offset]
    after = rows[node.end_lineno - 1][node.end_col_offset :] + b"".join(rows[node.end_lineno :])
    return (before + edit.text.encode() + after).decode()


def _edits(node: ast.AST) -> Iterator[Edit]:
    """The edits of a node and its descendants, except in subtrees without an effect at run time."""
    if does_nothing(node):
        return
    yield from _OPERATORS.get(type(node), no_edits)(node)
    for name, value in ast.iter_fields(node):
        if name in _STATIC_FIELDS or (isinstance(node, ast.Raise) and name == "exc"):
            continue
        for child in value if isinstance(value, list) else [value]:
            # In Python 3.11, the literal parts of an f-string have the position of the whole.
            if isinstance(child, ast.AST) and not (
                isinstance(node, ast.JoinedStr) and isinstance(child, ast.Constant)
            ):
                yield from _edits(child)


_OPERATORS: dict[type[ast.AST], Callable[..., Iterator[Edit]]] = {
    ast.Compare: expressions.compare_edits,
    ast.BoolOp: expressions.bool_op_edits,
    ast.UnaryOp: expressions.unary_edits,
    ast.If: statements.branch_edits,
    ast.IfExp: statements.branch_edits,
    ast.While: statements.branch_edits,
    ast.Expr: statements.expression_statement_edits,
    ast.Assign: statements.assignment_edits,
    ast.AugAssign: statements.assignment_edits,
    ast.ExceptHandler: statements.handler_edits,
    ast.Call: expressions.call_edits,
    ast.Constant: expressions.constant_edits,
    ast.JoinedStr: expressions.sql_edits,
    ast.BinOp: expressions.binary_edits,
    ast.Subscript: expressions.subscript_edits,
    ast.ListComp: expressions.comprehension_edits,
    ast.SetComp: expressions.comprehension_edits,
    ast.DictComp: expressions.comprehension_edits,
    ast.GeneratorExp: expressions.comprehension_edits,
    ast.FunctionDef: statements.function_edits,
    ast.With: statements.with_edits,
    ast.Continue: statements.statement_to("break"),
    ast.Break: statements.statement_to("continue"),
    ast.Raise: statements.statement_to("pass"),
}
