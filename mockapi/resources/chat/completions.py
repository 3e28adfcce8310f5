"""Chat completions: create, and what `store: true` keeps. `client.chat.completions`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache, partial
from typing import Any

from mockapi import catalogue, errors, ids
from mockapi.admission import access, capabilities
from mockapi.admission.limits import Charge
from mockapi.admission.spend import Used
from mockapi.aside import aside, begun, rows
from mockapi.catalogue import Card
from mockapi.clock import SECOND
from mockapi.contract import chat, chat_objects, chat_rules
from mockapi.contract.moderations import ModerationParam
from mockapi.dialects import judged
from mockapi.dialects.chat import read, write
from mockapi.engine import model, usage
from mockapi.engine.answer import Answer
from mockapi.engine.prompt import Prompt
from mockapi.engine.tokens import encoding
from mockapi.operations import operation
from mockapi.resources import caching
from mockapi.seed import Stream, label
from mockapi.store import paging
from mockapi.transport.call import Call
from mockapi.transport.reply import Events

KIND = "chat.completion"
MESSAGES = "chat.completion.messages"
# Characters from which on a request is worked on beside others: some milliseconds' work. An answer is as much work as a thousand, with
# log probabilities more, and searching what a tuned model learned as much as reading a tenth of it.
_LARGE = 20_000
_ANSWER, _TOLD = 1000, 3000
_TIERS = {None: "default", "auto": "default", "fast": "priority"}


def prepare(call: Call) -> Charge:
    """Everything that can be wrong with the request before it is charged, and the charge.

    The charge is the admission rule fitted to headers (api-facts B.3): a quarter token a character, one a message, one a call.
    """
    request: chat.CreateChatCompletionRequest = call.request
    assert call.card is not None
    access.chat(call.card)
    capabilities.check(request, call.card)
    chat_rules.check(request)
    chat_rules.contents(request.messages)
    prompt = call.asked.prompt = read.prompt(request)
    prompt.searches = "web_search" in call.card.features
    charge = Charge(quarters=4)
    for turn in prompt.turns:
        charge.quarters += 4 + len(turn.text)
        charge.input_images += len(turn.pictures)
        if turn.file_ids:
            call.asked.private = True
    return charge


@operation(
    "POST /chat/completions",
    id="createChatCompletion",
    request=chat.CreateChatCompletionRequest,
    response=chat_objects.ChatCompletion,
    events=chat_objects.ChatCompletionChunk,
    layout="pretty+newline",
    prepare=prepare,
    stateless=True,
)
async def create(call: Call) -> bytes | dict[str, Any] | Events:
    request: chat.CreateChatCompletionRequest = call.request
    draft: write.Draft | None = call.asked.draft if call.asked.scripted is None else None
    if draft is None:
        if call.asked.private:
            await _open_files(call)
        large = _is_large(call)
        draft = call.asked.draft = await aside(large, lambda: _draft(call))
        draft.large, draft.used = large, _used(draft)
    if draft.blocks:
        cached = await caching.tokens(call, draft.blocks, request.prompt_cache_retention)
        draft = replace(draft, usage=replace(draft.usage, cached_tokens=cached))
        draft.used = _used(draft)
    call.used = draft.used
    if request.service_tier in ("flex", "priority", "fast"):
        call.rate = draft.service_tier
    # doc: how long an answer takes grows with its length; told in the header only
    call.processing_ms = 180 + 9 * draft.usage.completion_tokens + draft.usage.prompt_tokens // 50
    created = call.now // SECOND
    head = write.Head(ids.chat_completion(created, call.stream), created, call.stream)
    large = draft.large
    if not request.store:
        if request.stream:
            return Events(await begun(large, write.chunks(draft, head)))
        return await aside(large, lambda: _text(call, draft, head)) if large else _text(call, draft, head)
    while await call.world.store.get(KIND, head.id) is not None:
        head.id = ids.chat_completion(created, call.stream.child(label(head.id)))
    made = await aside(large, lambda: write.whole(draft, head))
    if request.stream:
        return Events(await begun(large, write.chunks(draft, head)), partial(_keep, call, made))
    await _keep(call, made)
    return await aside(large, lambda: _text(call, draft, head))


def _is_large(call: Call) -> bool:
    request: chat.CreateChatCompletionRequest = call.request
    prompt: Prompt = call.asked.prompt
    card = call.card
    assert call.asked.charge is not None and card is not None
    each = call.asked.charge.quarters + _ANSWER
    if request.logprobs:
        each += _TOLD * (1 + (request.top_logprobs or 0))
    if prompt.tools or prompt.output.kind != "text" or prompt.prediction or call.asked.private:
        each += len(prompt.output.written) + sum(len(tool.written) for tool in prompt.tools) + len(prompt.prediction or "")
        each += sum(len(text) for turn in prompt.turns for text in turn.files)
    if card.examples is not None:
        each += len(card.examples) // 10
    return prompt.speaks or each * (request.n or 1) > _LARGE


def _text(call: Call, draft: write.Draft, head: write.Head) -> bytes | dict[str, Any]:
    """The completion's text; of one that is large and a line of a batch, which writes its lines itself, the object."""
    if not draft.large:
        return write.whole_text(draft, head, call.operation.layout)
    made = write.whole(draft, head)
    return made if call.rate == "batch" else rows(made, "choices", made["choices"], call.operation.layout)


