"""Responses: create. `client.responses`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from mockapi import ids, lifecycle
from mockapi.admission.limits import Charge
from mockapi.aside import aside
from mockapi.catalogue import Card
from mockapi.clock import SECOND
from mockapi.contract.responses import events, objects, rules
from mockapi.contract.responses import request as asked
from mockapi.dialects import judged
from mockapi.dialects.responses import read, whole, write
from mockapi.dialects.responses.items import Item, told
from mockapi.engine import model, usage
from mockapi.engine.prompt import Prompt
from mockapi.engine.tokens import encoding
from mockapi.lifecycle import Job
from mockapi.operations import operation
from mockapi.resources import caching, hosting
from mockapi.resources.responses import capabilities, hosted, prompts, refusals
from mockapi.resources.responses.context import KIND, Context, finish, gather
from mockapi.transport.call import Call
from mockapi.transport.reply import Events

# seen: A.1
OMITTED = frozenset((b"x-openai-proxy-wasm",))
_LOGPROBS = "message.output_text.logprobs"
# Characters from which on a request is worked on beside others: some milliseconds' work.
_LARGE = 20_000


def prepare(call: Call) -> Charge:
    """Everything that is wrong with the request whatever its model, and the charge: a quarter token a character (api-facts B.3)."""
    request: asked.CreateResponse = call.request
    served(call)
    rules.check(request)
    # What a response begins with may change from call to call.
    call.asked.private = True
    return charge(request.input, request.instructions)


def charge(given: Any, instructions: str | None) -> Charge:
    """The admission rule fitted to headers: a quarter token a character, one a message, one a call."""
    made = Charge(quarters=4 + len(instructions or ""))
    for item in [given] if isinstance(given, str) else given or ():
        made.quarters += 4
        for text in [item] if isinstance(item, str) else _texts(item):
            made.quarters += len(text)
        made.input_images += sum(part.type == "input_image" for part in _parts(item))
    return made


def _parts(item: Any) -> list[Any]:
    content = getattr(item, "content", None) or getattr(item, "output", None)
    return [part for part in content if hasattr(part, "type")] if isinstance(content, list) else []


def _texts(item: Any) -> Iterator[str]:
    for name in ("content", "output", "arguments", "input"):
        value = getattr(item, name, None)
        if isinstance(value, str):
            yield value
    for part in _parts(item):
        yield getattr(part, "text", None) or getattr(part, "refusal", None) or ""


def served(call: Call) -> Card:
    """The card of the call's model. Raises for one that is not served here."""
    card = call.card
    if card is None:
        raise refusals.unknown_model("")
    if "responses" not in card.endpoints:
        raise refusals.not_here(card.asked_as)
    return card


async def look_up(call: Call) -> None:
    """What the request refers to, and the prompt that comes of it. Raises for what is not there."""
    request: asked.CreateResponse = call.request
    found = call.context = await gather(call.world, request, call.stream, call.beside)
    # seen: C.5, what a model does not do is told after what is not there
    capabilities.check(request, served(call))
    if rules.asks_for_json(request):
        rules.check_json_word([*found.items, *_instructions(request)])
    call.asked.prompt = read.prompt(request, found.items)


def _instructions(request: asked.CreateResponse) -> list[Item]:
    return [{"type": "message", "content": request.instructions}] if request.instructions else []


async def model_of_prompt(call: Call) -> str | None:
    """The model that a stored prompt names, where the request names none."""
    named = call.asked.json.get("prompt")
    kept = await call.world.store.get(prompts.KIND, named["id"]) if isinstance(named, dict) and isinstance(named.get("id"), str) else None
    if kept is None:
        return None
    version = kept["versions"].get(named.get("version") or kept["version"]) or {}
    model_name: str | None = version.get("model")
    return model_name


@operation(
    "POST /responses",
    id="createResponse",
    request=asked.CreateResponse,
    response=objects.Response,
    events=events.ResponseStreamEvent,
    prepare=prepare,
    gather=look_up,
    finds_model=model_of_prompt,
    can_fail=True,
    unknown_model=refusals.unknown_model,
    layout="pretty+ascii",
    knows_keys=True,
    omits=OMITTED,
    stateless=True,
)
async def create(call: Call) -> dict[str, Any] | Events:
    request: asked.CreateResponse = call.request
    if call.context is None:
        await look_up(call)
    found: Context = call.context
    card = served(call)
    prompt: Prompt = call.asked.prompt
    if call.asked.scripted is not None:
        prompt = replace(prompt, scripted=call.asked.scripted)
    unreadable = read.unreadable(prompt)
    if unreadable is not None:
        raise unreadable
    world, created = call.world, call.now // SECOND
    tops = request.top_logprobs or 0 if request.top_logprobs or _LOGPROBS in (request.include or ()) else None
    writer = write.Writer(found.lineage, call.now, call.stream.child(5), encoding(card.encoding), read.namespaces(request), tops)
    response_id = ids.rooted("resp_", found.lineage, call.now, call.stream)
    started = whole.begun(request, card, response_id, created, found.conversation_id)
    if found.template:
        started |= {"instructions": found.template, "prompt": request.prompt.model_dump(exclude_none=True) if request.prompt else None}
    played = hosted.Played()
    if prompt.scripted is None:
        played = await hosted.play(world, request, prompt, found.items, writer)
    size = sum(len(turn.text) for turn in prompt.turns)
    made, bill, reason = await aside(size > _LARGE, lambda: _answered(call, prompt, card, writer, played))
    bill.cached_tokens = await caching.tokens(call, usage.prefixes(prompt, card, bill.prompt_tokens), request.prompt_cache_retention)
    call.used = {"input": bill.prompt_tokens - bill.cached_tokens, "cached_input": bill.cached_tokens, "output": bill.completion_tokens}
    call.used |= played.used
    if request.service_tier in ("flex", "priority", "fast"):
        call.rate = "flex" if request.service_tier == "flex" else "priority"
    # doc: how long an answer takes grows with its length; told in the header only
    call.processing_ms = 180 + 9 * bill.completion_tokens + bill.prompt_tokens // 50
    shown = [each.done for each in made]
    if prompt.scripted is not None and prompt.scripted.failed is not None:
        made, final = [], whole.failed(started, *prompt.scripted.failed)
        call.used = None
    else:
        final = whole.finished(started, shown, whole.usage_object(bill, card), created, reason)
    if request.moderation is not None:
        judge = request.moderation.model
        final["moderation"] = {
            "input": judged.result(judge, judged.asked(prompt.turns)),
            "output": judged.result(judge, whole.said(shown)),
        }
    include = {*(request.include or ()), *([_LOGPROBS] if tops is not None else ())}
    return await _delivered(call, found, _Answer(started, final, made, include))


