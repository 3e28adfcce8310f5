"""The controls of what users script: scenarios and latencies, of one world or of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response

from mockapi import errors
from mockapi.control.fields import answer, fields, world_of
from mockapi.transport import pace

if TYPE_CHECKING:
    from mockapi.app import Api
    from mockapi.scenario.book import Book, Entry


class Scripting:
    """A call with a key acts on that key's world, a call without one on what all worlds share."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def scenarios(self, request: Request) -> Response:
        """The scenarios and how often each came into play; with POST add some, with DELETE forget them."""
        from mockapi.scenario.load import ScenarioFault, scenarios_of

        world = world_of(self._api, request)
        book = self._api.worlds.book if world is None else world.book
        if request.method == "POST":
            try:
                added = scenarios_of(await fields(request, None))
            except ScenarioFault as fault:
                raise errors.control_error(str(fault), "scenarios") from None
            book.add(added)
        elif request.method == "DELETE":
            book.replace(())
        shared = [] if world is None else [*self._api.worlds.book, *self._in_files()]
        if world is not None and world.shared is not None:
            await book.recall(world.store, [*book, *shared])
        told = [_told(entry, book) for entry in [*book, *shared]]
        faults = self._api.folder.faults if self._api.folder is not None else []
        return answer({"scenarios": told, "faults": faults})

    def _in_files(self) -> list[Entry]:
        return [] if self._api.folder is None else list(self._api.folder.look())

    async def latency(self, request: Request) -> Response:
        """How long answers take; with POST set it for a model or a pattern of them, with DELETE forget what was set."""
        world = world_of(self._api, request)
        latencies = self._api.worlds.latencies if world is None else world.latencies
        if request.method == "POST":
            told = await fields(request, ("model", "latency"))
            model, text = told.get("model", "*"), told.get("latency")
            if not isinstance(model, str) or not isinstance(text, str):
                raise errors.control_error("latency: a text like first=300ms,tokens_per_second=50 is expected", "latency")
            try:
                latencies[model] = pace.read(text)
            except ValueError as fault:
                raise errors.control_error(f"latency: {fault}", "latency") from None
        elif request.method == "DELETE":
            latencies.clear()
        return answer({model: _members(each) for model, each in latencies.items()})


def _members(latency: pace.Latency) -> dict[str, Any]:
    return {name: getattr(latency, name) for name in ("first", "tokens_per_second", "jitter", "load")}


def _told(entry: Entry, book: Book) -> dict[str, Any]:
    played = book.played(entry)
    told = entry.scenario.model_dump(by_alias=True, exclude_unset=True)
    return {**told, "matched": played.matched, "used": played.used}
