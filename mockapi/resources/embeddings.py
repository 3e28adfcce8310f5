"""Embeddings: create. `client.embeddings`."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from typing import Any

from mockapi import errors
from mockapi.admission import access
from mockapi.admission.limits import Charge
from mockapi.aside import aside, rows
from mockapi.catalogue import Card
from mockapi.contract import embeddings
from mockapi.engine.tokens import encoding
from mockapi.operations import operation
from mockapi.transport.call import Call

Inputs = list[str | list[int]]
# doc: 300,000 tokens over all inputs of a request
_MOST_TOKENS = 300_000
# Numbers to be worked out from which on it is done beside others: some milliseconds' work. A thousand characters count as a vector.
_LARGE = 24_000
_KEPT = 128 * 1024  # bytes of an answer that is remembered with its request


def prepare(call: Call) -> Charge:
    """Everything that can be wrong before the charge, and the charge: a quarter token a character, at least one (api-facts B.3)."""
    request: embeddings.CreateEmbeddingRequest = call.request
    assert call.card is not None
    access.embeddings(call.card)
    inputs = call.asked.prompt = _inputs(request.input)
    top = encoding(call.card.encoding).size
    if not inputs or any(not each or (isinstance(each, list) and not 0 <= min(each) <= max(each) < top) for each in inputs):
        raise errors.invalid_input()
    return Charge(quarters=max(4, sum(len(each) if isinstance(each, str) else 4 * len(each) for each in inputs)))


@operation(
    "POST /embeddings",
    id="createEmbedding",
    request=embeddings.CreateEmbeddingRequest,
    response=embeddings.CreateEmbeddingResponse,
    layout="compact",
    prepare=prepare,
    charges_faults=True,
    sample_model="text-embedding-3-small",
    stateless=True,
)
async def create(call: Call) -> bytes | dict[str, Any]:
    card = call.card
    assert card is not None
    draft: tuple[bytes | dict[str, Any], int] | None = call.asked.draft
    if draft is None:
        draft = await aside(_is_large(call, card), lambda: _draft(call, card))
        if isinstance(draft[0], bytes) and len(draft[0]) <= _KEPT:
            call.asked.draft = draft
    call.used = {"input": draft[1]}
    if not card.rules.get("half_precision"):
        # seen: A.3, the newer backend does not tell
        call.further = ((b"openai-model", card.id.encode()),)
    return draft[0]


def _is_large(call: Call, card: Card) -> bool:
    assert call.asked.charge is not None
    size = call.request.dimensions or int(card.rules["dimensions"])
    return bool(size * (len(call.asked.prompt) + call.asked.charge.quarters // 1000) > _LARGE)


def _inputs(given: Any) -> Inputs:
    if isinstance(given, str):
        return [given]
    return [given] if given and isinstance(given[0], int) else given


def _draft(call: Call, card: Card) -> tuple[bytes | dict[str, Any], int]:
    """The whole answer, in which nothing changes from call to call, and its tokens. A batch writes its lines itself.

    Raises what the model finds wrong once the call was admitted (seen: these 400s carry limit headers).
    """
    # Imported on first use: a server that is only asked for chats starts sooner.
    from mockapi.engine import vectors

    request: embeddings.CreateEmbeddingRequest = call.request
    inputs: Inputs = call.asked.prompt
    size = _dimensions(request.dimensions, card)
    vocabulary = encoding(card.encoding)
    counts = [vocabulary.count(each) if isinstance(each, str) else len(each) for each in inputs]
    for place, count in enumerate(counts):
        if count > card.context_window:
            raise errors.embedding_too_long(card.context_window, count, place if isinstance(request.input, list) else None)
    if sum(counts) > _MOST_TOKENS:
        raise errors.too_many_embedding_tokens(sum(counts), _MOST_TOKENS)
    newer = bool(card.rules.get("half_precision"))

    def data() -> Iterator[dict[str, Any]]:
        for place, each in enumerate(inputs):
            vector = vectors.embed(each, size, card.id) if isinstance(each, str) else vectors.embed_tokens(each, vocabulary, size, card.id)
            told = _told(
                vectors.half(vector) if newer else vector, vectors.to_base64 if request.encoding_format == "base64" else None, half=newer
            )
            # seen: A.3, the newer backend writes the index last
            own = {"embedding": told, "index": place} if newer else {"index": place, "embedding": told}
            yield {"object": "embedding", **own}

    usage = {"prompt_tokens": sum(counts), "total_tokens": sum(counts)}
    made: dict[str, Any] = {"object": "list", "data": [], "model": card.snapshot, "usage": usage}
    if call.rate == "batch":
        made["data"] = list(data())
        return made, sum(counts)
    return rows(made, "data", data(), "compact" if newer else "pretty+newline"), sum(counts)


def _told(vector: array[float], packed: Callable[[array[float]], str] | None, *, half: bool) -> str | list[float]:
    if packed is not None:
        return packed(vector)
    # guess: ada-002's digits are those that tell a 32-bit number
    return vector.tolist() if half else [float(f"{number:.8g}") for number in vector]


def _dimensions(asked: int | None, card: Card) -> int:
    most = int(card.rules["dimensions"])
    if asked is None:
        return most
    if not card.rules.get("half_precision"):
        raise errors.dimensions_not_supported()
    if asked > most:
        raise errors.too_many_dimensions(asked, most)
    return asked
