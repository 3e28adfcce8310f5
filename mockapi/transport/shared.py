"""The way of a request to a server that shares its store: what others told is followed before, and what it changes is told after."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any

from mockapi.errors import ApiError
from mockapi.transport.delivery import tell
from mockapi.transport.sse import Receive, Send
from mockapi.transport.websocket import Socket

if TYPE_CHECKING:
    from mockapi.app import Api

App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]


async def followed(api: Api, app: App, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    """Answer a request, or say that the store cannot be reached."""
    worlds = api.worlds
    try:
        await worlds.refresh()
    except ApiError as gone:
        refusal = api.turned_away(gone, scope if scope["type"] == "http" else {**scope, "method": "GET"})
        if scope["type"] == "http":
            await tell(refusal, send)
        else:
            await Socket(scope, receive, send).refuse(refusal)
        return
    if scope["type"] != "http":
        await app(scope, receive, send)
        return
    telling = _Telling(api, scope, send)
    if scope["path"].startswith("/_mock/") and scope["method"] not in ("GET", "HEAD"):
        # The controls change what is told of worlds: one after another.
        async with worlds.turn():
            await worlds.refresh()
            telling.touches = True
            await app(scope, receive, telling.send)
        return
    await app(scope, receive, telling.send)


class _Telling:
    """Tells others what was changed before the client hears of it."""

    def __init__(self, api: Api, scope: MutableMapping[str, Any], send: Send) -> None:
        self._api = api
        self._scope = scope
        self._send = send
        self._failed = False
        # Whether anything may have been changed.
        self.touches = False

    async def send(self, message: Any) -> None:
        worlds = self._api.worlds
        if message["type"] == "http.response.start":
            try:
                if self.touches:
                    worlds.touch()
                if worlds.touched:
                    await worlds.publish()
            except ApiError as gone:
                self._failed = True
                await tell(self._api.turned_away(gone, self._scope), self._send)
        if not self._failed:
            await self._send(message)
