"""Mutation operators for expressions: the small wrong changes that are possible at a node."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from benchmarks._mutations_sql import looks_like_sql, sql_mutations


class Edit(NamedTuple):
    """A replacement of a node's source. change: a description. text: the new source."""

    node: ast.expr | ast.stmt | ast.ExceptHandler
    change: str
    text: str


# Calls that only print messages or write to a log.
_INFORMING = re.compile(
    r"^(print|say|emit|warn|warnings\.warn|log(ger|ging)?\.\w+|_?log|parser\.\w+"
    r"|\w+\.add_argument)$"
)
# Generic types, whose subscripts are type annotations wherever they occur.
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
# Functions that do not depend on the order of their arguments.
_COMMUTATIVE = frozenset({"min", "max", "cv2.min", "cv2.max", "np.minimum", "np.maximum"})
# Functions that do not depend on the order of the two things that they compare: which arguments
# these are, by the index of the first.
_SYMMETRIC = {
    "_distinct": 0,
    "_distinct_inodes": 0,
    "_dot": 0,
    "_mean_product": 0,
    "_may_meet": 0,
    "_mirrored_distances": 0,
    "_same_folder": 0,
    "are_hard_links": 0,
    "compared_kind": 1,
    "hypot": 0,
    "is_one_stack": 0,
    "never_duplicates": 0,
    "same_directory_entry": 0,
    "samestat": 0,
}
_DROPPED_METHODS = frozenset(
    {"lower", "upper", "casefold", "strip", "lstrip", "rstrip", "resolve", "absolute"}
)


def does_nothing(node: ast.AST) -> bool:
    """Whether a node has no effect at run time, or only on messages."""
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
            return bool(_INFORMING.match(ast.unparse(func)))
        case ast.keyword(arg="repr"):
            return True
        case ast.Subscript(value=base):
            return ast.unparse(base).rpartition(".")[2] in _GENERIC
    return False


def no_edits(_: ast.AST) -> Iterator[Edit]:
    return iter(())


def _with_operator(node: ast.Compare, index: int, operator: type[ast.cmpop]) -> str:
    return ast.unparse(
        ast.Compare(
            node.left, [*node.ops[:index], operator(), *node.ops[index + 1 :]], node.comparators
        )
    )


def compare_edits(node: ast.Compare) -> Iterator[Edit]:
    for index, operator in enumerate(node.ops):
        if (boundary := _BOUNDARY.get(type(operator))) is not None:
            yield Edit(node, "comparison's boundary moved", _with_operator(node, index, boundary))
        yield Edit(
            node, "comparison negated", _with_operator(node, index, _OPPOSITE[type(operator)])
        )


def bool_op_edits(node: ast.BoolOp) -> Iterator[Edit]:
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield Edit(node, "and ↔ or", f"({ast.unparse(ast.BoolOp(other, node.values))})")
    for index, value in enumerate(node.values):
        rest = [each for each in node.values if each is not value]
        left = rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
        yield Edit(node, f"condition {index + 1} dropped", f"({ast.unparse(left)})")


def unary_edits(node: ast.UnaryOp) -> Iterator[Edit]:
    if isinstance(node.op, ast.Not | ast.USub):
        yield Edit(
            node,
            "not dropped" if isinstance(node.op, ast.Not) else "sign dropped",
            f"({ast.unparse(node.operand)})",
        )


def call_edits(node: ast.Call) -> Iterator[Edit]:
    called = ast.unparse(node.func)
    ordered = node.keywords or called not in _COMMUTATIVE
    plain = not any(isinstance(argument, ast.Starred) for argument in node.args)
    for index in range(len(node.args) - 1) if plain and ordered else ():
        if index == _SYMMETRIC.get(called.rpartition(".")[2]):
            continue
        swapped = [
            *node.args[:index],
            node.args[index + 1],
            node.args[index],
            *node.args[index + 2 :],
        ]
        yield Edit(
            node,
            f"arguments {index + 1} and {index + 2} swapped",
            ast.unparse(ast.Call(node.func, swapped, node.keywords)),
        )
    for keyword in node.keywords:
        # Without `strict=True`, zip is as with `strict=False`, which is a mutation of its own.
        strict = (called, keyword.arg) == ("zip", "strict")
        if keyword.arg is not None and not strict and not does_nothing(keyword):
            rest = [each for each in node.keywords if each is not keyword]
            yield Edit(
                node,
                f"argument {keyword.arg} dropped",
                ast.unparse(ast.Call(node.func, node.args, rest)),
            )
    if ast.unparse(node.func) in ("suppress", "contextlib.suppress"):
        for kind in node.args:
            others = [each for each in node.args if each is not kind]
            yield Edit(
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
        yield Edit(node, f"{name} → {other}", ast.unparse(ast.Call(func, node.args, node.keywords)))
    if name in _DROPPED_METHODS and isinstance(node.func, ast.Attribute):
        yield Edit(node, f".{name}() dropped", f"({ast.unparse(node.func.value)})")


def constant_edits(node: ast.Constant) -> Iterator[Edit]:
    value = node.value
    if isinstance(value, bool):
        yield Edit(node, f"{value} → {not value}", str(not value))
    elif isinstance(value, int):
        changed = value + 1 if value <= 64 else value * 2
        yield Edit(node, f"{value} → {changed}", str(changed))
    elif isinstance(value, float):
        changed_float = value * 2 if value else 1.0
        yield Edit(node, f"{value} → {changed_float}", repr(changed_float))
    elif isinstance(value, str) and looks_like_sql(value):
        yield from sql_edits(node)


def sql_edits(node: ast.Constant | ast.JoinedStr) -> Iterator[Edit]:
    for change, text in sql_mutations(ast.unparse(node)):
        yield Edit(node, change, text)


def binary_edits(node: ast.BinOp) -> Iterator[Edit]:
    textual = any(
        isinstance(side, ast.JoinedStr | ast.List) or isinstance(getattr(side, "value", 0), str)
        for side in (node.left, node.right)
    )
    if not textual and (operator := _ARITHMETIC.get(type(node.op))) is not None:
        yield Edit(
            node,
            "arithmetic changed",
            f"({ast.unparse(ast.BinOp(node.left, operator(), node.right))})",
        )


def subscript_edits(node: ast.Subscript) -> Iterator[Edit]:
    if isinstance(node.slice, ast.Slice):
        lower, upper, step = node.slice.lower, node.slice.upper, node.slice.step
        for name, cut in (
            ("start", ast.Slice(None, upper, step)),
            ("end", ast.Slice(lower, None, step)),
            ("step", ast.Slice(lower, upper)),
        ):
            yield Edit(
                node, f"slice without its {name}", ast.unparse(ast.Subscript(node.value, cut))
            )


def comprehension_edits(
    node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp,
) -> Iterator[Edit]:
    for generator in node.generators:
        for condition in generator.ifs:
            yield Edit(condition, "condition of a comprehension dropped", "True")
