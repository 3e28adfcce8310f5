"""The output items of a run: list, retrieve. `client.evals.runs.output_items`."""

from __future__ import annotations

from typing import Any

from mockapi.contract import eval_runs
from mockapi.operations import operation
from mockapi.resources.evals import refusals, runs
from mockapi.resources.evals.runs import course
from mockapi.store import paging
from mockapi.transport.call import Call


@operation(
    "GET /evals/{eval_id}/runs/{run_id}/output_items",
    id="getEvalRunOutputItems",
    query=eval_runs.ListEvalOutputItemsQuery,
    response=eval_runs.EvalOutputItemList,
)
async def list_(call: Call) -> dict[str, Any]:
    query: eval_runs.ListEvalOutputItemsQuery = call.query
    run_id = (await runs.find(call))["id"]
    return await paging.listed(
        call.world.store,
        course.items_of(run_id),
        query.limit,
        after=query.after,
        descending=query.order == "desc",
        fits=lambda row: query.status in (None, row["status"]),
    )


@operation(
    "GET /evals/{eval_id}/runs/{run_id}/output_items/{output_item_id}",
    id="getEvalRunOutputItem",
    response=eval_runs.EvalOutputItem,
)
async def retrieve(call: Call) -> dict[str, Any]:
    run_id, item_id = (await runs.find(call))["id"], call.parameters["output_item_id"]
    found = await call.world.store.get(course.items_of(run_id), item_id)
    if found is None:
        raise refusals.no_such_output_item(item_id)
    return found
