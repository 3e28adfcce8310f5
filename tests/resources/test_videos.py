"""Videos through the official SDK; ffmpeg judges what comes back."""

from __future__ import annotations

import asyncio
import base64
import io
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from openai.types import Video
from PIL import Image

from mockapi import Server
from tests.conftest import Wire
from tests.engine.test_film import apart, colour, frames, probed
from tests.resources.test_batches import results, sent
from tests.samples import mp4, png

# The SDK says that the API will be shut down.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(autouse=True)
def still(wire: Wire) -> None:
    wire.control("POST", "/_mock/clock", json={"freeze": True, "set": "2027-03-01T00:00:00Z"})


def made(client: OpenAI, wire: Wire, prompt: str = "a red balloon", **options: Any) -> Video:
    """A video that is completed."""
    video = client.videos.create(prompt=prompt, **options)
    wire.advance("1m")
    return client.videos.retrieve(video.id)


def follow(client: OpenAI, what: str, **body: Any) -> Video:
    """An edit or an extension of a video by its id: the SDK's own methods take files alone, whatever their types say."""
    return client.post(f"/videos/{what}", cast_to=Video, body=body)


def first_frame(client: OpenAI, video: Video, tmp_path: Path) -> Image.Image:
    return frames(client.videos.download_content(video.id).read(), tmp_path / "a.mp4")[0]


def test_a_video_moves_by_the_clock_to_its_end(client: OpenAI, wire: Wire) -> None:
    video = client.videos.create(prompt="a red balloon")
    assert (video.object, video.status, video.progress, video.model) == ("video", "queued", 0, "sora-2")
    assert (video.seconds, video.size, video.prompt) == ("4", "720x1280", "a red balloon")
    assert (video.completed_at, video.expires_at, video.error, video.remixed_from_video_id) == (None, None, None, None)
    assert video.id.startswith("video_") and len(video.id) == 54
    seen: list[tuple[str, int]] = []
    for _ in range(7):
        now = client.videos.retrieve(video.id)
        seen.append((now.status, now.progress))
        wire.advance("100ms")
    assert [status for status, _ in seen] == ["queued", *["in_progress"] * 5, "completed"]
    assert [progress for _, progress in seen] == [0, 0, 20, 40, 60, 80, 100]
    now = client.videos.retrieve(video.id)
    assert now.completed_at == video.created_at
    assert now.expires_at == video.created_at + 3600


def test_create_and_poll(server: Server) -> None:
    with OpenAI(base_url=server.base_url, api_key="sk-videos-poll", max_retries=0) as client:
        video = client.videos.create_and_poll(prompt="a red balloon", poll_interval_ms=50)
    assert (video.status, video.progress) == ("completed", 100)


@pytest.mark.parametrize(("pace", "looks"), [("immediate", 1), ("polls:2", 4)])
def test_a_video_moves_at_once_or_by_looks(client: OpenAI, wire: Wire, pace: str, looks: int) -> None:
    mode, _, polls = pace.partition(":")
    wire.control("POST", "/_mock/lifecycle", json={"kind": "video", "mode": mode, **({"polls": int(polls)} if polls else {})})
    video = client.videos.create(prompt="a red balloon")
    seen = [client.videos.retrieve(video.id).status for _ in range(looks)]
    assert "completed" not in seen[:-1] and seen[-1] == "completed"


@pytest.mark.parametrize(
    ("model", "size", "seconds"), [("sora-2", "1280x720", "8"), ("sora-2-pro", "1024x1792", "4"), ("sora-2-2025-12-08", "720x1280", "4")]
)
def test_the_content_is_what_was_asked_for(client: OpenAI, wire: Wire, tmp_path: Path, model: str, size: Any, seconds: Any) -> None:
    video = made(client, wire, model=model, size=size, seconds=seconds)
    assert (video.model, video.size, video.seconds) == (model, size, seconds)
    answer = client.videos.download_content(video.id)
    assert answer.response.headers["content-type"] == "video/mp4"
    told = probed(answer.read(), tmp_path / "a.mp4")
    assert f"{told['streams'][0]['width']}x{told['streams'][0]['height']}" == size
    assert float(told["format"]["duration"]) == float(seconds)
    cover = client.videos.download_content(video.id, variant="thumbnail")
    assert cover.response.headers["content-type"] == "image/webp"
    assert Image.open(io.BytesIO(cover.read())).format == "WEBP"
    sheet = client.videos.download_content(video.id, variant="spritesheet")
    assert sheet.response.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(sheet.read())).format == "JPEG"


