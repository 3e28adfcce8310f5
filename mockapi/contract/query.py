"""From the strings of a query to the types its contract asks for."""

from typing import Any, get_args

from mockapi.contract.types import Contract


def typed(contract: type[Contract], values: dict[str, Any]) -> dict[str, Any]:
    """The values that the contract knows, numbers and booleans read. Unknown keys are ignored (seen: C.10)."""
    return {name: _read(contract.model_fields[name].annotation, value) for name, value in values.items() if name in contract.model_fields}


def _read(annotation: Any, value: Any) -> Any:
    kinds = _kinds(annotation)
    if not isinstance(value, str) or str in kinds:
        return value
    if int in kinds and value.lstrip("-").isascii() and value.lstrip("-").isdigit():
        return int(value)
    if bool in kinds and value in ("true", "false"):
        return value == "true"
    return value


def _kinds(annotation: Any) -> set[Any]:
    """The plain types in an annotation."""
    inner = get_args(annotation)
    if not inner:
        return {annotation}
    return set().union(*(_kinds(part) for part in inner if isinstance(part, type) or get_args(part)))
