"""Mutation operators: small wrong changes to the source of one module, found through its syntax
tree.

What cannot change behaviour is left alone: docstrings, type annotations, `TYPE_CHECKING` blocks,
`__slots__`, decorators, the texts of messages and errors, and lines with the comment `# no mutant:
REASON`.
"""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from benchmarks._mutations_sql import looks_like_sql, sql_mutations


class Mutation(NamedTuple):
    """One wrong change. line: from 1. change: in words, short. source: the whole module with it."""

    line: int
    change: str
    source: str


class _Edit(NamedTuple):
    """Replace what a node covers."""

    node: ast.expr | ast.stmt | ast.ExceptHandler
    change: str
    text: str


_STATIC_FIELDS = frozenset({"annotation", "returns", "decorator_list", "type_comment", "bases"})
_PRAGMA = re.compile(r"#\s*no mutant:\s*\S")
# Calls that only tell a person or a log something.
_SAYING = re.compile(
    r"^(print|say|emit|warn|warnings\.warn|log(ger|ging)?\.\w+|_?log|parser\.\w+|\w+\.add_argument)$"
)
# Generic types, whose subscripts are annotations wherever they stand.
_GENERIC = frozenset(
    {
        "list",
        "dict",
        "set",
        "frozenset",
        "tuple",
        "type",
        "OrderedDict",
        "defaultdict",
        "deque",
        "Callable",
        "Literal",
        "NDArray",
    }
)
_BOUNDARY: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn,
    ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
_SWAPPED_NAMES = {
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "startswith": "endswith",
    "endswith": "startswith",
}
_DROPPED_METHODS = frozenset(
    {"lower", "upper", "casefold", "strip", "lstrip", "rstrip", "resolve", "absolute"}
)
_CONSTANT_RESULTS = {
    "bool": ("True", "False"),
    "int": ("0",),
    "float": ("0.0",),
    "str": ("''",),
    "bytes": ("b''",),
    "None": ("",),
}


