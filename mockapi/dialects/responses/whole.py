"""The response object around its output: what was asked for, told back as the API does (api-facts C.5, D.4, E.5)."""

from __future__ import annotations

from typing import Any

from mockapi.catalogue import Card
from mockapi.contract.responses import request as asked
from mockapi.contract.responses import tools as offered
from mockapi.engine.usage import Usage

_TIERS = {None: "default", "auto": "default", "fast": "priority"}


def begun(request: asked.CreateResponse, card: Card, id: str, created: int, conversation_id: str | None) -> dict[str, Any]:
    """A response whose model is at work."""
    made: dict[str, Any] = {
        "id": id,
        "object": "response",
        "created_at": created,
        "status": "in_progress",
        "background": bool(request.background),
        "completed_at": None,
        "error": None,
        "frequency_penalty": request.frequency_penalty or 0.0,
        "incomplete_details": None,
        "instructions": request.instructions,
        "max_output_tokens": request.max_output_tokens,
        "max_tool_calls": request.max_tool_calls,
        "model": card.snapshot,
        "output": [],
        "parallel_tool_calls": request.parallel_tool_calls is not False,
        "presence_penalty": request.presence_penalty or 0.0,
        "previous_response_id": request.previous_response_id,
        "prompt_cache_key": request.prompt_cache_key,
        "prompt_cache_retention": request.prompt_cache_retention,
        "reasoning": _reasoning(request, card),
        "safety_identifier": request.safety_identifier,
        "service_tier": request.service_tier or "auto",
        "store": request.store is not False,
        "temperature": 1.0 if request.temperature is None else request.temperature,
        "text": {"format": _format(request), "verbosity": (request.text.verbosity if request.text is not None else None) or "medium"},
        "tool_choice": _choice(request.tool_choice),
        "tools": [tool(each) for each in request.tools or ()],
        "top_logprobs": request.top_logprobs or 0,
        "top_p": 1.0 if request.top_p is None else request.top_p,
        "truncation": request.truncation or "disabled",
        "usage": None,
        "user": request.user,
        "metadata": request.metadata or {},
    }
    if conversation_id is not None:
        made["conversation"] = {"id": conversation_id}
    return made


def finished(
    started: dict[str, Any], output: list[dict[str, Any]], usage: dict[str, Any], completed: int, reason: str | None
) -> dict[str, Any]:
    """A response that has come to its end; `reason` is why it is incomplete, if it is."""
    made = {**started, "output": output, "usage": usage, "service_tier": _TIERS.get(started["service_tier"], started["service_tier"])}
    if reason is not None:
        return {**made, "status": "incomplete", "incomplete_details": {"reason": reason}}
    return {**made, "status": "completed", "completed_at": completed}


def failed(started: dict[str, Any], code: str, message: str) -> dict[str, Any]:
    """A response that the model could not bring to an end."""
    return {**started, "status": "failed", "error": {"code": code, "message": message}}


def said(output: list[dict[str, Any]]) -> str:
    """All that the messages of an output say."""
    parts = [part for item in output if item["type"] == "message" for part in item["content"]]
    return "\n".join(part.get("text") or part.get("refusal") or "" for part in parts)


def usage_object(usage: Usage, card: Card) -> dict[str, Any]:
    details: dict[str, Any] = {"cached_tokens": usage.cached_tokens}
    details["cache_write_tokens"] = (
        usage.prompt_tokens - usage.cached_tokens if card.rules.get("cache_writes") and usage.prompt_tokens >= 1024 else 0
    )
    return {
        "input_tokens": usage.prompt_tokens,
        "input_tokens_details": details,
        "output_tokens": usage.completion_tokens,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
    }


def tool(given: offered.Tool) -> dict[str, Any]:
    """A tool as a response tells of it. A function that leaves out whether it is strict is made so (seen: E.5)."""
    if not isinstance(given, offered.FunctionToolParam):
        return given.model_dump(exclude_none=True)
    parameters, strict = given.parameters, given.strict
    if parameters is not None and not parameters:
        parameters = {"type": "object", "properties": {}}
    if strict is None:
        strict, parameters = True, _strict(parameters)
    made: dict[str, Any] = {"type": "function"}
    if given.defer_loading is not None:
        made["defer_loading"] = given.defer_loading
    made |= {"description": given.description, "name": given.name, "parameters": parameters, "strict": strict}
    if given.output_schema is not None:
        made["output_schema"] = given.output_schema
    return made


def _strict(schema: dict[str, Any] | None) -> dict[str, Any] | None:
    """A schema that takes nothing but its properties, and all of them."""
    if schema is None or not isinstance(schema.get("properties"), dict):
        return schema
    return {**schema, "additionalProperties": False, "required": list(schema["properties"])}


def _reasoning(request: asked.CreateResponse, card: Card) -> dict[str, Any]:
    wanted = request.reasoning
    if not card.reasons:
        return {"effort": None, "summary": None}
    effort = (wanted.effort if wanted is not None else None) or card.rules.get("default_effort", "medium")
    return {"effort": effort, "summary": summary(request)}


def summary(request: asked.CreateResponse) -> str | None:
    """How what the model thought is to be summed up; None for not at all."""
    if request.reasoning is None:
        return None
    # seen: `auto` is told as what it came to
    wanted = request.reasoning.summary or request.reasoning.generate_summary
    return "detailed" if wanted == "auto" else wanted


def _format(request: asked.CreateResponse) -> dict[str, Any]:
    form = request.text.format if request.text is not None else None
    if form is None:
        return {"type": "text"}
    if isinstance(form, asked.TextFormatJsonSchema):
        told = {"type": "json_schema", "name": form.name, "schema": form.schema_, "strict": bool(form.strict)}
        return told if form.description is None else {**told, "description": form.description}
    return {"type": form.type}


def _choice(choice: offered.ToolChoice | None) -> Any:
    if choice is None or isinstance(choice, str):
        return choice or "auto"
    return choice.model_dump(exclude_none=True)
