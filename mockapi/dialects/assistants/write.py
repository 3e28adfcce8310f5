"""From answers to the steps and messages of a run, and to the events that tell of them.

All that a run does is told by events, whose data are whole objects and changes of them; what is kept is what they add up to. Orders and
shapes: api-facts D.5.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, TypedDict

from mockapi import json
from mockapi.engine.usage import Usage

Item = dict[str, Any]
Event = tuple[str, Item]
Cut = Callable[[str], list[str]]
# What has to be asked for to be told.
_CONTENT = "step_details.tool_calls[*].file_search.results[*].content"
DONE = b"event: done\ndata: [DONE]\n\n"


class Made(TypedDict):
    """What one step comes to: tool calls, or the content of a message. `cut` is why the message is incomplete, if it is."""

    step_id: str
    calls: list[Item]
    message_id: str | None
    content: list[Item]
    cut: str | None
    usage: Item


class Turn(TypedDict):
    """What a run does until it ends or waits for its client: its steps, and the members of the run that are then others."""

    made: list[Made]
    end: Item


def tokens(bill: Usage) -> Item:
    """The usage of a step."""
    return {
        "prompt_tokens": bill.prompt_tokens,
        "completion_tokens": bill.completion_tokens,
        "total_tokens": bill.prompt_tokens + bill.completion_tokens,
        "prompt_token_details": {"cached_tokens": bill.cached_tokens},
        "completion_tokens_details": {"reasoning_tokens": bill.reasoning_tokens},
    }


def summed(usages: Iterable[Item]) -> Item:
    """The usage of a run: that of its steps."""
    total = tokens(Usage(0))
    for usage in usages:
        total = {name: _added(value, usage[name]) for name, value in total.items()}
    return total


def _added(left: Any, right: Any) -> Any:
    return {name: value + right[name] for name, value in left.items()} if isinstance(left, dict) else left + right


def message(
    id: str,
    thread_id: str,
    role: str,
    content: list[Item],
    created: int,
    *,
    run: Item | None = None,
    attachments: list[Item] | None = None,
    metadata: dict[str, str] | None = None,
) -> Item:
    """A message as it was written by a client, or as a run begins to; `created` in Unix seconds."""
    return {
        "id": id,
        "object": "thread.message",
        "created_at": created,
        "assistant_id": None if run is None else run["assistant_id"],
        "thread_id": thread_id,
        "run_id": None if run is None else run["id"],
        "status": "completed" if run is None else "in_progress",
        "incomplete_details": None,
        "incomplete_at": None,
        "completed_at": None,
        "role": role,
        "content": content,
        "attachments": attachments or [],
        "metadata": metadata or {},
    }


def _step(made: Made, run: Item, created: int) -> Item:
    kind = "message_creation" if made["message_id"] is not None else "tool_calls"
    details: Item = {"type": kind, "tool_calls": []}
    if made["message_id"] is not None:
        details = {"type": kind, "message_creation": {"message_id": made["message_id"]}}
    return {
        "id": made["step_id"],
        "object": "thread.run.step",
        "created_at": created,
        "run_id": run["id"],
        "assistant_id": run["assistant_id"],
        "thread_id": run["thread_id"],
        "type": kind,
        "status": "in_progress",
        "cancelled_at": None,
        "completed_at": None,
        "expires_at": run["expires_at"],
        "expired_at": None,
        "failed_at": None,
        "last_error": None,
        "step_details": details,
        "usage": None,
        "metadata": {},
    }


def over(step: Item, status: str, at: int, usage: Item | None) -> Item:
    """A step that is over: completed, cancelled, expired or failed, at a moment in Unix seconds."""
    return {**step, "status": status, f"{status}_at": at, "expires_at": None, "usage": usage}


def finished(run: Item, status: str, at: int) -> Item:
    """A run that has come to its end, at a moment in Unix seconds."""
    made = {**run, "status": status, "expires_at": None, "required_action": None}
    return {**made, f"{status}_at": at} if f"{status}_at" in made else made


def answered(made: Made) -> Item:
    """The details of a step whose calls are answered."""
    return {"type": "tool_calls", "tool_calls": made["calls"]}


def whole(text: str) -> list[str]:
    """A text as one piece."""
    return [text] if text else []


def turn(run: Item, done: Turn, at: int, cut: Cut) -> Iterator[Event]:
    """The events of a run that is in progress, texts cut into pieces, until it ends or waits; the last is of the run itself."""
    for made in done["made"]:
        yield from _of_step(run, made, at, cut)
    ended = {**run, **done["end"]}
    if ended["status"] != "requires_action":
        ended = finished(ended, ended["status"], at)
    yield f"thread.run.{ended['status']}", ended


def _of_step(run: Item, made: Made, at: int, cut: Cut) -> Iterator[Event]:
    begun = _step(made, run, at)
    yield "thread.run.step.created", begun
    yield "thread.run.step.in_progress", begun
    if made["message_id"] is None:
        for change in _calls(made["calls"], cut):
            details = {"type": "tool_calls", "tool_calls": [change]}
            told = {"id": begun["id"], "object": "thread.run.step.delta", "delta": {"step_details": details}}
            yield "thread.run.step.delta", told
        if any(call["type"] == "function" for call in made["calls"]):
            # It waits for its outputs.
            return
        yield "thread.run.step.completed", over({**begun, "step_details": answered(made)}, "completed", at, made["usage"])
        return
    empty = message(made["message_id"], run["thread_id"], "assistant", [], at, run=run)
    yield "thread.message.created", empty
    yield "thread.message.in_progress", empty
    for part in _parts(made["content"], cut):
        yield "thread.message.delta", {"id": empty["id"], "object": "thread.message.delta", "delta": {"content": [part]}}
    if made["cut"] is None:
        yield "thread.message.completed", {**empty, "status": "completed", "completed_at": at, "content": made["content"]}
    else:
        why = {"incomplete_details": {"reason": made["cut"]}, "incomplete_at": at}
        yield "thread.message.incomplete", {**empty, "status": "incomplete", **why, "content": made["content"]}
    yield "thread.run.step.completed", over(begun, "completed", at, made["usage"])


def _calls(calls: list[Item], cut: Cut) -> Iterator[Item]:
    """Tool calls change by change: what each is, then what it is called with, then what came of it."""
    for index, call in enumerate(calls):
        kind = call["type"]
        head, own = {"index": index, "id": call["id"], "type": kind}, call[kind]
        if kind == "function":
            yield {**head, kind: {"name": own["name"], "arguments": "", "output": None}}
            yield from ({"index": index, "type": kind, kind: {"arguments": piece}} for piece in cut(own["arguments"]))
        elif kind == "code_interpreter":
            yield {**head, kind: {"input": "", "outputs": []}}
            yield from ({"index": index, "type": kind, kind: {"input": piece}} for piece in cut(own["input"]))
            for number, output in enumerate(own["outputs"]):
                yield {"index": index, "type": kind, kind: {"outputs": [{"index": number, **output}]}}
        else:
            # doc: always empty; what was found is told when the step is over
            yield {**head, kind: {}}


def _parts(content: list[Item], cut: Cut) -> Iterator[Item]:
    """The content of a message piece by piece; what stands for a source is a piece of its own and brings its annotation."""
    for index, part in enumerate(content):
        if part["type"] == "refusal":
            yield from ({"index": index, "type": "refusal", "refusal": piece} for piece in cut(part["refusal"]))
            continue
        value, first, at = part["text"]["value"], True, 0
        for number, note in enumerate([*part["text"]["annotations"], None]):
            end = len(value) if note is None else note["start_index"]
            for piece in cut(value[at:end]) or ([] if value else [""]):
                # seen: the first piece alone has annotations, and those that bring one
                yield {"index": index, "type": "text", "text": {"value": piece, "annotations": []} if first else {"value": piece}}
                first = False
            if note is not None:
                at = note["end_index"]
                told = {"value": note["text"], "annotations": [{"index": number, **note}]}
                yield {"index": index, "type": "text", "text": told}
                first = False


def fold(events: Iterable[Event]) -> dict[str, Item]:
    """The objects that events add up to, by their ids, in the order in which they came up."""
    found: dict[str, Item] = {}
    for _, told in events:
        if not told["object"].endswith(".delta"):
            found[told["id"]] = told
            continue
        found[told["id"]] = _merged(found[told["id"]], told["delta"])
    return found


def _merged(value: Item, change: Item) -> Item:
    made = dict(value)
    for name, piece in change.items():
        before = made.get(name)
        if isinstance(piece, list):
            made[name] = _listed(before or [], piece)
        elif isinstance(piece, dict) and isinstance(before, dict):
            made[name] = _merged(before, piece)
        elif isinstance(piece, str) and isinstance(before, str) and name not in ("type", "id"):
            made[name] = before + piece
        elif name != "index":
            made[name] = piece
    return made


def _listed(rows: list[Item], changes: list[Item]) -> list[Item]:
    made = list(rows)
    for change in changes:
        if change["index"] == len(made):
            made.append({})
        made[change["index"]] = _merged(made[change["index"]], change)
    return made


def line(event: Event) -> bytes:
    """An event as it is sent."""
    name, told = event
    return b"event: %b\ndata: %b\n\n" % (name.encode(), json.write(told))


def told(item: Item, include: Collection[str]) -> Item:
    """A step, or anything else, as a client sees it: without the texts that a search found, unless they are asked for."""
    details = item.get("step_details")
    if details is None or details["type"] != "tool_calls" or _CONTENT in include:
        return item
    return {**item, "step_details": {**details, "tool_calls": [_without(call) for call in details["tool_calls"]]}}


def _without(call: Item) -> Item:
    if call["type"] != "file_search":
        return call
    results = [{name: value for name, value in hit.items() if name != "content"} for hit in call["file_search"]["results"]]
    return {**call, "file_search": {**call["file_search"], "results": results}}
