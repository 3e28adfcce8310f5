"""What is wrong with a grader before it runs: templates, formulas, labels and Python text that cannot work."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from mockapi.engine.graders import formula
from mockapi.engine.graders.execution import LONGEST_SOURCE
from mockapi.engine.graders.judges import contents
from mockapi.engine.graders.templates import NAMESPACES, variables


class Fault(NamedTuple):
    """Where in a grader something is wrong, and what."""

    param: str
    message: str


def faults(grader: dict[str, Any], place: str = "grader") -> Iterator[Fault]:
    """What is wrong with a grader, in the order of its members."""
    kind = grader["type"]
    if kind == "multi":
        named = parts(grader)
        for key, (part, where) in named.items():
            yield from faults(part, f"{place}.graders{where}" if where else f"{place}.graders")
            if key == "":
                yield Fault(f"{place}.graders{where}", "A grader has no name.")
        try:
            formula.parse(grader["calculate_output"], names(grader))
        except formula.FormulaFault as fault:
            yield Fault(f"{place}.calculate_output", f"Invalid formula: {fault}.")
    elif kind == "python":
        wrong = wrong_source(grader["source"])
        if wrong is not None:
            yield Fault(f"{place}.source", f"Invalid source: {wrong}.")
    else:
        for member, text in _texts(grader):
            for inside, namespace in variables(text):
                if namespace not in NAMESPACES:
                    yield Fault(
                        f"{place}.{member}",
                        f"Invalid template '{{{{{inside}}}}}': expected a variable of one of the namespaces 'item' and 'sample'.",
                    )
        if kind == "label_model" and not set(grader["passing_labels"]) <= set(grader["labels"]):
            yield Fault(f"{place}.passing_labels", "The passing labels must be a subset of the labels.")
        span = grader.get("range")
        if span is not None and span[0] > span[1]:
            yield Fault(f"{place}.range", "The lower bound of the range is above the upper one.")


def _texts(grader: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if isinstance(grader["input"], list):
        yield from (("input", text) for _, text in contents(grader["input"]))
    else:
        yield from ((member, grader[member]) for member in ("input", "reference"))


def parts(grader: dict[str, Any]) -> dict[str, tuple[dict[str, Any], str]]:
    """The graders of a multi grader by name, each with its place: one grader, a list of them, or by name."""
    given = grader["graders"]
    if isinstance(given, list):
        found: dict[str, tuple[dict[str, Any], str]] = {}
        for number, part in enumerate(given):
            name = part.get("name") or part["type"]
            found[f"{name} {number + 1}" if name in found else name] = part, f"[{number}]"
        return found
    if isinstance(given.get("type"), str):
        return {given.get("name") or given["type"]: (given, "")}
    return {name: (part, f".{name}") for name, part in given.items()}


def names(grader: dict[str, Any]) -> dict[str, str]:
    """How a formula may call the graders of a multi grader: by name, a listed one also by its type and `_score`."""
    found = parts(grader)
    made = {formula.plain(name): name for name in found}
    if isinstance(grader["graders"], list) or isinstance(grader["graders"].get("type"), str):
        # doc: the formula of the reference's example
        for name, (part, _) in found.items():
            made.setdefault(f"{part['type']}_score", name)
    return made


def wrong_source(source: str) -> str | None:
    """Why Python text is no grader, or None if it defines `grade(sample, item)`. It is read, not executed."""
    if len(source) > LONGEST_SOURCE:
        return f"ValueError: source is longer than {LONGEST_SOURCE} characters"
    try:
        tree = formula.read(source)
    except SyntaxError as error:
        return f"SyntaxError: {error.msg} (line {error.lineno or 1})"
    except (ValueError, MemoryError, RecursionError):
        return "SyntaxError: source cannot be parsed"
    assert isinstance(tree, ast.Module)
    made = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "grade"]
    if not made:
        return "NameError: name 'grade' is not defined"
    return _unlike(made[-1].args)


def _unlike(arguments: ast.arguments) -> str | None:
    """Why a function cannot be called with two arguments."""
    given = len(arguments.posonlyargs) + len(arguments.args)
    needed = given - len(arguments.defaults)
    if needed > 2:
        return f"TypeError: grade() takes {given} positional arguments but 2 were given"
    if given < 2 and arguments.vararg is None:
        return f"TypeError: grade() takes {given} positional argument{'' if given == 1 else 's'} but 2 were given"
    if any(default is None for default in arguments.kw_defaults):
        return "TypeError: grade() has keyword-only arguments without a default"
    return None


def models(grader: dict[str, Any]) -> Collection[str]:
    """The models that a grader asks."""
    return dict.fromkeys(part["model"] for part in _all(grader) if "model" in part)


def is_slow(grader: dict[str, Any]) -> bool:
    """Whether to run a grader means to wait for a process."""
    return any(part["type"] == "python" for part in _all(grader))


def _all(grader: dict[str, Any]) -> list[dict[str, Any]]:
    return [part for part, _ in parts(grader).values()] if grader["type"] == "multi" else [grader]
