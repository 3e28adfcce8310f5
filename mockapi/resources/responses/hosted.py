"""The tools that the API runs itself, or that it has a client run: simulated calls with their items, events and sources.

Items and orders of events: api-facts D.4.
"""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from mockapi.contract.responses import request as asked
from mockapi.contract.responses import tools as offered
from mockapi.dialects.responses import read
from mockapi.dialects.responses.items import Item
from mockapi.dialects.responses.write import Made, Writer
from mockapi.engine import prose
from mockapi.engine.prompt import Prompt
from mockapi.resources import hosting, mcp
from mockapi.resources.containers import kept
from mockapi.resources.images import checks
from mockapi.resources.vector_stores import searching
from mockapi.world import World


@dataclass(slots=True, eq=False, repr=False)
class Played:
    """What came of hosted tools: their items, what they told the model, sources to cite, how many calls are billed by name, and whether
    the client has to act before the model can answer."""

    made: list[Made] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)
    annotations: list[Callable[[str], dict[str, Any]]] = field(default_factory=list)
    used: dict[str, int] = field(default_factory=dict)
    waits: bool = False
    searches: bool = False


@dataclass(slots=True, eq=False, repr=False)
class Stage:
    """What a hosted tool has at hand."""

    world: World
    request: asked.CreateResponse
    prompt: Prompt
    items: Sequence[Item]
    writer: Writer
    played: Played

    @property
    def said(self) -> str:
        return self.prompt.last_said()


async def play(world: World, request: asked.CreateResponse, prompt: Prompt, items: Sequence[Item], writer: Writer) -> Played:
    """Use the hosted tools that a request offers, as its choice and its words have it."""
    stage = Stage(world, request, prompt, items, writer, Played())
    tools = read.hosted(request)
    for tool in tools:
        if isinstance(tool, offered.McpTool) and not mcp.is_listed(items, tool.server_label):
            _mcp_list(stage, tool)
    approved = [item for item in items if item["type"] == "mcp_approval_response"]
    if approved and items and items[-1]["type"] == "mcp_approval_response":
        for answer in approved[-1:]:
            _mcp_answered(stage, answer)
        return stage.played
    tool = _chosen(request, prompt, tools)
    if tool is not None:
        await _PLAYS[_stem(tool.type)](stage, tool)
    return stage.played


def _stem(kind: str) -> str:
    """Older and newer names of one tool."""
    return next((stem for stem in ("web_search", "computer") if kind.startswith(stem)), kind)


def _chosen(request: asked.CreateResponse, prompt: Prompt, tools: Sequence[Any]) -> Any:
    """The hosted tool that is used; None where none is."""
    usable = [tool for tool in tools if _stem(tool.type) in _PLAYS]
    choice = request.tool_choice
    if not usable or choice == "none":
        return None
    wanted = _wanted(choice)
    if wanted is not None:
        usable = [tool for tool in usable if _stem(tool.type) in wanted]
        if not isinstance(choice, offered.ToolChoiceAllowed):
            # One that was used already is not used again: the loop ends.
            return None if prompt.called() or not usable else usable[0]
    required = choice == "required" or (isinstance(choice, offered.ToolChoiceAllowed) and choice.mode == "required")
    kind = hosting.chosen([_stem(tool.type) for tool in usable], prompt, required=required)
    return next((tool for tool in usable if _stem(tool.type) == kind), None)


def _wanted(choice: Any) -> set[str] | None:
    """The hosted tools that a choice names; None where it names none."""
    if isinstance(choice, offered.ToolChoiceAllowed):
        return {_stem(str(each.get("type"))) for each in choice.tools}
    if choice is None or isinstance(choice, (str, offered.ToolChoiceFunction, offered.ToolChoiceCustom)):
        return None
    return {_stem(choice.type)}


