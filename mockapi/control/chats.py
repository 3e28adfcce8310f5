"""The widget of ChatKit: it is no part of the API, so a call to the mock plays what an end user says there, and the model answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response

from mockapi import errors, json
from mockapi.control.fields import answer, fields, world_of
from mockapi.world import Errand

if TYPE_CHECKING:
    from mockapi.app import Api

# What stands for the workflow, whose model nobody knows.
_MODEL = "gpt-4o-mini"
_MOST = 100


class Widget:
    """What an end user does, for the world of a key."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def chat(self, request: Request) -> Response:
        """Have a user say something in a new thread. Answers with the thread."""
        # Imported on first use: few clients chat so.
        from mockapi.resources.chatkit import kept

        world = world_of(self._api, request)
        if world is None:
            raise errors.control_error("a chat needs the key of the project that it belongs to")
        given = await fields(request, ("user", "messages", "title"))
        user, messages, title = given.get("user"), given.get("messages"), given.get("title")
        if not isinstance(user, str) or not user:
            raise errors.control_error("user: the name of an end user is expected", "user")
        if not isinstance(messages, list) or not 0 < len(messages) <= _MOST or not all(isinstance(each, str) for each in messages):
            raise errors.control_error(f"messages: a list of 1 to {_MOST} texts is expected", "messages")
        if not isinstance(title, str | None):
            raise errors.control_error("title: a text is expected", "title")
        number = len(await world.store.page(kept.KIND))
        stream = world.seed.stream(b"chatkit", user.encode("utf-8", "surrogatepass"), b"%d" % number)
        thread = await kept.begin(world, stream, user, title)
        authorization = request.headers["authorization"]
        key, tier = authorization.removeprefix("Bearer "), self._api.keys.tier_of(authorization.encode("latin-1"))
        turns: list[dict[str, Any]] = []
        for place, text in enumerate(messages):
            turns.append({"role": "user", "content": text})
            body = json.write({"model": _MODEL, "messages": turns})
            host = request.headers.get("host", "").encode("latin-1")
            status, said, _ = await world.perform(Errand("/v1/chat/completions", body, key, tier, "standard", host))
            reply = said["choices"][0]["message"]["content"] or "" if status < 400 else said["error"]["message"]
            turns.append({"role": "assistant", "content": reply})
            await kept.say(world, stream.child(place + 1), thread["id"], text, reply)
        return answer(thread)
