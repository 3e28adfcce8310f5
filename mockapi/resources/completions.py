"""Legacy completions: create. `client.completions`."""

from __future__ import annotations

from mockapi import errors, ids
from mockapi.admission import access
from mockapi.admission.limits import Charge
from mockapi.aside import aside, begun, rows
from mockapi.catalogue import Card
from mockapi.contract import completions
from mockapi.dialects.completions import read, write
from mockapi.engine import model
from mockapi.engine.prompt import Scripted
from mockapi.engine.tokens import Encoding, encoding
from mockapi.operations import operation
from mockapi.seed import Stream
from mockapi.transport.call import Call
from mockapi.transport.reply import Events

# doc: what is said where no limit is given
_DEFAULT_TOKENS = 16
# Characters from which on a request is worked on beside others: some milliseconds' work. Each choice is as much work as a thousand.
_LARGE = 30_000
_CHOICE = 1000
# Marks that close what they stand after, so that no space comes before them.
_CLOSING = frozenset(".,;:!?)]}'\"")


def prepare(call: Call) -> Charge:
    """Everything that can be wrong with the request before it is charged, and the charge: a quarter token a character (api-facts B.3)."""
    request: completions.CreateCompletionRequest = call.request
    card = _served(call)
    completions.check(request)
    _suits(request, card)
    prompts = call.asked.prompt = read.prompts(request)
    read.check(prompts, encoding(card.encoding))
    return Charge(quarters=max(4, sum(len(given) if isinstance(given, str) else 4 * len(given) for given in prompts)))


@operation(
    "POST /completions",
    id="createCompletion",
    request=completions.CreateCompletionRequest,
    response=completions.Completion,
    layout="pretty+newline",
    prepare=prepare,
    headers=((b"access-control-allow-origin", b"*"), (b"cache-control", b"no-cache, must-revalidate")),
    stateless=True,
)
async def create(call: Call) -> bytes | dict[str, object] | Events:
    request: completions.CreateCompletionRequest = call.request
    call.card = card = _served(call)
    draft: write.Draft | None = call.asked.draft if call.asked.scripted is None else None
    large = _is_large(call)
    if draft is None:
        draft = call.asked.draft = await aside(large, lambda: _draft(call, card))
    call.used = {"input": draft.prompt_tokens, "output": draft.completion_tokens}
    call.further = ((b"openai-model", card.snapshot.encode()),)
    # doc: how long an answer takes grows with its length; told in the header only
    call.processing_ms = 180 + 9 * draft.completion_tokens + draft.prompt_tokens // 50
    created = call.world.clock.seconds()
    id = ids.completion(created, call.stream)
    if request.stream:
        return Events(await begun(large, write.chunks(draft, id, created)), kind=b"text/event-stream")
    return await aside(large, lambda: _whole(call, draft, id, created, large))


def _is_large(call: Call) -> bool:
    request: completions.CreateCompletionRequest = call.request
    assert call.asked.charge is not None
    generated = request.best_of or request.n or 1
    each = _CHOICE if request.logprobs is None else (2 + request.logprobs) * _CHOICE
    return generated * (len(call.asked.prompt) * each + call.asked.charge.quarters) > _LARGE


def _whole(call: Call, draft: write.Draft, id: str, created: int, large: bool) -> bytes | dict[str, object]:
    """The completion; the text of one that is large, unless it is a line of a batch, which writes its lines itself."""
    made = write.whole(draft, id, created)
    return rows(made, "choices", made["choices"], call.operation.layout) if large and call.rate != "batch" else made


def _served(call: Call) -> Card:
    """The card that says how the model completes. Raises the refusal of a model that does not."""
    assert call.card is not None
    card = access.acting(call, "completions")
    if card is None:
        raise errors.not_a_completion_model() if call.card.type == "chat" else errors.no_sampling()
    return card


def _is_base(card: Card) -> bool:
    """Whether a model continues documents rather than following instructions: those are the ones that can be tuned."""
    return "fine_tuning" in card.features


