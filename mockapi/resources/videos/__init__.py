"""Videos: create, list, retrieve, delete, download_content, remix, edit, extend; characters. `client.videos`."""

from __future__ import annotations

from functools import partial
from typing import Any

from mockapi import ids, lifecycle
from mockapi.admission import access, meter
from mockapi.admission.limits import Charge
from mockapi.aside import aside
from mockapi.catalogue import Card
from mockapi.clock import SECOND
from mockapi.contract import videos
from mockapi.engine import film, moderation
from mockapi.lifecycle import Job
from mockapi.operations import operation
from mockapi.resources.videos import refusals, sources
from mockapi.resources.videos.course import KIND, LONGEST, MOST_EXTENSIONS, Made, begin, changed, remove, shots_of
from mockapi.store import paging
from mockapi.transport.call import Call
from mockapi.transport.reply import Content

CHARACTER = "video character"
# doc: what is meant where nothing is named
_MODEL, _SIZE, _SECONDS = "sora-2", "720x1280", "4"
# guess: how large a video may be that is sent; the document does not say
_LARGEST = 512 * 1024 * 1024


def prepare(call: Call) -> Charge:
    """Everything that can be wrong with the request before it is charged, and the charge."""
    request: videos.CreateVideoJsonBody | videos.CreateVideoMultipartBody = call.request
    card = call.card
    if card is None or "videos" not in card.endpoints:
        raise refusals.unknown_video_model("" if card is None else card.asked_as)
    sources.check_size(card, request.size or _SIZE)
    return Charge(quarters=len(request.prompt))


@operation(
    "POST /videos",
    id="createVideo",
    request=videos.CreateVideoJsonBody,
    form=videos.CreateVideoMultipartBody,
    response=videos.VideoResource,
    prepare=prepare,
    default_model=_MODEL,
    sample_model=_MODEL,
    unknown_model=refusals.unknown_video_model,
)
async def create(call: Call) -> dict[str, Any]:
    request: videos.CreateVideoJsonBody | videos.CreateVideoMultipartBody = call.request
    assert call.card is not None
    size = request.size or _SIZE
    picture = await sources.reference(call.world, request.input_reference, size)
    shot = film.Shot(request.prompt, int(request.seconds or _SECONDS), (), picture)
    _bill(call, call.card, request.prompt, size, shot.seconds)
    return await begin(call, request.prompt, Made(call.card.asked_as, size, (shot,)))


def _bill(call: Call, card: Card, prompt: str, size: str, seconds: int) -> None:
    """Say what a video costs. doc: by the second and the resolution; guess: one that is blocked costs nothing"""
    call.used = {} if moderation.refused(prompt) else {f"second_{card.rules['videos']['sizes'][size]}": seconds}


async def _charge(call: Call, made: Made, prompt: str, seconds: int) -> None:
    """Charge a video that is made from another, by the other's model."""
    call.card = card = await access.card(call, made.model)
    await meter.admit(call, card, Charge(quarters=len(prompt)))
    _bill(call, card, prompt, made.size, seconds)


async def _look(call: Call, *, counts: bool = False) -> Job:
    video_id = call.parameters["video_id"]
    job = await lifecycle.look(call.world, KIND, video_id, counts=counts)
    if job is None:
        raise refusals.no_video(video_id)
    return job


@operation("GET /videos", id="ListVideos", query=videos.ListVideosQuery, response=videos.VideoListResource)
async def list_(call: Call) -> dict[str, Any]:
    await lifecycle.settle(call.world, KIND)
    query: videos.ListVideosQuery = call.query
    return await paging.listed(call.world.store, KIND, query.limit, after=query.after, descending=query.order != "asc", part="shown")


@operation("GET /videos/{video_id}", id="GetVideo", response=videos.VideoResource)
async def retrieve(call: Call) -> dict[str, Any]:
    return (await _look(call, counts=True))["shown"]


@operation("DELETE /videos/{video_id}", id="DeleteVideo", response=videos.DeletedVideoResource)
async def delete(call: Call) -> dict[str, Any]:
    job = await _look(call)
    if job["shown"]["status"] not in ("completed", "failed"):
        raise refusals.not_deletable(job["shown"]["status"])
    await remove(call.world, job)
    return {"id": job["shown"]["id"], "object": "video.deleted", "deleted": True}


