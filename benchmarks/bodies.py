"""The requests that are sent. An answer is cut at 62 tokens, so a stream has 65 events: a role, the tokens, an end and `[DONE]`."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.load import SERIAL

TOKENS = 62
# Content events of a peer that cuts its text by characters: as many as there are tokens, each as long as a token.
PEER_TEXT = " word" * TOKENS
PEER_CUT = len(" word")

_SYSTEM = "You are an assistant to the people who run a small harbour. Answer in plain English."
_QUESTION = (
    "Explain in detail how the crew should prepare the harbour for the storm that is expected tonight: who moves the boats, what is "
    "tied down, where the spare ropes are kept, and when the gates are closed. Then list what to check in the morning, in order."
)


def chat(*, stream: bool = False, fresh: bool = False, tokens: int = TOKENS, **more: Any) -> str:
    """A chat of about 600 bytes; a `fresh` one carries a number that differs from request to request."""
    question = f"Note {SERIAL}. {_QUESTION}" if fresh else _QUESTION
    body: dict[str, Any] = {
        "model": "gpt-4o-mini",
        "messages": [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": question}],
        "temperature": 0.7,
        "max_tokens": tokens,
        **more,
    }
    if stream:
        body["stream"] = True
    return json.dumps(body, separators=(",", ":"))


def order(*, fresh_schema: bool = False) -> str:
    """A chat with a number of its own that is to be answered by an object of 20 fields on three levels."""
    schema = _object(_FIELDS)
    if fresh_schema:
        schema["description"] = f"An order, edition {SERIAL}."
    form = {"type": "json_schema", "json_schema": {"name": "order", "strict": True, "schema": schema}}
    return chat(fresh=True, tokens=2000, response_format=form)


def _object(fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


_TEXT = {"type": "string"}
_ADDRESS = _object({"street": _TEXT, "city": _TEXT, "postcode": _TEXT, "country": {"type": "string", "enum": ["DE", "FR", "NL"]}})
_CUSTOMER = _object({"name": _TEXT, "email": _TEXT, "phone": {"type": ["string", "null"]}, "address": _ADDRESS})
_ITEM = _object({"sku": _TEXT, "title": _TEXT, "quantity": {"type": "integer"}, "price": {"type": "number"}})
_FIELDS: dict[str, Any] = {
    "id": _TEXT,
    "status": {"type": "string", "enum": ["open", "paid", "shipped"]},
    "placed_at": {"type": "string", "format": "date-time"},
    "customer": _CUSTOMER,
    "items": {"type": "array", "items": _ITEM},
    "total": {"type": "number"},
    "gift": {"type": "boolean"},
    "tags": {"type": "array", "items": _TEXT},
}