def _suits(request: completions.CreateCompletionRequest, card: Card) -> None:
    """Raise what the model does not do."""
    if request.suffix is not None and _is_base(card):
        # doc: for the instruct model only; seen: the words, when it could not do it yet
        raise errors.bad_request("Unrecognized request argument supplied: suffix")
    if request.echo and request.logprobs is not None and not _is_base(card):
        # seen: reported by users of the instruct model from 2023 to 2026
        raise errors.bad_request("Setting 'echo' and 'logprobs' at the same time is not supported for this model.")


def _draft(call: Call, card: Card) -> write.Draft:
    """The continuations and their bill. Raises for a prompt that leaves no room for one."""
    request: completions.CreateCompletionRequest = call.request
    vocabulary = encoding(card.encoding)
    wanted, limit = request.n or 1, _limit(request)
    generated = wanted if request.best_of is None else request.best_of
    around = vocabulary.count(request.suffix or "")
    choices: list[write.Choice] = []
    asked_tokens = said_tokens = 0
    for given in call.asked.prompt:
        numbers = read.numbers(given, vocabulary)
        size = len(numbers) + around
        if size + limit > card.context_window:
            raise errors.completion_too_long(card.context_window, size, limit)
        prompt = write.spelled(numbers, vocabulary, "replace")
        stream = call.world.seed.stream(b"completion", read.shape(request, prompt.text))
        candidates = [_choice(prompt, request, card, stream.child(number), call.asked.scripted) for number in range(generated)]
        asked_tokens += size
        said_tokens += sum(len(choice.said.numbers) for choice in candidates)
        if generated > wanted:
            candidates.sort(key=write.mean_logprob, reverse=True)
        choices += candidates[:wanted]
    options = request.stream_options
    return write.Draft(
        choices=choices,
        card=card,
        vocabulary=vocabulary,
        prompt_tokens=asked_tokens,
        completion_tokens=said_tokens,
        echo=bool(request.echo),
        tops=request.logprobs,
        include_usage=options is not None and bool(options.include_usage),
    )


def _limit(request: completions.CreateCompletionRequest) -> int:
    return _DEFAULT_TOKENS if request.max_tokens is None else request.max_tokens


def _choice(
    prompt: write.Spelled, request: completions.CreateCompletionRequest, card: Card, stream: Stream, scripted: Scripted | None
) -> write.Choice:
    """One continuation of a prompt, as far as stop sequences and the token limit let it. What is scripted is said word for word."""
    before, asked = prompt.text, read.prompt(prompt.text)
    asked.scripted = scripted
    text = model.answer(asked, card, stream).text or ""
    if scripted is None or scripted.text is None:
        text = _continued(text, before, request.suffix, _is_base(card))
    stops = [request.stop] if isinstance(request.stop, str) else request.stop or ()
    found = [place for word in stops if word and (place := text.find(word)) >= 0]
    return _cut(prompt, text[: min(found)] if found else text, _limit(request), encoding(card.encoding))


def _cut(prompt: write.Spelled, text: str, limit: int, vocabulary: Encoding) -> write.Choice:
    numbers = vocabulary.encode(text)
    finish = "stop" if len(numbers) <= limit else "length"
    return write.Choice(prompt, write.spelled(numbers[:limit], vocabulary, "ignore"), finish)


def _continued(said: str, before: str, after: str | None, base: bool) -> str:
    """A text so that it can stand after what is there, and before what follows."""
    if not before or before[-1].isspace() or before.endswith(read.SEPARATOR):
        lead = ""
    else:
        # seen: the instruct model begins with an empty line, unless a label says what is to come or it fills a gap
        lead = " " if base or after is not None or before[-1] == ":" else "\n\n"
    if base and before[-1:].isalnum() and said[1:2].islower():
        said = said[0].lower() + said[1:]
    tail = " " if after and not after[0].isspace() and after[0] not in _CLOSING else ""
    return f"{lead}{said}{tail}"
