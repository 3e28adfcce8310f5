"""Canned mode: every operation answers every well-formed request with a sample of its response that echoes what it was asked with."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from mockapi import catalogue, json
from mockapi.admission.limits import Charge
from mockapi.contract.types import Upload
from mockapi.engine import sampler
from mockapi.errors import ApiError
from mockapi.operations import Operation
from mockapi.transport.call import Call
from mockapi.transport.reply import Content, Events


def find_model(call: Call) -> None:
    """The card of the model a call names; one that nobody knows, or that is not for this, is taken for one the operation is made for."""
    operation = call.operation
    if operation.prepare is None:
        return
    call.operation = _lenient(operation)
    name = operation.model_of(call.asked.json)
    if isinstance(name, str):
        known, endpoint = catalogue.card(name), operation.path[1:].replace("/", "_")
        fits = known is not None and (endpoint in known.endpoints or endpoint in known.acts_as)
        call.card = known if fits else catalogue.stand_in(name, operation.sample_model)


# The charge of a request that holds its contract and that the operation would refuse all the same.
_REFUSED = Charge()


@cache
def _lenient(operation: Operation) -> Operation:
    """An operation that has nothing against a request but its contract."""
    checked = operation.prepare
    assert checked is not None

    def prepare(call: Call) -> Charge:
        try:
            return checked(call)
        except ApiError:
            return _REFUSED

    return replace(operation, prepare=prepare, charges_faults=False)


async def behave(call: Call) -> Any:
    """The operation's own behaviour where it reads no stored object and has what it needs, else a sample."""
    if call.operation.stateless and call.asked.charge is not _REFUSED:
        try:
            return await call.operation.behave(call)
        except ApiError as error:
            if error.status >= 500:
                raise
    return _sampled(call)


def _sampled(call: Call) -> Any:
    """A sample of the answer: events, bytes or JSON, in the form that was asked for."""
    operation, asked = call.operation, call.asked.json or {}
    form = asked.get("response_format")
    told = operation.events or operation.response
    if told is not None and (asked.get("stream") is True or asked.get("stream_format") == "sse"):
        return Events(_events(_branches(told) or (told,), call))
    if operation.response is None:
        return _content(operation, asked.get("variant") or form)
    if isinstance(form, str) and form in _TRANSCRIPTS:
        return Content(_TRANSCRIPTS[form], operation.contents[0])
    return _sample(_of_form(operation.response, form or "json"), call)


def _sample(kind: Any, call: Call) -> Any:
    sample, _ = _plan(kind).instance(call.stream)
    return _echoing(_added(sample), kind, call)


def _events(kinds: tuple[Any, ...], call: Call) -> Iterator[bytes]:
    """One event of each kind, in the order in which they are declared; what has no type ends as a chat does."""
    is_typed = False
    for kind in kinds:
        event = _sample(kind, call)
        if "event" in event:
            # Those of a run have their names outside, and the last of them is no JSON.
            is_typed, told = True, event["data"]
            yield b"event: %b\ndata: %b\n\n" % (event["event"].encode(), told.encode() if isinstance(told, str) else json.write(told))
            continue
        is_typed = "type" in event
        yield b"%bdata: %b\n\n" % (b"event: %b\n" % event["type"].encode() if is_typed else b"", json.write(event))
    if not is_typed:
        yield b"data: [DONE]\n\n"


def _branches(kind: Any) -> tuple[Any, ...]:
    """The members of a union that has a name."""
    return get_args(getattr(kind, "__value__", None))


def _of_form(response: Any, form: Any) -> Any:
    """Of a union the member that is called after a form, such as TranscriptionVerboseJson after verbose_json."""
    ending = str(form).title().replace("_", "")
    called = [kind for kind in _branches(response) if getattr(kind, "__name__", "").endswith(ending)]
    return min(called, key=lambda kind: len(kind.__name__)) if called else response


def _content(operation: Operation, form: Any) -> Content:
    """Bytes of one of the types that an operation answers with, the first unless another is asked for."""
    first = operation.contents[0]
    if first.startswith("video/"):
        return _filmed(form)
    if not first.startswith("audio/"):
        return Content(b"mockapi\n", first)
    kind = f"audio/{form}"
    return Content(_spoken(form), kind) if kind in operation.contents else Content(_spoken("mp3"), first)


@cache
def _spoken(form: Any) -> bytes:
    # Imported on first use: few clients ask for a sound.
    from mockapi.engine import sound

    return sound.say("Hello!", form, "alloy")


@cache
def _filmed(variant: Any) -> Content:
    from mockapi.engine import film
    from mockapi.seed import Stream

    make, kind = film.VARIANTS[variant or "video"]
    return Content(make([film.Shot("Hello!", 4)], 720, 1280, Stream(1)), kind)


_TRANSCRIPTS = {
    "text": b"Hello!\n",
    "srt": b"1\n00:00:00,000 --> 00:00:01,000\nHello!\n\n\n",
    "vtt": b"WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nHello!\n\n",
}
# Moments of samples: any in 2026.
_YEAR = {"minimum": 1_767_225_600, "maximum": 1_798_761_599}


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


@cache
def _plan(kind: Any) -> sampler.Plan:
    """Draws samples without nulls where there is something else to say, and with examples in place of what they are of."""
    return sampler.plan(_full(_adapter(kind).json_schema()))


