"""Images through the official SDK; Pillow judges what comes back."""

from __future__ import annotations

import asyncio
import base64
import io
from typing import Any

import httpx2
import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from openai.types import ImageEditCompletedEvent, ImageEditPartialImageEvent, ImageGenCompletedEvent, ImageGenPartialImageEvent
from openai.types.image import Image as Made
from PIL import Image, ImageChops, ImageDraw

from mockapi import Server, Settings
from tests.conftest import Wire

GPT = ["gpt-image-1", "gpt-image-1-mini", "gpt-image-1.5", "gpt-image-2", "gpt-image-2-2026-04-21", "gpt-4o-mini"]


def opened(made: Made | str | None) -> Image.Image:
    """A picture as it came, in base64 or by its address."""
    text = made.b64_json if isinstance(made, Made) else made
    if text:
        return Image.open(io.BytesIO(base64.b64decode(text)))
    assert isinstance(made, Made) and made.url
    return Image.open(io.BytesIO(httpx2.get(made.url).content))


def png(size: tuple[int, int] = (256, 256), mode: str = "RGBA", colour: Any = None) -> tuple[str, bytes]:
    """A file with a picture of one colour."""
    written = io.BytesIO()
    Image.new(mode, size, colour if colour is not None else (200, 40, 40, 255)[: len(mode)]).save(written, "PNG")
    return "picture.png", written.getvalue()


def mask(size: tuple[int, int], box: tuple[int, int, int, int]) -> tuple[str, bytes]:
    """A mask that is transparent in a box."""
    image = Image.new("RGBA", size, (0, 0, 0, 255))
    ImageDraw.Draw(image).rectangle(box, (0, 0, 0, 0))
    written = io.BytesIO()
    image.save(written, "PNG")
    return "mask.png", written.getvalue()


@pytest.mark.parametrize("model", GPT)
def test_a_picture_is_drawn_and_told_about(client: OpenAI, model: str) -> None:
    answer = client.images.generate(model=model, prompt="a red circle", size="1024x1536", quality="low")
    assert answer.data is not None and answer.usage is not None
    image = opened(answer.data[0])
    assert (image.format, image.size, image.mode) == ("PNG", (1024, 1536), "RGB")
    assert (answer.background, answer.output_format, answer.quality, answer.size) == ("opaque", "png", "low", "1024x1536")
    assert answer.data[0].url is None
    assert answer.usage.input_tokens_details.image_tokens == 0
    assert answer.usage.input_tokens_details.text_tokens == answer.usage.input_tokens > 3
    assert answer.usage.output_tokens_details is not None
    assert answer.usage.output_tokens_details.image_tokens == answer.usage.output_tokens > 100
    assert answer.usage.total_tokens == answer.usage.input_tokens + answer.usage.output_tokens


@pytest.mark.parametrize(
    ("form", "background", "expected"),
    [
        ("png", "transparent", "RGBA"),
        ("png", "opaque", "RGB"),
        ("webp", "transparent", "RGBA"),
        ("webp", "auto", "RGB"),
        ("jpeg", "auto", "RGB"),
    ],
)
def test_format_and_background_are_those_asked_for(client: OpenAI, form: Any, background: Any, expected: str) -> None:
    answer = client.images.generate(model="gpt-image-1", prompt="a red circle", output_format=form, background=background)
    assert answer.data is not None
    image = opened(answer.data[0])
    assert (image.format, image.mode) == (form.upper(), expected)
    assert answer.output_format == form
    assert answer.background == ("transparent" if expected == "RGBA" else "opaque")
    if expected == "RGBA":
        assert image.getchannel("A").getextrema() == (0, 255)


@pytest.mark.parametrize("form", ["jpeg", "webp"])
def test_compression_makes_a_file_smaller(client: OpenAI, form: Any) -> None:
    sizes = []
    for compression in (100, 60, 10):
        answer = client.images.generate(model="gpt-image-1", prompt="two cats at night", output_format=form, output_compression=compression)
        assert answer.data is not None
        sizes.append(len(answer.data[0].b64_json or ""))
    assert sizes[0] > sizes[1] > sizes[2] > 1000


def test_auto_is_told_as_what_it_came_to(client: OpenAI) -> None:
    asked: list[dict[str, Any]] = [{}, {"size": "auto", "quality": "auto", "background": "auto"}]
    for options in asked:
        answer = client.images.generate(model="gpt-image-1", prompt="a red circle", **options)
        assert (answer.size, answer.quality, answer.background) == ("1024x1024", "high", "opaque")


def test_several_pictures_differ_and_are_counted(client: OpenAI) -> None:
    answer = client.images.generate(model="gpt-image-1-mini", prompt="a boat", n=3, quality="low")
    assert answer.data is not None and answer.usage is not None
    assert len({made.b64_json for made in answer.data}) == 3
    assert answer.usage.output_tokens == 3 * 272


