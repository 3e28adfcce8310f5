"""Vector stores: create, list, retrieve, update, delete, search, and `files` and `file_batches`. `client.vector_stores`."""

from __future__ import annotations

from typing import Any

from mockapi import lifecycle
from mockapi.contract import vector_stores
from mockapi.operations import operation
from mockapi.resources import listing
from mockapi.resources.vector_stores import filling, kept, searching
from mockapi.transport.call import Call

# doc: hits where no number is asked for
_HITS = 10


@operation(
    "POST /vector_stores", id="createVectorStore", request=vector_stores.CreateVectorStoreRequest, response=vector_stores.VectorStore
)
async def create(call: Call) -> dict[str, Any]:
    request: vector_stores.CreateVectorStoreRequest = call.request
    world = call.world
    strategy = kept.chunking(request.chunking_strategy)
    found = await kept.sources(world, request.file_ids or (), "file_ids[{}]")
    store = await filling.make(
        world,
        call.stream,
        found,
        strategy,
        name=request.name,
        description=request.description,
        expires_after=request.expires_after.model_dump() if request.expires_after is not None else None,
        metadata=request.metadata,
    )
    return await kept.told(world, store)


@operation("GET /vector_stores", id="listVectorStores", query=vector_stores.ListVectorStoresQuery, response=vector_stores.VectorStoreList)
async def list_(call: Call) -> dict[str, Any]:
    query: vector_stores.ListVectorStoresQuery = call.query
    await kept.settle(call.world)
    made = await listing.page(call.world, kept.KIND, query)
    return {**made, "data": [await kept.told(call.world, store) for store in made["data"]]}


@operation("GET /vector_stores/{vector_store_id}", id="getVectorStore", response=vector_stores.VectorStore)
async def retrieve(call: Call) -> dict[str, Any]:
    world, store_id = call.world, call.parameters["vector_store_id"]
    await kept.find(world, store_id)
    await kept.settle(world)
    await kept.look_at_all(world, store_id)
    return await kept.told(world, await kept.find(world, store_id))


@operation(
    "POST /vector_stores/{vector_store_id}",
    id="modifyVectorStore",
    request=vector_stores.UpdateVectorStoreRequest,
    response=vector_stores.VectorStore,
)
async def update(call: Call) -> dict[str, Any]:
    request: vector_stores.UpdateVectorStoreRequest = call.request
    await kept.settle(call.world)
    changes: dict[str, Any] = {name: getattr(request, name) for name in request.model_fields_set}
    if "metadata" in changes:
        changes["metadata"] = request.metadata or {}
    if request.expires_after is not None:
        changes["expires_after"] = request.expires_after.model_dump()
    return await kept.told(call.world, await kept.change(call.world, call.parameters["vector_store_id"], **changes))


@operation("DELETE /vector_stores/{vector_store_id}", id="deleteVectorStore", response=vector_stores.VectorStoreDeleted)
async def delete(call: Call) -> dict[str, Any]:
    world = call.world
    store_id = (await kept.find(world, call.parameters["vector_store_id"]))["id"]
    await world.store.delete(kept.KIND, store_id)
    for batch in await world.store.page(kept.batches_of(store_id)):
        await world.store.delete(kept.batches_of(store_id), batch["id"])
        await lifecycle.forget(world, kept.BATCH, batch["id"])
    for row in await world.store.page(kept.files_of(store_id)):
        await kept.remove(world, store_id, row["id"])
    return {"id": store_id, "object": "vector_store.deleted", "deleted": True}


@operation(
    "POST /vector_stores/{vector_store_id}/search",
    id="searchVectorStore",
    request=vector_stores.VectorStoreSearchRequest,
    response=vector_stores.VectorStoreSearchPage,
)
async def search(call: Call) -> dict[str, Any]:
    request: vector_stores.VectorStoreSearchRequest = call.request
    filters = None if request.filters is None else request.filters.model_dump()
    if filters is not None:
        searching.check(filters)
    queries = [request.query] if isinstance(request.query, str) else request.query
    if request.rewrite_query:
        queries = [searching.rewritten(query) for query in queries]
    options = request.ranking_options
    ranking = searching.AUTO if options is None else searching.Ranking(options.ranker or "auto", options.score_threshold or 0)
    limit = request.max_num_results or _HITS
    hits = await searching.search(call.world, [call.parameters["vector_store_id"]], queries, filters, limit, ranking)
    return {
        "object": "vector_store.search_results.page",
        "search_query": queries,
        "data": [
            {
                "file_id": hit.file_id,
                "filename": hit.filename,
                "score": hit.score,
                "attributes": hit.attributes,
                "content": [{"type": "text", "text": hit.text}],
            }
            for hit in hits
        ],
        "has_more": False,
        "next_page": None,
    }
