"""Where the rows of a run come from: the request, a file, or what the API stored of earlier calls."""

from __future__ import annotations

from typing import Any

from mockapi import catalogue, errors, json, lifecycle
from mockapi.aside import aside
from mockapi.resources import files
from mockapi.resources.evals import refusals, rows, sampling
from mockapi.world import World

# Bytes of data from which on they are checked beside others: some milliseconds' work.
_LARGE = 100_000
_FILED = ("file_content", "file_id")


def is_stored(source: dict[str, Any]) -> bool:
    """Whether the rows are earlier calls, which are looked up when the run begins."""
    return source["type"] not in _FILED


async def read(world: World, data_source: dict[str, Any], schema: dict[str, Any], size: int) -> bytes:
    """The rows that stand in a request of some size, or in the file that it names, as lines. Raises for what is no row of its eval."""
    source = data_source["source"]
    if is_stored(source):
        return b""
    if source["type"] == "file_content":
        found = rows.sent(source["content"])
    else:
        content = await _file(world, source["id"])
        size, found = len(content), rows.filed(content)
    sampled = sampling.asks(data_source)
    return await aside(size > _LARGE, lambda: b"".join(rows.check(found, schema, sampled=sampled)))


async def _file(world: World, file_id: str) -> bytes:
    param = "data_source.source.id"
    found = await files.find(world, file_id)
    if found is None:
        # guess: told as elsewhere; no recording of a run on an unknown file
        raise errors.bad_request(f"No such File object: {file_id}", param)
    if found["purpose"] != "evals":
        raise errors.file_not_for("evals", file_id, param)
    return await files.read(world, file_id)


def check(data_source: dict[str, Any]) -> None:
    """Raise for a model without a prompt, and for a prompt without a model."""
    given = [name for name in ("model", "input_messages") if data_source.get(name) is not None]
    if len(given) == 1:
        raise refusals.incomplete_sampling("model" if given == ["input_messages"] else "input_messages")


async def stored(world: World, source: dict[str, Any], config: dict[str, Any]) -> bytes:
    """The earlier calls that a source and its eval's filters describe, oldest first, as lines."""
    found = _completions if source["type"] == "stored_completions" else _responses
    wanted = {**(config.get("metadata") or {}), **(source.get("metadata") or {})}
    lines, most = await found(world, source, wanted), source.get("limit")
    return b"".join(json.write(line) + b"\n" for line in (lines if most is None else lines[: max(0, most)]))


async def _completions(world: World, source: dict[str, Any], metadata: dict[str, Any]) -> list[dict[str, Any]]:
    from mockapi.resources.chat import completions

    lines = []
    for made in await world.store.page(completions.KIND):
        if completions.fits(made, source.get("model"), metadata) and _in_time(source, made["created"]):
            kept = await world.store.get(completions.MESSAGES, made["id"]) or {"messages": []}
            # doc: the guide's prompts name `item.input`
            item = {"input": [_plain(message) for message in kept["messages"]]}
            lines.append({"item": item, "sample": sampling.as_sample(sampling.of_completion(made))})
    return lines


async def _responses(world: World, source: dict[str, Any], metadata: dict[str, Any]) -> list[dict[str, Any]]:
    from mockapi.resources.responses import kept
    from mockapi.resources.responses.context import KIND

    lines = []
    for row in await world.store.page(KIND):
        job = await lifecycle.look(world, KIND, row["shown"]["id"], counts=False)
        if job is None or job["shown"]["status"] not in ("completed", "incomplete"):
            continue
        made = kept.shown(job, None)
        if _fits(made, source, metadata) and _in_time(source, made["created_at"]):
            item = {"input": [_plain(each) for each in job["own"]["input"] if each["type"] != "reasoning"]}
            lines.append({"item": item, "sample": sampling.as_sample(sampling.of_response(made))})
    return lines


def _plain(message: dict[str, Any]) -> dict[str, Any]:
    """A message that is kept, as it may be sent again: its content has only the parts that were sent."""
    made = {name: value for name, value in message.items() if name not in ("id", "status", "content_parts") and value is not None}
    return made | {"content": message["content_parts"]} if message.get("content_parts") else made


def _in_time(source: dict[str, Any], created: int) -> bool:
    after, before = source.get("created_after"), source.get("created_before")
    return (after is None or created >= after) and (before is None or created <= before)


def _fits(made: dict[str, Any], source: dict[str, Any], metadata: dict[str, Any]) -> bool:
    """Whether a response is one that a source asks for."""
    card = catalogue.card(made["model"])
    effort = (made.get("reasoning") or {}).get("effort")
    tools = {tool.get("name") or tool["type"] for tool in made["tools"]}
    return (
        all((made["metadata"] or {}).get(name) == value for name, value in metadata.items())
        and source.get("model") in (None, made["model"], card and card.id)
        and (source.get("instructions_search") or "").lower() in (made["instructions"] or "").lower()
        and all(source.get(name) in (None, made[name]) for name in ("temperature", "top_p"))
        and source.get("reasoning_effort") in (None, effort)
        and (not source.get("users") or made.get("user") in source["users"])
        and (not source.get("tools") or bool(tools & set(source["tools"])))
    )
