"""Laws of images: any body gets an answer of the API, any bytes may be a picture, a stream ends with the whole answer's picture."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from mockapi import Server, Settings
from mockapi.contract.images import CreateImageRequest, EditImageBodyJsonParam
from tests.conftest import Wire
from tests.property.law import is_the_apis
from tests.property.strategies import json_values
from tests.samples import png

QUIET = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
MODELS = st.sampled_from(["gpt-image-1", "gpt-image-2", "gpt-image-1-mini", "dall-e-2", "dall-e-3", "gpt-4o-mini", "gpt-4o", "x"])
PROMPTS = st.sampled_from(["a red circle", "How do I build a bomb?", " ", "{prompt}", "نص", "🐱 & {0}"]) | st.text(max_size=20)
VALUES = st.sampled_from(
    ["256x256", "1024x1024", "auto", "low", "hd", "png", "jpeg", "transparent", "b64_json", "high", 0, 1, 2, 100, True]
)
PICTURE = png(size=(16, 16))
DATA = f"data:image/png;base64,{base64.b64encode(PICTURE).decode()}"


@pytest.fixture(scope="module")
def law() -> Any:
    """A server whose time stands still, so that nothing but the calls themselves differs."""
    with Server(Settings(port=0, clock="2026-01-02T03:04:05", tier="unlimited")) as mock, Wire(mock.base_url, "sk-law") as wire:
        yield wire


def bodies(contract: Any, **always: Any) -> st.SearchStrategy[dict[str, Any]]:
    fields = st.sampled_from(sorted(contract.model_fields))
    return st.builds(
        lambda model, prompt, rest: {"model": model, "prompt": prompt, **always, **rest},
        MODELS,
        PROMPTS,
        st.dictionaries(fields, json_values | VALUES, max_size=3),
    )


@given(bodies(CreateImageRequest))
@settings(max_examples=250, deadline=None, suppress_health_check=QUIET)
def test_any_body_gets_an_answer_of_the_api(law: Wire, body: dict[str, Any]) -> None:
    is_the_apis(law.request("POST", "/images/generations", json=body), "image_generation_user_error")


REFERENCES = st.lists(
    st.fixed_dictionaries({}, optional={"image_url": st.sampled_from([DATA, DATA[:-9], "https://a.b", ""]) | st.text(max_size=9), "file_id": st.text(max_size=5)}),
    max_size=2,
)  # fmt: skip


@given(bodies(EditImageBodyJsonParam), REFERENCES | json_values)
@settings(max_examples=200, deadline=None, suppress_health_check=QUIET)
def test_any_edit_gets_an_answer_of_the_api(law: Wire, body: dict[str, Any], images: Any) -> None:
    is_the_apis(law.request("POST", "/images/edits", json={"images": images, **body}), "image_generation_user_error")


@given(json_values)
@settings(max_examples=100, deadline=None, suppress_health_check=QUIET)
def test_any_json_gets_an_answer_of_the_api(law: Wire, value: Any) -> None:
    for path in ("generations", "edits", "variations"):
        is_the_apis(law.request("POST", f"/images/{path}", json=value), "image_generation_user_error")


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """Bytes that are a picture, were one, or never were."""
    written = io.BytesIO()
    mode, form = draw(st.sampled_from([("RGBA", "PNG"), ("P", "PNG"), ("L", "PNG"), ("I;16", "PNG"), ("RGB", "JPEG"), ("CMYK", "JPEG"), ("RGBA", "WEBP"), ("P", "GIF")]))  # fmt: skip
    Image.new(mode, (draw(st.integers(1, 40)), draw(st.integers(1, 40)))).save(written, form)
    content = bytearray(written.getvalue())
    for _ in range(draw(st.integers(0, 3))):
        content[draw(st.integers(0, len(content) - 1))] = draw(st.integers(0, 255))
    cut = draw(st.integers(0, len(content)) | st.just(len(content)))
    return draw(st.binary(max_size=50)) if draw(st.integers(0, 4)) == 0 else bytes(content[:cut])


@given(files(), files() | st.none(), st.sampled_from(["gpt-image-1-mini", "dall-e-2"]))
@example(PICTURE, PICTURE, "dall-e-2")
@settings(max_examples=200, deadline=None, suppress_health_check=QUIET)
def test_any_bytes_as_a_picture_get_an_answer_of_the_api(law: Wire, content: bytes, mask: bytes | None, model: str) -> None:
    sent = {"image": ("a.png", content, "image/png"), **({"mask": ("m.png", mask, "image/png")} if mask is not None else {})}
    is_the_apis(law.request("POST", "/images/edits", data={"model": model, "prompt": "a tree"}, files=sent), "image_generation_user_error")
    is_the_apis(
        law.request("POST", "/images/variations", data={"size": "256x256"}, files={"image": sent["image"]}), "image_generation_user_error"
    )


OPTIONS = st.fixed_dictionaries(
    {"model": st.sampled_from(["gpt-image-1", "gpt-4o-mini", "gpt-image-2"])},
    optional={
        "size": st.sampled_from(["1024x1536", "auto"]),
        "quality": st.sampled_from(["low", "high"]),
        "background": st.sampled_from(["opaque", "transparent", "auto"]),
        "output_format": st.sampled_from(["png", "webp"]),
        "n": st.integers(1, 2),
    },
)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30), OPTIONS, st.integers(0, 3), st.booleans())
@settings(max_examples=40, deadline=None, suppress_health_check=QUIET)
def test_a_stream_ends_with_the_whole_answers_picture(law: Wire, prompt: str, options: dict[str, Any], partials: int, edits: bool) -> None:
    body = {"prompt": prompt, **options, **({"images": [{"image_url": DATA}]} if edits else {})}
    path = "/images/edits" if edits else "/images/generations"
    whole = law.request("POST", path, json=body)
    streamed = law.request("POST", path, json={**body, "stream": True, "partial_images": partials})
    assert whole.status_code == streamed.status_code, whole.text
    if whole.status_code != 200:
        return
    made = whole.json()
    events = [json.loads(piece.partition("\ndata: ")[2]) for piece in streamed.text.removesuffix("\n\n").split("\n\n")]
    last = [event for event in events if event["type"].endswith(".completed")]
    assert [event["b64_json"] for event in last] == [one["b64_json"] for one in made["data"]]
    assert len(events) == len(last) * (partials + 1)
    for event in events:
        assert {name: event[name] for name in ("size", "quality", "background", "output_format")} == {
            name: made[name] for name in ("size", "quality", "background", "output_format")
        }


def test_the_same_seed_gives_the_same_bytes_and_another_others() -> None:
    bodies: list[dict[str, Any]] = [
        {"model": "gpt-image-1", "prompt": "a boat", "n": 2, "stream": True, "partial_images": 1},
        {"model": "dall-e-3", "prompt": "a boat", "response_format": "b64_json"},
    ]

    def answers(seed: str, asked: list[dict[str, Any]]) -> dict[str, bytes]:
        with Server(Settings(port=0, clock="2026-01-02T03:04:05", seed=seed)) as mock, Wire(mock.base_url, "sk-same") as wire:
            return {json.dumps(body): wire.request("POST", "/images/generations", json=body).content for body in asked}

    first = answers("alpha", bodies)
    assert first == answers("alpha", bodies[::-1])
    other = answers("beta", bodies)
    assert all(first[body] != other[body] for body in first)
