"""The journal under `/_mock/journal`: what was asked and answered, as lists, one by one, live, and as an HTTP archive."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from mockapi import __version__, errors, json
from mockapi.aside import aside, rows
from mockapi.control.exchanges import Exchange
from mockapi.control.fields import answer, world_of

if TYPE_CHECKING:
    from mockapi.app import Api
    from mockapi.journal import Journal
    from mockapi.world import World

_FILTERS = ("model", "operation", "status", "path", "scenario", "errand", "contains", "since")
_LISTED = 100
# Calls from which on writing them is felt by others, and how many a live feed tells in one write.
_MANY = 16
Test = Callable[[Exchange], bool]


class JournalControl:
    """The journal's endpoints. With a key they tell of that key's world, without one of all and of the calls that came to none."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def calls(self, request: Request) -> Response:
        """The latest calls, oldest first; with `since` the first after it. With DELETE, forget them."""
        world = world_of(self._api, request)
        if request.method == "DELETE":
            forgotten = 0
            for journal in self._journals(world):
                forgotten += len((await journal.calls())[0])
                await journal.clear()
            return answer({"deleted": forgotten})
        test = _test(request, world, ("limit",))
        limit = _number(request, "limit", _LISTED)
        found = await self._exchanges(world)
        from_start = "since" in request.query_params

        def told() -> bytes:
            matching = list(filter(test, found))
            shown = matching[:limit] if from_start else matching[max(0, len(matching) - limit) :]
            head = {"calls": [], "total": len(matching), "dropped": dropped}
            return rows(head, "calls", (each.row() for each in shown), "pretty+newline") if shown else json.write(head, "pretty+newline")

        dropped = await self._dropped(world)
        return Response(await aside(len(found) > _MANY, told), media_type="application/json")

    async def count(self, request: Request) -> Response:
        """How many calls there are."""
        world = world_of(self._api, request)
        test, found = _test(request, world), await self._exchanges(world)
        return answer({"count": await aside(len(found) > _MANY, lambda: sum(map(test, found)))})

    async def one(self, request: Request) -> Response:
        """A call by its number or its request id, the latest if there are several. Raises 404, and 400 where it is not clear whose."""
        which = request.path_params["which"]
        world = world_of(self._api, request)
        found = [each for each in await self._exchanges(world) if which in (str(each.number), each.id)]
        if not found:
            raise errors.control_error(f"the journal has no call '{which}'", status=404)
        if len({each.project for each in found}) > 1 and which == str(found[0].number):
            raise errors.control_error(f"several projects have a call {which}: ask with a key, or for a request id")
        return answer(found[-1].row())

    async def archive(self, request: Request) -> Response:
        """All calls as HAR 1.2, which browsers and proxies open."""
        world = world_of(self._api, request)
        test, found = _test(request, world), await self._exchanges(world)
        head = {"version": "1.2", "creator": {"name": "mockapi", "version": __version__}, "entries": []}

        def told() -> bytes:
            entries = [each.archived() for each in found if test(each)]
            log = rows(head, "entries", entries, "compact") if entries else json.write(head)
            return b'{"log":%b}\n' % log

        return Response(await aside(len(found) > _MANY, told), media_type="application/json")

    async def feed(self, request: Request) -> Response:
        """Calls as they are answered, as server-sent events: `id` is what `since` takes, `data` a row."""
        world = world_of(self._api, request)
        test, since = _test(request, world), _number(request, "since", -1)
        if since < 0:
            since = max((_place(each, world) for each in await self._exchanges(world)), default=0)
            if world is not None:
                since = await world.journal.last()
        if request.method == "HEAD":
            return Response(media_type="text/event-stream")
        return StreamingResponse(self._fed(world, test, since), media_type="text/event-stream", headers={"cache-control": "no-cache"})

    async def _fed(self, world: World | None, test: Test, place: int) -> AsyncIterator[bytes]:
        """Nothing is queued for a reader: one who is slow finds what the journal still has."""
        shelf, seen = self._api.worlds.shelf, [-1]
        # It tells at once that it is there.
        yield b": the journal of mockapi\n\n"
        while not shelf.closed:
            if world is not None:
                now = self._api.worlds.world(world.name)
                if now is not world:
                    # It was reset: its numbers begin anew.
                    world, place = now, 0
            lasts = [await journal.last() for journal in self._journals(world)]
            if lasts == seen:
                await shelf.wait()
                continue
            fresh = list(islice((each for each in await self._exchanges(world) if _place(each, world) > place), _MANY))
            if not fresh:
                seen = lasts
                continue
            place = _place(fresh[-1], world)
            told = [b"id: %d\nevent: call\ndata: %b\n\n" % (_place(each, world), json.write(each.row())) for each in fresh if test(each)]
            if told:
                yield b"".join(told)

    async def exchanges(self, request: Request) -> list[Exchange]:
        """The calls that a request may see, oldest first."""
        return await self._exchanges(world_of(self._api, request))

    async def _exchanges(self, world: World | None) -> list[Exchange]:
        """All calls that are kept, oldest first; those of different worlds in the order in which they were answered."""
        worlds = self._api.worlds
        if world is not None:
            return list(_of(world, await world.journal.calls(), worlds.shelf.born))
        found = list(_of(None, await worlds.strays.calls(), worlds.shelf.born))
        for each in worlds:
            found += _of(each, await each.journal.calls(), worlds.shelf.born)
        return sorted(found, key=lambda each: each.call.done)

    async def _dropped(self, world: World | None) -> int:
        return sum([await journal.dropped() for journal in self._journals(world)])

    def _journals(self, world: World | None) -> list[Journal]:
        """That of a world, or all."""
        return [self._api.worlds.strays, *(each.journal for each in self._api.worlds)] if world is None else [world.journal]


