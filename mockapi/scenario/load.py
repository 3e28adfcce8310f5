"""Reading scenarios from files and requests, and saying what is wrong with them: where, what was expected, the nearest word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from mockapi.scenario import foreign, named, template
from mockapi.scenario.shapes import Reply, Scenario

SUFFIXES = (".yaml", ".yml", ".json")
Place = tuple[str | int, ...]


class ScenarioFault(ValueError):
    """A scenario that cannot be used; its text says where it is and why, in one line."""


@dataclass(slots=True)
class _Written:
    """A value as it stands in a text, and the lines of its parts by their place in it."""

    value: Any
    lines: dict[Place, int] = field(default_factory=dict)

    def line(self, place: Place) -> int | None:
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place)


def scenarios_of(value: Any, where: str = "", written: _Written | None = None) -> list[Scenario]:
    """The scenarios that a value holds: one, a list of them, an object with `scenarios`, or a file of another mock.

    Raises ScenarioFault.
    """
    own = foreign.read(value)
    told, at = (value, Place()) if own is None else (own, None)
    if isinstance(told, dict) and "scenarios" in told:
        if len(told) > 1:
            extra = next(name for name in told if name != "scenarios")
            raise ScenarioFault(_said(where, written, (extra,), f"'{extra}' is not expected beside scenarios"))
        told, at = told["scenarios"], None if at is None else ("scenarios",)
    single = isinstance(told, dict)
    each = [told] if single else told
    if not isinstance(each, list):
        raise ScenarioFault(_said(where, written, (), "a scenario, or a list of scenarios, is expected"))
    return [
        _scenario(item, where, written if at is not None else None, at or () if single else (*(at or ()), number))
        for number, item in enumerate(each)
    ]


def _scenario(value: Any, where: str, written: _Written | None, at: Place) -> Scenario:
    try:
        made = Scenario.model_validate(value)
    except ValidationError as fault:
        first = fault.errors()[0]
        place = (*at, *(part for part in first["loc"] if isinstance(part, (str, int))))
        raise ScenarioFault(_said(where, written, place, _reason(first))) from None
    for reply in made.all_replies:
        _check(reply, where, written, at)
    return made


def _check(reply: Reply, where: str, written: _Written | None, at: Place) -> None:
    """What the shapes alone do not say: an error's name, and the places of templates."""
    if reply.error is not None and reply.error.name is not None and reply.error.name not in named.names():
        reason = f"'{reply.error.name}' is no error{_nearest(reply.error.name, named.names())}"
        raise ScenarioFault(_said(where, written, (*at, "reply", "error"), reason))
    root = template.unknown(reply.model_dump(by_alias=True, exclude_defaults=True))
    if root is not None:
        reason = f"'{{{{ {root} }}}}' stands for nothing; known are {', '.join(template.ROOTS)}{_nearest(root, list(template.ROOTS))}"
        raise ScenarioFault(_said(where, written, (*at, "reply"), reason))


def _said(where: str, written: _Written | None, place: Place, reason: str) -> str:
    line = written.line(place) if written is not None else None
    path = ".".join(f"[{part}]" if isinstance(part, int) else part for part in place).replace(".[", "[")
    head = f"{where}, line {line}: " if where and line is not None else f"{where}: " if where else ""
    return f"{head}{path + ': ' if path else ''}{reason}"


def _reason(fault: Any) -> str:
    name = str(fault["loc"][-1]) if fault["loc"] else ""
    if fault["type"] == "extra_forbidden":
        known = _members(fault["loc"][:-1])
        return f"'{name}' is not known here{_nearest(name, known)}" + (f"; expected are {', '.join(known)}" if known else "")
    if fault["type"] == "literal_error":
        expected = fault["ctx"]["expected"].replace(" or ", ", ").replace("'", "").split(", ")
        return f"'{fault['input']}' is not one of {', '.join(expected)}{_nearest(str(fault['input']), expected)}"
    message: str = fault["msg"].removeprefix("Value error, ")
    return message[0].lower() + message[1:]


def _members(loc: tuple[str | int, ...]) -> list[str]:
    """What may stand at a place of a scenario."""
    shape: Any = Scenario
    for part in loc:
        if isinstance(part, str) and isinstance(shape, type) and issubclass(shape, BaseModel):
            known = {info.alias or name: info for name, info in shape.model_fields.items()}
            if part in known:
                shape = next(iter(_shapes(known[part].annotation)), None)
    if not (isinstance(shape, type) and issubclass(shape, BaseModel)):
        return []
    return [info.alias or name for name, info in shape.model_fields.items()]


def _shapes(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _shapes(inner)


def _nearest(word: str, known: list[str]) -> str:
    close = get_close_matches(word, known, n=1)
    return f"; did you mean '{close[0]}'?" if close else ""


def read(path: Path) -> list[Scenario]:
    """The scenarios of a file. Raises ScenarioFault."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise ScenarioFault(f"{path}: cannot be read: {fault}") from None
    written = _composed(text, str(path))
    return scenarios_of(written.value, str(path), written) if written.value is not None else []


def files(folder: Path) -> list[Path]:
    """The scenario files of a folder and of those in it, in the order of their names; a file by itself."""
    if folder.is_file():
        return [folder]
    return sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES and path.is_file())


def _composed(text: str, where: str) -> _Written:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    yaml = YAML(typ="safe", pure=True)
    try:
        node = yaml.compose(text)
        written = _Written(yaml.load(text))
    except MarkedYAMLError as fault:
        mark = fault.problem_mark
        line = f", line {mark.line + 1}" if mark is not None else ""
        raise ScenarioFault(f"{where}{line}: neither YAML nor JSON: {fault.problem}") from None
    except (YAMLError, ValueError, RecursionError) as fault:
        raise ScenarioFault(f"{where}: neither YAML nor JSON: {' '.join(str(fault).split())}") from None
    _mark(node, (), written.lines)
    return written


def _mark(node: Any, place: Place, lines: dict[Place, int]) -> None:
    """Note the line of every part of a composed text."""
    if node is None or len(place) > 50:
        return
    lines.setdefault(place, node.start_mark.line + 1)
    if node.id == "mapping":
        for key, value in node.value:
            lines[*place, key.value] = key.start_mark.line + 1
            _mark(value, (*place, key.value), lines)
    elif node.id == "sequence":
        for number, value in enumerate(node.value):
            _mark(value, (*place, number), lines)
