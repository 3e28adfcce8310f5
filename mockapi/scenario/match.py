"""Whether a call is one that a scenario is for, and if not, what differs."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any

from mockapi import json
from mockapi.engine.prompt import Prompt, Turn
from mockapi.scenario.shapes import Match, Message, Results, Words
from mockapi.scenario.words import groups, told
from mockapi.transport.call import Call

_INPUTS = ("input", "prompt", "query")


class Seen:
    """What of a call scenarios look at, whichever endpoint it is for."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.body: dict[str, Any] = call.asked.json if isinstance(call.asked.json, dict) else {}
        self.prompt: Prompt | None = call.asked.prompt if isinstance(call.asked.prompt, Prompt) else None

    @cached_property
    def turns(self) -> list[Turn]:
        if self.prompt is not None:
            return self.prompt.turns
        given = next((self.body[name] for name in _INPUTS if self.body.get(name) is not None), "")
        texts = given if isinstance(given, list) else [given]
        return [Turn("user", text) for text in texts if isinstance(text, str)]

    @cached_property
    def user(self) -> str:
        if self.prompt is not None:
            return self.prompt.last_said()
        return self.turns[-1].text if self.turns else ""

    @cached_property
    def system(self) -> str:
        if self.prompt is not None:
            return self.prompt.instructions()
        given = self.body.get("instructions")
        return given if isinstance(given, str) else ""

    @cached_property
    def results(self) -> list[tuple[str, str]]:
        return self.prompt.results() if self.prompt is not None else []

    @property
    def model(self) -> str:
        name = self.body.get("model")
        if isinstance(name, str):
            return name
        return self.call.card.asked_as if self.call.card is not None else ""

    @property
    def operations(self) -> tuple[str, ...]:
        """The names that an operation goes by: its id, its path with and without /v1, and its path as a client's attributes."""
        operation = self.call.operation
        attributes = ".".join(part for part in operation.path.split("/") if part and not part.startswith("{"))
        return operation.id, operation.path, f"/v1{operation.path}", attributes

    @property
    def output(self) -> tuple[str, str]:
        """The kind of output that is asked for, and the name of its schema."""
        output = self.prompt.output if self.prompt is not None else None
        if output is not None:
            return output.kind, output.name
        given = self.body.get("response_format")
        return (given, "") if isinstance(given, str) else ("text", "")


class Verdict:
    """What came of the comparison: the differences, the closeness (how much was as it should be), and what patterns stand for."""

    def __init__(self) -> None:
        self.differs: list[str] = []
        self.held = 0
        self.groups: dict[str, str] = {}

    def judge(self, name: str, holds: bool, wanted: str, got: str) -> None:
        if holds:
            self.held += 1
        else:
            self.differs.append(f"{name}: wanted {wanted}, got {got}")

    def words(self, name: str, wanted: Words, got: str) -> None:
        found = groups(wanted, got)
        self.judge(name, found is not None, told(wanted), repr(_short(got)))
        self.groups |= found or {}


def compare(match: Match, seen: Seen) -> Verdict:
    """Hold a call to everything but how often it came before."""
    verdict = Verdict()
    if match.operation is not None:
        names = seen.operations
        fits = any(fnmatchcase(name, wanted) for name in names for wanted in match.operation)
        verdict.judge("operation", fits, " or ".join(match.operation), names[0])
    if match.method is not None:
        verdict.judge("method", match.method.upper() == seen.call.method, match.method, seen.call.method)
    if match.path is not None:
        paths = (seen.call.path, f"/v1{seen.call.path}", seen.call.path.removeprefix("/v1"))
        verdict.judge("path", any(fnmatchcase(path, wanted) for path in paths for wanted in match.path), " or ".join(match.path), paths[0])
    if match.model is not None:
        verdict.judge("model", any(fnmatchcase(seen.model, wanted) for wanted in match.model), " or ".join(match.model), seen.model)
    if match.stream is not None:
        asked = bool(seen.body.get("stream"))
        verdict.judge("stream", asked == match.stream, str(match.stream).lower(), str(asked).lower())
    if match.user is not None:
        verdict.words("user", match.user, seen.user)
    if match.system is not None:
        verdict.words("system", match.system, seen.system)
    for place, message in enumerate(match.messages or ()):
        _message(verdict, f"messages[{place}]", message, seen.turns)
    if match.results is not None:
        _results(verdict, match.results, seen.results)
    if match.tools is not None:
        offered = [tool.name for tool in seen.prompt.tools] if seen.prompt is not None else []
        verdict.judge("tools", set(match.tools) <= set(offered), ", ".join(match.tools), ", ".join(offered) or "none")
    if match.response_format is not None:
        kind, name = seen.output
        verdict.judge("response_format", match.response_format in (kind, name), match.response_format, name or kind)
    for header, wanted in (match.headers or {}).items():
        verdict.words(f"headers.{header}", wanted, seen.call.headers.get(header.lower().encode(), b"").decode("latin-1"))
    metadata = seen.body.get("metadata")
    for key, wanted in (match.metadata or {}).items():
        verdict.words(f"metadata.{key}", wanted, str(metadata.get(key, "")) if isinstance(metadata, dict) else "")
    if match.body is not None:
        _within(verdict, "body", match.body, seen.body)
    return verdict


def _message(verdict: Verdict, name: str, wanted: Message, turns: list[Turn]) -> None:
    role = wanted.role
    told_of = [turn.said for turn in turns if role is None or turn.role == role]
    found = next((found for said in reversed(told_of) if (found := groups(wanted.text, said)) is not None), None)
    verdict.judge(name, found is not None, f"{role or 'a'} message that is {told(wanted.text)}", _list(told_of))
    verdict.groups |= found or {}


def _results(verdict: Verdict, wanted: bool | Results, given: list[tuple[str, str]]) -> None:
    if isinstance(wanted, bool):
        verdict.judge("results", bool(given) == wanted, "tool results" if wanted else "no tool results", f"{len(given)}")
        return
    found = None
    for tool, text in given:
        if wanted.tool is None or wanted.tool == tool:
            found = groups(wanted.text, text) if wanted.text is not None else {}
            if found is not None:
                break
    asked = f"a result of {wanted.tool or 'a tool'}" + (f" that is {told(wanted.text)}" if wanted.text is not None else "")
    verdict.judge("results", found is not None, asked, _list([f"{tool}: {text}" for tool, text in given]))
    verdict.groups |= found or {}


def _within(verdict: Verdict, place: str, wanted: Any, got: Any) -> None:
    """Everything wanted is there; objects may have more members."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        for name, value in wanted.items():
            _within(verdict, f"{place}.{name}", value, got.get(name))
    else:
        verdict.judge(place, wanted == got, _short(json.write(wanted).decode()), _short(json.write(got).decode()))


def _list(texts: list[str]) -> str:
    return "; ".join(repr(_short(text)) for text in texts[-3:]) or "none"


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}..."
