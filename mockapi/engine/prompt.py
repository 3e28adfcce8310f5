"""What the simulated model is asked, in a form no endpoint owns. Dialects read requests into it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from mockapi import json
from mockapi.records import record

# sdk: openai-agents and langgraph's swarms and supervisors name a tool so that hands the conversation to another agent.
HAND_OVER = "transfer_to_"


@dataclass(slots=True, eq=False, repr=False)
class ToolCallMade:
    """A call that an earlier turn made: its name and arguments as they were written."""

    id: str
    name: str
    arguments: str


class ImageFault(Exception):
    """Why an image cannot be taken: `scheme`, `type`, `base64`, `unreachable` or `format`; `detail` is the type or the URL."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


@dataclass(slots=True, eq=False, repr=False)
class Picture:
    """An image input; its size in pixels, assumed where only a URL is known. `fault` is why the model cannot look at it."""

    width: int
    height: int
    detail: Literal["auto", "low", "high", "original"]
    kind: str
    fault: ImageFault | None = None


@dataclass(slots=True, eq=False, repr=False)
class Recording:
    """An audio input: its length in seconds, and what is said in it if that can be heard."""

    seconds: float
    text: str | None = None


@dataclass(slots=True, eq=False, repr=False)
class Turn:
    """One message. `text` joins its text parts, as they enter the model."""

    role: str
    text: str
    name: str | None = None
    calls: tuple[ToolCallMade, ...] = ()
    answers: str | None = None
    pictures: tuple[Picture, ...] = ()
    recordings: tuple[Recording, ...] = ()
    files: tuple[str, ...] = ()
    # Files that are kept on the server, each with the place that names it; their texts are among `files` once they were read.
    file_ids: tuple[tuple[str, str], ...] = ()

    @property
    def said(self) -> str:
        """What was written and what was spoken. Only `text` counts as text tokens."""
        heard = [recording.text for recording in self.recordings if recording.text]
        return "\n".join([self.text, *heard] if self.text else heard) if heard else self.text


@dataclass(frozen=True, slots=True, repr=False)
class Tool:
    """A tool on offer. `parameters` is its JSON Schema, `written` the schema's text; a custom tool has a grammar or takes free text."""

    name: str
    description: str
    kind: Literal["function", "custom", "legacy"] = "function"
    parameters: dict[str, Any] | None = field(default=None, compare=False)
    strict: bool = False
    grammar: tuple[Literal["lark", "regex"], str] | None = None
    written: bytes = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "written", json.write(self.parameters) if self.parameters else b"")

    @property
    def hands_over(self) -> bool:
        """Whether a call of it hands the conversation to another agent."""
        return self.name.startswith(HAND_OVER)


@dataclass(frozen=True, slots=True, repr=False)
class Output:
    """The form the answer must have: a JSON object, or an instance of a schema, whose text is `written`."""

    kind: Literal["text", "json_object", "json_schema"] = "text"
    schema: dict[str, Any] | None = field(default=None, compare=False)
    name: str = ""
    description: str = ""
    strict: bool = False
    written: bytes = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "written", json.write(self.schema) if self.schema else b"")


PLAIN = Output()


@record
class Scripted:
    """What is said in place of what the model would decide; what is None it decides itself.

    `calls` are names and arguments, `spoil` is how the answer comes out wrong (`engine/spoiled.py`), the token counts are those that
    are told whatever was said.
    """

    text: str | None = None
    refusal: str | None = None
    calls: tuple[tuple[str, str], ...] = ()
    reasoning: str | None = None
    finish: Literal["stop", "length", "tool_calls", "content_filter"] | None = None
    spoil: Literal["bad_json", "unknown_tool", "schema_violation", "truncated"] | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    # The code and the message of what the answer fails with, where it can end so.
    failed: tuple[str, str] | None = None


@dataclass(slots=True, eq=False, repr=False)
class Prompt:
    """All that shapes an answer. `choice` is `auto`, `none`, `required`, or the name of the forced tool."""

    turns: list[Turn]
    tools: list[Tool] = field(default_factory=list)
    choice: str = "auto"
    forced: bool = False
    parallel: bool = True
    output: Output = PLAIN
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    prediction: str | None = None
    effort: str | None = None
    verbosity: str | None = None
    speaks: bool = False
    searches: bool = False
    scripted: Scripted | None = None

    def shape(self) -> Iterator[bytes]:
        """What an answer follows from: the same turns, tools and form get the same answer, however they were sent."""
        for turn in self.turns:
            yield turn.role.encode()
            yield turn.said.encode("utf-8", "surrogatepass")
            yield from (file.encode("utf-8", "surrogatepass") for file in turn.files)
        for tool in self.tools:
            yield tool.name.encode()
            yield tool.written
        yield self.output.written

    def forget(self) -> bool:
        """Whether the oldest turn that is no instruction, nor the newest, could be left out, and was."""
        place = next((place for place, turn in enumerate(self.turns[:-1]) if turn.role not in ("system", "developer")), None)
        if place is None:
            return False
        del self.turns[place]
        return True

    def last_said(self) -> str:
        """What the newest user turn says."""
        for turn in reversed(self.turns):
            if turn.role == "user":
                return turn.said
        return ""

    def instructions(self) -> str:
        """What system and developer turns say."""
        return "\n".join(turn.text for turn in self.turns if turn.role in ("system", "developer"))

    def results(self) -> list[tuple[str, str]]:
        """Name and content of the tool results given since the newest user turn."""
        found: list[tuple[str, str]] = []
        names: dict[str, str] = {}
        for turn in self.turns:
            if turn.role == "user":
                found.clear()
            for call in turn.calls:
                names[call.id] = call.name
            if turn.role in ("tool", "function"):
                found.append((turn.name or names.get(turn.answers or "", "the tool"), turn.text))
        return found

    def told(self) -> list[tuple[str, str]]:
        """The results that say something: not those of handing over."""
        return [(name, content) for name, content in self.results() if not name.startswith(HAND_OVER)]

    def called(self) -> list[str]:
        """Names of the tools called since the newest user turn or since another agent took over, whose tools are its own."""
        names: list[str] = []
        for name in self._calls():
            if name.startswith(HAND_OVER):
                names.clear()
            else:
                names.append(name)
        return names

    def handed_over(self) -> list[str]:
        """Names of the tools that handed over to other agents since the newest user turn."""
        return [name for name in self._calls() if name.startswith(HAND_OVER)]

    def _calls(self) -> list[str]:
        names: list[str] = []
        for turn in self.turns:
            if turn.role == "user":
                names.clear()
            names += (call.name for call in turn.calls)
        return names
