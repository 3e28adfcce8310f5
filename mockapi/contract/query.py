"""From the texts of a query or a form to the types its contract asks for."""

from typing import Any, Literal, get_args, get_origin

from mockapi import json
from mockapi.contract.types import Contract, Unread


def typed(contract: type[Contract], values: dict[str, Any]) -> dict[str, Any]:
    """The values of a query that the contract knows, numbers and booleans read. Unknown keys are ignored (seen: C.10)."""
    known = {info.alias or name: info.annotation for name, info in contract.model_fields.items()}
    # A list may have its brackets in its name.
    named = {name if name in known else f"{name}[]": value for name, value in values.items()}
    return {name: _read(known[name], value, str) for name, value in named.items() if name in known}


def typed_form(contract: type[Contract], values: dict[str, Any]) -> dict[str, Any]:
    """The values of a form, numbers and booleans read, a single value for a list taken as its only member. Unknown keys stay."""
    names = {info.alias or name: info.annotation for name, info in contract.model_fields.items()}
    return {name: _read(names[name], value, Unread) if name in names else value for name, value in values.items()}


def _read(annotation: Any, value: Any, unread: type[str]) -> Any:
    kinds = _kinds(annotation)
    inner = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Contract)), None)
    if inner is not None and isinstance(value, str) and value.lstrip().startswith("{"):
        # sdk: some clients write an object of a form as JSON
        try:
            return json.read(value.encode())
        except ValueError:
            return value
    if isinstance(value, dict):
        return value if inner is None else {name: _member(inner, name, text, unread) for name, text in value.items()}
    if list in kinds and isinstance(value, str) and value.lstrip().startswith("["):
        try:
            return json.read(value.encode())
        except ValueError:
            return value
    if list in kinds:
        items = value if isinstance(value, list) else [value] if unread is Unread and str not in kinds else value
        return [_plain(kinds, item, unread) for item in items] if isinstance(items, list) else items
    return _plain(kinds, value, unread)


def _member(contract: type[Contract], name: str, value: Any, unread: type[str]) -> Any:
    info = contract.model_fields.get(name)
    return value if info is None else _read(info.annotation, value, unread)


def _plain(kinds: set[Any], value: Any, unread: type[str]) -> Any:
    if not isinstance(value, str) or str in kinds:
        return value
    if int in kinds and value.lstrip("-").isascii() and value.lstrip("-").isdigit() and len(value) < 20:
        return int(value)
    if float in kinds:
        try:
            number = float(value)
        except ValueError:
            return value if Literal in kinds else unread(value)
        return number if number - number == 0 else unread(value)
    if bool in kinds and value.lower() in ("true", "false"):
        return value.lower() == "true"
    return unread(value) if kinds & {int, bool} and Literal not in kinds else value


def _kinds(annotation: Any) -> set[Any]:
    """The plain types in an annotation, `list` and `Literal` among them where there is one."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return {Literal}
    if not inner:
        return {annotation}
    found = set().union(*(_kinds(part) for part in inner if isinstance(part, type) or get_args(part)))
    return found | {list} if origin is list else found