def mutations(source: str, number: int | None = None, seed: int = 0) -> list[Mutation]:
    """Mutations of a module's source, each of which compiles and differs from it and from the
    others, in the order of lines.

    number: at most so many, drawn at random by `seed`; None gives all.
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
            # An operator does not know all places where a node can stand.
            continue
        if dumped not in known:
            known.add(dumped)
            found.append(Mutation(edit.node.lineno, edit.change, changed))
    return sorted(found, key=lambda mutation: mutation.line)


def _replaced(source: str, edit: _Edit) -> str:
    rows = source.encode().splitlines(keepends=True)
    node = edit.node
    assert node.end_lineno is not None and node.end_col_offset is not None
    before = b"".join(rows[: node.lineno - 1]) + rows[node.lineno - 1][: node.col_offset]
    after = rows[node.end_lineno - 1][node.end_col_offset :] + b"".join(rows[node.end_lineno :])
    return (before + edit.text.encode() + after).decode()


def _edits(node: ast.AST) -> Iterator[_Edit]:
    """The edits of a node and of all below it; subtrees that do nothing at run time are not
    entered."""
    if _does_nothing(node):
        return
    yield from _OPERATORS.get(type(node), _no_edits)(node)
    for name, value in ast.iter_fields(node):
        if name in _STATIC_FIELDS or (isinstance(node, ast.Raise) and name == "exc"):
            continue
        for child in value if isinstance(value, list) else [value]:
            # Python 3.11 gives the text between an f-string's insertions the place of the whole.
            if isinstance(child, ast.AST) and not (
                isinstance(node, ast.JoinedStr) and isinstance(child, ast.Constant)
            ):
                yield from _edits(child)


def _does_nothing(node: ast.AST) -> bool:
    match node:
        case (
            ast.Expr(value=ast.Constant())
            | ast.Import()
            | ast.ImportFrom()
            | ast.Assert()
            | ast.JoinedStr()
        ):
            return not isinstance(node, ast.JoinedStr) or not looks_like_sql(ast.unparse(node))
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name in ("__slots__", "__all__")
        case ast.Call(func=func):
            return bool(_SAYING.match(ast.unparse(func)))
        case ast.Subscript(value=base):
            return ast.unparse(base).rpartition(".")[2] in _GENERIC
    return False


def _no_edits(_: ast.AST) -> Iterator[_Edit]:
    return iter(())


def _with_operator(node: ast.Compare, index: int, operator: type[ast.cmpop]) -> str:
    return ast.unparse(
        ast.Compare(
            node.left, [*node.ops[:index], operator(), *node.ops[index + 1 :]], node.comparators
        )
    )


def _compare(node: ast.Compare) -> Iterator[_Edit]:
    for index, operator in enumerate(node.ops):
        if (boundary := _BOUNDARY.get(type(operator))) is not None:
            yield _Edit(node, "comparison's boundary moved", _with_operator(node, index, boundary))
        yield _Edit(
            node, "comparison turned round", _with_operator(node, index, _OPPOSITE[type(operator)])
        )


def _bool_op(node: ast.BoolOp) -> Iterator[_Edit]:
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield _Edit(node, "and ↔ or", f"({ast.unparse(ast.BoolOp(other, node.values))})")
    for index, value in enumerate(node.values):
        rest = [each for each in node.values if each is not value]
        left = rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
        yield _Edit(node, f"condition {index + 1} dropped", f"({ast.unparse(left)})")


def _unary(node: ast.UnaryOp) -> Iterator[_Edit]:
    if isinstance(node.op, ast.Not | ast.USub):
        yield _Edit(
            node,
            "not dropped" if isinstance(node.op, ast.Not) else "sign dropped",
            f"({ast.unparse(node.operand)})",
        )


def _branch(node: ast.If | ast.IfExp | ast.While) -> Iterator[_Edit]:
    yield _Edit(node.test, "branch never taken", "False")
    if not isinstance(node, ast.While):
        yield _Edit(node.test, "branch always taken", "True")
    if isinstance(node.test, ast.Name | ast.Attribute | ast.Call | ast.NamedExpr):
        yield _Edit(node.test, "condition turned round", f"(not ({ast.unparse(node.test)}))")


def _expression_statement(node: ast.Expr) -> Iterator[_Edit]:
    if isinstance(node.value, ast.Call) and not _does_nothing(node.value):
        yield _Edit(node, f"call of {ast.unparse(node.value.func)} dropped", "pass")
    elif isinstance(node.value, ast.Yield | ast.YieldFrom) and node.value.value is not None:
        yield _Edit(node, "yield of nothing", "yield from ()")


def _assignment(node: ast.Assign | ast.AugAssign) -> Iterator[_Edit]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if isinstance(node, ast.AugAssign) or all(
        isinstance(target, ast.Attribute | ast.Subscript) for target in targets
    ):
        yield _Edit(node, f"assignment to {ast.unparse(targets[0])} dropped", "pass")
    lists = isinstance(node.value, ast.List | ast.ListComp | ast.JoinedStr)
    if (
        isinstance(node, ast.AugAssign)
        and not lists
        and (operator := _ARITHMETIC.get(type(node.op))) is not None
    ):
        yield _Edit(
            node,
            "arithmetic changed",
            ast.unparse(ast.AugAssign(node.target, operator(), node.value)),
        )


def _statement_to(word: str) -> Callable[[ast.AST], Iterator[_Edit]]:
    def edits(node: ast.AST) -> Iterator[_Edit]:
        assert isinstance(node, ast.stmt)
        yield _Edit(node, f"{type(node).__name__.lower()} → {word}", word)

    return edits


def _handler(node: ast.ExceptHandler) -> Iterator[_Edit]:
    if isinstance(node.type, ast.Tuple):
        for index, kind in enumerate(node.type.elts):
            rest = [*node.type.elts[:index], *node.type.elts[index + 1 :]]
            yield _Edit(
                node.type,
                f"{ast.unparse(kind)} not caught",
                ast.unparse(ast.Tuple(rest, ast.Load())),
            )
    elif node.type is not None:
        yield _Edit(node.type, f"{ast.unparse(node.type)} not caught", "()")


def _call(node: ast.Call) -> Iterator[_Edit]:
    plain = not any(isinstance(argument, ast.Starred) for argument in node.args)
    for index in range(len(node.args) - 1) if plain else ():
        swapped = [
            *node.args[:index],
            node.args[index + 1],
            node.args[index],
            *node.args[index + 2 :],
        ]
        yield _Edit(
            node,
            f"arguments {index + 1} and {index + 2} swapped",
            ast.unparse(ast.Call(node.func, swapped, node.keywords)),
        )
    for keyword in node.keywords:
        if keyword.arg is not None:
            rest = [each for each in node.keywords if each is not keyword]
            yield _Edit(
                node,
                f"argument {keyword.arg} dropped",
                ast.unparse(ast.Call(node.func, node.args, rest)),
            )
    if ast.unparse(node.func) in ("suppress", "contextlib.suppress"):
        for kind in node.args:
            others = [each for each in node.args if each is not kind]
            yield _Edit(
                node,
                f"{ast.unparse(kind)} not caught",
                ast.unparse(ast.Call(node.func, others, [])),
            )
    name = (
        node.func.id
        if isinstance(node.func, ast.Name)
        else node.func.attr
        if isinstance(node.func, ast.Attribute)
        else ""
    )
    if (other := _SWAPPED_NAMES.get(name)) is not None:
        func = (
            ast.Name(other)
            if isinstance(node.func, ast.Name)
            else ast.Attribute(node.func.value, other)  # type: ignore[attr-defined]
        )
        yield _Edit(
            node, f"{name} → {other}", ast.unparse(ast.Call(func, node.args, node.keywords))
        )
    if name in _DROPPED_METHODS and isinstance(node.func, ast.Attribute):
        yield _Edit(node, f".{name}() dropped", f"({ast.unparse(node.func.value)})")


def _constant(node: ast.Constant) -> Iterator[_Edit]:
    value = node.value
    if isinstance(value, bool):
        yield _Edit(node, f"{value} → {not value}", str(not value))
    elif isinstance(value, int):
        changed = value + 1 if value <= 64 else value * 2
        yield _Edit(node, f"{value} → {changed}", str(changed))
    elif isinstance(value, float):
        changed_float = value * 2 if value else 1.0
        yield _Edit(node, f"{value} → {changed_float}", repr(changed_float))
    elif isinstance(value, str) and looks_like_sql(value):
        yield from _sql(node)


def _sql(node: ast.Constant | ast.JoinedStr) -> Iterator[_Edit]:
    for change, text in sql_mutations(ast.unparse(node)):
        yield _Edit(node, change, text)


def _binary(node: ast.BinOp) -> Iterator[_Edit]:
    textual = any(
        isinstance(side, ast.JoinedStr | ast.List) or isinstance(getattr(side, "value", 0), str)
        for side in (node.left, node.right)
    )
    if not textual and (operator := _ARITHMETIC.get(type(node.op))) is not None:
        yield _Edit(
            node,
            "arithmetic changed",
            f"({ast.unparse(ast.BinOp(node.left, operator(), node.right))})",
        )


def _subscript(node: ast.Subscript) -> Iterator[_Edit]:
    if isinstance(node.slice, ast.Slice):
        lower, upper, step = node.slice.lower, node.slice.upper, node.slice.step
        for name, cut in (
            ("start", ast.Slice(None, upper, step)),
            ("end", ast.Slice(lower, None, step)),
            ("step", ast.Slice(lower, upper)),
        ):
            yield _Edit(
                node, f"slice without its {name}", ast.unparse(ast.Subscript(node.value, cut))
            )


def _comprehension(
    node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp,
) -> Iterator[_Edit]:
    for generator in node.generators:
        for condition in generator.ifs:
            yield _Edit(condition, "condition of a comprehension dropped", "True")


def _function(node: ast.FunctionDef) -> Iterator[_Edit]:
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
        yield _Edit(
            first,
            f"{node.name} returns {result or 'at once'}",
            f"return {result}\n{indent}{ast.unparse(first).splitlines()[0]}",
        )


def _with(node: ast.With) -> Iterator[_Edit]:
    for item in node.items:
        if (
            item.optional_vars is None
            and "lock" not in ast.unparse(item.context_expr).lower()
            and "suppress" not in ast.unparse(item.context_expr)
        ):
            nothing = "__import__('contextlib').nullcontext()"
            yield _Edit(item.context_expr, f"without {ast.unparse(item.context_expr)}", nothing)


_OPERATORS: dict[type[ast.AST], Callable[..., Iterator[_Edit]]] = {
    ast.Compare: _compare, ast.BoolOp: _bool_op, ast.UnaryOp: _unary, ast.If: _branch,
    ast.IfExp: _branch, ast.While: _branch,
    ast.Expr: _expression_statement, ast.Assign: _assignment, ast.AugAssign: _assignment,
    ast.ExceptHandler: _handler, ast.Call: _call,
    ast.Constant: _constant, ast.JoinedStr: _sql, ast.BinOp: _binary, ast.Subscript: _subscript,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension, ast.DictComp: _comprehension, ast.GeneratorExp: _comprehension,
    ast.FunctionDef: _function,
    ast.With: _with, ast.Continue: _statement_to("break"), ast.Break: _statement_to("continue"),
    ast.Raise: _statement_to("pass"),
}  # fmt: skip