def _simple(stage: Stage, kind: str, added: Item, done: Item, states: Sequence[str]) -> None:
    """An item whose events tell of its states alone."""
    events = [(f"response.{kind}.{state}", {"item_id": added["id"]}) for state in states]
    stage.played.made.append(Made(added, done, events))


async def _web_search(stage: Stage, tool: Any) -> None:
    query = " ".join(prose.phrases(stage.said)) or stage.said[:100]
    added: Item = {"id": stage.writer.id("ws_"), "type": "web_search_call", "status": "in_progress", "action": {"type": "search"}}
    words = re.sub(r"\W+", "-", query.lower()).strip("-") or "answer"
    domains = tool.filters.allowed_domains if getattr(tool, "filters", None) is not None else None
    host = (domains or ["example.com"])[0]
    sources = [{"type": "url", "url": f"https://{host}/{words}"}, {"type": "url", "url": f"https://{host}/about/{words}"}]
    action = {"type": "search", "query": query, "queries": [query], "sources": sources}
    _simple(stage, "web_search_call", added, {**added, "status": "completed", "action": action}, ("in_progress", "searching", "completed"))
    stage.played.searches = True
    stage.played.used["web_search"] = 1


async def _file_search(stage: Stage, tool: offered.FileSearchTool) -> None:
    query = hosting.query(stage.prompt)
    wanted, filters = tool.ranking_options, tool.filters
    ranking = searching.Ranking(
        (wanted.ranker if wanted is not None else None) or "auto", (wanted.score_threshold if wanted else None) or 0.0
    )
    told = None if filters is None else filters.model_dump()
    if told is not None:
        searching.check(told)
    hits = await searching.search(stage.world, tool.vector_store_ids, [query], told, tool.max_num_results or hosting.HITS, ranking)
    results = [
        {"attributes": hit.attributes, "file_id": hit.file_id, "filename": hit.filename, "score": hit.score, "text": hit.text}
        for hit in hits
    ]
    added: Item = {"id": stage.writer.id("fs_"), "type": "file_search_call", "status": "in_progress", "queries": [], "results": None}
    done = {**added, "status": "completed", "queries": [query], "results": results}
    _simple(stage, "file_search_call", added, done, ("in_progress", "searching", "completed"))
    stage.played.used["file_search"] = 1
    stage.played.told.append(hosting.found(hits))
    if hits:
        stage.played.annotations.append(partial(_cited, hits[0]))


def _cited(hit: searching.Hit, text: str) -> dict[str, Any]:
    """seen: a file is cited by where the passage ends"""
    return {"type": "file_citation", "file_id": hit.file_id, "filename": hit.filename, "index": len(text)}


async def _code_interpreter(stage: Stage, tool: offered.CodeInterpreterTool) -> None:
    writer = stage.writer
    container_id = await _container(stage, tool)
    code, result = hosting.computed(stage.prompt, stage.world.seed)
    added: Item = {
        "id": writer.id("ci_"), "type": "code_interpreter_call", "status": "in_progress", "code": "", "container_id": container_id,
        "outputs": None,
    }  # fmt: skip
    place = {"item_id": added["id"]}
    events: list[tuple[str, dict[str, Any]]] = [("response.code_interpreter_call.in_progress", place)]
    events += (("response.code_interpreter_call_code.delta", {**place, "delta": piece}) for piece in writer.vocabulary.pieces(code))
    events.append(("response.code_interpreter_call_code.done", {**place, "code": code}))
    events += ((f"response.code_interpreter_call.{state}", place) for state in ("interpreting", "completed"))
    done = {**added, "status": "completed", "code": code, "outputs": [{"type": "logs", "logs": f"{result}\n"}]}
    stage.played.made.append(Made(added, done, events))
    stage.played.told.append(("code_interpreter", result))
    stage.played.used["code_interpreter"] = 1