def test_dall_e_gives_addresses_until_they_expire(client: OpenAI, wire: Wire) -> None:
    answer = client.images.generate(model="dall-e-2", prompt="a boat", n=2, size="256x256")
    assert answer.data is not None and answer.usage is None and answer.size is None
    for made in answer.data:
        assert made.url is not None and made.b64_json is None and made.revised_prompt is None
        assert opened(made).size == (256, 256)
    wire.advance("59m")
    assert httpx2.get(answer.data[0].url or "").headers["content-type"] == "image/png"
    wire.advance("1m")
    assert httpx2.get(answer.data[0].url or "").status_code == 403


def test_dall_e_3_rewrites_the_prompt(client: OpenAI) -> None:
    answer = client.images.generate(
        model="dall-e-3", prompt="A lighthouse.", size="1792x1024", quality="hd", style="natural", response_format="b64_json"
    )
    assert answer.data is not None
    made = answer.data[0]
    assert opened(made).size == (1792, 1024) and made.url is None
    assert made.revised_prompt is not None and "A lighthouse" in made.revised_prompt and len(made.revised_prompt) > 40
    vivid = client.images.generate(model="dall-e-3", prompt="A lighthouse.", size="1792x1024", response_format="b64_json")
    assert vivid.data is not None and vivid.data[0].b64_json != made.b64_json


def test_a_call_without_a_model_means_what_its_parameters_say(client: OpenAI) -> None:
    plain = client.images.generate(prompt="a boat", size="256x256")
    assert plain.data is not None and plain.data[0].url
    for _ in range(2):
        answer = client.images.generate(prompt="a boat", background="transparent")
        assert answer.data is not None and answer.usage is not None
        assert opened(answer.data[0]).mode == "RGBA"
    edited = client.images.edit(image=png(), prompt="add a tree")
    assert edited.usage is not None


def test_the_same_request_gives_the_same_picture_under_any_key(server: Server, client: OpenAI) -> None:
    with OpenAI(base_url=server.base_url, api_key="sk-of-somebody-else", max_retries=0) as other:
        asked: list[tuple[OpenAI, Any]] = [(client, "low"), (client, "high"), (other, "low")]
        pictures = [
            (one.images.generate(model="gpt-image-1", prompt="a boat", quality=quality).data or [])[0].b64_json for one, quality in asked
        ]
    assert len(set(pictures)) == 1
    with Server(Settings(port=0, seed="other")) as mock, OpenAI(base_url=mock.base_url, api_key="sk-x") as third:
        assert (third.images.generate(model="gpt-image-1", prompt="a boat").data or [])[0].b64_json != pictures[0]


def test_an_edit_keeps_what_the_mask_protects(client: OpenAI) -> None:
    source = png((1024, 1024), "RGB", (10, 200, 30))
    answer = client.images.edit(
        model="gpt-image-1", image=source, mask=mask((1024, 1024), (300, 300, 700, 700)), prompt="a blue house", size="1024x1024"
    )
    assert answer.data is not None
    difference = ImageChops.difference(opened(answer.data[0]).convert("RGB"), Image.new("RGB", (1024, 1024), (10, 200, 30)))
    left, top, right, bottom = difference.getbbox() or (0, 0, 0, 0)
    assert 300 <= left < right <= 701 and 300 <= top < bottom <= 701


def test_an_edit_of_several_pictures_counts_them(client: OpenAI) -> None:
    two = client.images.edit(model="gpt-image-1", image=[png((512, 512)), png((800, 600))], prompt="turn the logo to green", quality="low")
    assert two.usage is not None
    # 65 and a tile of 129; 65 and two tiles
    assert two.usage.input_tokens_details.image_tokens == 65 + 129 + 65 + 2 * 129
    assert two.usage.input_tokens_details.text_tokens == 27
    closer = client.images.edit(model="gpt-image-1", image=png((512, 512)), prompt="turn it", input_fidelity="high")
    assert closer.usage is not None and closer.usage.input_tokens_details.image_tokens == 65 + 129 + 4160


@pytest.mark.parametrize(("size", "expected"), [((300, 300), "1024x1024"), ((300, 200), "1536x1024"), ((200, 300), "1024x1536")])
def test_an_edit_takes_the_shape_of_its_picture(client: OpenAI, size: tuple[int, int], expected: str) -> None:
    answer = client.images.edit(model="gpt-image-1", image=png(size), prompt="add a tree")
    assert answer.data is not None and answer.size == expected
    assert opened(answer.data[0]).size == tuple(map(int, expected.split("x")))
    # The picture that was sent has an alpha channel.
    assert answer.background == "transparent"


def test_an_edit_in_json_takes_data_and_files(client: OpenAI) -> None:
    _, content = png((256, 256))
    kept = client.files.create(file=("a.png", content), purpose="vision")
    hole = client.files.create(file=mask((256, 256), (0, 0, 99, 99)), purpose="vision")
    body: dict[str, Any] = {"model": "gpt-image-1", "prompt": "a blue house", "size": "1024x1024"}
    url = f"data:image/png;base64,{base64.b64encode(content).decode()}"
    answers = [
        client.post("/images/edits", body={**body, "images": [source], "mask": {"file_id": hole.id}}, cast_to=openai.types.ImagesResponse)
        for source in ({"image_url": url}, {"file_id": kept.id})
    ]
    form = client.images.edit(image=("a.png", content), mask=mask((256, 256), (0, 0, 99, 99)), **body)
    pictures = [(answer.data or [])[0].b64_json for answer in (*answers, form)]
    assert len(set(pictures)) == 1


