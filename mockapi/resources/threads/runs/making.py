"""What a run's model does in one turn: the hosted tools it uses, what it says, the functions that it has the client call."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from mockapi import errors, ids, json
from mockapi.aside import aside
from mockapi.catalogue import Card
from mockapi.dialects.assistants import read, write
from mockapi.dialects.assistants.write import Item, Made, Turn
from mockapi.engine import model, usage
from mockapi.engine.answer import Answer, Refusal, Text, ToolCall
from mockapi.engine.prompt import Prompt
from mockapi.errors import ApiError
from mockapi.resources import caching, hosting
from mockapi.resources.threads.runs.context import Context, searched, spent
from mockapi.resources.vector_stores import kept as stores
from mockapi.resources.vector_stores import searching
from mockapi.resources.vector_stores.processing import ready
from mockapi.seed import Stream
from mockapi.transport.call import Call

# Characters from which on a prompt is worked on beside others: some milliseconds' work.
_LARGE = 20_000
# doc: how many chunks are wanted where nothing is said
_HITS, _FEWER_HITS = 20, 5


@dataclass(slots=True, eq=False, repr=False)
class _Making:
    """A turn as it is made: what it asks, and what has come of it so far."""

    call: Call
    found: Context
    prompt: Prompt
    card: Card
    stream: Stream
    made: list[Made] = field(default_factory=list)
    # What a hosted tool told the model, and the file that is to be cited for it.
    told: list[tuple[str, str]] = field(default_factory=list)
    cited: searching.Hit | None = None

    def add(self, bill: usage.Usage, calls: list[Item], content: list[Item] | None = None, cut: str | None = None) -> None:
        """A step: tool calls, or a message where there is content."""
        stream = self.stream.child(100 + len(self.made))
        message_id = None if content is None else ids.plain("msg_", stream.child(1))
        step: Made = {
            "step_id": ids.plain("step_", stream),
            "calls": calls,
            "message_id": message_id,
            "content": content or [],
            "cut": cut,
            "usage": write.tokens(bill),
        }
        self.made.append(step)

    def call_id(self, number: int) -> str:
        return ids.tool_call(self.stream.child(200 + 16 * len(self.made) + number))


async def turn(call: Call, found: Context) -> Turn:
    """What a run comes to from here: steps, and how it ends or what it waits for. Sets what the call is billed for."""
    prompt: Prompt = call.asked.prompt
    card = call.card
    assert card is not None
    if found.failure is not None:
        return _ended(found, [], _error(found.failure))
    if call.asked.scripted is not None:
        prompt = replace(prompt, scripted=call.asked.scripted)
    fault = read.unreadable(prompt) or _fit(prompt, found, card)
    if isinstance(fault, ApiError):
        return _ended(found, [], _error(fault))
    if fault is not None:
        return _ended(found, [], fault)
    making = _Making(call, found, prompt, card, call.stream.child(7))
    if prompt.scripted is None:
        await _use_tools(making)
    end = await _say(making)
    used = write.summed(each["usage"] for each in making.made)
    cached = used["prompt_token_details"]["cached_tokens"]
    call.used = {"input": used["prompt_tokens"] - cached, "cached_input": cached, "output": used["completion_tokens"]}
    call.used |= {each["type"]: 1 for step in making.made for each in step["calls"] if each["type"] != "function"}
    return _ended(found, making.made, end)


def _ended(found: Context, made: list[Made], end: Item) -> Turn:
    """A turn with the usage of its whole run, where that has come to its end."""
    if end["status"] == "requires_action":
        return {"made": made, "end": end}
    return {"made": made, "end": {**end, "usage": spent([*found.made, *made])}}


def _error(fault: ApiError) -> Item:
    """The end of a run that fails."""
    code = "rate_limit_exceeded" if fault.status == 429 else "server_error" if fault.status >= 500 else "invalid_prompt"
    return {"status": "failed", "last_error": {"code": code, "message": fault.message}}


def _fit(prompt: Prompt, found: Context, card: Card) -> Item | ApiError | None:
    """Leave out what does not fit, oldest first (doc: `auto`), and set the most that may be said. Returns why the run ends already."""
    run, used = found.run, spent(found.made)
    window = int(card.rules.get("most_input") or card.context_window)
    most = None if run["max_prompt_tokens"] is None else run["max_prompt_tokens"] - used["prompt_tokens"]
    room = window if most is None else min(window, most)
    size = usage.of_prompt(prompt, card).prompt_tokens
    while size > room and run["truncation_strategy"]["type"] == "auto" and prompt.forget():
        size = usage.of_prompt(prompt, card).prompt_tokens
    if most is not None and size > most:
        return {"status": "incomplete", "incomplete_details": {"reason": "max_prompt_tokens"}}
    if size > window:
        return errors.context_length_exceeded(window, size, 0)
    if run["max_completion_tokens"] is not None:
        prompt.max_tokens = run["max_completion_tokens"] - used["completion_tokens"]
        if prompt.max_tokens <= 0:
            return {"status": "incomplete", "incomplete_details": {"reason": "max_completion_tokens"}}
    return None


async def _use_tools(making: _Making) -> None:
    """Use one of the hosted tools where the run's choice and its words have it."""
    run, world = making.found.run, making.call.world
    known = [store_id for store_id in searched(making.found) if await world.store.get(stores.KIND, store_id) is not None]
    kinds = [tool["type"] for tool in run["tools"] if tool["type"] == "code_interpreter" or (tool["type"] == "file_search" and known)]
    choice = run["tool_choice"]
    if choice == "none":
        return
    if isinstance(choice, dict) and choice["type"] != "function":
        kind = choice["type"] if choice["type"] in kinds and not making.prompt.called() else None
    else:
        kind = hosting.chosen(kinds, making.prompt, required=choice == "required")
    if kind == "file_search":
        await _search(making, known)
    elif kind == "code_interpreter":
        code, result = hosting.computed(making.prompt, world.seed)
        _used(making, kind, code, {"input": code, "outputs": [{"type": "logs", "logs": result}]})
        making.told.append((kind, result))