async def _open_files(call: Call) -> None:
    """Read the uploaded files that the prompt names. Raises for one that is not there."""
    from mockapi.resources import files

    for turn in call.asked.prompt.turns:
        for file_id, place in turn.file_ids:
            found = await files.find(call.world, file_id)
            if found is None:
                # guess: the sentence of the files endpoints
                raise errors.bad_request(f"No such File object: {file_id}", place)
            turn.files += (read.document_text(found["filename"], await files.read(call.world, file_id)),)


def _used(draft: write.Draft) -> Used:
    """What the call is billed for; a search model's answer is one search."""
    bill = draft.usage
    spoken, heard = bill.audio_tokens, bill.prompt_audio_tokens
    used = {
        "input": bill.prompt_tokens - bill.cached_tokens - heard,
        "cached_input": bill.cached_tokens,
        "audio_input": heard,
        "output": bill.completion_tokens - spoken,
        "audio_output": spoken,
        "web_search": len(draft.answers) if "web_search" in draft.card.features else 0,
    }
    return {name: amount for name, amount in used.items() if amount}


def _draft(call: Call) -> write.Draft:
    """The answers and their bill. Raises what the model finds wrong with the prompt once the call was admitted."""
    request: chat.CreateChatCompletionRequest = call.request
    prompt: Prompt = call.asked.prompt
    if call.asked.scripted is not None:
        prompt = replace(prompt, scripted=call.asked.scripted)
    card = call.card
    assert card is not None
    unreadable = read.unreadable(prompt)
    if unreadable is not None:
        raise unreadable
    bill = usage.of_prompt(prompt, card)
    _fits(request, bill, card)
    stream = call.world.seed.stream(b"chat", read.shape(request, prompt))
    answers = [model.answer(prompt, card, stream.child(index)) for index in range(request.n or 1)]
    for answer in answers:
        bill.add(answer)
    options = request.stream_options
    return write.Draft(
        answers=answers,
        card=card,
        vocabulary=encoding(card.encoding),
        usage=bill,
        service_tier=_TIERS.get(request.service_tier, request.service_tier) or "default",
        fingerprint=_fingerprint(card.snapshot, request.seed) if card.rules.get("fingerprint") else None,
        moderation=_moderation(request.moderation, prompt, answers) if request.moderation is not None else None,
        tops=(request.top_logprobs or 0) if request.logprobs else None,
        audio_format=request.audio.format if request.audio is not None else "wav",
        voice=_voice(request.audio),
        include_usage=options is not None and bool(options.include_usage),
        obfuscate=options is None or options.include_obfuscation is not False,
        blocks=usage.prefixes(prompt, card, bill.prompt_tokens),
    )


def _voice(asked: chat.AudioOptions | None) -> str:
    if asked is None:
        return "alloy"
    return asked.voice if isinstance(asked.voice, str) else asked.voice.id


def _fits(request: chat.CreateChatCompletionRequest, bill: usage.Usage, card: Card) -> None:
    completion = request.max_completion_tokens or request.max_tokens or 0
    chat_rules.fits(
        prompt=bill.prompt_tokens,
        functions=bill.function_tokens,
        completion=completion if card.rules.get("counts_completion") else 0,
        window=card.context_window,
        most_input=card.rules.get("most_input"),
    )


@cache
def _fingerprint(snapshot: str, seed: int | None) -> str:
    """A fingerprint of the backend: the same for the same seed, one of a few without (seen: A.6)."""
    return ids.fingerprint(Stream(label(f"{snapshot} {(seed or 0) % 4}")))


def _moderation(wanted: ModerationParam, prompt: Prompt, answers: list[Answer]) -> dict[str, Any]:
    said = "\n".join(answer.text or answer.refusal or "" for answer in answers)
    return {"input": _moderated(wanted.model, judged.asked(prompt.turns)), "output": _moderated(wanted.model, said)}


def _moderated(judge: str, text: str) -> dict[str, Any]:
    return {"type": "moderation_results", "model": judge, "results": [judged.result(judge, text)]}


