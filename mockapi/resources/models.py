"""Models: list, retrieve, delete. `client.models`."""

from __future__ import annotations

from mockapi import catalogue, errors
from mockapi.contract.models import Model, ModelDeleted, ModelList
from mockapi.operations import operation
from mockapi.transport.call import Call


@operation("GET /models", id="listModels", response=ModelList, layout="pretty+newline", stateless=True)
async def list_(_call: Call) -> ModelList:
    return {"object": "list", "data": [_object(row) for row in catalogue.listed()]}


@operation("GET /models/{model}", id="retrieveModel", response=Model, layout="pretty+newline")
async def retrieve(call: Call) -> Model:
    return _object(_find(call.parameters["model"]))


@operation("DELETE /models/{model}", id="deleteModel", response=ModelDeleted, layout="pretty+newline")
async def delete(call: Call) -> ModelDeleted:
    _find(call.parameters["model"])
    # seen: C.9, only the owner of a fine-tuned model may delete it
    raise errors.not_owner()


def _find(name: str) -> catalogue.Listed:
    for row in catalogue.listed():
        if row.id == name:
            return row
    raise errors.model_not_listed(name)


def _object(row: catalogue.Listed) -> Model:
    return {"id": row.id, "object": "model", "created": row.created, "owned_by": row.owned_by}
