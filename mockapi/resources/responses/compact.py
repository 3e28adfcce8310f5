"""Making a long context short: compact. `client.responses.compact`."""

from __future__ import annotations

from typing import Any

from mockapi import ids
from mockapi.admission.limits import Charge
from mockapi.clock import SECOND
from mockapi.contract.responses import objects
from mockapi.contract.responses import request as asked
from mockapi.dialects.responses import read, whole, write
from mockapi.dialects.responses.items import Item
from mockapi.engine import usage
from mockapi.operations import operation
from mockapi.resources import kept_items
from mockapi.resources.responses import OMITTED, charge, refusals, served
from mockapi.resources.responses.context import gather
from mockapi.transport.call import Call

# guess: what is left of a context, in tokens, beside the messages of the user
_LEFT = 120


def prepare(call: Call) -> Charge:
    request: asked.CompactResponseRequest = call.request
    served(call)
    call.asked.private = True
    return charge(request.input, request.instructions)


@operation(
    "POST /responses/compact",
    id="Compactconversation",
    request=asked.CompactResponseRequest,
    response=objects.CompactedResponse,
    prepare=prepare,
    unknown_model=refusals.unknown_model,
    layout="pretty+ascii",
    knows_keys=True,
    omits=OMITTED,
    stateless=True,
)
async def compact(call: Call) -> dict[str, Any]:
    """What the user said stays; all else becomes one item that nobody can read (documentation of compaction)."""
    request: asked.CompactResponseRequest = call.request
    card = served(call)
    found = await gather(call.world, request, call.stream)
    bill = usage.of_prompt(read.prompt(request, found.items), card)
    bill.completion_tokens = _LEFT
    stream = call.stream.child(6)
    secret = write.unreadable(stream, 8)
    item: Item = {"id": ids.rooted("cmp_", found.lineage, call.now, stream), "type": "compaction", "encrypted_content": secret}
    kept = [item for item in found.items if item["type"] == "message" and item["role"] == "user"]
    await kept_items.keep(call.world, [*found.sent, item])
    call.used = {"input": bill.prompt_tokens, "output": bill.completion_tokens}
    return {
        "id": ids.rooted("resp_", found.lineage, call.now, call.stream),
        "object": "response.compaction",
        "created_at": call.now // SECOND,
        "output": [*kept, item],
        "usage": whole.usage_object(bill, card),
    }