@operation(
    "GET /videos/{video_id}/content",
    id="RetrieveVideoContent",
    query=videos.VideoContentQuery,
    contents=("video/mp4", "image/webp", "image/jpeg"),
)
async def download_content(call: Call) -> Content:
    query: videos.VideoContentQuery = call.query
    job = await _look(call)
    shown = job["shown"]
    if shown["status"] != "completed":
        raise refusals.not_ready(shown["id"], shown["status"])
    if shown["expires_at"] * SECOND <= call.world.clock.micros():
        raise refusals.expired(shown["id"])
    make, kind = film.VARIANTS[query.variant or "video"]
    shots = await shots_of(call.world, job)
    width, height = sources.pixels(shown["size"])
    # What a video shows follows from what was asked for, not from who asked or when.
    stream = call.world.seed.stream(b"videos", shown["model"].encode(), shown["size"].encode())
    return Content(await aside(True, partial(make, shots, width, height, stream)), kind)


@operation(
    "POST /videos/{video_id}/remix",
    id="CreateVideoRemix",
    request=videos.CreateVideoRemixBody,
    form=videos.CreateVideoRemixBody,
    response=videos.VideoResource,
)
async def remix(call: Call) -> dict[str, Any]:
    request: videos.CreateVideoRemixBody = call.request
    source = await sources.completed(call.world, call.parameters["video_id"])
    made = await sources.of_job(call.world, source)
    return await _change(call, made, request.prompt, source["shown"]["id"])


@operation(
    "POST /videos/edits",
    id="CreateVideoEdit",
    request=videos.CreateVideoEditJsonBody,
    form=videos.CreateVideoEditMultipartBody,
    response=videos.VideoResource,
    largest=_LARGEST,
)
async def edit(call: Call) -> dict[str, Any]:
    request: videos.CreateVideoEditJsonBody | videos.CreateVideoEditMultipartBody = call.request
    return await _change(call, await sources.made_before(call.world, request.video), request.prompt)


async def _change(call: Call, made: Made, prompt: str, remixed_from: str | None = None) -> dict[str, Any]:
    """A video like another, but for what a prompt asks."""
    await _charge(call, made, prompt, made.seconds)
    shown = Made(made.model, made.size, changed(made.shots, prompt), made.lineage, made.extended)
    return await begin(call, prompt, shown, remixed_from=remixed_from)


@operation(
    "POST /videos/extensions",
    id="CreateVideoExtend",
    request=videos.CreateVideoExtendJsonBody,
    form=videos.CreateVideoExtendMultipartBody,
    response=videos.VideoResource,
    largest=_LARGEST,
)
async def extend(call: Call) -> dict[str, Any]:
    request: videos.CreateVideoExtendJsonBody | videos.CreateVideoExtendMultipartBody = call.request
    made = await sources.made_before(call.world, request.video)
    added = int(request.seconds)
    if made.extended >= MOST_EXTENSIONS:
        raise refusals.too_often(MOST_EXTENSIONS)
    if made.seconds + added > LONGEST:
        raise refusals.too_long(LONGEST, made.seconds + added)
    # guess: what is new is paid for
    await _charge(call, made, request.prompt, added)
    longer = Made(made.model, made.size, (*made.shots, film.Shot(request.prompt, added)), made.lineage, made.extended + 1)
    return await begin(call, request.prompt, longer)


@operation(
    "POST /videos/characters",
    id="CreateVideoCharacter",
    form=videos.CreateVideoCharacterBody,
    response=videos.VideoCharacterResource,
    largest=_LARGEST,
)
async def create_character(call: Call) -> dict[str, Any]:
    form: videos.CreateVideoCharacterBody = call.request
    sources.measured(form.video)
    now = call.world.clock.micros()
    made: dict[str, Any] = {"id": ids.timed("char_", now, call.stream), "name": form.name, "created_at": now // SECOND}
    await call.world.store.put(CHARACTER, made["id"], made)
    return made


@operation("GET /videos/characters/{character_id}", id="GetVideoCharacter", response=videos.VideoCharacterResource)
async def get_character(call: Call) -> dict[str, Any]:
    character_id = call.parameters["character_id"]
    found = await call.world.store.get(CHARACTER, character_id)
    if found is None:
        raise refusals.no_character(character_id)
    return found
