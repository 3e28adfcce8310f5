"""What MCP servers do, whichever endpoint offers them: which tools they have, what they are asked and what they answer. None is called."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from mockapi import json
from mockapi.contract.responses import tools as offered
from mockapi.engine import prose

_SCHEMA = {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"], "additionalProperties": False}


def is_listed(items: Iterable[dict[str, Any]], server: str) -> bool:
    return any(item["type"] == "mcp_list_tools" and item["server_label"] == server for item in items)


def names(tool: offered.McpTool) -> list[str]:
    """The tools of a server: those that are allowed, or two that follow from its label."""
    allowed = tool.allowed_tools
    wanted = allowed.tool_names if isinstance(allowed, offered.McpToolFilter) else allowed
    stem = re.sub(r"\W+", "_", tool.server_label).strip("_") or "server"
    return wanted or [f"{stem}_search", f"{stem}_fetch"]


def listed(tool: offered.McpTool) -> list[dict[str, Any]]:
    """The tools of a server as an item lists them."""
    return [
        {"annotations": {"read_only": True}, "description": f"Asks {tool.server_label}.", "input_schema": _SCHEMA, "name": name}
        for name in names(tool)
    ]


def asks_first(tool: offered.McpTool, name: str) -> bool:
    """doc: approval is asked for unless it is said that it never is"""
    rule = tool.require_approval
    if isinstance(rule, offered.McpApprovals):
        never = rule.never.tool_names if rule.never is not None else None
        return name not in (never or ())
    return rule != "never"


def arguments(said: str) -> str:
    """What a tool is asked, as JSON."""
    return json.write({"query": said.strip()[:200]}).decode()


def answered(server: str, arguments: str) -> str:
    """What a server answers to the arguments of a call."""
    return f"{server} knows this about {' '.join(prose.phrases(_query(arguments))) or 'it'}: it is in order."


def _query(arguments: str) -> str:
    """What the arguments of a call ask for: they may be a client's, and are then any text."""
    try:
        value = json.read(arguments.encode())
    except ValueError:
        return arguments
    query = value.get("query") if isinstance(value, dict) else None
    return query if isinstance(query, str) else arguments