async def _search(making: _Making, known: list[str]) -> None:
    world = making.call.world
    tool = next(tool for tool in making.found.run["tools"] if tool["type"] == "file_search")
    options, query = tool["file_search"], hosting.query(making.prompt)
    ranking, default = options["ranking_options"], _FEWER_HITS if making.card.id.startswith("gpt-3.5") else _HITS
    for store_id in known:
        # doc: a run waits until what it searches was read
        await ready(world, store_id)
    wanted = searching.Ranking("auto", ranking["score_threshold"])
    hits = await searching.search(world, known, [query], None, options.get("max_num_results") or default, wanted)
    results = [
        {"file_id": hit.file_id, "file_name": hit.filename, "score": hit.score, "content": [{"type": "text", "text": hit.text}]}
        for hit in hits
    ]
    _used(making, "file_search", json.write({"query": query}).decode(), {"ranking_options": ranking, "results": results})
    making.told.append(hosting.found(hits))
    making.cited = hits[0] if hits else None


def _used(making: _Making, kind: str, arguments: str, done: Item) -> None:
    """The step of a hosted tool, which the model was asked for like for any call."""
    bill = usage.of_prompt(making.prompt, making.card)
    bill.completion_tokens = usage.of_calls([ToolCall(kind, arguments)], making.card, forced=False)
    making.add(bill, [{"id": making.call_id(0), "type": kind, kind: done}])


def _answered(making: _Making, prompt: Prompt) -> tuple[Answer, usage.Usage, list[bytes]]:
    """What the model says to a prompt, what it is billed, and what of the prompt may be cached."""
    card = making.card
    stream = making.call.world.seed.stream(b"run", card.asked_as.encode(), *making.prompt.shape())
    bill = usage.of_prompt(prompt, card)
    answer = model.answer(prompt, card, stream)
    bill.add(answer)
    return answer, bill, usage.prefixes(prompt, card, bill.prompt_tokens)


async def _say(making: _Making) -> Item:
    """Add what the model says or calls. Returns the end that comes of it."""
    call = making.call
    prompt = hosting.informed(making.prompt, making.told)
    large = sum(len(each.text) for each in prompt.turns) > _LARGE
    answer, bill, prefixes = await aside(large, lambda: _answered(making, prompt))
    bill.cached_tokens = await caching.tokens(call, prefixes)
    cuts = {"length": "max_tokens", "content_filter": "content_filter"}
    cut = cuts.get(answer.finish)
    content, calls = _content(making, answer), answer.calls if cut is None else []
    if content or not calls:
        said = replace(bill, completion_tokens=answer.text_tokens) if calls else bill
        making.add(said, [], content or [_text("")], cut)
        # What was read is counted once.
        bill = usage.Usage(0, completion_tokens=bill.completion_tokens - answer.text_tokens)
    if answer.finish == "length":
        return {"status": "incomplete", "incomplete_details": {"reason": "max_completion_tokens"}}
    if not calls:
        # guess: also where a filter cut the message, which the document has no reason of a run for
        return {"status": "completed"}
    told: list[Item] = [
        {"id": making.call_id(number), "type": "function", "function": {"name": each.name, "arguments": each.arguments}}
        for number, each in enumerate(calls)
    ]
    making.add(bill, [{**each, "function": {**each["function"], "output": None}} for each in told])
    return {"status": "requires_action", "required_action": {"type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": told}}}


def _content(making: _Making, answer: Answer) -> list[Item]:
    made: list[Item] = []
    for part in answer.parts:
        if isinstance(part, Refusal):
            made.append({"type": "refusal", "refusal": part.text})
        elif isinstance(part, Text):
            made.append(_text(part.text))
    hit = making.cited
    if hit is not None and made and made[-1]["type"] == "text" and making.prompt.output.kind == "text" and answer.finish == "stop":
        _cite(made[-1]["text"], hit, len(making.prompt.turns))
    return made


def _text(value: str) -> Item:
    return {"type": "text", "text": {"value": value, "annotations": []}}


def _cite(text: Item, hit: searching.Hit, number: int) -> None:
    """Put what stands for a source at the end of a text (doc: as in 【4:0†name】)."""
    mark, start = f"【{number}:0†{hit.filename}】", len(text["value"])
    place = {"start_index": start, "end_index": start + len(mark)}
    text["annotations"].append({"type": "file_citation", "text": mark, "file_citation": {"file_id": hit.file_id}, **place})
    text["value"] += mark
