"""The simulated model: from a prompt to an answer. Decides in one order: scripted, refusal, tool call, structured output, text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockapi import json
from mockapi.catalogue import Card
from mockapi.engine import moderation, prose, tasks, usage
from mockapi.engine.answer import Answer, Citation, Refusal, Speech, Text, ToolCall
from mockapi.engine.prompt import Prompt, Scripted
from mockapi.engine.tokens import Encoding, encoding
from mockapi.seed import Stream

if TYPE_CHECKING:
    from mockapi.engine.described import Description

_REFUSAL = "I'm very sorry, but I can't assist with that request."
_PLAIN_REFUSAL = "I'm sorry, but I can't assist with that."
# How much a model thinks: tokens before it answers, by effort.
_THOUGHT = {"none": 0, "minimal": 0, "low": 128, "medium": 384, "high": 1024, "xhigh": 2048, "max": 4096}
_SAMPLE = json.write({"type": "object", "properties": {"answer": {"type": "string"}, "confidence": {"type": "number"}}})


def answer(prompt: Prompt, card: Card, stream: Stream) -> Answer:
    """One answer. The same prompt and stream always give the same."""
    scripted = prompt.scripted
    if scripted is None:
        made = _decided(prompt, card, stream)
        _think(made, prompt, card, stream.child(11))
        return made
    made = _scripted(scripted, prompt, card) or _decided(prompt, card, stream)
    if scripted.reasoning is None:
        _think(made, prompt, card, stream.child(11))
    else:
        made.reasoning = scripted.reasoning
        made.reasoning_tokens = encoding(card.encoding).count(scripted.reasoning)
        made.completion_tokens += made.reasoning_tokens
    if scripted.spoil is not None:
        from mockapi.engine import spoiled

        spoiled.spoil(made, scripted.spoil)
    made.finish = scripted.finish or made.finish
    if scripted.output_tokens is not None:
        made.completion_tokens = scripted.output_tokens
        made.reasoning_tokens = min(made.reasoning_tokens, scripted.output_tokens)
    return made


def _scripted(scripted: Scripted, prompt: Prompt, card: Card) -> Answer | None:
    """What is to be said word for word; None where nothing is. Stop sequences and the token limit hold for it too."""
    if scripted.refusal is not None:
        made = Answer([Refusal(scripted.refusal)], text_tokens=encoding(card.encoding).count(scripted.refusal))
        made.completion_tokens = made.text_tokens + 1
        return made
    if not scripted.calls:
        return None if scripted.text is None else _said(scripted.text, prompt, card)
    kinds = {tool.name: tool.kind for tool in prompt.tools}
    legacy = "legacy" in kinds.values()
    calls = [ToolCall(name, arguments, kinds.get(name, "legacy" if legacy else "function")) for name, arguments in scripted.calls]
    made = _called(calls, prompt, card)
    if scripted.text is not None:
        made.text_tokens = encoding(card.encoding).count(scripted.text)
        made.completion_tokens += made.text_tokens
        made.parts.insert(0, Text(scripted.text))
    return made


def _decided(prompt: Prompt, card: Card, stream: Stream) -> Answer:
    vocabulary = encoding(card.encoding)
    if moderation.refused(prompt.last_said()):
        if prompt.output.kind == "json_schema":
            made = Answer([Refusal(_REFUSAL)], text_tokens=vocabulary.count(_REFUSAL))
            made.completion_tokens = made.text_tokens + 1
            return made
        return _said(_PLAIN_REFUSAL, prompt, card)
    if card.examples is not None:
        learned = _learned(card.examples, prompt, card, stream.child(5))
        if learned is not None:
            return learned
    if prompt.tools:
        from mockapi.engine import tools

        calls = tools.calls(prompt, stream.child(1))
        if calls:
            return _called(calls, prompt, card)
    if prompt.output.kind != "text":
        return _structured(prompt, card, stream.child(2))
    if prompt.prediction:
        return _predicted(prompt, card, stream.child(3))
    if any("{" in turn.text for turn in prompt.turns):
        from mockapi.engine import described

        form = described.ordered(prompt)
        if form is not None:
            return _said(_instance(prompt, form.schema, form, stream.child(2))[0], prompt, card)
    return _said(_text(prompt, stream.child(4)), prompt, card)


def _learned(examples: str, prompt: Prompt, card: Card, stream: Stream) -> Answer | None:
    """The answer of the nearest training example, where it is one that the request allows."""
    from mockapi.engine import lessons

    lesson = None if prompt.told() else lessons.of(examples).nearest(prompt, stream)
    if lesson is None:
        return None
    offered = {tool.name for tool in prompt.tools}
    if lesson.calls and all(name in offered for name, _ in lesson.calls) and prompt.choice in ("auto", "required"):
        made = [ToolCall(name, arguments) for name, arguments in lesson.calls]
        return _called(made if prompt.parallel else made[:1], prompt, card)
    if lesson.says is None or (prompt.tools and prompt.choice not in ("auto", "none")):
        return None
    if prompt.output.kind != "text" and not _is_instance(lesson.says, prompt.output.written):
        return None
    return _said(lesson.says, prompt, card)


def _is_instance(text: str, schema: bytes) -> bool:
    from mockapi.engine import sampler

    try:
        value = json.read(text.encode())
    except ValueError:
        return False
    return sampler.planned(schema).accepts(value) if schema else isinstance(value, dict)


def _text(prompt: Prompt, stream: Stream) -> str:
    results = prompt.told()
    if results:
        return _from_results(results)
    done = tasks.do(prompt, stream)
    if done is not None:
        return done
    seen = _seen(prompt)
    return seen + prose.write(prompt, stream)


def _from_results(results: list[tuple[str, str]]) -> str:
    """What tools returned, told as sentences."""
    return " ".join(f"According to {name}, {_told(content)}." for name, content in results)


def _told(content: str) -> str:
    text = content.strip()
    try:
        value = json.read(text.encode())
    except ValueError:
        return text.rstrip(".") or "there is no result"
    if isinstance(value, dict) and value:
        return ", ".join(f"{str(key).replace('_', ' ')} is {_shown(item)}" for key, item in value.items())
    return f"the result is {_shown(value)}"


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(not isinstance(item, (list, dict)) for item in value):
        return ", ".join(map(str, value)) or "empty"
    return json.write(value).decode()


def _seen(prompt: Prompt) -> str:
    """A sentence about the newest pictures, sounds and files."""
    turn = next((turn for turn in reversed(prompt.turns) if turn.role == "user"), None)
    if turn is None:
        return ""
    said = []
    if turn.pictures:
        sizes = ", ".join(f"{picture.width}×{picture.height}" for picture in turn.pictures)
        said.append(f"The image shows a scene of {sizes} pixels." if len(turn.pictures) == 1 else f"The images are {sizes} pixels.")
    # What can be understood is answered, not described.
    unheard = [recording.seconds for recording in turn.recordings if not recording.text]
    if unheard:
        said.append(f"The recording lasts {sum(unheard):.1f} seconds.")
    if turn.files:
        said.append("I have read the attached document." if len(turn.files) == 1 else "I have read the attached documents.")
    return " ".join(said) + " " if said else ""


def _structured(prompt: Prompt, card: Card, stream: Stream) -> Answer:
    from mockapi.engine import described

    form = described.wanted(prompt) if prompt.output.kind == "json_object" else None
    text, whole = _instance(prompt, form.schema if form else prompt.output.written or _SAMPLE, form, stream)
    made = _said(text, prompt, card)
    if not whole and prompt.output.strict and made.finish == "stop" and len(text) > 4 * card.max_output_tokens:
        made.finish = "length"
    return made


def _instance(prompt: Prompt, schema: bytes, form: Description | None, stream: Stream) -> tuple[str, bool]:
    """The text of an instance that prefers what tools or the user told, and whether it is whole and valid."""
    from mockapi.engine import described, hints, sampler

    told = "\n".join(content for _, content in prompt.told())
    asked = described.rest(prompt.last_said(), form) if form is not None else prompt.last_said()
    cursor = hints.Cursor(
        hints.read(told or asked),
        job=lambda name: tasks.done(name, prompt, stream),
        behind=hints.read(asked) if told else None,
    )
    value, whole = sampler.planned(schema).instance(stream, cursor)
    text = json.write(value).decode()
    return (f"```json\n{text}\n```" if form is not None and form.fenced else text), whole


def _predicted(prompt: Prompt, card: Card, stream: Stream) -> Answer:
    """The prediction with one line changed, as an edit would: accepted tokens are those that stayed, rejected those that did not."""
    from mockapi.engine import hints

    vocabulary = encoding(card.encoding)
    prediction = prompt.prediction or ""
    lines = prediction.split("\n")
    place = stream.below(len(lines))
    edited = hints.read(prompt.last_said()).quotes
    if len(lines) > 1 and lines[place].strip():
        lines[place] = edited[0] if edited else lines[place] + "  # updated"
    text = "\n".join(lines)
    made = _said(text, prompt, card)
    expected = vocabulary.encode(prediction)
    written = vocabulary.encode(made.text or "")
    same = _same_start(expected, written)
    tail = _same_start(expected[same:][::-1], written[same:][::-1])
    made.accepted_prediction_tokens = same + tail
    made.rejected_prediction_tokens = min(len(expected), len(written)) - same - tail
    made.completion_tokens = len(written) + 1 + made.rejected_prediction_tokens if made.finish == "stop" else made.completion_tokens
    return made


def _same_start(left: list[int], right: list[int]) -> int:
    count = 0
    for a, b in zip(left, right, strict=False):
        if a != b:
            break
        count += 1
    return count


def _called(calls: list[ToolCall], prompt: Prompt, card: Card) -> Answer:
    made = Answer(list(calls), "tool_calls", forced=prompt.forced)
    made.completion_tokens = usage.of_calls(calls, card, forced=prompt.forced)
    limit = prompt.max_tokens
    if limit is not None and made.completion_tokens > limit:
        _cut_calls(made, limit, encoding(card.encoding))
        made.finish, made.completion_tokens = "length", limit
    return made


def _cut_calls(made: Answer, limit: int, vocabulary: Encoding) -> None:
    """Leave what fits: the last call's arguments break off, later calls are not begun."""
    left, kept = limit, []
    for call in made.calls:
        kept.append(ToolCall(call.name, vocabulary.fit(call.arguments, max(left, 0))[0], call.kind))
        left -= vocabulary.count(call.arguments)
        if left <= 0:
            break
    made.parts = list(kept)


