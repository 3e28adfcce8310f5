"""Which projects may use a checkpoint: create, list, delete. `client.fine_tuning.checkpoints.permissions`."""

from __future__ import annotations

from typing import Any

from mockapi import errors, ids, lifecycle
from mockapi.contract import fine_tuning
from mockapi.operations import operation
from mockapi.resources.fine_tuning.jobs.course import KIND as JOB
from mockapi.seed import label
from mockapi.store import paging
from mockapi.transport.call import Call

KIND = "checkpoint.permission"


async def _checkpoint(call: Call) -> str:
    """The checkpoint a path names. Raises the API's 404 of a model."""
    name = call.parameters["fine_tuned_model_checkpoint"]
    await lifecycle.settle(call.world, JOB)
    if await call.world.store.get("model", name) is None:
        raise errors.model_not_listed(name)
    return f"{KIND} {name}"


@operation(
    "POST /fine_tuning/checkpoints/{fine_tuned_model_checkpoint}/permissions",
    id="createFineTuningCheckpointPermission",
    request=fine_tuning.CreateCheckpointPermissionRequest,
    response=fine_tuning.CheckpointPermissionList,
)
async def create(call: Call) -> dict[str, Any]:
    request: fine_tuning.CreateCheckpointPermissionRequest = call.request
    kind = await _checkpoint(call)
    made = []
    for project_id in request.project_ids:
        permission_id = ids.plain("cp_", call.stream.child(label(project_id)))
        row = {"object": KIND, "id": permission_id, "created_at": call.world.clock.seconds(), "project_id": project_id}
        await call.world.store.put(kind, permission_id, row)
        made.append(row)
    return paging.page(made, len(made))


@operation(
    "GET /fine_tuning/checkpoints/{fine_tuned_model_checkpoint}/permissions",
    id="listFineTuningCheckpointPermissions",
    query=fine_tuning.ListCheckpointPermissionsQuery,
    response=fine_tuning.CheckpointPermissionList,
)
async def list_(call: Call) -> dict[str, Any]:
    query: fine_tuning.ListCheckpointPermissionsQuery = call.query
    return await paging.listed(
        call.world.store,
        await _checkpoint(call),
        query.limit,
        after=query.after,
        descending=query.order != "ascending",
        default=10,
        fits=lambda row: query.project_id in (None, row["project_id"]),
    )


@operation(
    "DELETE /fine_tuning/checkpoints/{fine_tuned_model_checkpoint}/permissions/{permission_id}",
    id="deleteFineTuningCheckpointPermission",
    response=fine_tuning.CheckpointPermissionDeleted,
)
async def delete(call: Call) -> dict[str, Any]:
    permission_id = call.parameters["permission_id"]
    if not await call.world.store.delete(await _checkpoint(call), permission_id):
        raise errors.no_such("checkpoint permission", permission_id, "permission_id")
    return {"object": KIND, "id": permission_id, "deleted": True}
