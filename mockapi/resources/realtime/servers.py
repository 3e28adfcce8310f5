"""The MCP servers of a session: what it knows of them, and which of their tools a response uses. Source: the guide on tools in Realtime."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from mockapi.catalogue import Card
from mockapi.contract.responses.tools import McpTool
from mockapi.dialects.realtime.write import Made, Writer
from mockapi.engine import usage
from mockapi.engine.answer import Answer, ToolCall
from mockapi.engine.prompt import Prompt
from mockapi.resources import hosting, mcp
from mockapi.resources.realtime import refusals

_ADDRESSES = ("server_url", "connector_id", "tunnel_id")


class Servers:
    """Servers by their labels. Whoever names a label again need not say all of it again (doc)."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, Any]] = {}

    def read(self, tools: Iterable[dict[str, Any]], place: str) -> list[McpTool]:
        """The servers among some tools. Raises for a label that stands there twice, and for a server that has no address, or two."""
        found: dict[str, McpTool] = {}
        for number, tool in enumerate(tools):
            if tool["type"] != "mcp":
                continue
            label = tool["server_label"]
            if label in found:
                raise refusals.server_twice(label, f"{place}[{number}].server_label")
            told = {name: value for name, value in tool.items() if value is not None}
            addresses = sum(name in told for name in _ADDRESSES)
            if not addresses and label in self._known:
                told = {**self._known[label], **told}
            elif addresses != 1:
                raise refusals.one_address(f"{place}[{number}]")
            found[label] = McpTool.model_validate(told)
        return [*found.values()]

    def learn(self, server: McpTool) -> bool:
        """Keep what is said of a server. Returns whether its tools have to be imported."""
        told = server.model_dump(exclude_none=True)
        before, self._known[server.server_label] = self._known.get(server.server_label, {}), told
        return any(before.get(name) != told.get(name) for name in (*_ADDRESSES, "allowed_tools"))

    def reaches(self, label: str) -> bool:
        told = self._known.get(label)
        return told is not None and is_there(McpTool.model_validate(told))


def is_there(server: McpTool) -> bool:
    """Whether a server can be reached: none can whose name nobody ever has (RFC 2606)."""
    host = urlsplit(server.server_url or "").hostname or ""
    return not host.endswith(".invalid")


def chosen(choice: Any, prompt: Prompt, servers: Sequence[McpTool]) -> tuple[McpTool, str] | None:
    """The server that a response uses and the name of its tool; None where it uses none."""
    usable = [server for server in servers if is_there(server)]
    named = None
    if isinstance(choice, dict) and choice["type"] == "mcp":
        usable = [server for server in usable if server.server_label == choice["server_label"]]
        if prompt.called():
            return None
        named = choice.get("name")
    elif choice == "none" or hosting.chosen(["mcp"], prompt, required=choice == "required") is None:
        return None
    if not usable:
        return None
    said = prompt.last_said().lower()
    server = next((server for server in usable if server.server_label.lower() in said), usable[0])
    names = mcp.names(server)
    return server, named if named in names else next((name for name in names if name.lower() in said), names[0])


def used(server: McpTool, name: str, prompt: Prompt, card: Card, writer: Writer) -> tuple[Answer, Made]:
    """A call of a server's tool, or what is asked before it is made."""
    call = ToolCall(name, mcp.arguments(prompt.last_said()))
    answer = Answer([call], completion_tokens=usage.of_calls([call], card, forced=False))
    if mcp.asks_first(server, name):
        return answer, writer.approval_request(server.server_label, call)
    return answer, writer.mcp_call(server.server_label, call, None, mcp.answered(server.server_label, call.arguments), None)


def approved(request: dict[str, Any], writer: Writer, *, reached: bool) -> Made:
    """The call that a client has approved."""
    call = ToolCall(request["name"], request["arguments"])
    label = request["server_label"]
    if reached:
        return writer.mcp_call(label, call, request["id"], mcp.answered(label, call.arguments), None)
    # seen: the error, of responses (D.4)
    return writer.mcp_call(label, call, request["id"], None, {"type": "http_error", "code": 424, "message": "424: "})