def _said(text: str, prompt: Prompt, card: Card) -> Answer:
    """A text as far as stop sequences and the token limit let it."""
    vocabulary = encoding(card.encoding)
    made = Answer()
    if prompt.stop:
        found = [place for word in prompt.stop if word and (place := text.find(word)) >= 0]
        text = text[: min(found)] if found else text
    limit = card.max_output_tokens if prompt.max_tokens is None else min(prompt.max_tokens, card.max_output_tokens)
    whole = len(text)
    text, size = vocabulary.fit(text, limit)
    if len(text) < whole:
        made.finish = "length"
    if prompt.speaks:
        from mockapi.engine.sound import voice

        seconds = voice.duration(text)
        made.parts = [Speech(text, seconds)]
        made.audio_tokens = usage.of_speech(seconds)
    else:
        made.parts = [Text(text, _citations(text, prompt))]
    made.text_tokens = size
    made.completion_tokens = size + made.audio_tokens
    return made


def _citations(text: str, prompt: Prompt) -> tuple[Citation, ...]:
    """Sources of an answer that searched the web."""
    if not prompt.searches or not text:
        return ()
    words = "-".join(prose.phrases(prompt.last_said(), 1)).replace(" ", "-").lower() or "answer"
    end = text.find(". ") + 1 or len(text)
    return (Citation(0, end, f"About {words.replace('-', ' ')}", f"https://example.com/{words}?utm_source=openai"),)


def _think(made: Answer, prompt: Prompt, card: Card, stream: Stream) -> None:
    """What a reasoning model spends before it answers; a limit that thinking uses up leaves nothing to say."""
    if not card.reasons:
        return
    overhead = int(card.rules.get("completion_overhead", 0)) if not made.calls else 0
    effort = prompt.effort or str(card.rules.get("default_effort", "medium"))
    budget = _THOUGHT[effort]
    step = int(card.rules.get("reasoning_step", 1))
    thought = stream.between(budget // 2, budget) if budget else 0
    thought -= thought % step
    total = made.completion_tokens + overhead + thought
    if prompt.max_tokens is not None and total > prompt.max_tokens:
        thought = min(thought, prompt.max_tokens)
        left = prompt.max_tokens - thought - overhead
        vocabulary = encoding(card.encoding)
        if made.calls:
            _cut_calls(made, left, vocabulary)
            if left <= 0:
                made.parts = [Text("")]
        else:
            made.parts = [Text(vocabulary.fit(made.text or "", max(0, left))[0])]
        made.finish = "length"
        total = prompt.max_tokens
    made.reasoning_tokens = thought
    made.completion_tokens = total
