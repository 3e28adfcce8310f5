"""What videos are made from: a picture to begin with, a video of before, a file that was sent. Nothing is fetched."""

from __future__ import annotations

import math

from mockapi import lifecycle
from mockapi.catalogue import Card
from mockapi.contract.images import ImageRefParam
from mockapi.contract.types import Upload
from mockapi.contract.videos import VideoReferenceInputParam
from mockapi.contract.wording import invalid_value, quoted_list
from mockapi.engine import film, pictures
from mockapi.lifecycle import Job
from mockapi.resources.images import refusals as of_images
from mockapi.resources.images import sources
from mockapi.resources.videos import refusals
from mockapi.resources.videos.course import KIND, LONGEST, Made, shots_of
from mockapi.world import World

# doc: the guide on video generation
_KINDS = ("image/jpeg", "image/png", "image/webp")
# What videos are made by whose source names no model.
_DEFAULT = "sora-2"


def pixels(size: str) -> tuple[int, int]:
    width, _, height = size.partition("x")
    return int(width), int(height)


async def reference(world: World, given: Upload | ImageRefParam | None, size: str) -> bytes | None:
    """The picture that a video begins with. Raises for one that is not there, is none, or is of another size."""
    if given is None:
        return None
    if isinstance(given, Upload):
        kind = given.content_type.partition(";")[0].strip().lower()
        if kind not in _KINDS:
            raise of_images.unsupported_mimetype("input_reference", kind, quoted_list(_KINDS, "and"))
        content = given.content
    else:
        content = (await sources.referred(world, given, "input_reference", 1)).content
    try:
        facts = pictures.read(content)
    except pictures.PictureFault:
        raise refusals.invalid_reference("input_reference") from None
    if f"image/{facts.form}" not in _KINDS:
        raise refusals.invalid_reference("input_reference")
    if (facts.width, facts.height) != pixels(size):
        raise refusals.reference_size()
    return content


async def completed(world: World, video_id: str, param: str | None = None) -> Job:
    """A video of before. Raises for one that is not there or not completed."""
    job = await lifecycle.look(world, KIND, video_id, counts=False)
    if job is None:
        raise refusals.no_video(video_id, param)
    if job["shown"]["status"] != "completed":
        raise refusals.not_ready(video_id, job["shown"]["status"])
    return job


async def made_before(world: World, given: Upload | VideoReferenceInputParam) -> Made:
    """A video by its id, or as a file. Raises for one that is not there, not completed, or none."""
    if isinstance(given, VideoReferenceInputParam):
        return await of_job(world, await completed(world, given.id, "video.id"))
    facts = measured(given)
    seconds = math.ceil(facts.seconds)
    if seconds > LONGEST:
        raise refusals.too_long(LONGEST, seconds)
    # What is in a file is not looked at: the clip that is made has its length and its shape.
    return Made(_DEFAULT, "1280x720" if facts.width > facts.height else "720x1280", (film.Shot("", seconds),), None, 0)


def measured(upload: Upload) -> film.Facts:
    """What a video that was sent is. Raises for a file that is none."""
    try:
        return film.read(upload.content)
    except film.FilmFault:
        raise refusals.invalid_video() from None


async def of_job(world: World, job: Job) -> Made:
    """A completed video as something to go on from."""
    shown, own = job["shown"], job["own"]
    return Made(shown["model"], shown["size"], tuple(await shots_of(world, job)), own["lineage"], own["extended"])


def check_size(card: Card, size: str) -> None:
    """Raise what is said of a size that a model does not make."""
    sizes: dict[str, str] = card.rules["videos"]["sizes"]
    if size not in sizes:
        # guess: the general form of C.1 with the sizes of the model's page
        raise invalid_value(size, tuple(sizes), "size")
