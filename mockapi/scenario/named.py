"""Errors by name, and the one of the mock's own that says that no scenario is for a call."""

from __future__ import annotations

from functools import cache
from typing import Any

from mockapi import fixtures
from mockapi.errors import ApiError


@cache
def _all() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = fixtures.load("faults.toml")
    # A code that several share, as rate_limit_exceeded, stands for the first of them.
    by_code = {error["code"]: error for error in reversed(found.values()) if "code" in error}
    return found | {code: error for code, error in by_code.items() if code not in found}


def names() -> list[str]:
    """The names of all errors (fixtures/faults.toml), and the API's own codes of them."""
    return list(_all())


def named(name: str, told: dict[str, str]) -> ApiError:
    """An error by its name, its sentence filled in with what is told of the call. Raises KeyError for a name that is not there."""
    found = _all()[name]
    message: str = found["message"]
    for place, text in told.items():
        message = message.replace(f"{{{place}}}", text)
    headers = tuple((header.encode(), value.encode()) for header, value in found.get("headers", {}).items())
    return ApiError(
        found["status"],
        message,
        type=found["type"],
        param=found.get("param"),
        code=found.get("code"),
        headers=headers,
        edge=found.get("edge", False),
    )


def no_scenario(nearest: list[tuple[str, list[str]]]) -> ApiError:
    """The error of a call that none of the scenarios is for, with the nearest of them and what differed. Not to be retried."""
    lines = ["no scenario matches this request."]
    for name, differs in nearest:
        lines.append(f"{name or 'unnamed'}: {'; '.join(differs)}.")
    if not nearest:
        lines.append("There are none.")
    return ApiError(400, " ".join(lines), type="mock_error", code="no_scenario")