async def _keep(call: Call, made: dict[str, Any]) -> None:
    """Store a completion and the messages of its prompt (api-facts G.8)."""
    request: chat.CreateChatCompletionRequest = call.request
    sent: dict[str, Any] = call.asked.json
    tokens = made["usage"]
    stored: dict[str, Any] = {
        "object": "chat.completion",
        "id": made["id"],
        "model": made["model"],
        "created": made["created"],
        "request_id": call.id,
        "tool_choice": sent.get("tool_choice"),
        "usage": {name: tokens[name] for name in ("total_tokens", "completion_tokens", "prompt_tokens")},
        "seed": request.seed if request.seed is not None else call.stream.child(51).below(2**63),
        "top_p": 1.0 if request.top_p is None else request.top_p,
        "temperature": 1.0 if request.temperature is None else request.temperature,
        "presence_penalty": request.presence_penalty or 0.0,
        "frequency_penalty": request.frequency_penalty or 0.0,
        "system_fingerprint": made["system_fingerprint"],
        "input_user": request.user,
        "service_tier": made["service_tier"],
        "tools": sent.get("tools"),
        "metadata": request.metadata or {},
        "choices": [_stored_choice(choice) for choice in made["choices"]],
        "response_format": sent.get("response_format"),
    }
    messages = [_stored_message(f"{made['id']}-{number}", message) for number, message in enumerate(sent["messages"])]
    await call.world.store.put(KIND, made["id"], stored)
    await call.world.store.put(MESSAGES, made["id"], {"messages": messages})


def _stored_choice(choice: dict[str, Any]) -> dict[str, Any]:
    message = choice["message"]
    kept = {name: message.get(name) for name in ("content", "role", "refusal", "tool_calls", "function_call")}
    return {"index": choice["index"], "message": kept, "finish_reason": choice["finish_reason"], "logprobs": choice["logprobs"]}


def _stored_message(id: str, message: dict[str, Any]) -> dict[str, Any]:
    content = message.get("content")
    parts = content if isinstance(content, list) else None
    text = "".join(part.get("text", "") for part in parts) if parts is not None else content
    kept = {"id": id, "role": message["role"], "content": text, "name": message.get("name"), "content_parts": parts}
    kept["refusal"] = message.get("refusal")
    return kept | {name: message[name] for name in ("tool_calls", "tool_call_id") if message.get(name) is not None}


@operation(
    "GET /chat/completions",
    id="listChatCompletions",
    query=chat.ListChatCompletionsQuery,
    response=chat_objects.ChatCompletionList,
    layout="pretty",
)
async def list_(call: Call) -> dict[str, Any]:
    query: chat.ListChatCompletionsQuery = call.query
    wanted = query.metadata or {}
    return await paging.listed(
        call.world.store,
        KIND,
        query.limit,
        after=query.after,
        descending=query.order == "desc",
        fits=lambda row: fits(row, query.model, wanted),
    )


def fits(row: dict[str, Any], model: str | None, metadata: Mapping[str, Any]) -> bool:
    """Whether a stored completion is of a model, by either of its names, and has some metadata."""
    if model is not None and model not in (row["model"], _alias(row["model"])):
        return False
    return all(row["metadata"].get(name) == value for name, value in metadata.items())


def _alias(snapshot: str) -> str:
    card = catalogue.card(snapshot)
    return card.id if card else snapshot


@operation("GET /chat/completions/{completion_id}", id="getChatCompletion", response=chat_objects.StoredChatCompletion)
async def retrieve(call: Call) -> dict[str, Any]:
    return await _stored(call)


@operation(
    "POST /chat/completions/{completion_id}",
    id="updateChatCompletion",
    request=chat.UpdateChatCompletionRequest,
    response=chat_objects.StoredChatCompletion,
)
async def update(call: Call) -> dict[str, Any]:
    stored = {**await _stored(call), "metadata": call.request.metadata or {}}
    await call.world.store.put(KIND, stored["id"], stored)
    return stored


@operation("DELETE /chat/completions/{completion_id}", id="deleteChatCompletion", response=chat_objects.ChatCompletionDeleted)
async def delete(call: Call) -> dict[str, Any]:
    stored = await _stored(call)
    await call.world.store.delete(KIND, stored["id"])
    await call.world.store.delete(MESSAGES, stored["id"])
    return {"object": "chat.completion.deleted", "id": stored["id"], "deleted": True}


async def _stored(call: Call) -> dict[str, Any]:
    completion_id = call.parameters["completion_id"]
    stored = await call.world.store.get(KIND, completion_id)
    if stored is None:
        raise errors.completion_not_found(completion_id)
    return stored
