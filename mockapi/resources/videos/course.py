"""How a video comes to be: stored as what it shows, moved by its lifecycle, drawn when it is fetched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockapi import ids, lifecycle
from mockapi.clock import SECOND
from mockapi.engine import film, moderation
from mockapi.lifecycle import WHOLE, Job, Lifecycle, Stage
from mockapi.records import record
from mockapi.resources.videos import refusals
from mockapi.transport.call import Call
from mockapi.world import World

KIND = "video"
# doc: the guide on video generation, of a video with all its extensions
LONGEST = 120
MOST_EXTENSIONS = 6
# doc: files can be fetched for an hour, those of a batch for a day
_KEPT_SECONDS = {"batch": 86_400}
_KEPT = 3600
# How many of the changes that were asked for are still to be seen: each is drawn anew.
_SEEN_CHANGES = 8


@record
class Made:
    """A video as something to go on from; `lineage` is None for one that was not made here."""

    model: str
    size: str
    shots: tuple[film.Shot, ...]
    lineage: str | None = None
    extended: int = 0

    @property
    def seconds(self) -> int:
        return sum(shot.seconds for shot in self.shots)


def changed(shots: Sequence[film.Shot], prompt: str) -> tuple[film.Shot, ...]:
    """Shots after one more change."""
    return tuple(film.Shot(shot.prompt, shot.seconds, (*shot.changes, prompt)[-_SEEN_CHANGES:], shot.picture) for shot in shots)


async def begin(call: Call, prompt: str, made: Made, *, remixed_from: str | None = None) -> dict[str, Any]:
    """Store a new video, which then moves by itself. Returns the API's object."""
    world, now = call.world, call.world.clock.micros()
    lineage = made.lineage or call.stream.entropy(8).hex()
    # guess: the order of keys
    shown: dict[str, Any] = {
        "id": ids.related("video_", now, call.stream, lineage),
        "object": "video",
        "created_at": now // SECOND,
        "status": "queued",
        "completed_at": None,
        "error": None,
        "expires_at": None,
        "model": made.model,
        "progress": 0,
        "prompt": prompt,
        "remixed_from_video_id": remixed_from,
        "seconds": str(made.seconds),
        "size": made.size,
    }
    rows = []
    for number, shot in enumerate(made.shots):
        if shot.picture is not None:
            await world.store.write(_picture(shown["id"], number), shot.picture)
        rows.append({"prompt": shot.prompt, "seconds": shot.seconds, "changes": list(shot.changes)})
    own = {
        "shots": rows,
        "lineage": lineage,
        "extended": made.extended,
        "refused": moderation.refused(prompt),
        "kept": _KEPT_SECONDS.get(call.rate, _KEPT),
    }
    job: Job = {"shown": shown, "since": now, "looks": 0, "until": None, "own": own}
    if call.rate == "batch":
        # guess: a batch waits for the videos of its lines, so their objects tell how they ended
        await _started(world, job, now)
        await _ended(world, job, now)
    await lifecycle.begin(world, KIND, job)
    return shown


def _picture(video_id: str, number: int) -> str:
    return f"{video_id} {number}"


async def shots_of(world: World, job: Job) -> list[film.Shot]:
    """What a video shows."""
    return [
        film.Shot(row["prompt"], row["seconds"], tuple(row["changes"]), await world.store.read(_picture(job["shown"]["id"], number)))
        for number, row in enumerate(job["own"]["shots"])
    ]


async def remove(world: World, job: Job) -> None:
    """Forget a video and what it is drawn from."""
    video_id = job["shown"]["id"]
    for number in range(len(job["own"]["shots"])):
        await world.store.erase(_picture(video_id, number))
    await world.store.delete(KIND, video_id)


async def _started(world: World, job: Job, at: int) -> None:
    job["shown"]["status"] = "in_progress"


async def _go_on(world: World, job: Job, share: int) -> None:
    job["shown"]["progress"] = min(99, 100 * share // WHOLE)


async def _ended(world: World, job: Job, at: int) -> None:
    shown, own = job["shown"], job["own"]
    if own["refused"]:
        shown["status"], shown["error"], shown["progress"] = "failed", dict(refusals.BLOCKED), 0
        return
    shown["status"], shown["progress"], shown["completed_at"] = "completed", 100, at // SECOND
    shown["expires_at"] = at // SECOND + own["kept"]


lifecycle.register(Lifecycle(KIND, {"queued": Stage(_started), "in_progress": Stage(_ended, _go_on)}))
