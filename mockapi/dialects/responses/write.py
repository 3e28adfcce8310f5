"""From answers to output items and the events that tell of them.

An item is the fold of its events: both are made together here. Orders, shapes and padding: api-facts D.4.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mockapi import ids, json
from mockapi.engine.answer import Answer, Citation, Refusal, Text, ToolCall
from mockapi.engine.tokens import Encoding
from mockapi.seed import Stream, label

Item = dict[str, Any]
_PADDING_BLOCK = 16
# Deltas that carry padding (seen: D.4).
_PADDED = frozenset((
    "response.output_text.delta", "response.reasoning_summary_text.delta", "response.function_call_arguments.delta",
    "response.code_interpreter_call_code.delta", "response.mcp_call_arguments.delta", "response.custom_tool_call_input.delta",
))  # fmt: skip
# What begins a text that nobody can read (seen: D.4).
_FERNET = "gAAAAAB"


@dataclass(slots=True, eq=False, repr=False)
class Made:
    """One output item: as it is added, the events between, each a type and its members, and as it is done."""

    added: Item
    done: Item
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
class Writer:
    """What the items of one response share: the lineage of their ids, the instant in microseconds, chance, and the namespaces of tools by
    their names."""

    lineage: str
    micros: int
    stream: Stream
    vocabulary: Encoding
    namespaces: Mapping[str, str]
    tops: int | None = None  # alternatives for each token, None without log probabilities
    made: int = 0

    def id(self, prefix: str) -> str:
        """An id for the next item."""
        self.made += 1
        return ids.rooted(prefix, self.lineage, self.micros, self.stream.child(self.made))

    def call_id(self) -> str:
        return ids.tool_call(self.stream.child(1000 + self.made))


def items(answer: Answer, writer: Writer, annotations: list[dict[str, Any]]) -> list[Made]:
    """The items that an answer comes to; `annotations` are beside those that its text has."""
    status = "incomplete" if answer.finish in ("length", "content_filter") else "completed"
    found = []
    for place, part in enumerate(answer.parts):
        last = place == len(answer.parts) - 1
        if isinstance(part, ToolCall):
            found.append(_call(part, writer, status if last else "completed"))
        elif isinstance(part, Refusal):
            found.append(_refusal(part, writer))
        elif isinstance(part, Text):
            told = [*map(_citation, part.citations), *annotations]
            found.append(_message(part.text, told, writer, status if last else "completed"))
    return found


def reasoning(text: str, writer: Writer, *, summarised: bool, encrypted: bool) -> Made:
    """What the model thought: nothing of it, its summary, or itself where nobody can read it."""
    id = writer.id("rs_")
    events: list[tuple[str, dict[str, Any]]] = []
    summary = []
    if summarised and text:
        place = {"item_id": id, "summary_index": 0}
        events.append(("response.reasoning_summary_part.added", {**place, "part": {"type": "summary_text", "text": ""}}))
        events += (("response.reasoning_summary_text.delta", {**place, "delta": piece}) for piece in writer.vocabulary.pieces(text))
        events.append(("response.reasoning_summary_text.done", {**place, "text": text}))
        events.append(("response.reasoning_summary_part.done", {**place, "part": {"type": "summary_text", "text": text}}))
        summary = [{"type": "summary_text", "text": text}]
    added: Item = {"id": id, "type": "reasoning", "summary": []}
    done: Item = {"id": id, "type": "reasoning", "summary": summary}
    if encrypted:
        # seen: D.4, a shorter one when it is added
        added["encrypted_content"] = _FERNET + writer.stream.child(label(f"{id} added")).base62(64)
        done["encrypted_content"] = _FERNET + "".join(writer.stream.child(label(f"{id} {part}")).base62(64) for part in range(6))
    return Made(added, done, events)


def compaction(writer: Writer) -> Made:
    """What went before, so short that nobody can read it; its events tell no more than that it is there."""
    id = writer.id("cmp_")
    done = {"id": id, "type": "compaction", "encrypted_content": unreadable(writer.stream.child(label(id)), 8)}
    return Made({**done, "encrypted_content": unreadable(writer.stream.child(label(f"{id} added")), 1)}, done)


def unreadable(stream: Stream, size: int) -> str:
    """A text of so many parts that nobody can read."""
    return _FERNET + "".join(stream.child(part).base62(64) for part in range(size))


def _message(text: str, annotations: list[dict[str, Any]], writer: Writer, status: str) -> Made:
    id = writer.id("msg_")
    place = {"item_id": id, "content_index": 0}
    entries: list[dict[str, Any]] = []
    pieces: list[tuple[str, list[dict[str, Any]]]]
    if writer.tops is None:
        pieces = [(piece, []) for piece in writer.vocabulary.pieces(text)]
    else:
        from mockapi.engine import logprobs

        entries = logprobs.of(text, writer.tops, writer.vocabulary, Stream(label(text)))
        pieces = [(piece, [_streamed(entry) for entry in group]) for piece, group in logprobs.pieces(entries)]
    part = {"type": "output_text", "annotations": [], "logprobs": [], "text": ""}
    events: list[tuple[str, dict[str, Any]]] = [("response.content_part.added", {**place, "part": part})]
    events += (("response.output_text.delta", {**place, "delta": piece, "logprobs": told}) for piece, told in pieces)
    for number, annotation in enumerate(annotations):
        events.append(("response.output_text.annotation.added", {**place, "annotation": annotation, "annotation_index": number}))
    whole = {"type": "output_text", "annotations": annotations, "logprobs": entries, "text": text}
    events.append(("response.output_text.done", {**place, "text": text, "logprobs": [_streamed(entry) for entry in entries]}))
    events.append(("response.content_part.done", {**place, "part": whole}))
    added: Item = {"id": id, "type": "message", "status": "in_progress", "content": [], "role": "assistant"}
    return Made(added, {**added, "status": status, "content": [whole]}, events)


def _streamed(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry as events have it: without the bytes."""
    tops = [{"token": top["token"], "logprob": top["logprob"]} for top in entry["top_logprobs"]]
    return {"token": entry["token"], "logprob": entry["logprob"], "top_logprobs": tops}


