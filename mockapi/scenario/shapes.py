"""The shape of a scenario: what a call must be, and what it gets. As users write it in YAML, JSON or Python."""

import re
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Le, MinLen
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

FAULTS = ("reset", "empty", "stall", "slow_headers", "cut", "stall_stream", "malformed", "duplicate", "no_done", "error_event")
SPOILS = ("bad_json", "unknown_tool", "schema_violation", "truncated")


class Shape(BaseModel):
    """A part of a scenario; a word that is not known is a fault, with the nearest that is."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class Words(Shape):
    """A text, judged. A plain string stands for `is`: the same text but for case, spaces and closing marks."""

    is_: Annotated[str | None, Field(alias="is")] = None
    exactly: str | None = None
    # Whole words that all occur, in any order.
    contains: Annotated[list[str], BeforeValidator(lambda given: given if isinstance(given, list) else [given]), MinLen(1)] | None = None
    # Searched for anywhere; its groups can be used in the reply.
    regex: str | None = None
    not_: Annotated["Words | None", Field(alias="not")] = None

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, given: Any) -> Any:
        return {"is": given} if isinstance(given, str) else given

    @field_validator("regex")
    @classmethod
    def _compiles(cls, given: str | None) -> str | None:
        try:
            re.compile(given or "")
        except re.error as fault:
            raise ValueError(f"not a regular expression: {fault}") from None
        return given


class Message(Shape):
    """A message anywhere in the conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool"] | None = None
    text: Words


class Results(Shape):
    """The tool results since the newest user message: that there are any, of which tool, and what they say."""

    tool: str | None = None
    text: Words | None = None


class Match(Shape):
    """What a call must be; everything that is said must hold. `model`, `operation` and `path` take `*`."""

    operation: list[str] | None = None
    method: str | None = None
    # The path as it is asked for, with or without /v1; it takes `*` too.
    path: list[str] | None = None
    model: list[str] | None = None
    user: Words | None = None
    system: Words | None = None
    messages: list[Message] | None = None
    results: bool | Results | None = None
    tools: list[str] | None = None
    response_format: str | None = None
    stream: bool | None = None
    headers: dict[str, Words] | None = None
    metadata: dict[str, Words] | None = None
    # Members of the body that must be there with these values.
    body: dict[str, Any] | None = None
    # Which of the calls that are all the rest, counted from 1: one, some, or all from one on.
    call: Annotated[int, Ge(1)] | list[Annotated[int, Ge(1)]] | None = None
    from_call: Annotated[int, Ge(1)] | None = None
    # A share of those calls, drawn from the seed.
    chance: Annotated[float, Ge(0), Le(1)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _lists(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        single = {name: [given[name]] for name in ("operation", "path", "model", "tools") if isinstance(given.get(name), str)}
        return {**given, **single}


class Call(Shape):
    """A tool call that the answer makes; arguments as values, or as the text that is to be sent."""

    name: str
    arguments: dict[str, Any] | str = {}


class Error(Shape):
    """An error: one by name, or spelled out; what is spelled out wins."""

    name: str | None = None
    status: Annotated[int, Ge(400), Le(599)] | None = None
    message: str | None = None
    type: str | None = None
    param: str | None = None
    code: str | None = None
    headers: dict[str, str] = {}

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, given: Any) -> Any:
        return {"name": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _something(self) -> "Error":
        if self.name is None and self.status is None:
            raise ValueError("an error needs a name or a status")
        return self


class Failure(Shape):
    """What an answer that was begun ends failed with: a response, a run, a turn of a Realtime session. A plain string is the code."""

    code: str
    message: str = "The model failed to bring the answer to an end."

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, given: Any) -> Any:
        return {"code": given} if isinstance(given, str) else given


class Fault(Shape):
    """Something that goes wrong on the way. `after` counts events of a stream, or bytes of a whole body: 1 where nothing is said, but
    none for a reset; `seconds` is how long it takes."""

    kind: Literal["reset", "empty", "stall", "slow_headers", "cut", "stall_stream", "malformed", "duplicate", "no_done", "error_event"]
    after: Annotated[int, Ge(0)] | None = None
    seconds: Annotated[float, Ge(0), Le(86_400)] = 5.0

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, given: Any) -> Any:
        if not isinstance(given, str):
            return given
        kind, _, number = given.partition(":")
        told: dict[str, Any] = {"kind": kind}
        if number:
            waits = kind in ("stall", "slow_headers")
            told["seconds" if waits else "after"] = float(number) if waits else int(number)
        return told


class Latency(Shape):
    """How long an answer takes: until its first token, and from token to token; the clock's time."""

    first: Annotated[float, Ge(0), Le(86_400)] = 0.0
    tokens_per_second: Annotated[float, Gt(0)] | None = None
    # The spread of a log-normal distribution around these: 0 for none, 0.2 for a fifth up or down.
    jitter: Annotated[float, Ge(0), Le(3)] = 0.0
    # How much longer it takes for each other call that is open, as a share.
    load: Annotated[float, Ge(0), Le(100)] = 0.0


class But(Shape):
    """What differs from the default: members of the whole answer (RFC 7396), its headers, how it ends, what it is said to have used."""

    finish: Literal["stop", "length", "tool_calls", "content_filter"] | None = None
    input_tokens: Annotated[int, Ge(0)] | None = None
    output_tokens: Annotated[int, Ge(0)] | None = None
    spoil: Literal["bad_json", "unknown_tool", "schema_violation", "truncated"] | None = None
    body: dict[str, Any] | None = None
    headers: dict[str, str] = {}


class Reply(Shape):
    """What a call gets. A plain string stands for `text`. Nothing said is the default answer."""

    text: str | None = None
    json_: Annotated[Any, Field(alias="json")] = None
    refusal: str | None = None
    tool_calls: Annotated[list[Call], MinLen(1)] | None = None
    reasoning: str | None = None
    embedding: Annotated[list[float], MinLen(1)] | None = None
    # Pictures as base64.
    images: Annotated[list[str], MinLen(1)] | None = None
    # A whole recorded body, or the events of a recorded stream.
    body: Any = None
    events: list[Any] | None = None
    status: Annotated[int, Ge(200), Le(599)] = 200
    headers: dict[str, str] = {}
    error: Error | None = None
    failed: Failure | None = None
    fault: Fault | None = None
    latency: Latency | None = None
    but: But | None = None

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, given: Any) -> Any:
        return {"text": given} if isinstance(given, str) else given


class Scenario(Shape):
    """What certain calls get. Of those that match, the highest priority wins, then the first that was told."""

    name: str = ""
    match: Match = Match()
    reply: Reply | None = None
    # One after another; the last stays.
    replies: Annotated[list[Reply], MinLen(1)] | None = None
    # How often it may be used; then the next scenario that matches is.
    times: Annotated[int, Ge(1)] | None = None
    # What comes after the last of several replies.
    then: Literal["last", "again", "next"] = "last"
    priority: int = 0

    @model_validator(mode="after")
    def _one_kind(self) -> "Scenario":
        if (self.reply is None) == (self.replies is None):
            raise ValueError("either reply or replies is expected")
        return self

    @property
    def all_replies(self) -> list[Reply]:
        return self.replies if self.replies is not None else [self.reply or Reply()]