async def _container(stage: Stage, tool: offered.CodeInterpreterTool) -> str:
    """The container that code runs in: the named one, else that of earlier calls or a new one. Raises for one that is not there."""
    asked_for = tool.container
    if isinstance(asked_for, str):
        return str((await kept.touch(stage.world, await kept.named(stage.world, asked_for)))["id"])
    earlier = [item["container_id"] for item in reversed(stage.items) if item["type"] == "code_interpreter_call"]
    policy = asked_for.network_policy
    found = await kept.auto(
        stage.world,
        stage.writer.stream.child(77),
        earlier,
        file_ids=asked_for.file_ids or (),
        memory_limit=asked_for.memory_limit,
        network_policy=None if policy is None else policy.model_dump(exclude_none=True),
    )
    return str(found["id"])


async def _image_generation(stage: Stage, tool: offered.ImageGenerationTool) -> None:
    from mockapi.engine import pictures

    writer, wanted = stage.writer, stage.said.strip() or "a picture"
    form: Any = tool.output_format or "png"
    size = "1024x1024" if tool.size in (None, "auto") else str(tool.size)
    width, height = checks.pixels(size)
    partials = (tool.partial_images or 0) if stage.request.stream else 0
    background = tool.background or "auto"
    # Whoever asks again, or asks for a stream, sees the same picture.
    stream = stage.world.seed.stream(b"image generation", wanted.encode("utf-8", "surrogatepass"), size.encode())

    def drawn() -> tuple[list[str], str]:
        image = pictures.draw(wanted, width, height, stream, background=background)
        compression = 100 if tool.output_compression is None else tool.output_compression
        steps = [pictures.encode(pictures.partial(image, step, partials), form, compression) for step in range(partials)]
        whole = pictures.encode(image, form, compression)
        return [base64.b64encode(step).decode() for step in steps], base64.b64encode(whole).decode()

    steps, whole = await asyncio.to_thread(drawn)
    added: Item = {"id": writer.id("ig_"), "type": "image_generation_call", "status": "in_progress", "result": None}
    place = {"item_id": added["id"]}
    kind = "response.image_generation_call"
    events: list[tuple[str, dict[str, Any]]] = [(f"{kind}.{state}", place) for state in ("in_progress", "generating")]
    for number, step in enumerate(steps):
        told = {**place, "partial_image_b64": step, "partial_image_index": number, "size": size, "output_format": form}
        events.append((f"{kind}.partial_image", told))
    events.append((f"{kind}.completed", place))
    quality = tool.quality if tool.quality not in (None, "auto") else "high"
    done = {
        **added, "status": "completed", "action": "generate", "background": "opaque" if background == "auto" else background,
        "output_format": form, "quality": quality, "result": whole, "revised_prompt": wanted, "size": size,
    }  # fmt: skip
    stage.played.made.append(Made(added, done, events))
    stage.played.told.append(("image_generation", "the picture is ready"))


def _mcp_list(stage: Stage, tool: offered.McpTool) -> None:
    added: Item = {"id": stage.writer.id("mcpl_"), "type": "mcp_list_tools", "server_label": tool.server_label, "tools": []}
    _simple(stage, "mcp_list_tools", added, {**added, "tools": mcp.listed(tool)}, ("in_progress", "completed"))


async def _mcp(stage: Stage, tool: offered.McpTool) -> None:
    name = mcp.names(tool)[0]
    arguments = mcp.arguments(stage.said)
    if mcp.asks_first(tool, name):
        item: Item = {
            "id": stage.writer.id("mcpr_"), "type": "mcp_approval_request", "arguments": arguments, "name": name,
            "server_label": tool.server_label,
        }  # fmt: skip
        stage.played.made.append(Made(item, item))
        stage.played.waits = True
        return
    _mcp_call(stage, tool.server_label, name, arguments, None)


def _mcp_answered(stage: Stage, answer: Item) -> None:
    """Go on as a client allowed, or not."""
    wanted = answer["approval_request_id"]
    found = next((item for item in stage.items if item["id"] == wanted and item["type"] == "mcp_approval_request"), None)
    if found is not None and answer["approve"]:
        _mcp_call(stage, found["server_label"], found["name"], found["arguments"], wanted)