# Texts that mean something, by the name of what they are the values of.
_MEANT: dict[str, Callable[[], list[str]]] = {
    "size": lambda: ["1024x1024", "1024x1536", "1536x1024"],
    "b64_json": lambda: [_PIXEL],
    "audio": lambda: [base64.b64encode(_spoken("mp3")).decode()],
}
_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
# The status that a job or an upload has after it was told to do something. doc: the official document's examples; but of a pause
# there is only an example that the document's own enum does not have, so (guess) a job that is to pause still runs.
_AFTER = {
    "cancelBatch": "cancelling", "cancelFineTuningJob": "cancelled", "pauseFineTuningJob": "running", "resumeFineTuningJob": "queued",
    "cancelUpload": "cancelled", "completeUpload": "completed", "cancelVectorStoreFileBatch": "cancelled",
    "cancelEvalRun": "canceled", "CancelChatSessionMethod": "cancelled", "cancelRun": "cancelling",
}  # fmt: skip

# What an answer calls the id in a path that is not its own.
_SOURCES = {"CreateVideoRemix": "remixed_from_video_id"}


# Members of answers that say in their own words what was asked with.
_TOLD: dict[str, tuple[str, Callable[[dict[str, Any]], Any]]] = {
    "createVectorStoreFile": ("id", lambda sent: sent["file_id"]),
    "searchVectorStore": ("search_query", lambda sent: [sent["query"]] if isinstance(sent["query"], str) else sent["query"]),
}


def _full(node: Any) -> Any:
    if isinstance(node, list):
        return [_full(child) for child in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("examples"), list):
        return {"enum": node["examples"]}
    made = {key: _full(value) for key, value in node.items()}
    branches = made.get("anyOf")
    if isinstance(branches, list) and len(branches) > 1:
        made["anyOf"] = [branch for branch in branches if branch != {"type": "null"}]
    properties = made.get("properties")
    for name, child in properties.items() if isinstance(properties, dict) else ():
        if name in _MEANT and child.get("type") == "string" and "enum" not in child:
            child["enum"] = _MEANT[name]()
        if name.endswith("_at") or name in ("created", "estimated_finish"):
            for kind in child.get("anyOf", [child]):
                kind.update(_YEAR if kind.get("type") == "integer" else {})
    return made


def _added(node: Any) -> Any:
    """A sample whose sums add up: totals, details that are parts, and places in a list."""
    if isinstance(node, list):
        for number, row in enumerate(node):
            if isinstance(row, dict) and "index" in row:
                row["index"] = number
            _added(row)
    if not isinstance(node, dict):
        return node
    for name, value in node.items():
        _added(value)
        if name.endswith("_details") and isinstance(value, dict):
            whole = node.get(name.removesuffix("_details"), 0)
            value.update({part: min(count, whole) for part, count in value.items() if isinstance(count, int)})
    for total, parts in _SUMS:
        added = [node[part] for part in parts if isinstance(node.get(part), int)]
        if total in node and added:
            node[total] = sum(added)
    return node


_SUMS = (
    ("total_tokens", ("prompt_tokens", "completion_tokens", "input_tokens", "output_tokens")),
    ("total", ("in_progress", "completed", "errored", "failed", "passed", "cancelled")),
)


def _echoing(sample: Any, kind: Any, call: Call) -> Any:
    if not isinstance(sample, dict):
        return sample
    asked = call.asked.json or {}
    own = f"{sample.get('object')}_id"
    for parameter, value in call.parameters.items():
        name = _SOURCES.get(call.operation.id, parameter)
        if name in sample:
            sample[name] = value
        elif "id" in sample and (own not in call.parameters or name == own):
            sample["id"] = value
    if "deleted" in sample:
        sample["deleted"] = True
    if call.operation.id in _AFTER:
        sample["status"] = _AFTER[call.operation.id]
    if call.operation.id in _TOLD:
        name, told = _TOLD[call.operation.id]
        sample[name] = told(asked)
    rows = sample.get("data")
    if isinstance(rows, list):
        limit = asked.get("limit")
        sample["data"] = rows = rows[:limit] if isinstance(limit, int) else rows
        for number, row in enumerate(rows):
            if isinstance(row, dict):
                _echo(row, asked, sample, kind)
                row.update({name: value for name, value in call.parameters.items() if name in row})
                if "id" in row and call.parameters:
                    row["id"] = f"{next(iter(call.parameters.values()))}-{number}"
        if "first_id" in sample:
            sample |= {"first_id": rows[0]["id"] if rows else None, "last_id": rows[-1]["id"] if rows else None}
    if "has_more" in sample:
        sample["has_more"] = False
    _echo(sample, asked, sample, kind)
    for value in asked.values():
        if isinstance(value, Upload) and "filename" in sample:
            sample |= {"filename": value.filename, "bytes": len(value.content)}
    return sample


def _echo(part: dict[str, Any], asked: dict[str, Any], whole: dict[str, Any], kind: Any) -> None:
    """Put what was asked with in the place of what has the same name and kind, as far as the whole then still is an answer."""
    for name, sent in asked.items():
        value, before = _said(sent), part.get(name)
        if before is None or type(value) is not type(before):
            continue
        meant = _MEANT[name]() if name in _MEANT else ()
        if before in meant and value not in meant:
            continue
        part[name] = value
        try:
            _adapter(kind).validate_python(whole, extra="forbid")
        except ValidationError:
            part[name] = before


def _said(value: Any) -> Any:
    """A value without members that are null, which say nothing."""
    if isinstance(value, list):
        return [_said(item) for item in value]
    return {name: _said(item) for name, item in value.items() if item is not None} if isinstance(value, dict) else value