def _of(world: World | None, held: tuple[list[Any], int], born: int) -> Iterator[Exchange]:
    calls, first = held
    project = world.identity.project if world is not None else None
    return (Exchange(call, number, project, (call.done - born) // 1000) for number, call in enumerate(calls, first))


def _place(exchange: Exchange, world: World | None) -> int:
    """What `since` counts: the numbers of one world, or the marks of all."""
    return exchange.mark if world is None else exchange.number


def _test(request: Request, world: World | None, also: tuple[str, ...] = ()) -> Test:
    """Whether an exchange is asked for. Raises for a filter that is none and for a value that cannot be."""
    asked = dict(request.query_params)
    for name in asked:
        if name not in (*_FILTERS, *also):
            raise errors.control_error(f"'{name}' is not one of {', '.join((*_FILTERS, *also))}", name)
    since = _number(request, "since", -1)
    tests: list[Test] = [_TESTS[name](value) for name, value in asked.items() if name in _TESTS]
    tests.append(lambda each: _place(each, world) > since)
    return lambda each: all(test(each) for test in tests)


def _of_status(value: str) -> Test:
    if not re.fullmatch(r"[1-5](?:\d\d|xx)", value):
        raise errors.control_error(f"status: '{value}' is neither a status such as 429 nor a class such as 4xx", "status")
    return lambda each: str(each.call.reply.status).startswith(value.removesuffix("xx"))


def _of_errand(value: str) -> Test:
    if value not in ("true", "false"):
        raise errors.control_error(f"errand: '{value}' is neither true nor false", "errand")
    return lambda each: each.is_errand is (value == "true")


_TESTS: dict[str, Callable[[str], Test]] = {
    "model": lambda value: lambda each: each.model == value,
    "operation": lambda value: lambda each: each.call.operation.id == value,
    "status": _of_status,
    "path": lambda value: lambda each: each.path.removeprefix("/v1") == value.removeprefix("/v1"),
    "scenario": lambda value: lambda each: each.scenario == value,
    "errand": _of_errand,
    "contains": lambda value: lambda each: each.says(value),
}


def _number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise errors.control_error(f"{name}: '{text}' is not a whole number", name)
    return int(text)
