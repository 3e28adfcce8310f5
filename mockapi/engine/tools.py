"""Which tools the simulated model calls, and with what. Every loop ends: once results are in, `auto` answers."""

from __future__ import annotations

import re
from functools import lru_cache

from mockapi import json
from mockapi.engine import grammar, hints, sampler
from mockapi.engine.answer import ToolCall
from mockapi.engine.prompt import HAND_OVER, Prompt, Tool
from mockapi.seed import Stream

_SMALL_TALK = re.compile(
    r"\s*(?:hi|hello|hey|howdy|good (?:morning|afternoon|evening)|thanks?(?: you)?|bye|goodbye|how are you|who are you)\b[^?]{0,40}\??\s*$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")
_JOINED = re.compile(r"\s*(?:,|and|&|or|,\s*and|vs\.?|plus)\s*", re.IGNORECASE)
_MOST_CALLS = 5
# sdk: how frameworks word the result of a call that the model is to make once more; the first is pydantic-ai's `ModelRetry`.
_AGAIN = re.compile(
    r'\A\s*\{\s*"error"\s*:\s*"(?:[^"\\]|\\.)*"\s*\}\s*\Z|\btry again(?! later)\b|\bfix (?:your|the) (?:mistake|error)s?\b', re.IGNORECASE
)
# The score of a text that has a word of a tool's name.
_BY_NAME = 3


def calls(prompt: Prompt, stream: Stream) -> list[ToolCall]:
    """The calls of this turn; none if the model answers instead."""
    text = prompt.last_said()
    tools = _offered(prompt, text)
    if not tools:
        return []
    done = prompt.called()
    results = prompt.told()
    again = _again(tools, done, results)
    if prompt.choice == "auto" and not again and (done or (_SMALL_TALK.match(text) and not _score(tools[0], text))):
        return []
    chosen = again or _chosen(prompt, tools, text, done)
    facts = hints.read(text)
    # What tools told goes before what was asked, as in a structured answer.
    told = "\n".join(content for _, content in results if not _AGAIN.search(content))
    found = hints.read(told) if told else None
    made: list[ToolCall] = []
    spread = len(chosen) > 1 and len(facts.places) >= len(chosen)
    for tool in chosen:
        times = _entities(tool, facts) if len(chosen) == 1 and prompt.parallel and not prompt.forced else 1
        for shift in range(times):
            cursor = hints.Cursor(found or facts, len(made) if spread else shift, behind=facts if found else None)
            made.append(_call(tool, stream.child(len(made) + shift + 1), facts, cursor))
    return made[:_MOST_CALLS] if prompt.parallel else made[:1]


def named(prompt: Prompt) -> bool:
    """Whether what was said last speaks of a tool by its name."""
    text = prompt.last_said()
    return any(_score(tool, text) >= _BY_NAME for tool in _offered(prompt, text))


def _offered(prompt: Prompt, text: str) -> list[Tool]:
    if prompt.choice == "none":
        return []
    if prompt.forced:
        return [tool for tool in prompt.tools if tool.name == prompt.choice]
    handed = prompt.handed_over()
    if not handed:
        return prompt.tools
    # Who took over does not hand on without being told to, and nobody gets a conversation twice: the loop ends.
    fresh = [tool for tool in prompt.tools if not tool.hands_over or (tool.name not in handed and _score(tool, text) >= _BY_NAME)]
    return fresh if fresh or prompt.choice == "auto" else prompt.tools


def _again(tools: list[Tool], done: list[str], results: list[tuple[str, str]]) -> list[Tool]:
    """What is called once more, because its one result asks for that."""
    asking = {name for name, content in results if _AGAIN.search(content)}
    return [tool for tool in tools if tool.name in asking and done.count(tool.name) == 1][:1]


def _chosen(prompt: Prompt, tools: list[Tool], text: str, done: list[str]) -> list[Tool]:
    if prompt.forced:
        return tools[:1]
    if done:
        # `required` after results: what was not called yet, a tool that ends the loop first.
        fresh = [tool for tool in tools if tool.name not in done] or tools
        return [next((tool for tool in fresh if hints.words("final") & set(hints.words_of(tool.name))), fresh[0])]
    scores = [_score(tool, text) for tool in tools]
    best = max(scores)
    if best == 0:
        own = (tool for tool in tools if not tool.hands_over and not hints.words("final") & set(hints.words_of(tool.name)))
        return [next(own, tools[0])]
    first = next((tool for tool, score in zip(tools, scores, strict=True) if score == best and not tool.hands_over), None)
    if first is None or not prompt.parallel or any(tool.kind == "legacy" for tool in tools):
        return [first or tools[scores.index(best)]]
    # In parallel: every tool whose own name the text speaks of about as clearly as of the best. A conversation is handed over alone.
    near = [tool for tool, score in zip(tools, scores, strict=True) if score == best or (score >= _BY_NAME and 2 * score >= best)]
    return [tool for tool in near if not tool.hands_over]


def _score(tool: Tool, text: str) -> int:
    """How much of a text speaks of a tool: words of its name count three times, of its description once."""
    said = _stems(text)
    properties = tool.parameters.get("properties") if tool.parameters else None
    described = _stems(tool.description) | _stems(" ".join(properties) if isinstance(properties, dict) else "")
    named = _stems(" ".join(hints.words_of(tool.name.removeprefix(HAND_OVER))))
    return 3 * len(said & named) + len(said & (described - named))


@lru_cache(maxsize=512)
def _stems(text: str) -> frozenset[str]:
    words = (word.lower() for word in _WORD.findall(text[-2000:]))
    return frozenset(_stem(word) for word in words if word not in hints.words("common"))


def _stem(word: str) -> str:
    for ending in ("ing", "ies", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _entities(tool: Tool, facts: hints.Facts) -> int:
    """How many calls a listing asks for: "the weather in Paris, Rome and Oslo" is three of a tool with one place."""
    properties = tool.parameters.get("properties") if tool.parameters else None
    if not isinstance(properties, dict) or len(facts.places) < 2:
        return 1
    places = [
        name
        for name, schema in properties.items()
        if set(hints.words_of(name)) & hints.words("places")
        and not (isinstance(schema, dict) and (schema.get("type") == "array" or "enum" in schema))
    ]
    if len(places) != 1:
        return 1
    count, at = 1, 0
    for left, right in zip(facts.places, facts.places[1:], strict=False):
        at = facts.text.find(left, at) + len(left)
        end = facts.text.find(right, at)
        if end < 0 or not _JOINED.fullmatch(facts.text[at:end]):
            break
        count += 1
    return count


def _call(tool: Tool, stream: Stream, facts: hints.Facts, cursor: hints.Cursor) -> ToolCall:
    if tool.kind == "custom":
        return ToolCall(tool.name, _free_text(tool, stream, facts), "custom")
    if not tool.written:
        return ToolCall(tool.name, "{}", tool.kind)
    value, _ = sampler.planned(tool.written).instance(stream, cursor)
    return ToolCall(tool.name, json.write(value).decode(), tool.kind)


def _free_text(tool: Tool, stream: Stream, facts: hints.Facts) -> str:
    if tool.grammar is not None:
        return grammar.text(*tool.grammar, stream) or ""
    if facts.quotes:
        return facts.quotes[0]
    return facts.text.strip()[:500]