def _mcp_call(stage: Stage, server: str, name: str, arguments: str, approval: str | None) -> None:
    writer = stage.writer
    output = mcp.answered(server, arguments)
    added: Item = {
        "id": writer.id("mcp_"), "type": "mcp_call", "status": "in_progress", "approval_request_id": approval, "arguments": "",
        "error": None, "name": name, "output": None, "server_label": server,
    }  # fmt: skip
    place = {"item_id": added["id"]}
    events: list[tuple[str, dict[str, Any]]] = [
        ("response.mcp_call.in_progress", place),
        ("response.mcp_call_arguments.delta", {**place, "delta": arguments}),
        ("response.mcp_call_arguments.done", {**place, "arguments": arguments}),
        ("response.mcp_call.completed", place),
    ]
    stage.played.made.append(Made(added, {**added, "status": "completed", "arguments": arguments, "output": output}, events))
    stage.played.told.append((name, output.rstrip(".")))


def _for_client(stage: Stage, item: Item) -> None:
    """A call that the client carries out."""
    stage.played.made.append(Made({**item, "status": "in_progress"}, {**item, "status": "completed"}))
    stage.played.waits = True


async def _computer(stage: Stage, tool: Any) -> None:
    action = {"type": "screenshot"}
    own = {"action": action} if tool.type == "computer_use_preview" else {"actions": [action]}
    call_id = stage.writer.call_id()
    _for_client(stage, {"id": stage.writer.id("cu_"), "type": "computer_call", "call_id": call_id, **own, "pending_safety_checks": []})


async def _shell(stage: Stage, tool: offered.ShellTool) -> None:
    call_id, command = stage.writer.call_id(), _command(stage.said)
    id = stage.writer.id("sh_")
    item = {
        "id": id, "type": "shell_call", "action": {"commands": [command], "max_output_length": None, "timeout_ms": None},
        "call_id": call_id, "environment": {"type": "local"},
    }  # fmt: skip
    events: list[tuple[str, dict[str, Any]]] = [
        ("response.shell_call_command.added", {"command_index": 0, "command": ""}),
        ("response.shell_call_command.delta", {"command_index": 0, "delta": command}),
        ("response.shell_call_command.done", {"command_index": 0, "command": command}),
    ]
    stage.played.made.append(Made({**item, "status": "in_progress"}, {**item, "status": "completed"}, events))
    stage.played.waits = True


async def _local_shell(stage: Stage, tool: offered.LocalShellTool) -> None:
    action = {"type": "exec", "command": ["bash", "-lc", _command(stage.said)], "env": {}}
    call_id = stage.writer.call_id()
    _for_client(stage, {"id": stage.writer.id("lsh_"), "type": "local_shell_call", "action": action, "call_id": call_id})


def _command(said: str) -> str:
    """The command that a text quotes, or one that looks around."""
    quoted = re.search(r"[`'\"]([^`'\"\n]{1,200})[`'\"]", said)
    return quoted[1] if quoted else "ls"


async def _apply_patch(stage: Stage, tool: offered.ApplyPatchTool) -> None:
    named = re.search(r"[\w./-]+\.\w{1,5}\b", stage.said)
    path = named[0] if named else "notes.txt"
    operation = {"type": "create_file", "diff": f"+{stage.said.strip()[:200]}\n", "path": path}
    call_id = stage.writer.call_id()
    _for_client(stage, {"id": stage.writer.id("apc_"), "type": "apply_patch_call", "call_id": call_id, "operation": operation})


_PLAYS: dict[str, Callable[[Stage, Any], Any]] = {
    "web_search": _web_search,
    "file_search": _file_search,
    "code_interpreter": _code_interpreter,
    "image_generation": _image_generation,
    "mcp": _mcp,
    "computer": _computer,
    "shell": _shell,
    "local_shell": _local_shell,
    "apply_patch": _apply_patch,
}