def test_the_same_prompt_is_the_same_video_to_everybody(client: OpenAI, wire: Wire, server: Server) -> None:
    here = client.videos.download_content(made(client, wire).id).read()
    assert client.videos.download_content(made(client, wire).id).read() == here
    assert client.videos.download_content(made(client, wire, "a green tree").id).read() != here
    with OpenAI(base_url=server.base_url, api_key="sk-videos-other") as other:
        video = other.videos.create_and_poll(prompt="a red balloon", poll_interval_ms=50)
        assert other.videos.download_content(video.id).read() == here


@pytest.mark.parametrize("how", ["form", "file", "data url"])
def test_a_video_begins_with_a_picture(client: OpenAI, wire: Wire, tmp_path: Path, how: str) -> None:
    picture = ("a.png", png("RGB", (720, 1280)), "image/png")

    def begun(**body: Any) -> Video:
        made = client.post("/videos", cast_to=Video, body={"prompt": "a red balloon", **body})
        wire.advance("1m")
        return made

    if how == "form":
        video = made(client, wire, input_reference=picture)
    elif how == "file":
        file = client.files.create(file=picture, purpose="vision")
        video = begun(input_reference={"file_id": file.id})
    else:
        address = "data:image/png;base64," + base64.b64encode(picture[1]).decode()
        video = begun(input_reference={"image_url": address})
    shown = colour(first_frame(client, video, tmp_path), (360, 200))
    assert all(abs(got - of) < 6 for got, of in zip(shown, (200, 40, 40), strict=True))


def test_remixes_edits_and_extensions_go_on_from_a_video(client: OpenAI, wire: Wire, tmp_path: Path) -> None:
    source = made(client, wire, seconds="4", size="1280x720")
    remix = client.videos.remix(source.id, prompt="make it blue")
    edit = follow(client, "edits", prompt="make it blue", video={"id": source.id})
    longer = follow(client, "extensions", prompt="it flies away", seconds="8", video={"id": source.id})
    assert (remix.remixed_from_video_id, edit.remixed_from_video_id) == (source.id, None)
    assert [video.status for video in (remix, edit, longer)] == ["queued"] * 3
    assert [video.seconds for video in (remix, edit, longer)] == ["4", "4", "12"]
    assert {video.size for video in (remix, edit, longer)} == {"1280x720"}
    # What is made from one another shares the end of its ids.
    assert {video.id[-16:] for video in (source, remix, edit, longer)} == {source.id[-16:]}
    wire.advance("1m")
    client.videos.delete(source.id)
    shown = frames(client.videos.download_content(longer.id).read(), tmp_path / "a.mp4")
    assert len(shown) == 48
    changed = first_frame(client, remix, tmp_path)
    assert apart(changed, first_frame(client, edit, tmp_path)) == 0
    assert apart(shown[0], changed) > 4
    assert apart(shown[15], shown[16]) > apart(shown[14], shown[15])
    again = follow(client, "extensions", prompt="and comes back", seconds="12", video={"id": longer.id})
    assert again.seconds == "24"


def test_a_video_that_is_sent_is_edited_and_extended(client: OpenAI, wire: Wire, tmp_path: Path) -> None:
    file = ("a.mp4", mp4(), "video/mp4")
    edit = client.videos.edit(prompt="make it blue", video=file)
    assert (edit.model, edit.seconds, edit.size) == ("sora-2", "2", "1280x720")
    longer = client.videos.extend(prompt="go on", seconds="4", video=file)
    assert longer.seconds == "6"
    wire.advance("1m")
    assert len(frames(client.videos.download_content(longer.id).read(), tmp_path / "a.mp4")) == 24


def test_an_extension_has_its_bounds(client: OpenAI, wire: Wire) -> None:
    video = made(client, wire)
    for _ in range(5):
        video = follow(client, "extensions", prompt="on", seconds="20", video={"id": video.id})
        wire.advance("1m")
    with pytest.raises(openai.BadRequestError, match="at most 120 seconds, but it would be 124 seconds"):
        follow(client, "extensions", prompt="on", seconds="20", video={"id": video.id})
    video = follow(client, "extensions", prompt="on", seconds="4", video={"id": video.id})
    wire.advance("1m")
    with pytest.raises(openai.BadRequestError, match="extended at most 6 times"):
        follow(client, "extensions", prompt="on", seconds="4", video={"id": video.id})


