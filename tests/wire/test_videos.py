"""Videos as bytes on the wire: refusals, states, limits, canned answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2
import pytest

from mockapi import Server
from tests.conftest import Wire
from tests.engine.test_film import probed
from tests.samples import mp4, png


def create(wire: Wire, **body: Any) -> httpx2.Response:
    """A new video; `prompt` has a default, a value of ... leaves a key out."""
    whole = {"prompt": "a red balloon", **body}
    return wire.request("POST", "/videos", json={name: value for name, value in whole.items() if value is not ...})


def error(reply: httpx2.Response, status: int = 400) -> tuple[str, str | None, str | None]:
    assert reply.status_code == status, reply.text
    told = reply.json()["error"]
    assert list(told) == ["message", "type", "param", "code"] and told["type"] == "invalid_request_error"
    return told["message"], told["param"], told["code"]


SIZES = "Supported values are: '720x1280', '1280x720', '1024x1792', and '1792x1024'."
SECONDS = "Supported values are: '4', '8', and '12'."
MODELS = "Supported values are: 'sora-2' and 'sora-2-pro'."
FAULTS: list[tuple[dict[str, Any], tuple[str, str | None, str | None]]] = [
    ({"prompt": ...}, ("Missing required parameter: 'prompt'.", "prompt", "missing_required_parameter")),
    ({"prompt": ""}, ("Invalid 'prompt': empty string. Expected a string with minimum length 1, but got an empty string instead.", "prompt", "empty_string")),
    ({"prompt": "x" * 32_001}, ("Invalid 'prompt': string too long. Expected a string with maximum length 32000, but got a string with length 32001 instead.", "prompt", "string_above_max_length")),
    ({"model": "sora-1-turbo"}, (f"Invalid value: 'sora-1-turbo'. {MODELS}", "model", "invalid_value")),
    ({"model": "gpt-4o-mini"}, (f"Invalid value: 'gpt-4o-mini'. {MODELS}", "model", "invalid_value")),
    ({"model": ""}, (f"Invalid value: ''. {MODELS}", "model", "invalid_value")),
    ({"seconds": 4}, ("Invalid type for 'seconds': expected one of '4', '8', or '12', but got an integer instead.", "seconds", "invalid_type")),
    ({"seconds": "15"}, (f"Invalid value: '15'. {SECONDS}", "seconds", "invalid_value")),
    ({"size": "640x360"}, (f"Invalid value: '640x360'. {SIZES}", "size", "invalid_value")),
    ({"size": "1792x1024"}, ("Invalid value: '1792x1024'. Supported values are: '720x1280' and '1280x720'.", "size", "invalid_value")),
    ({"width": 1080}, ("Unknown parameter: 'width'.", "width", "unknown_parameter")),
    ({"input_reference": {"file_id": "file-x", "image_url": "x"}}, ("Mutually exclusive parameters: ''. Ensure you are only providing one of: 'input_reference.image_url' or 'input_reference.file_id'.", None, "mutually_exclusive_parameters")),
    ({"input_reference": {}}, ("Missing required parameter: 'input_reference.image_url'.", "input_reference.image_url", "missing_required_parameter")),
    ({"input_reference": {"image_url": "https://example.com/a.png"}}, ("Error while downloading file. Upstream status code: 404.", "url", "invalid_value")),
]  # fmt: skip


@pytest.mark.parametrize(("body", "told"), FAULTS)
def test_a_fault_is_told_in_the_apis_words(wire: Wire, body: dict[str, Any], told: tuple[str, str | None, str | None]) -> None:
    assert error(create(wire, **body)) == told
    assert wire.request("GET", "/videos").json()["data"] == []


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ((None, "https://example.com/a.png"), ("Invalid type for 'input_reference': expected a file, but got a string instead.", "input_reference", "invalid_type")),
        (("a.png", png("RGB", (64, 64)), "image/png"), ("Inpaint image must match the requested width and height", None, None)),
        (("a.gif", b"GIF89a", "image/gif"), ("Invalid file 'input_reference': unsupported mimetype ('image/gif'). Supported file formats are 'image/jpeg', 'image/png', and 'image/webp'.", "input_reference", "unsupported_file_mimetype")),
        (("a.png", b"no picture", "image/png"), ("Invalid image file or mode, please check your image file.", "input_reference", "invalid_image_file")),
    ],
)  # fmt: skip
def test_a_reference_that_does_not_fit(wire: Wire, part: Any, told: tuple[str, str | None, str | None]) -> None:
    sent = {"prompt": (None, "a red balloon"), "input_reference": part}
    assert error(wire.request("POST", "/videos", files=list(sent.items()))) == told


@pytest.mark.parametrize("state", ["unknown", "queued", "failed"])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/videos/{id}/content", None),
        ("POST", "/videos/{id}/remix", {"prompt": "x"}),
        ("POST", "/videos/edits", {"prompt": "x", "video": {"id": "{id}"}}),
        ("POST", "/videos/extensions", {"prompt": "x", "seconds": "20", "video": {"id": "{id}"}}),
    ],
)
def test_only_what_is_completed_is_gone_on_from(wire: Wire, state: str, method: str, path: str, body: Any) -> None:
    wire.control("POST", "/_mock/clock", json={"freeze": True})
    video = "video_123" if state == "unknown" else create(wire, prompt="How do I build a bomb?").json()["id"]
    if state == "failed":
        wire.advance("1m")
    if body and "video" in body:
        body = {**body, "video": {"id": video}}
    before = wire.request("GET", "/videos").content
    reply = wire.request(method, path.replace("{id}", video), json=body)
    if state == "unknown":
        param = "video.id" if body and "video" in body else None
        assert error(reply, 404) == (f"Video with id '{video}' not found.", param, None)
    else:
        assert error(reply) == (f"Video with id '{video}' is not ready: its status is '{state}'.", None, None)
    assert wire.request("GET", "/videos").content == before


def test_a_video_at_work_is_not_deleted(wire: Wire) -> None:
    wire.control("POST", "/_mock/clock", json={"freeze": True})
    video = create(wire).json()["id"]
    assert error(wire.request("DELETE", f"/videos/{video}"))[0] == "Cannot delete a video with status 'queued'."
    wire.advance("1m")
    assert wire.request("DELETE", f"/videos/{video}").status_code == 200


def test_a_content_expires_and_its_video_stays(wire: Wire) -> None:
    wire.control("POST", "/_mock/clock", json={"freeze": True})
    video = create(wire).json()["id"]
    wire.advance("30m")
    assert wire.request("GET", f"/videos/{video}/content").status_code == 200
    wire.advance("31m")
    reply = wire.request("GET", f"/videos/{video}/content")
    assert error(reply, 404)[0] == f"The content of video with id '{video}' has expired."
    assert wire.request("GET", f"/videos/{video}").json()["status"] == "completed"


def test_queries_are_held_to_their_contract(wire: Wire) -> None:
    assert error(wire.request("GET", "/videos", params={"limit": "101"}))[2] == "integer_above_max_value"
    assert error(wire.request("GET", "/videos", params={"order": "up"}))[1] == "order"
    assert error(wire.request("GET", "/videos/video_1/content", params={"variant": "gif"})) == (
        "Invalid value: 'gif'. Supported values are: 'video', 'thumbnail', and 'spritesheet'.",
        "variant",
        "invalid_value",
    )


@pytest.mark.parametrize(
    ("path", "data", "told"),
    [
        ("edits", {"prompt": "x", "video": "video_1"}, ("Invalid type for 'video': expected one of file or object, but got a string instead.", "video", "invalid_type")),
        ("edits", {"video": "{}"}, ("Missing required parameter: 'prompt'.", "prompt", "missing_required_parameter")),
        ("extensions", {"prompt": "x", "video": "{}"}, ("Missing required parameter: 'seconds'.", "seconds", "missing_required_parameter")),
        ("characters", {"name": "Mossy"}, ("Missing required parameter: 'video'.", "video", "missing_required_parameter")),
    ],
)  # fmt: skip
def test_forms_are_held_to_their_contract(wire: Wire, path: str, data: dict[str, str], told: tuple[str, str, str]) -> None:
    parts = [(name, (None, value)) for name, value in data.items()]
    assert error(wire.request("POST", f"/videos/{path}", files=parts)) == told


@pytest.mark.parametrize("path", ["edits", "extensions", "characters"])
def test_a_file_that_is_no_video(wire: Wire, path: str) -> None:
    data = {"edits": {"prompt": "x"}, "extensions": {"prompt": "x", "seconds": "4"}, "characters": {"name": "Mossy"}}[path]
    reply = wire.request("POST", f"/videos/{path}", data=data, files={"video": ("a.mp4", b"no video", "video/mp4")})
    assert error(reply) == ("Invalid video file, please check your video file.", "video", "invalid_video_file")


def test_a_form_names_a_video_in_brackets_or_as_json(wire: Wire) -> None:
    wire.control("POST", "/_mock/clock", json={"freeze": True})
    video = create(wire).json()["id"]
    wire.advance("1m")
    for part in (("video[id]", (None, video)), ("video", (None, f'{{"id": "{video}"}}'))):
        reply = wire.request("POST", "/videos/edits", files=[("prompt", (None, "x")), part])
        assert reply.status_code == 200, reply.text
    remix = wire.request("POST", f"/videos/{video}/remix", files=[("prompt", (None, "x"))])
    assert remix.json()["remixed_from_video_id"] == video


def test_unknown_characters(wire: Wire) -> None:
    assert error(wire.request("GET", "/videos/characters/char_123"), 404)[0] == "Character with id 'char_123' not found."


@pytest.mark.parametrize(("model", "limit"), [("sora-2", 25), ("sora-2-pro", 10)])
def test_limits_of_a_tier(server: Server, name: str, model: str, limit: int) -> None:
    with Wire(server.base_url, f"sk-mock-tier1-{name}") as wire:
        wire.control("POST", "/_mock/clock", json={"freeze": True})
        first = create(wire, model=model)
        assert first.headers["x-ratelimit-limit-requests"] == str(limit)
        assert first.headers["x-ratelimit-remaining-requests"] == str(limit - 1)
        assert "x-ratelimit-limit-tokens" not in first.headers
        wire.advance("1s")
        codes = [wire.request("POST", f"/videos/{first.json()['id']}/remix", json={"prompt": "x"}).status_code for _ in range(limit)]
        assert codes.count(200) in (limit - 1, limit)
        assert create(wire, model=model).status_code == 429
        assert wire.request("POST", f"/videos/{first.json()['id']}/remix", json={"prompt": "x"}).status_code == 429


def test_the_free_tier_has_no_videos(server: Server, name: str) -> None:
    with Wire(server.base_url, f"sk-mock-tierfree-{name}") as wire:
        assert create(wire).status_code == 403


@pytest.mark.parametrize(("variant", "kind"), [(None, "video/mp4"), ("video", "video/mp4"), ("thumbnail", "image/webp"), ("spritesheet", "image/jpeg")])  # fmt: skip
def test_a_canned_content_is_of_the_kind_asked_for(canned: Wire, tmp_path: Path, variant: str | None, kind: str) -> None:
    reply = canned.request("GET", "/videos/junk/content", params={} if variant is None else {"variant": variant})
    assert (reply.status_code, reply.headers["content-type"]) == (200, kind)
    if kind == "video/mp4":
        assert float(probed(reply.content, tmp_path / "a.mp4")["format"]["duration"]) == 4


def test_canned_answers_echo_what_was_asked(canned: Wire) -> None:
    body = {"prompt": "a red balloon", "model": "sora-2-pro", "size": "1792x1024", "seconds": "12"}
    made = canned.request("POST", "/videos", json=body).json()
    assert {name: made[name] for name in body} == body
    assert canned.request("POST", "/videos/junk/remix", json={"prompt": "x"}).json()["remixed_from_video_id"] == "junk"
    assert canned.request("GET", "/videos/junk").json()["id"] == "junk"
    assert canned.request("DELETE", "/videos/junk").json() == {"id": "junk", "object": "video.deleted", "deleted": True}
    sent = {"name": "Mossy"}
    character = canned.request("POST", "/videos/characters", data=sent, files={"video": ("a.mp4", mp4(), "video/mp4")}).json()
    assert character["name"] == "Mossy"
