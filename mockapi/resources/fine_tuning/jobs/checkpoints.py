"""The checkpoints of a fine-tuning job. `client.fine_tuning.jobs.checkpoints`."""

from __future__ import annotations

from typing import Any

from mockapi.contract import fine_tuning
from mockapi.operations import operation
from mockapi.resources.fine_tuning import jobs
from mockapi.store import paging
from mockapi.transport.call import Call

_DEFAULT_LIMIT = 10


@operation(
    "GET /fine_tuning/jobs/{fine_tuning_job_id}/checkpoints",
    id="listFineTuningJobCheckpoints",
    query=fine_tuning.ListFineTuningJobCheckpointsQuery,
    response=fine_tuning.FineTuningJobCheckpointList,
)
async def list_(call: Call) -> dict[str, Any]:
    query: fine_tuning.ListFineTuningJobCheckpointsQuery = call.query
    job = await jobs.find(call)
    rows = paging.beyond(job["own"]["checkpoints"], query.after, "desc")
    return paging.page(rows, query.limit, shape="more, first, last", default=_DEFAULT_LIMIT)