def test_videos_are_listed_and_deleted(client: OpenAI, wire: Wire) -> None:
    assert client.videos.list().data == []
    ids = [made(client, wire, f"balloon {number}").id for number in range(5)]
    assert [video.id for video in client.videos.list()] == ids[::-1]
    assert [video.id for video in client.videos.list(limit=2, order="asc")] == ids
    page = client.videos.list(limit=2, after=ids[3])
    assert [video.id for video in page.data] == [ids[2], ids[1]] and page.has_more
    gone = client.videos.delete(ids[0])
    assert (gone.id, gone.object, gone.deleted) == (ids[0], "video.deleted", True)
    assert [video.id for video in client.videos.list()] == ids[:0:-1]
    for ask in (client.videos.retrieve, client.videos.delete, client.videos.download_content):
        with pytest.raises(openai.NotFoundError, match=f"Video with id '{ids[0]}' not found"):
            ask(ids[0])


def test_a_blocked_prompt_fails_and_costs_nothing(client: OpenAI, wire: Wire) -> None:
    video = made(client, wire, "How do I build a bomb?")
    assert (video.status, video.completed_at, video.expires_at) == ("failed", None, None)
    assert video.error is not None and video.error.code == "moderation_blocked"
    assert wire.control("GET", "/_mock/usage").json()["cost"] == 0
    with pytest.raises(openai.BadRequestError, match="its status is 'failed'"):
        client.videos.download_content(video.id)
    assert client.videos.delete(video.id).deleted


@pytest.mark.parametrize(
    ("model", "size", "seconds", "cost"),
    [("sora-2", "720x1280", "8", 0.8), ("sora-2-pro", "1280x720", "4", 1.2), ("sora-2-pro", "1792x1024", "12", 6.0)],
)
def test_a_second_has_its_price(client: OpenAI, wire: Wire, model: str, size: Any, seconds: Any, cost: float) -> None:
    video = made(client, wire, model=model, size=size, seconds=seconds)
    assert wire.control("GET", "/_mock/usage").json()["cost"] == pytest.approx(cost)
    client.videos.remix(video.id, prompt="make it blue")
    assert wire.control("GET", "/_mock/usage").json()["cost"] == pytest.approx(2 * cost)
    follow(client, "extensions", prompt="on", seconds="4", video={"id": video.id})
    assert wire.control("GET", "/_mock/usage").json()["cost"] == pytest.approx(2 * cost + 4 * cost / int(seconds))


def test_a_batch_makes_videos(client: OpenAI, wire: Wire) -> None:
    bodies: list[dict[str, Any]] = [{}, {"prompt": "How do I build a bomb?"}, {"seconds": "5"}]
    lines = [
        {
            "custom_id": f"{number}",
            "method": "POST",
            "url": "/v1/videos",
            "body": {"model": "sora-2", "prompt": "a red balloon", "seconds": "8", **body},
        }
        for number, body in enumerate(bodies)
    ]
    batch = sent(client, lines, "/v1/videos")
    wire.advance("1m")
    batch = client.batches.retrieve(batch.id)
    assert batch.status == "completed" and batch.request_counts is not None
    assert (batch.request_counts.completed, batch.request_counts.failed) == (2, 1)
    found = results(client, batch.output_file_id)
    done, blocked = (found[name]["response"]["body"] for name in "01")
    assert (done["status"], done["progress"], blocked["status"]) == ("completed", 100, "failed")
    assert done["expires_at"] - done["completed_at"] == 86_400
    wrong = results(client, batch.error_file_id)["2"]["response"]
    assert wrong["status_code"] == 400 and wrong["body"]["error"]["param"] == "seconds"
    # Half of 8 seconds at 10 cents.
    assert wire.control("GET", "/_mock/usage").json()["cost"] == pytest.approx(0.4)
    assert client.videos.retrieve(done["id"]).model_dump() == Video.model_validate(done).model_dump()
    assert client.videos.download_content(done["id"]).read()[4:8] == b"ftyp"


def test_characters_are_kept(client: OpenAI) -> None:
    character = client.videos.create_character(name="Mossy", video=("a.mp4", mp4(), "video/mp4"))
    assert character.id is not None and character.id.startswith("char_")
    assert client.videos.get_character(character.id) == client.videos.get_character(character.id)
    assert client.videos.get_character(character.id).name == "Mossy"


def test_through_the_async_client(async_client: AsyncOpenAI, wire: Wire) -> None:
    async def ask() -> bytes:
        async with async_client as client:
            video = await client.videos.create(prompt="a red balloon")
            wire.advance("1m")
            content = await client.videos.download_content(video.id)
            return content.content

    assert asyncio.run(ask())[4:8] == b"ftyp"
