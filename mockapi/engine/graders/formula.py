"""The formula of a multi grader: sums over the rewards of its graders. Nothing is executed; its syntax tree is walked."""

from __future__ import annotations

import ast
import math
import re
import unicodedata
import warnings
from collections.abc import Callable, Collection, Mapping

_LONGEST, _DEEPEST, _HIGHEST = 2000, 200, 1000.0
_SIGNS = re.compile(r"[\w\s.+\-*/^(),]*")


class FormulaFault(Exception):
    """Why a formula has no value."""


def read(source: str, mode: str = "exec") -> ast.AST:
    """The syntax tree of Python text. Raises SyntaxError, ValueError, MemoryError or RecursionError, and warns of nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source, "grader", mode)


def parse(formula: str, names: Collection[str]) -> ast.expr:
    """The tree of a formula over some names. Raises FormulaFault."""
    if len(formula) > _LONGEST:
        raise FormulaFault(f"the formula is longer than {_LONGEST} characters")
    if not _SIGNS.fullmatch(formula):
        raise FormulaFault("the formula is not arithmetic")
    try:
        # guess: a power may be written as `^` too, as in the guide by memory; it was not at hand
        tree = read(" ".join(formula.split()).replace("^", "**"), "eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise FormulaFault("invalid syntax") from None
    assert isinstance(tree, ast.Expression)
    _check(tree.body, names, 0)
    return tree.body


def _check(node: ast.expr, names: Collection[str], depth: int) -> None:
    if depth > _DEEPEST:
        raise FormulaFault("the formula is nested too deeply")
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return
    if isinstance(node, ast.Name):
        if node.id not in names:
            raise FormulaFault(f"unknown grader '{node.id}'")
    elif isinstance(node, ast.UnaryOp) and type(node.op) in _SIGNED:
        _check(node.operand, names, depth + 1)
    elif isinstance(node, ast.BinOp) and type(node.op) in _SUMS:
        _check(node.left, names, depth + 1)
        _check(node.right, names, depth + 1)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        name, size = node.func.id, len(node.args)
        if name not in _FUNCTIONS:
            raise FormulaFault(f"unknown function '{name}'")
        if size == 0 or (size > 1 and name not in ("min", "max")):
            raise FormulaFault(f"wrong number of arguments for '{name}'")
        for argument in node.args:
            _check(argument, names, depth + 1)
    else:
        raise FormulaFault("the formula is not arithmetic")


def value(tree: ast.expr, rewards: Mapping[str, float]) -> float:
    """What a parsed formula comes to. Raises FormulaFault where that is no number."""
    try:
        found = _value(tree, rewards)
    except (ArithmeticError, ValueError) as error:
        raise FormulaFault(str(error)) from None
    if not math.isfinite(found):
        raise FormulaFault("the result is not a finite number")
    return found


def _value(node: ast.expr, rewards: Mapping[str, float]) -> float:
    if isinstance(node, ast.Name):
        return rewards[node.id]
    if isinstance(node, ast.UnaryOp):
        return _SIGNED[type(node.op)] * _value(node.operand, rewards)
    if isinstance(node, ast.BinOp):
        return _SUMS[type(node.op)](_value(node.left, rewards), _value(node.right, rewards))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return float(_FUNCTIONS[node.func.id](*(_value(argument, rewards) for argument in node.args)))
    assert isinstance(node, ast.Constant) and isinstance(node.value, (int, float))
    return float(node.value)


def _power(base: float, exponent: float) -> float:
    if abs(exponent) > _HIGHEST:
        raise ValueError("the exponent is too large")
    return math.pow(base, exponent)


_SIGNED: dict[type[ast.unaryop], float] = {ast.UAdd: 1.0, ast.USub: -1.0}
_SUMS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: lambda left, right: left + right,
    ast.Sub: lambda left, right: left - right,
    ast.Mult: lambda left, right: left * right,
    ast.Div: lambda left, right: left / right,
    ast.Pow: _power,
}
# guess: as for the power
_FUNCTIONS: dict[str, Callable[..., float]] = {
    "min": lambda *numbers: min(numbers), "max": lambda *numbers: max(numbers),
    "abs": abs, "floor": math.floor, "ceil": math.ceil, "exp": math.exp, "sqrt": math.sqrt, "log": math.log,
}  # fmt: skip


def plain(name: str) -> str:
    """A grader's name as a formula may write it."""
    return unicodedata.normalize("NFKC", re.sub(r"\W+", "_", name))
