"""What is wrong with a request, in the API's words.

pydantic says quickly *that* a request breaks its contract; this walks the contract's types beside the request's values to say
*which* fault the API reports first and how. Wording and order: api-facts C.1 (measured on the API) and C.3.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Interval, Le, Len, MaxLen, MinLen
from pydantic import BaseModel, Discriminator, Tag
from pydantic.fields import FieldInfo

from mockapi.contract.types import Contract, Upload, Wording
from mockapi.contract.wording import (
    Place,
    cut,
    invalid_type,
    invalid_value,
    missing,
    moved,
    plain,
    quoted_list,
    too_large,
    too_small,
    unknown,
)
from mockapi.errors import ApiError, bad_request

_PLAIN = Wording()


@dataclass(frozen=True)
class Rules:
    """The constraints on one value, gathered from its annotation."""

    low: float | None = None
    above: float | None = None
    high: float | None = None
    shortest: int | None = None
    longest: int | None = None
    pattern: str | None = None
    discriminator: str | Callable[[Any], Any] | None = None
    wording: Wording = _PLAIN


def explain(contract: type[Contract], value: dict[str, Any]) -> ApiError | None:
    """The first fault of a request as the API reports it, or None if the contract holds."""
    return _model(contract, value, Place("", ""))


def _model(contract: type[Contract], value: dict[str, Any], place: Place) -> ApiError | None:
    contract.model_rebuild()
    names = {info.alias or name: info for name, info in contract.model_fields.items()}
    given = next((name for name in value if name in contract.moved), None)
    for number, (name, others) in enumerate(contract.needs.items()):
        if number and given is not None:
            break
        if name not in value and all(value.get(other) is None for other in others):
            return missing(name)
        fault = _field(names[name], value[name], place.key(name), needed=True) if number == 0 and name in value else None
        if fault is not None:
            return fault
    if given is not None:
        # guess: told before an input that is absent, since who sends it has none
        return moved(given, contract.moved[given])
    for name, info in names.items():
        if info.is_required() and name not in value:
            return _said("any", _rules(info), None, place.key(name)) or missing(place.key(name).param)
    for name in value:
        if name not in names:
            near = _near(name, [known for known in names if known not in value]) if not place.param else ()
            return unknown(place.key(name).param, near)
    for name, info in names.items():
        if name in value:
            fault = _field(info, value[name], place.key(name), needed=name in contract.needs)
            if fault is not None:
                return fault
    return None


def _field(info: FieldInfo, value: Any, place: Place, *, needed: bool) -> ApiError | None:
    if needed and value is None:
        # seen: C.5; null is told to be an object
        return invalid_type(place, "a string", {})
    return _value(_bare(info.annotation), _rules(info), value, place)


def _value(kind: Any, rules: Rules, value: Any, place: Place) -> ApiError | None:
    """The fault of one value against one annotation."""
    if get_origin(kind) is Annotated:
        inner, *notes = get_args(kind)
        return _value(inner, _merged(rules, notes), value, place)
    if kind is Any:
        return None
    fault = _value_of(kind, rules, value, place)
    return None if fault is None else (_said("any", rules, value, place) or fault)


def _value_of(kind: Any, rules: Rules, value: Any, place: Place) -> ApiError | None:
    origin = get_origin(kind)
    if origin is Union or isinstance(kind, types.UnionType):
        return _union(get_args(kind), rules, value, place)
    if origin is Literal:
        return _literal(get_args(kind), rules, value, place)
    if origin is list:
        return _list(get_args(kind)[0], rules, value, place)
    if origin is dict:
        key, item = get_args(kind)
        return _map(key, item, rules, value, place)
    if kind is str:
        return _string(rules, value, place)
    if kind is int or kind is float:
        return _number(kind, rules, value, place)
    if kind is Upload:
        # guess: no recording of a form whose file is a plain field
        return None if isinstance(value, Upload) else invalid_type(place, "a file", value)
    if kind is bool:
        return None if isinstance(value, bool) else invalid_type(place, "a boolean", value)
    if not isinstance(value, dict):
        return invalid_type(place, "an object", value)
    # One shape of several that are told apart by a tag, of which a wording names all.
    return _tagged((kind,), rules, value, place) if rules.wording.supported else _model(kind, value, place)


def _union(members: tuple[Any, ...], rules: Rules, value: Any, place: Place) -> ApiError | None:
    if value is None and type(None) in members:
        return None
    members = tuple(member for member in members if member is not type(None))
    if len(members) == 1:
        return _value(members[0], rules, value, place)
    if rules.discriminator:
        return _tagged(members, rules, value, place)
    fitting = [member for member in members if _fits(member, value)]
    if isinstance(value, list) and value:
        # A list is taken for the one whose members are of the kind of its first.
        fitting = [member for member in fitting if _fits(get_args(_bare(member))[0], value[0])] or fitting
    if not fitting:
        nouns = dict.fromkeys(_noun(member) for member in members)
        return invalid_type(place, rules.wording.expected or f"one of {' or '.join(nouns)}", value)
    faults = [_value(member, Rules(), value, place) for member in fitting]
    if None in faults:
        return None
    # An object that fits several shapes is taken for the one it names, else for the first (seen: tool_choice, C.3).
    for member, fault in zip(fitting, faults, strict=True):
        if isinstance(value, dict) and value.get("type") in _tags(member, "type"):
            return fault
        if isinstance(value, dict) and "type" not in value and get_origin(_bare(member)) is dict:
            return fault
    if isinstance(value, dict) and len(fitting) > 1 and "type" in value and _tags(fitting[0], "type"):
        return _value(fitting[0], Rules(), {**value, "type": _tags(fitting[0], "type")[0]}, place) or faults[0]
    return faults[0]


def _tagged(members: tuple[Any, ...], rules: Rules, value: Any, place: Place) -> ApiError | None:
    if not isinstance(value, dict):
        return invalid_type(place, "an object", value)
    told = rules.discriminator or "type"
    tag = told if isinstance(told, str) else "type"
    here = place.key(tag)
    given = value.get(tag) if isinstance(told, str) or value.get(tag) is not None else told(value)
    if given is None and tag not in value:
        return missing(here.param)
    supported = rules.wording.supported or tuple(name for member in members for name in _tags(member, tag))
    where = place if rules.wording.whole else here
    if not isinstance(given, str):
        return invalid_type(here, f"one of {quoted_list(supported, 'or')}", given)
    for member in members:
        if given in _tags(member, tag):
            bare = _bare(member)
            return _model(bare, value, place) if isinstance(bare, type) else _value(member, Rules(), value, place)
    if given not in supported:
        return invalid_value(given, supported, where.param)
    if rules.wording.here is not None:
        return invalid_value(given, rules.wording.here, place.param)
    # A value the API knows, but not here (seen: C.3, audio parts where they are not allowed).
    other = "Content blocks are expected to be either text or image_url type."
    sentence = next((said for name, said, _ in rules.wording.says if name == given), other)
    above = _parent(place.param)
    return bad_request(f"Invalid '{above}'. {sentence}", above, "invalid_value")


def _literal(values: tuple[str, ...], rules: Rules, value: Any, place: Place) -> ApiError | None:
    if isinstance(value, (str, int, float)) and not isinstance(value, bool) and value in values:
        return None
    supported = rules.wording.supported or values
    if not isinstance(value, str):
        return invalid_type(place, rules.wording.expected or f"one of {quoted_list(supported, 'or')}", value)
    return _said("value", rules, value, place) or invalid_value(value, supported, place.param)


def _list(item: Any, rules: Rules, value: Any, place: Place) -> ApiError | None:
    if not isinstance(value, list):
        return invalid_type(place, rules.wording.expected or f"an {_noun(list[item])}", value)
    if rules.shortest is not None and len(value) < rules.shortest:
        got = f"an array with length {len(value)}" if value else "an empty array"
        return bad_request(
            f"Invalid '{place.param}': {'array too short' if value else 'empty array'}. Expected an array with minimum length "
            f"{rules.shortest}, but got {got} instead.",
            place.param,
            "array_below_min_length" if value else "empty_array",
        )
    if rules.longest is not None and len(value) > rules.longest:
        return bad_request(
            f"Invalid '{place.param}': array too long. Expected an array with maximum length {rules.longest}, but got an array with "
            f"length {len(value)} instead.",
            place.param,
            "array_above_max_length",
        )
    for number, member in enumerate(value):
        fault = _value(item, Rules(), member, place.item(number))
        if fault is not None:
            return fault
    return None


def _map(key: Any, item: Any, rules: Rules, value: Any, place: Place) -> ApiError | None:
    if not isinstance(value, dict):
        return invalid_type(place, rules.wording.expected or "an object", value)
    if rules.longest is not None and len(value) > rules.longest:
        return bad_request(
            f"Invalid '{place.param}': too many properties. Expected an object with at most {rules.longest} properties, but got an "
            f"object with {len(value)} properties instead.",
            place.param,
            "object_above_max_properties",
        )
    longest = _merged(Rules(), get_args(key)[1:]).longest if get_origin(key) is Annotated else None
    for name, member in value.items():
        if longest is not None and len(name) > longest:
            return bad_request(
                f"Invalid property name in '{place.param}': '{cut(name)}' is too long. Expected a string with maximum length "
                f"{longest}, but got a string with length {len(name)} instead.",
                place.key(name).param,
                "property_name_above_max_length",
            )
        fault = _value(item, Rules(), member, place.key(name, is_map=True))
        if fault is not None:
            return fault
    return None


def _string(rules: Rules, value: Any, place: Place) -> ApiError | None:
    if not isinstance(value, str):
        return invalid_type(place, rules.wording.expected or "a string", value)
    if rules.shortest is not None and len(value) < rules.shortest:
        return _said("short", rules, value, place) or bad_request(
            f"Invalid '{place.param}': empty string. Expected a string with minimum length {rules.shortest}, but got an empty string "
            "instead.",
            place.param,
            "empty_string",
        )
    if rules.longest is not None and len(value) > rules.longest:
        return bad_request(
            f"Invalid '{place.param}': string too long. Expected a string with maximum length {rules.longest}, but got a string with "
            f"length {len(value)} instead.",
            place.param,
            "string_above_max_length",
        )
    if rules.pattern is not None and not _matches(rules.pattern, value):
        return bad_request(
            f"Invalid '{place.param}': string does not match pattern. Expected a string that matches the pattern '{rules.pattern}'.",
            place.param,
            "invalid_value",
        )
    return None


def _number(kind: type, rules: Rules, value: Any, place: Place) -> ApiError | None:
    if isinstance(value, bool) or not isinstance(value, int if kind is int else (int, float)):
        expected = "an integer" if kind is int else "a decimal"
        return invalid_type(place, rules.wording.expected or expected, value)
    noun = "integer" if kind is int else "decimal"
    if rules.low is not None and value < rules.low:
        return _said("below", rules, value, place) or too_small(place.param, noun, rules.low, value)
    if rules.above is not None and value <= rules.above:
        # guess: the sentence of an inclusive bound; no recording of an exclusive one
        return too_small(place.param, noun, rules.above, value, sign=">")
    if rules.high is not None and value > rules.high:
        return _said("above", rules, value, place) or too_large(place.param, noun, rules.high, value)
    return None


def _said(fault: str, rules: Rules, value: Any, place: Place) -> ApiError | None:
    """The field's own sentence for a fault, if it has one."""
    for kind, message, code in rules.wording.says:
        if kind == fault:
            bound = rules.low if kind == "below" else rules.high
            limit = "" if bound is None else plain(bound)
            return bad_request(message.format(value=value, limit=limit), None if kind in ("any", "below") else place.param, code)
    return None