class _Answer:
    """A response as it begins and as it ends, its items with their events, and what is told of them."""

    def __init__(self, started: Item, final: Item, made: list[write.Made], include: set[str]) -> None:
        self.started = started
        self.final = final
        self.made = made
        self.include = include

    @property
    def shown(self) -> Item:
        return {**self.final, "output": [told(item, self.include) for item in self.final["output"]]}

    def events(self, call: Call) -> Iterator[bytes]:
        request: asked.CreateResponse = call.request
        options = request.stream_options
        obfuscate = options is None or options.include_obfuscation is not False
        made = [replace(each, done=told(each.done, self.include)) for each in self.made]
        return write.events(self.started, self.shown, made, call.stream, queued=bool(request.background), obfuscate=obfuscate)


async def _delivered(call: Call, found: Context, answer: _Answer) -> dict[str, Any] | Events:
    """Keep a response where it is to be kept, and tell of it: at once, as a stream, or later."""
    request: asked.CreateResponse = call.request
    world, final = call.world, answer.final
    own = {"input": found.sent, "final": final, "include": sorted(answer.include), "background": bool(request.background)}

    async def keep(shown: Item) -> None:
        if call.beside is not None and request.store is False:
            call.beside[final["id"]] = {"own": own}
        if request.store is not False or request.background:
            # doc: webhooks tell of responses in the background alone
            quiet = not request.background
            job: Job = {"shown": shown, "since": call.now, "looks": 0, "until": None, "own": own, "told": quiet}
            await lifecycle.begin(world, KIND, job)
        await finish(world, found, final, store=request.store is not False)

    if request.stream:
        if not request.background:
            return Events(answer.events(call), lambda: keep(final))
        # Who resumes a stream that broke off gets the same events.
        pieces = list(answer.events(call))
        await world.store.write(f"{final['id']} events", b"".join(pieces))
        await keep(final)
        return Events(iter(pieces))
    if request.background:
        await world.store.write(f"{final['id']} events", b"".join(answer.events(call)))
        waiting = {**answer.started, "status": "queued"}
        await keep(waiting)
        return waiting
    await keep(final)
    return answer.shown


def _answered(
    call: Call, prompt: Prompt, card: Card, writer: write.Writer, played: hosted.Played
) -> tuple[list[write.Made], usage.Usage, str | None]:
    """The items of an answer, what they cost, and why the response is incomplete, if it is."""
    request: asked.CreateResponse = call.request
    bill = usage.of_prompt(prompt, card)
    window = card.rules.get("most_input") or card.context_window
    while bill.prompt_tokens > window and request.truncation == "auto" and prompt.forget():
        bill = usage.of_prompt(prompt, card)
    if bill.prompt_tokens > window:
        raise refusals.too_long()
    if played.waits:
        return played.made, bill, None
    stream = call.world.seed.stream(b"response", (request.model or "").encode(), *prompt.shape())
    answer = model.answer(hosting.informed(prompt, played.told, searches=played.searches), card, stream)
    bill.add(answer)
    made = list(played.made)
    if card.reasons:
        thought = answer.reasoning or ("Looked at what was asked, and at what is known about it." if answer.reasoning_tokens else "")
        encrypted = "reasoning.encrypted_content" in (request.include or ())
        made.insert(0, write.reasoning(thought, writer, summarised=whole.summary(request) is not None, encrypted=encrypted))
    if _overflows(request, bill.prompt_tokens):
        made.insert(0, write.compaction(writer))
    made += write.items(answer, writer, [cite(answer.text or "") for cite in played.annotations])
    reasons = {"length": "max_output_tokens", "content_filter": "content_filter"}
    return made, bill, reasons.get(answer.finish)


def _overflows(request: asked.CreateResponse, tokens: int) -> bool:
    """Whether a context is so long that it is to be compacted (doc: context_management)."""
    wanted = [each.compact_threshold for each in request.context_management or () if each.type == "compaction"]
    return any(threshold is not None and tokens > threshold for threshold in wanted)
