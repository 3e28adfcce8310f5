"""Counting what an input costs: count. `client.responses.input_tokens`."""

from __future__ import annotations

from typing import Any

from mockapi import catalogue
from mockapi.contract.responses import objects
from mockapi.contract.responses import request as asked
from mockapi.dialects.responses import read
from mockapi.engine import usage
from mockapi.operations import operation
from mockapi.resources.responses import OMITTED, refusals
from mockapi.resources.responses.context import gather
from mockapi.transport.call import Call


@operation(
    "POST /responses/input_tokens",
    id="Getinputtokencounts",
    request=asked.CountInputTokensRequest,
    response=objects.InputTokens,
    layout="pretty+ascii",
    knows_keys=True,
    omits=OMITTED,
    stateless=True,
)
async def count(call: Call) -> dict[str, Any]:
    request: asked.CountInputTokensRequest = call.request
    # guess: counted as the current model of the page would, where none is named
    card = catalogue.card(request.model or "gpt-4o-mini")
    if card is None:
        raise refusals.unknown_model(request.model or "")
    found = await gather(call.world, request, call.stream)
    bill = usage.of_prompt(read.prompt(request, found.items), card)
    return {"object": "response.input_tokens", "input_tokens": bill.prompt_tokens}