@cache
def _matcher(pattern: str) -> Any:
    from pydantic import TypeAdapter
    from pydantic.types import StringConstraints

    return TypeAdapter(Annotated[str, StringConstraints(pattern=pattern)]).validator


def _matches(pattern: str, value: str) -> bool:
    # By pydantic's own engine, so that both agree.
    return bool(_matcher(pattern).isinstance_python(value))


def _rules(info: FieldInfo) -> Rules:
    return _merged(Rules(discriminator=_discriminator(info)), info.metadata)


def _discriminator(note: Any) -> str | Callable[[Any], Any] | None:
    found = note.discriminator
    return found.discriminator if isinstance(found, Discriminator) else found


def _merged(rules: Rules, notes: Any) -> Rules:
    """Rules with the constraints that an annotation's notes add."""
    found: dict[str, Any] = {}
    for note in _flat(notes):
        if isinstance(note, Wording):
            found["wording"] = note
        elif isinstance(note, Ge):
            found["low"] = note.ge
        elif isinstance(note, Gt):
            found["above"] = note.gt
        elif isinstance(note, Le):
            found["high"] = note.le
        elif isinstance(note, Interval):
            found["low"], found["above"], found["high"] = note.ge, note.gt, note.le
        elif isinstance(note, MinLen):
            found["shortest"] = note.min_length
        elif isinstance(note, MaxLen):
            found["longest"] = note.max_length
        elif isinstance(note, Len):
            found["shortest"], found["longest"] = note.min_length, note.max_length
        elif isinstance(getattr(note, "pattern", None), str):
            found["pattern"] = note.pattern
        elif isinstance(note, FieldInfo | Discriminator) and note.discriminator:
            found["discriminator"] = _discriminator(note)
    return Rules(**{**{name: getattr(rules, name) for name in Rules.__dataclass_fields__}, **found})