def _citation(citation: Citation) -> dict[str, Any]:
    return {
        "type": "url_citation", "end_index": citation.end, "start_index": citation.start, "title": citation.title, "url": citation.url,
    }  # fmt: skip


def _refusal(part: Refusal, writer: Writer) -> Made:
    id = writer.id("msg_")
    place = {"item_id": id, "content_index": 0}
    whole = {"type": "refusal", "refusal": part.text}
    events: list[tuple[str, dict[str, Any]]] = [("response.content_part.added", {**place, "part": {"type": "refusal", "refusal": ""}})]
    events += (("response.refusal.delta", {**place, "delta": piece}) for piece in writer.vocabulary.pieces(part.text))
    events.append(("response.refusal.done", {**place, "refusal": part.text}))
    events.append(("response.content_part.done", {**place, "part": whole}))
    added: Item = {"id": id, "type": "message", "status": "in_progress", "content": [], "role": "assistant"}
    return Made(added, {**added, "status": "completed", "content": [whole]}, events)


def _call(part: ToolCall, writer: Writer, status: str) -> Made:
    custom = part.kind == "custom"
    kind, member, event = (
        ("custom_tool_call", "input", "response.custom_tool_call_input")
        if custom
        else ("function_call", "arguments", "response.function_call_arguments")
    )
    id = writer.id("ctc_" if custom else "fc_")
    added: Item = {"id": id, "type": kind, "status": "in_progress", member: "", "call_id": writer.call_id(), "name": part.name}
    if part.name in writer.namespaces:
        added["namespace"] = writer.namespaces[part.name]
    events: list[tuple[str, dict[str, Any]]] = [
        (f"{event}.delta", {"item_id": id, "delta": piece}) for piece in writer.vocabulary.pieces(part.arguments)
    ]
    done: dict[str, Any] = {"item_id": id, member: part.arguments}
    events.append((f"{event}.done", done if custom else {**done, "name": part.name}))
    return Made(added, {**added, "status": status, member: part.arguments}, events)


def events(begun: Item, finished: Item, made: Iterable[Made], stream: Stream, *, queued: bool, obfuscate: bool) -> Iterator[bytes]:
    """The stream of a response: as it begins, item by item, and as it is when it has come to its end."""
    lines = Lines(stream, obfuscate=obfuscate)
    if queued:
        waiting = {**begun, "status": "queued"}
        yield lines.write("response.created", {"response": waiting})
        yield lines.write("response.queued", {"response": waiting})
    else:
        yield lines.write("response.created", {"response": begun})
    yield lines.write("response.in_progress", {"response": begun})
    for index, each in enumerate(made):
        yield lines.write("response.output_item.added", {"output_index": index, "item": each.added})
        for kind, members in each.events:
            yield lines.write(kind, {"output_index": index, **members})
        yield lines.write("response.output_item.done", {"output_index": index, "item": each.done})
    yield lines.write(f"response.{finished['status']}", {"response": finished})


class Lines:
    """Writes events one after another and numbers them."""

    def __init__(self, stream: Stream, *, obfuscate: bool) -> None:
        self._number = 0
        self._obfuscate = obfuscate
        self._chance = stream.child(label("obfuscation"))

    def write(self, kind: str, members: dict[str, Any]) -> bytes:
        """An event: its type first, then its members by name."""
        told = {**members, "sequence_number": self._number}
        self._number += 1
        if self._obfuscate and kind in _PADDED:
            need = -len(members["delta"].encode()) % _PADDING_BLOCK
            told["obfuscation"] = self._chance.child(self._number).base62(_PADDING_BLOCK)[:need]
        return b"event: %b\ndata: %b\n\n" % (kind.encode(), json.write({"type": kind, **dict(sorted(told.items()))}))
