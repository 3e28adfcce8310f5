"""Models: list, retrieve, delete. `client.models`."""

from __future__ import annotations

from mockapi import catalogue, errors, lifecycle
from mockapi.catalogue import Listed
from mockapi.contract.models import Model, ModelDeleted, ModelList
from mockapi.operations import operation
from mockapi.transport.call import Call
from mockapi.world import World

# The models that were fine-tuned in a world.
KIND = "model"
# seen: A.1
_HEADERS = ((b"access-control-allow-origin", b"*"),)


async def _own(world: World) -> list[Listed]:
    await lifecycle.settle(world, "fine_tuning.job")
    return [Listed(row["id"], row["created"], row["owned_by"]) for row in await world.store.page(KIND)]


@operation(
    "GET /models",
    id="listModels",
    response=ModelList,
    layout="pretty+newline",
    stateless=True,
    headers=_HEADERS,
    # seen: A.1
    omits=frozenset((b"openai-project",)),
)
async def list_(call: Call) -> ModelList:
    return {"object": "list", "data": [_object(row) for row in [*catalogue.listed(), *await _own(call.world)]]}


@operation("GET /models/{model}", id="retrieveModel", response=Model, layout="pretty+newline", headers=_HEADERS)
async def retrieve(call: Call) -> Model:
    return _object(await _find(call))


@operation("DELETE /models/{model}", id="deleteModel", response=ModelDeleted, layout="pretty+newline", headers=_HEADERS)
async def delete(call: Call) -> ModelDeleted:
    found = await _find(call)
    if not await call.world.store.delete(KIND, found.id):
        # seen: C.9, only the owner of a fine-tuned model may delete it
        raise errors.not_owner()
    return {"id": found.id, "object": "model", "deleted": True, "owned_by": "openai-internal"}


async def _find(call: Call) -> Listed:
    name = call.parameters["model"]
    own = await _own(call.world) if name.startswith("ft:") else []
    for row in (*catalogue.listed(), *own):
        if row.id == name:
            return row
    raise errors.model_not_listed(name)


def _object(row: Listed) -> Model:
    return {"id": row.id, "object": "model", "created": row.created, "owned_by": row.owned_by}
