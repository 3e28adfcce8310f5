"""The items of a response's input: list. `client.responses.input_items`."""

from __future__ import annotations

from typing import Any

from mockapi.contract.responses import objects
from mockapi.contract.responses import request as asked
from mockapi.dialects.responses.items import told
from mockapi.operations import operation
from mockapi.resources.responses import OMITTED
from mockapi.resources.responses.kept import find
from mockapi.store import paging
from mockapi.transport.call import Call


@operation(
    "GET /responses/{response_id}/input_items",
    id="listInputItems",
    query=asked.ListInputItemsQuery,
    response=objects.ResponseItemList,
    layout="pretty+ascii",
    knows_keys=True,
    omits=OMITTED,
)
async def list_(call: Call) -> dict[str, Any]:
    query: asked.ListInputItemsQuery = call.query
    job = await find(call.world, call.parameters["response_id"])
    rows = paging.beyond(job["own"]["input"], query.after, query.order or "desc")
    page = paging.page(rows, query.limit, shape="first, more, last")
    return page | {"data": [told(item, query.include) for item in page["data"]]}