def _flat(notes: Any) -> Iterator[Any]:
    for note in notes:
        yield note
        if isinstance(note, FieldInfo):
            yield from note.metadata


def _bare(kind: Any) -> Any:
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _tags(member: Any, tag: str) -> tuple[str, ...]:
    bare = _bare(member)
    named = tuple(note.tag for note in get_args(member)[1:] if isinstance(note, Tag)) if get_origin(member) is Annotated else ()
    if named:
        return named
    if not (isinstance(bare, type) and issubclass(bare, BaseModel)) or tag not in bare.model_fields:
        return ()
    return get_args(bare.model_fields[tag].annotation)


def _fits(member: Any, value: Any) -> bool:
    """Whether a value is of the JSON kind that a member of a union describes."""
    bare = _bare(member)
    origin = get_origin(bare)
    if origin is Literal or bare is str:
        return isinstance(value, str)
    if origin is list:
        return isinstance(value, list)
    if bare is bool or bare is Upload:
        return isinstance(value, bare)
    if bare is int or bare is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, dict)


def _noun(kind: Any) -> str:
    """A member of a union as the API names what it expected (seen: the doubled "one of" of tool_choice)."""
    bare = _bare(kind)
    origin = get_origin(bare)
    if origin is Literal:
        return f"one of {quoted_list(get_args(bare), 'or')}"
    plain_nouns = {str: "a string", int: "an integer", float: "a decimal", bool: "a boolean", Upload: "file"}
    if bare in plain_nouns:
        return plain_nouns[bare]
    if origin is list:
        item = _bare(get_args(bare)[0])
        if item is str or get_origin(item) is Literal:
            return "array of strings"
        return "array of objects"
    return "object"


def _parent(param: str) -> str:
    head, _, _ = param.rpartition(".")
    return head or param


def _near(name: str, known: list[str]) -> tuple[str, ...]:
    """Known names within two edits, nearest first, ties by the alphabet."""
    ranked = sorted((distance, word) for word in known if (distance := _edits(name, word)) <= 2)
    return tuple(word for _, word in ranked)


def _edits(left: str, right: str) -> int:
    """Levenshtein distance; anything above 2 may be reported as 3."""
    if abs(len(left) - len(right)) > 2:
        return 3
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        previous, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]
