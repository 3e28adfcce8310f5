"""Stored prompts: told to the mock, since the API has no endpoint that makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response

from mockapi import errors
from mockapi.control.fields import answer, fields, world_of

if TYPE_CHECKING:
    from mockapi.app import Api

_ROLES = ("system", "developer", "user")


class PromptControl:
    """The prompts of the project whose key is given."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def prompts(self, request: Request) -> Response:
        """The prompts and their versions; with POST one more version, with DELETE none any more."""
        from mockapi.resources.responses import prompts

        world = world_of(self._api, request)
        if world is None:
            raise errors.control_error("a prompt belongs to somebody: give the project's key")
        if request.method == "POST":
            given = await fields(request, ("id", "version", "model", "instructions", "messages"))
            made = await prompts.keep(world, _text(given, "id"), _text(given, "version"), _template(given))
            return answer({"id": made["id"], "version": made["version"]})
        kept = await world.store.page(prompts.KIND)
        if request.method == "DELETE":
            for each in kept:
                await world.store.delete(prompts.KIND, each["id"])
            kept = []
        return answer({"prompts": [{"id": each["id"], "versions": list(each["versions"])} for each in kept]})


def _text(given: dict[str, Any], name: str) -> str | None:
    value = given.get(name)
    if value is not None and (not isinstance(value, str) or not value):
        raise errors.control_error(f"{name}: expected a text", name)
    return value


def _template(given: dict[str, Any]) -> Any:
    from mockapi.resources.responses.prompts import Template

    instructions = _text(given, "instructions")
    told = [] if instructions is None else [("developer", instructions)]
    messages = given.get("messages") or []
    if not isinstance(messages, list):
        raise errors.control_error("messages: expected a list", "messages")
    for number, message in enumerate(messages):
        known = isinstance(message, dict) and message.get("role") in _ROLES and isinstance(message.get("content"), str)
        if not known:
            raise errors.control_error(
                f"messages[{number}]: expected a role of {', '.join(_ROLES)} and a content that is a text", "messages"
            )
        told.append((message["role"], message["content"]))
    if not told:
        raise errors.control_error("a prompt has instructions or messages", "messages")
    return Template(_text(given, "model"), told)
