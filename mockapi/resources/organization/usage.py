"""What was used, by endpoint, and what it cost. `client.admin.organization.usage`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from mockapi.admission import spend
from mockapi.catalogue import Card
from mockapi.contract.organization import usage
from mockapi.operations import operation
from mockapi.resources.organization import kept, reports
from mockapi.resources.organization.reports import Amounts, Teller, Told, Used
from mockapi.resources.vector_stores import kept as stores
from mockapi.transport.call import Call

_COMPLETIONS = frozenset((
    "/chat/completions", "/completions", "/responses", "/responses/compact", "/realtime", "/realtime/translations", "/evals",
    "/threads/runs", "/threads/{thread_id}/runs", "/threads/{thread_id}/runs/{run_id}/submit_tool_outputs",
))  # fmt: skip
_HEARD = frozenset(("/audio/transcriptions", "/audio/translations"))
_SOURCES = {"/images/generations": "image.generation", "/images/edits": "image.edit", "/images/variations": "image.variation"}
_PICTURES = "images "
_usage_operation = partial(operation, response=usage.UsageResponse, layout="pretty+newline")


def _of_paths(*paths: str) -> Teller:
    """Tells of all that was booked for some endpoints."""
    return lambda entry, card: [({}, entry.figures)] if entry.path in paths else []


def _of_figure(figure: str) -> Teller:
    """Tells of calls of a built-in tool."""
    return lambda entry, card: [({}, entry.figures)] if figure in entry.figures else []


async def _report(
    call: Call,
    tell: Teller,
    name: str,
    groups: tuple[str, ...],
    sums: Callable[[Amounts], Amounts],
    **filters: list[Any] | None,
) -> dict[str, Any]:
    """One page of usage, filtered by what every query may name, and by `filters`."""
    query = call.query
    wanted = reports.among(
        await reports.booked(call, tell),
        project_id=query.project_ids,
        user_id=getattr(query, "user_ids", None),
        api_key_id=getattr(query, "api_key_ids", None),
        **filters,
    )
    models: list[str] | None = getattr(query, "models", None)
    if models is not None:
        wanted = [used for used in wanted if used.about["model"] in models or used.about["asked_as"] in models]
    return _page(call, wanted, name, groups, sums)


def _page(call: Call, wanted: list[Used], name: str, groups: tuple[str, ...], sums: Callable[[Amounts], Amounts]) -> dict[str, Any]:
    def told(group: dict[str, Any], amounts: Amounts) -> dict[str, Any]:
        return {"object": f"organization.usage.{name}.result", **sums(amounts), **dict.fromkeys(groups), **group}

    return reports.page(call.query, call.world.clock.seconds(), wanted, told)


_MODEL = ("project_id", "user_id", "api_key_id", "model")


def _tokens(amounts: Amounts) -> Amounts:
    return {"input_tokens": amounts.get("input", 0), "num_model_requests": amounts["requests"]}


def _completion(amounts: Amounts) -> Amounts:
    text, cached, heard = (amounts.get(name, 0) for name in ("input", "cached_input", "audio_input"))
    written, spoken = amounts.get("output", 0), amounts.get("audio_output", 0)
    return {
        "input_tokens": text + cached + heard,
        "input_cached_tokens": cached,
        "input_cache_write_tokens": 0,
        "input_uncached_tokens": text + heard,
        "output_tokens": written + spoken,
        # guess: pictures are counted among the text
        "input_text_tokens": text,
        "output_text_tokens": written,
        "input_cached_text_tokens": cached,
        "input_audio_tokens": heard,
        "input_cached_audio_tokens": 0,
        "output_audio_tokens": spoken,
        "input_image_tokens": 0,
        "input_cached_image_tokens": 0,
        "output_image_tokens": 0,
        "num_model_requests": amounts["requests"],
    }


@_usage_operation("GET /organization/usage/completions", id="usage-completions", query=usage.CompletionsUsageQuery)
async def completions(call: Call) -> dict[str, Any]:
    batch = None if call.query.batch is None else [call.query.batch]
    groups = (*_MODEL, "batch", "service_tier")
    return await _report(call, _of_paths(*_COMPLETIONS), "completions", groups, _completion, batch=batch)


@_usage_operation("GET /organization/usage/embeddings", id="usage-embeddings", query=usage.UsageQuery)
async def embeddings(call: Call) -> dict[str, Any]:
    return await _report(call, _of_paths("/embeddings"), "embeddings", _MODEL, _tokens)


@_usage_operation("GET /organization/usage/moderations", id="usage-moderations", query=usage.UsageQuery)
async def moderations(call: Call) -> dict[str, Any]:
    return await _report(call, _of_paths("/moderations"), "moderations", _MODEL, _tokens)


def _pictures(entry: spend.Entry, card: Card | None) -> Told:
    """Pictures by their sizes. The calls are told with the size that comes first: nearly always there is one."""
    source = _SOURCES.get(entry.path)
    if source is None:
        return []
    counts = {name.removeprefix(_PICTURES): amount for name, amount in entry.figures.items() if name.startswith(_PICTURES)}
    requests = [entry.figures["requests"], *[0] * len(counts)]
    return [({"source": source, "size": size}, {"images": n, "requests": requests[i]}) for i, (size, n) in enumerate(counts.items())]


@_usage_operation("GET /organization/usage/images", id="usage-images", query=usage.ImagesUsageQuery)
async def images(call: Call) -> dict[str, Any]:
    query: usage.ImagesUsageQuery = call.query
    groups = ("size", "source", *_MODEL)

    def sums(amounts: Amounts) -> Amounts:
        return {"images": amounts["images"], "num_model_requests": amounts["requests"]}

    return await _report(call, _pictures, "images", groups, sums, source=query.sources, size=query.sizes)


@_usage_operation("GET /organization/usage/audio_speeches", id="usage-audio-speeches", query=usage.UsageQuery)
async def audio_speeches(call: Call) -> dict[str, Any]:
    def sums(amounts: Amounts) -> Amounts:
        characters = amounts.get("million_characters", 0) + amounts.get("characters", 0)
        return {"characters": characters, "num_model_requests": amounts["requests"]}

    return await _report(call, _of_paths("/audio/speech"), "audio_speeches", _MODEL, sums)


@_usage_operation("GET /organization/usage/audio_transcriptions", id="usage-audio-transcriptions", query=usage.UsageQuery)
async def audio_transcriptions(call: Call) -> dict[str, Any]:
    def sums(amounts: Amounts) -> Amounts:
        # What is paid by the minute is counted in seconds too.
        return {"seconds": amounts.get("minute", 0) + amounts.get("seconds", 0), "num_model_requests": amounts["requests"]}

    return await _report(call, _of_paths(*_HEARD), "audio_transcriptions", _MODEL, sums)


@_usage_operation("GET /organization/usage/code_interpreter_sessions", id="usage-code-interpreter-sessions", query=usage.ProjectsUsageQuery)
async def code_interpreter_sessions(call: Call) -> dict[str, Any]:
    def sums(amounts: Amounts) -> Amounts:
        return {"num_sessions": amounts["code_interpreter"]}

    return await _report(call, _of_figure("code_interpreter"), "code_interpreter_sessions", ("project_id",), sums)


@_usage_operation("GET /organization/usage/file_search_calls", id="usage-file-search-calls", query=usage.FileSearchUsageQuery)
async def file_search_calls(call: Call) -> dict[str, Any]:
    def sums(amounts: Amounts) -> Amounts:
        return {"num_requests": amounts["file_search"]}

    groups = ("project_id", "user_id", "api_key_id", "vector_store_id")
    # guess: which stores were searched is not booked, so a filter by store finds nothing
    stores_asked = call.query.vector_store_ids
    return await _report(call, _of_figure("file_search"), "file_searches", groups, sums, vector_store_id=stores_asked)


@_usage_operation("GET /organization/usage/web_search_calls", id="usage-web-search-calls", query=usage.WebSearchUsageQuery)
async def web_search_calls(call: Call) -> dict[str, Any]:
    def sums(amounts: Amounts) -> Amounts:
        # guess: one search a call
        return {"num_model_requests": amounts["web_search"], "num_requests": amounts["web_search"]}

    # guess: every search is told as one of the usual context
    def tell(entry: spend.Entry, card: Card | None) -> Told:
        return [({"context_level": "medium"}, entry.figures)] if "web_search" in entry.figures else []

    return await _report(call, tell, "web_searches", (*_MODEL, "context_level"), sums, context_level=call.query.context_levels)


@_usage_operation("GET /organization/usage/vector_stores", id="usage-vector-stores", query=usage.ProjectsUsageQuery)
async def vector_stores(call: Call) -> dict[str, Any]:
    """What is stored now, told from the bucket on in which it was put there."""
    query: usage.ProjectsUsageQuery = call.query
    world = await kept.opened(call)
    await stores.settle(world)
    project = world.identity.project
    files = [row["shown"] for store in await world.store.page(stores.KIND) for row in await stores.rows(world, store["id"])]
    found = [Used(file["created_at"], {"project_id": project}, {"bytes": file["usage_bytes"]}) for file in files]
    wanted = reports.among(found, project_id=query.project_ids)
    made = _page(call, [], "vector_stores", ("project_id",), dict)
    group = {"project_id": project if query.group_by else None}
    for bucket in made["data"]:
        there = sum(used.amounts["bytes"] for used in wanted if used.at < bucket["end_time"])
        if there:
            bucket["results"] = [{"object": "organization.usage.vector_stores.result", "usage_bytes": there, **group}]
    return made


def _items(entry: spend.Entry, card: Card | None) -> dict[str, tuple[int, int]]:
    """What an entry cost and how much that was, by what was paid for. One that its card does not explain is told as a whole."""
    priced = {} if card is None else {name: spend.price(card, {name: amount}, entry.rate) for name, amount in entry.figures.items()}
    items = {name: (cost, entry.figures[name]) for name, cost in priced.items() if cost}
    return items if sum(priced.values()) == entry.figures["cost"] else {"requests": (entry.figures["cost"], entry.figures["requests"])}


# What an amount is counted in, by the end of its price's name; all else is tokens.
_UNITS = {"minute": "duration_seconds", "million_characters": "characters"}


def _unit(figure: str) -> str | None:
    if figure.startswith("image_") and not figure.endswith(("input", "output")):
        return "images"
    if figure in _UNITS:
        return _UNITS[figure]
    if figure.startswith("second_"):
        return "duration_seconds"
    return "tokens" if figure.endswith(("input", "output", "training")) else None


@_usage_operation("GET /organization/costs", id="usage-costs", query=usage.CostsQuery)
async def costs(call: Call) -> dict[str, Any]:
    query: usage.CostsQuery = call.query
    by_item, units = "line_item" in (query.group_by or ()), dict[str, str | None]()

    def tell(entry: spend.Entry, card: Card | None) -> Told:
        if not by_item:
            return [({}, {"cost": entry.figures["cost"]})]
        told: Told = []
        for figure, (cost, amount) in _items(entry, card).items():
            item = f"{entry.model if card is None else card.snapshot}, {figure.replace('_', ' ')}"
            units[item] = _unit(figure)
            told.append(({"line_item": item}, {"cost": cost, "quantity": amount}))
        return told

    def result(group: dict[str, Any], amounts: Amounts) -> dict[str, Any]:
        return {
            "object": "organization.costs.result",
            "amount": {"value": amounts["cost"] / spend.DOLLAR, "currency": "usd"},
            **dict.fromkeys(("line_item", "project_id", "api_key_id")),
            **group,
            "quantity": amounts.get("quantity"),
            "quantity_unit": units.get(group.get("line_item", "")),
        }

    wanted = reports.among(await reports.booked(call, tell), project_id=query.project_ids, api_key_id=query.api_key_ids)
    return reports.page(query, call.world.clock.seconds(), wanted, result, reports.COST_BUCKETS)
