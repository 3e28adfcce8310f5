"""From a tape to scenarios: each request becomes one, and the answers to the same request its replies, one after another."""

from __future__ import annotations

from collections.abc import Iterable
from io import StringIO
from typing import Any

from mockapi import json
from mockapi.tape.exchange import Exchange, Response, header

# Headers of an answer that say something to the client and are not the server's own.
_TOLD = ("retry-after", "retry-after-ms", "x-should-retry")


def scenarios(exchanges: Iterable[Exchange]) -> tuple[list[dict[str, Any]], int]:
    """The scenarios of a tape, and how many of its exchanges cannot be one: those whose answers are no text."""
    found: dict[bytes, dict[str, Any]] = {}
    left = 0
    for exchange in exchanges:
        reply = _reply(exchange.response)
        if reply is None:
            left += 1
            continue
        match = _match(exchange)
        name = f"{match['method']} {match['path']} {len(found) + 1}"
        # A body is looked for among others' members too, so what asks for more comes first.
        made = found.setdefault(json.write(match), {"name": name, "priority": len(match.get("body", ())), "match": match, "replies": []})
        made["replies"].append(reply)
    return list(found.values()), left


def written(told: list[dict[str, Any]]) -> str:
    """Scenarios as the YAML of a scenario file."""
    from ruamel.yaml import YAML

    yaml, text = YAML(typ="safe", pure=True), StringIO()
    yaml.default_flow_style = False
    yaml.representer.sort_base_mapping_type_on_output = False
    yaml.dump({"scenarios": told}, text)
    return text.getvalue()


def _match(exchange: Exchange) -> dict[str, Any]:
    request = exchange.request
    match: dict[str, Any] = {"method": request.method, "path": request.path}
    body = _value(request.body)
    if isinstance(body, dict):
        match |= {"stream": bool(body.get("stream")), "body": body}
    return match


def _reply(response: Response) -> dict[str, Any] | None:
    """What a scenario answers; None for what is no text."""
    headers = {name: value for name in _TOLD if (value := header(response.headers, name))}
    reply: dict[str, Any] = {"headers": headers} if headers else {}
    if response.status >= 400:
        error = _error(response)
        return None if error is None else {"error": {"status": response.status, "headers": headers, **error}}
    if header(response.headers, "content-type").startswith("text/event-stream"):
        return {**reply, "events": _events(response.content())}
    body = _value(response.content())
    if body is None:
        return None
    return {**reply, "body": body} if response.status == 200 else {**reply, "status": response.status, "body": body}


def _error(response: Response) -> dict[str, Any] | None:
    body = _value(response.content())
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return None
    return {name: error[name] for name in ("message", "type", "param", "code") if error.get(name) is not None}


def _events(content: bytes) -> list[Any]:
    """The data of a stream's events."""
    found = []
    for event in content.decode("utf-8", "replace").replace("\r\n", "\n").split("\n\n"):
        lines = [line.removeprefix("data:").removeprefix(" ") for line in event.split("\n") if line.startswith("data:")]
        if lines:
            text = "\n".join(lines)
            value = _value(text.encode())
            found.append(text if value is None else value)
    return found


def _value(content: bytes) -> Any:
    """JSON as a value, another text as it is; None for nothing and for what is no text."""
    if not content:
        return None
    try:
        return json.read(content)
    except ValueError:
        pass
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None
