"""The sentences of contract faults, as the API generates them (api-facts C.1)."""

from __future__ import annotations

from typing import Any, NamedTuple

from mockapi.contract.types import Unread, Upload
from mockapi.errors import ApiError, bad_request


class Place(NamedTuple):
    """Where a value stands: the path as `param` gives it, and as messages show it (long map keys are cut there)."""

    param: str
    shown: str

    def key(self, name: str, *, is_map: bool = False) -> Place:
        shown = cut(name) if is_map else name
        if not self.param:
            return Place(name, shown)
        return Place(f"{self.param}.{name}", f"{self.shown}.{shown}")

    def item(self, number: int) -> Place:
        return Place(f"{self.param}[{number}]", f"{self.shown}[{number}]")


def type_word(value: Any) -> str:
    """A JSON value's type as the API names it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    words = {int: "an integer", float: "a decimal number", list: "an array", dict: "an object", Upload: "a file"}
    return words.get(type(value), "a string")


def quoted_list(values: tuple[str, ...], joiner: str) -> str:
    """`'a'`, `'a' and 'b'`, `'a', 'b', and 'c'`."""
    quoted = [f"'{value}'" for value in values]
    if len(quoted) <= 2:
        return f" {joiner} ".join(quoted)
    return f"{', '.join(quoted[:-1])}, {joiner} {quoted[-1]}"


def missing(param: str) -> ApiError:
    return bad_request(f"Missing required parameter: '{param}'.", param, "missing_required_parameter")


def moved(name: str, place: str) -> ApiError:
    # seen: C.5
    message = (
        f"Unsupported parameter: '{name}'. In the Responses API, this parameter has moved to '{place}'. Try again with the new parameter. "
        "See the API documentation for more information: https://platform.openai.com/docs/api-reference/responses/create."
    )
    return bad_request(message, None, "unsupported_parameter")


def unknown(param: str, near: tuple[str, ...] = ()) -> ApiError:
    hint = f" Did you mean {quoted_list(near, 'or')}?" if near else ""
    return bad_request(f"Unknown parameter: '{param}'.{hint}", param, "unknown_parameter")


def invalid_value(value: str, supported: tuple[str, ...], param: str) -> ApiError:
    message = f"Invalid value: '{value}'. Supported values are: {quoted_list(supported, 'and')}."
    return bad_request(message, param, "invalid_value")


def invalid_type(place: Place, expected: str, value: Any) -> ApiError:
    got = f"{type_word(value)} instead"
    if isinstance(value, Unread):
        # seen: C.1, a number of a form that does not parse
        got = f"a string value that could not be converted into {expected}"
    message = f"Invalid type for '{place.shown}': expected {expected}, but got {got}."
    return bad_request(message, place.param, "invalid_type")


def too_large(param: str, noun: str, limit: float, value: float) -> ApiError:
    message = f"Invalid '{param}': {noun} above maximum value. Expected a value <= {plain(limit)}, but got {value} instead."
    return bad_request(message, param, f"{noun}_above_max_value")


def too_small(param: str, noun: str, limit: float, value: float, sign: str = ">=") -> ApiError:
    message = f"Invalid '{param}': {noun} below minimum value. Expected a value {sign} {plain(limit)}, but got {value} instead."
    return bad_request(message, param, f"{noun}_below_min_value")


def plain(number: float) -> str:
    return str(int(number)) if number == int(number) else str(number)


def cut(name: str) -> str:
    return name if len(name) <= 12 else f"{name[:3]}...{name[-3:]}"