def test_dall_e_2_edits_and_varies(client: OpenAI) -> None:
    edited = client.images.edit(model="dall-e-2", image=png(), prompt="a tree", size="512x512", n=2)
    assert [opened(made).size for made in edited.data or []] == [(512, 512)] * 2
    with pytest.warns(DeprecationWarning, match="deprecated"):
        varied = client.images.create_variation(image=png(), n=3, size="256x256")
    assert len({opened(made).tobytes() for made in varied.data or []}) == 3
    with pytest.warns(DeprecationWarning, match="deprecated"):
        inline = client.images.create_variation(image=png(), response_format="b64_json", model="dall-e-2")
    assert opened((inline.data or [])[0]).size == (1024, 1024)


@pytest.mark.parametrize("partial_images", [0, 1, 3])
def test_a_stream_ends_with_the_picture(client: OpenAI, partial_images: int) -> None:
    whole = client.images.generate(model="gpt-image-1", prompt="a boat", quality="low")
    events = list(client.images.generate(model="gpt-image-1", prompt="a boat", quality="low", stream=True, partial_images=partial_images))
    *partials, last = events
    assert isinstance(last, ImageGenCompletedEvent)
    assert last.b64_json == (whole.data or [])[0].b64_json
    assert [event.partial_image_index for event in partials if isinstance(event, ImageGenPartialImageEvent)] == list(range(partial_images))
    assert all(opened(event.b64_json).size == (1024, 1024) for event in partials)
    assert last.usage.output_tokens == 272 + 100 * partial_images
    assert {(event.size, event.quality, event.background, event.output_format) for event in events} == {
        ("1024x1024", "low", "opaque", "png")
    }


def test_an_edit_streams(client: OpenAI) -> None:
    events = list(
        client.images.edit(model="gpt-image-1", image=png(), prompt="a boat", stream=True, partial_images=2, output_format="webp")
    )
    assert [type(event) for event in events] == [ImageEditPartialImageEvent, ImageEditPartialImageEvent, ImageEditCompletedEvent]
    assert all(opened(event.b64_json).format == "WEBP" for event in events)


async def _at_once(client: AsyncOpenAI) -> tuple[Any, ...]:
    async def streamed() -> list[str]:
        events = await client.images.generate(model="gpt-image-1", prompt="a boat", stream=True, partial_images=1)
        return [event.type async for event in events]

    async with client:
        return await asyncio.gather(
            client.images.generate(model="gpt-image-1", prompt="a boat", n=2),
            client.images.edit(model="gpt-image-1", prompt="a boat", image=png()),
            client.images.generate(model="dall-e-3", prompt="a boat"),
            streamed(),
        )


def test_the_async_client_gets_the_same(async_client: AsyncOpenAI) -> None:
    several, edited, addressed, types = asyncio.run(_at_once(async_client))
    assert len(several.data) == 2 and edited.usage.input_tokens_details.image_tokens == 194
    assert addressed.data[0].url.startswith("http://")
    assert types == ["image_generation.partial_image", "image_generation.completed"]


def test_what_is_made_is_billed(client: OpenAI, wire: Wire) -> None:
    client.images.generate(model="dall-e-3", prompt="a boat", quality="hd", size="1024x1792")
    client.images.generate(model="dall-e-2", prompt="a boat", size="256x256", n=2)
    usage = client.images.generate(model="gpt-image-1", prompt="a boat", quality="low").usage
    edited = client.images.edit(model="gpt-4o-mini", prompt="a boat", quality="low", image=png()).usage
    assert usage is not None and edited is not None
    rows = {row["model"]: row for day in wire.control("GET", "/_mock/usage").json()["days"] for row in day["models"]}
    assert rows["dall-e-3"]["cost"] == pytest.approx(0.12)
    assert rows["dall-e-2"]["cost"] == pytest.approx(2 * 0.016)
    assert rows["gpt-image-1"]["cost"] == pytest.approx((usage.input_tokens * 5 + 272 * 40) / 1e6)
    details = edited.input_tokens_details
    assert rows["gpt-4o-mini"]["cost"] == pytest.approx((details.text_tokens * 2 + details.image_tokens * 2.5 + 272 * 8) / 1e6)


def test_pictures_are_made_in_batches(client: OpenAI, wire: Wire) -> None:
    line = b'{"custom_id":"one","method":"POST","url":"/v1/images/generations","body":{"model":"gpt-image-1","prompt":"a boat"}}'
    sent = client.files.create(file=("a.jsonl", line), purpose="batch")
    batch = client.batches.create(input_file_id=sent.id, endpoint="/v1/images/generations", completion_window="24h")
    wire.advance("24h")
    done = client.batches.retrieve(batch.id)
    assert done.status == "completed", done.errors
    result = client.files.content(done.output_file_id or "").json()
    whole = client.images.generate(model="gpt-image-1", prompt="a boat")
    assert result["response"]["body"]["data"][0]["b64_json"] == (whole.data or [])[0].b64_json
