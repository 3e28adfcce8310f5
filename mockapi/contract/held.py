"""Holding values to a contract."""

from typing import Any

from pydantic import ValidationError

from mockapi.contract.types import Contract
from mockapi.errors import bad_request


def held(contract: type[Contract], value: dict[str, Any]) -> Any:
    """The values as the contract. Raises the first fault in the API's words."""
    try:
        return contract.__pydantic_validator__.validate_python(value)
    except ValidationError as error:
        from mockapi.contract.explain import explain

        raise explain(contract, value) or bad_request(error.errors()[0]["msg"]) from None
