"""The items of a session's conversation, and what a client may do with them. Raises the API's errors."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from mockapi import ids
from mockapi.dialects import pictures
from mockapi.dialects.realtime.read import Entry, Item
from mockapi.engine.sound import hearing, riff, telephone, voice
from mockapi.resources.realtime import refusals
from mockapi.seed import Stream


class Conversation:
    """Items in their order."""

    def __init__(self, id: str) -> None:
        self.id = id
        self._entries: list[Entry] = []

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    @property
    def last_id(self) -> str | None:
        return self._entries[-1].id if self._entries else None

    @property
    def has_spoken(self) -> bool:
        """Whether the model has been heard in it."""
        return any(part.get("type") == "output_audio" for entry in self for part in entry.item.get("content", ()))

    def find(self, item_id: str) -> Entry | None:
        return next((entry for entry in self._entries if entry.id == item_id), None)

    def previous(self, item_id: str) -> str | None:
        """The id of the item in front of one."""
        place = next((place for place, entry in enumerate(self._entries) if entry.id == item_id), 0)
        return self._entries[place - 1].id if place else None

    def add(self, entry: Entry, after: str | None = None) -> str | None:
        """Put an item at the end, behind another, or in front of all (`root`). Returns the id of what is in front of it."""
        if self.find(entry.id) is not None:
            raise refusals.known_item(entry.id)
        if after == "root":
            self._entries.insert(0, entry)
            return None
        if after is None:
            self._entries.append(entry)
            return self.previous(entry.id)
        place = next((place for place, known in enumerate(self._entries) if known.id == after), None)
        if place is None:
            raise refusals.no_such_previous(after)
        self._entries.insert(place + 1, entry)
        return after

    def replace(self, item: Item) -> None:
        """Tell an item as it is by now."""
        entry = self.find(item["id"])
        if entry is not None:
            entry.item = item

    def delete(self, item_id: str) -> None:
        entry = self.find(item_id)
        if entry is None:
            raise refusals.no_item("delete", item_id)
        self._entries.remove(entry)

    def truncate(self, item_id: str, end_ms: int) -> None:
        """Forget what of a spoken answer was not heard: its transcript goes with it, since nobody knows what part of it was."""
        entry = self.find(item_id)
        if entry is None:
            raise refusals.no_item("truncate", item_id)
        parts = entry.item.get("content") or []
        if entry.item.get("role") != "assistant" or not parts or parts[0].get("type") != "output_audio":
            raise refusals.not_spoken(item_id)
        length = round(entry.seconds * 1000)
        if end_ms > length:
            raise refusals.is_shorter(length, end_ms)
        entry.seconds = end_ms / 1000
        entry.item = {**entry.item, "content": [{"type": "output_audio", "transcript": ""}]}

    def called(self, call_id: str) -> bool:
        return any(entry.item["type"] == "function_call" and entry.item["call_id"] == call_id for entry in self)


def entry(given: Item, form: str, seconds: int, stream: Stream, place: str = "item") -> Entry:
    """An item as a client sends it, as it is kept. Sound in it is listened to."""
    item: Item = {"id": given.get("id") or ids.brief("item_", seconds, stream), "object": "realtime.item", **given}
    item["id"] = given.get("id") or item["id"]
    if item["type"] not in ("message", "function_call", "function_call_output"):
        del item["object"]
        return Entry(item)
    item["status"] = given.get("status") or "completed"
    if item["type"] == "function_call":
        item["call_id"] = given.get("call_id") or "call_" + stream.child(1).base62(16)
    if item["type"] != "message":
        return Entry(item)
    made = Entry(item)
    item["content"] = [_part(made, part, form, f"{place}.content[{number}]") for number, part in enumerate(given["content"])]
    if item["role"] == "assistant" and made.seconds == 0:
        spoken = "".join(part.get("transcript") or "" for part in item["content"] if part["type"] == "output_audio")
        made.seconds = voice.duration(spoken) if spoken else 0.0
    return made


_BETA_KINDS = {"text": "output_text", "audio": "output_audio"}


def _part(made: Entry, part: dict[str, Any], form: str, place: str) -> dict[str, Any]:
    kind = part.get("type") or ("input_text" if made.item["role"] != "assistant" else "output_text")
    if made.item["role"] == "assistant":
        kind = _BETA_KINDS.get(kind, kind)
    told = {"type": kind, **{name: value for name, value in part.items() if name not in ("type", "audio") and value is not None}}
    if kind == "input_image":
        # It stays in the conversation, so it is looked at now.
        picture = pictures.read(part.get("image_url") or "", part.get("detail") or "auto", f"{place}.image_url")
        fault = pictures.unreadable([picture])
        if fault is not None:
            raise fault
    if kind == "input_audio":
        pcm = telephone.heard(decoded(part.get("audio") or "", f"{place}.audio"), form)
        made.pcm += pcm
        listen(made, form)
        told = {"type": kind, "transcript": part.get("transcript")}
    return told


def decoded(data: str, param: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise refusals.no_base64(param) from None


def listen(made: Entry, form: str) -> None:
    """Hear what is said in an entry's samples."""
    rate = telephone.RATES[form]
    made.seconds = len(made.pcm) / 2 / rate
    try:
        made.heard = hearing.listen(riff.write(made.pcm, rate), "input.wav").text
    except hearing.SoundFault:
        made.heard = None


def with_sound(entry: Entry, form: str) -> Item:
    """An item with the sound that was committed with it (doc: a retrieved item has it)."""
    if not entry.pcm:
        return entry.item
    sound = base64.b64encode(telephone.packed(entry.pcm, form)).decode()
    content = [{**part, "audio": sound} if part.get("type") == "input_audio" else part for part in entry.item["content"]]
    return {**entry.item, "content": content}
