"""Images as bytes on the wire: refusals, events, headers, limits (api-facts A.1, B.4, C.6, D.1, D.8)."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx2
import pytest

from mockapi import Server, Settings
from tests.conftest import Wire
from tests.contract.test_answers import lines
from tests.contract.test_parity import unexplained
from tests.resources.test_images import mask, png
from tests.samples import png as sample

USER = "image_generation_user_error"
REQUEST = "invalid_request_error"


def generate(wire: Wire, headers: dict[str, str] | None = None, **body: Any) -> httpx2.Response:
    """A generation; `model` and `prompt` have defaults, a value of ... leaves a key out."""
    whole = {"model": "gpt-image-1", "prompt": "a red circle", **body}
    sent = {name: value for name, value in whole.items() if value is not ...}
    return wire.request("POST", "/images/generations", json=sent, headers=headers)


def change(wire: Wire, files: Any, path: str = "edits", **data: Any) -> httpx2.Response:
    """An edit or a variation by a form."""
    whole = {"model": "gpt-image-1", "prompt": "a red circle", **data}
    return wire.request("POST", f"/images/{path}", data={k: v for k, v in whole.items() if v is not ...}, files=files)


def error(reply: httpx2.Response) -> tuple[str, str, str | None, str | None]:
    """A refusal; checks the envelope and its layout on the way."""
    assert reply.status_code == 400, reply.text
    told = reply.json()["error"]
    assert reply.content == json.dumps(reply.json(), indent=2, ensure_ascii=False).encode()
    assert list(told) == ["message", "type", "param", "code"]
    assert reply.headers["openai-version"] == "2020-10-01"
    return told["message"], told["type"], told["param"], told["code"]


def supported(value: str, *values: str) -> str:
    *first, last = [f"'{one}'" for one in values]
    return f"Invalid value: '{value}'. Supported values are: {', '.join(first)}, and {last}."


# What is sent beside a model and a prompt; the message; the type, the parameter, the code.
FAULTS: list[tuple[dict[str, Any], str, str, str | None, str | None]] = [
    ({"model": "x"}, "The model 'x' does not exist.", USER, "model", "invalid_value"),
    ({"model": ""}, "The model '' does not exist.", USER, "model", "invalid_value"),
    ({"model": "gpt-4o"}, "The model 'gpt-4o' does not exist.", USER, "model", "invalid_value"),
    ({"model": "text-embedding-3-small"}, "The model 'text-embedding-3-small' does not exist.", USER, "model", "invalid_value"),
    ({"model": 7}, "Invalid type for 'model': expected a string, but got an integer instead.", REQUEST, "model", "invalid_type"),
    ({"prompt": ...}, "Missing required parameter: 'prompt'.", REQUEST, "prompt", "missing_required_parameter"),
    ({"prompt": None}, "Invalid type for 'prompt': expected a string, but got null instead.", REQUEST, "prompt", "invalid_type"),
    ({"prompt": ""}, "Invalid 'prompt': empty string. Expected a string with minimum length 1, but got an empty string instead.", REQUEST, "prompt", "empty_string"),
    ({"prompt": "x" * 32_001}, "Invalid 'prompt': string too long. Expected a string with maximum length 32000, but got a string with length 32001 instead.", REQUEST, "prompt", "string_above_max_length"),
    ({"model": "dall-e-2", "prompt": "x" * 1001}, "Invalid 'prompt': string too long. Expected a string with maximum length 1000, but got a string with length 1001 instead.", REQUEST, "prompt", "string_above_max_length"),
    ({"model": "dall-e-3", "prompt": "x" * 4001}, "Invalid 'prompt': string too long. Expected a string with maximum length 4000, but got a string with length 4001 instead.", REQUEST, "prompt", "string_above_max_length"),
    ({"response_format": "url"}, "Unknown parameter: 'response_format'.", REQUEST, "response_format", "unknown_parameter"),
    ({"response_format": None}, "Unknown parameter: 'response_format'.", REQUEST, "response_format", "unknown_parameter"),
    ({"style": "vivid"}, "Unknown parameter: 'style'.", REQUEST, "style", "unknown_parameter"),
    ({"input_fidelity": "high"}, "Unknown parameter: 'input_fidelity'.", REQUEST, "input_fidelity", "unknown_parameter"),
    ({"mask": {}}, "Unknown parameter: 'mask'.", REQUEST, "mask", "unknown_parameter"),
    ({"promt": "x"}, "Unknown parameter: 'promt'.", REQUEST, "promt", "unknown_parameter"),
    ({"siz": "x"}, "Unknown parameter: 'siz'. Did you mean 'size'?", REQUEST, "siz", "unknown_parameter"),
    ({"model": "gpt-4o-mini", "style": "vivid"}, "Unknown parameter: 'style'.", REQUEST, "style", "unknown_parameter"),
    ({"model": "dall-e-2", "quality": "standard"}, "Unknown parameter: 'quality'.", REQUEST, "quality", "unknown_parameter"),
    ({"model": "dall-e-2", "style": "vivid"}, "Unknown parameter: 'style'.", REQUEST, "style", "unknown_parameter"),
    ({"model": "dall-e-3", "background": "opaque"}, "Unknown parameter: 'background'.", REQUEST, "background", "unknown_parameter"),
    ({"model": "dall-e-3", "stream": True}, "Unknown parameter: 'stream'.", REQUEST, "stream", "unknown_parameter"),
    ({"n": 0}, "Invalid 'n': integer below minimum value. Expected a value >= 1, but got 0 instead.", REQUEST, "n", "integer_below_min_value"),
    ({"n": 11}, "Invalid 'n': integer above maximum value. Expected a value <= 10, but got 11 instead.", REQUEST, "n", "integer_above_max_value"),
    ({"n": "2"}, "Invalid type for 'n': expected an integer, but got a string instead.", REQUEST, "n", "invalid_type"),
    ({"model": "dall-e-3", "n": 2}, "You must provide n=1 for this model.", REQUEST, None, None),
    ({"size": "512x512"}, supported("512x512", "1024x1024", "1024x1536", "1536x1024", "auto"), REQUEST, "size", "invalid_value"),
    ({"model": "dall-e-2", "size": "auto"}, supported("auto", "256x256", "512x512", "1024x1024"), REQUEST, "size", "invalid_value"),
    ({"model": "dall-e-3", "size": "256x256"}, "The size is not supported by this model.", REQUEST, None, "invalid_size"),
    ({"model": "gpt-image-2", "size": "0x0"}, "Invalid size '0x0'. Expected WIDTHxHEIGHT, for example '1824x1024'.", USER, "size", "invalid_value"),
    ({"model": "gpt-image-2", "size": "bogus"}, "Invalid size 'bogus'. Expected WIDTHxHEIGHT, for example '1824x1024'.", USER, "size", "invalid_value"),
    ({"model": "gpt-image-2", "size": "1000x1000"}, "Invalid size '1000x1000'. Width and height must both be divisible by 16.", USER, "size", "invalid_value"),
    ({"model": "gpt-image-2", "size": "4096x4096"}, "Invalid size '4096x4096'. The longest edge must be less than or equal to 3840.", USER, "size", "invalid_value"),
    ({"model": "gpt-image-2", "size": "576x1024"}, "Invalid size '576x1024'. Requested resolution is below the current minimum pixel budget.", USER, "size", "invalid_value"),
    ({"model": "gpt-image-2", "size": "3840x1024"}, "Invalid size '3840x1024'. The aspect ratio must be between 1:3 and 3:1.", USER, "size", "invalid_value"),
    ({"model": "gpt-image-2", "size": "3840x3840"}, "Invalid size '3840x3840'. Requested resolution is above the current maximum pixel budget.", USER, "size", "invalid_value"),
    ({"quality": "hd"}, supported("hd", "low", "medium", "high", "auto"), REQUEST, "quality", "invalid_value"),
    ({"quality": 7}, "Invalid type for 'quality': expected one of 'low', 'medium', 'high', or 'auto', but got an integer instead.", REQUEST, "quality", "invalid_type"),
    ({"model": "dall-e-3", "quality": "low"}, supported("low", "standard", "hd", "auto"), REQUEST, "quality", "invalid_value"),
    ({"background": "x"}, supported("x", "transparent", "opaque", "auto"), REQUEST, "background", "invalid_value"),
    ({"output_format": "gif"}, supported("gif", "png", "webp", "jpeg"), REQUEST, "output_format", "invalid_value"),
    ({"moderation": "high"}, "Invalid value: 'high'. Supported values are: 'auto' and 'low'.", REQUEST, "moderation", "invalid_value"),
    ({"output_compression": 101}, "Invalid 'output_compression': integer above maximum value. Expected a value <= 100, but got 101 instead.", REQUEST, "output_compression", "integer_above_max_value"),
    ({"output_compression": 50, "output_format": "png"}, "Compression less than 100 is not supported for PNG output format", USER, None, "invalid_png_output_compression"),
    ({"background": "transparent", "output_format": "jpeg"}, "Transparent background is not supported for JPEG output format", USER, "background", "invalid_value"),
    ({"stream": "yes"}, "Invalid type for 'stream': expected a boolean, but got a string instead.", REQUEST, "stream", "invalid_type"),
    ({"stream": True, "partial_images": 4}, "Invalid 'partial_images': integer above maximum value. Expected a value <= 3, but got 4 instead.", REQUEST, "partial_images", "integer_above_max_value"),
    ({"model": "dall-e-3", "prompt": "how do I build a bomb"}, "Your request was rejected as a result of our safety system. Your prompt may contain text that is not allowed by our safety system.", REQUEST, None, "content_policy_violation"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "message", "kind", "param", "code"), FAULTS, ids=[json.dumps(str(row[0]))[:60] for row in FAULTS])
def test_a_generation_is_refused_in_the_apis_words(
    wire: Wire, body: dict[str, Any], message: str, kind: str, param: str | None, code: str | None
) -> None:
    assert error(generate(wire, **body)) == (message, kind, param, code)


def test_a_blocked_prompt_names_the_request(wire: Wire) -> None:
    reply = generate(wire, prompt="how do I build a bomb")
    assert error(reply) == (
        "Your request was rejected by the safety system. If you believe this is an error, contact us at help.openai.com and include the "
        f"request ID {reply.headers['x-request-id']}.  safety_violations=[illicit].",
        USER,
        None,
        "moderation_blocked",
    )


@pytest.mark.parametrize("body", [{"model": "gpt-image-2", "size": "2048x1152"}, {"model": "dall-e-3", "quality": "auto"}, {"prompt": " "}])
def test_what_is_unusual_but_right_is_drawn(wire: Wire, body: dict[str, Any]) -> None:
    assert generate(wire, **body).status_code == 200


PNG, ODD = png((256, 256)), png((300, 200))
DATA = f"data:image/png;base64,{base64.b64encode(PNG[1]).decode()}"
FORMATS = "Supported file formats are 'image/jpeg', 'image/png', and 'image/webp'."
FORMS: list[tuple[str, dict[str, Any], Any, tuple[str, str, str | None, str | None]]] = [
    ("edits", {}, None, ("Missing required parameter: 'image'.", REQUEST, "image", "missing_required_parameter")),
    ("edits", {"prompt": ...}, {"image": PNG}, ("Missing required parameter: 'prompt'.", REQUEST, "prompt", "missing_required_parameter")),
    ("edits", {"image": "abc"}, None, ("Invalid type for 'image': expected one of an array of files or file, but got a string instead.", REQUEST, "image", "invalid_type")),
    ("edits", {}, {"images": PNG}, ("Unknown parameter: 'images'. For multipart/form-data use 'image' or 'image[]'.", REQUEST, "images", "invalid_value")),
    ("edits", {}, {"image": ("blob", PNG[1])}, (f"Invalid file 'image': unsupported mimetype ('application/octet-stream'). {FORMATS}", REQUEST, "image", "unsupported_file_mimetype")),
    ("edits", {}, [("image[]", PNG), ("image[]", ("a.gif", b"GIF89a"))], (f"Invalid file 'image[1]': unsupported mimetype ('image/gif'). {FORMATS}", REQUEST, "image[1]", "unsupported_file_mimetype")),
    ("edits", {"model": "dall-e-2"}, {"image": ("a.jpg", b"x")}, ("Invalid file 'image': unsupported mimetype ('image/jpeg'). Supported file formats are 'image/png'.", REQUEST, "image", "unsupported_file_mimetype")),
    ("edits", {}, {"image": ("a.png", b"nothing")}, ("Invalid image file or mode for image 1, please check your image file.", USER, None, "invalid_image_file")),
    ("edits", {}, [("image[]", PNG), ("image[]", ("b.png", PNG[1][:200]))], ("Invalid image file or mode for image 2, please check your image file.", USER, None, "invalid_image_file")),
    ("edits", {}, [("image[]", PNG)] * 17, ("Invalid 'image': array too long. Expected an array with maximum length 16, but got an array with length 17 instead.", REQUEST, "image", "array_above_max_length")),
    ("edits", {}, {"image": PNG, "mask": png((256, 256), "RGB")}, ("Invalid mask image format - mask image missing alpha channel", USER, None, "invalid_mask_image_format")),
    ("edits", {}, {"image": PNG, "mask": mask((64, 64), (0, 0, 9, 9))}, ("Invalid mask image format - mask size does not match image size", USER, None, "invalid_mask_image_format")),
    ("edits", {}, {"image": PNG, "mask": ("m.png", b"nothing")}, ("Invalid mask image format - mask image must be a PNG and less than 4 MB", USER, None, "invalid_mask_image_format")),
    ("edits", {"mask": "abc"}, {"image": PNG}, ("Invalid type for 'mask': expected a file, but got a string instead.", REQUEST, "mask", "invalid_type")),
    ("edits", {"n": "two"}, {"image": PNG}, ("Invalid type for 'n': expected an integer, but got a string value that could not be converted into an integer.", REQUEST, "n", "invalid_type")),
    ("edits", {"response_format": "url"}, {"image": PNG}, ("Unknown parameter: 'response_format'.", REQUEST, "response_format", "unknown_parameter")),
    ("edits", {"model": "gpt-image-2", "input_fidelity": "high"}, {"image": PNG}, ("The model 'gpt-image-2' does not support the 'input_fidelity' parameter.", USER, "input_fidelity", "invalid_input_fidelity_model")),
    ("edits", {"model": "gpt-image-1-mini", "input_fidelity": "high"}, {"image": PNG}, ("Unknown parameter: 'input_fidelity'.", REQUEST, "input_fidelity", "unknown_parameter")),
    ("edits", {"model": "dall-e-3"}, {"image": PNG}, ("The model 'dall-e-3' does not exist.", USER, "model", "invalid_value")),
    ("edits", {"model": "dall-e-2"}, {"image": png((256, 256), "RGB")}, ("Invalid input image - format must be in ['RGBA', 'LA', 'L'], got RGB.", REQUEST, None, None)),
    ("edits", {"model": "dall-e-2"}, {"image": ODD}, ("Uploaded image must be square.", REQUEST, None, "invalid_image_format")),
    ("edits", {"model": "dall-e-2"}, [("image[]", PNG)] * 2, ("Invalid 'image': array too long. Expected an array with maximum length 1, but got an array with length 2 instead.", REQUEST, "image", "array_above_max_length")),
    ("edits", {"model": "dall-e-2"}, {"image": ("a.png", bytes(4_194_304))}, ("Uploaded image must be a PNG and less than 4 MB.", REQUEST, None, "invalid_image_format")),
    ("edits", {"prompt": "how do I build a bomb", "model": "dall-e-2"}, {"image": PNG}, ("Your request was rejected as a result of our safety system. Your prompt may contain text that is not allowed by our safety system.", REQUEST, None, "content_policy_violation")),
    ("variations", {"prompt": ..., "model": "gpt-image-1"}, {"image": PNG}, ("Invalid value: 'gpt-image-1'. Value must be 'dall-e-2'.", REQUEST, "model", "invalid_value")),
    ("variations", {"model": "dall-e-2"}, {"image": PNG}, ("Unknown parameter: 'prompt'.", REQUEST, "prompt", "unknown_parameter")),
    ("variations", {"prompt": ..., "model": "dall-e-2", "size": "1024x1536"}, {"image": PNG}, (supported("1024x1536", "256x256", "512x512", "1024x1024"), REQUEST, "size", "invalid_value")),
    ("variations", {"prompt": ..., "model": ...}, {"image": ODD}, ("Uploaded image must be square.", REQUEST, None, "invalid_image_format")),
    ("variations", {"prompt": ..., "model": ...}, {"image": ("a.png", b"nothing")}, ("Uploaded image must be a PNG and less than 4 MB.", REQUEST, None, "invalid_image_format")),
]  # fmt: skip


@pytest.mark.parametrize(("path", "data", "files", "told"), FORMS, ids=[f"{row[0]} {row[3][0][:60]}" for row in FORMS])
def test_a_form_is_refused_in_the_apis_words(wire: Wire, path: str, data: dict[str, Any], files: Any, told: tuple[Any, ...]) -> None:
    # Files of any kind make a form of it.
    assert error(change(wire, files or {"user": (None, "me")}, path, **data)) == told


JSON: list[tuple[dict[str, Any], tuple[str, str, str | None, str | None]]] = [
    ({}, ("Missing required parameter: 'images'.", REQUEST, "images", "missing_required_parameter")),
    ({"image": DATA}, ("Unknown parameter: 'image'. For application/json on /v1/images/edits, use 'images' (array).", REQUEST, "image", "invalid_value")),
    ({"images": DATA}, ("Invalid type for 'images': expected an array of objects, but got a string instead.", REQUEST, "images", "invalid_type")),
    ({"images": [DATA]}, ("Invalid type for 'images[0]': expected an object, but got a string instead.", REQUEST, "images[0]", "invalid_type")),
    ({"images": []}, ("Invalid 'images': empty array. Expected an array with minimum length 1, but got an empty array instead.", REQUEST, "images", "empty_array")),
    ({"images": [{}]}, ("Missing required parameter: 'images[0].image_url'.", REQUEST, "images[0].image_url", "missing_required_parameter")),
    ({"images": [{"image_url": DATA, "file_id": "file-x"}]}, ("Mutually exclusive parameters: ''. Ensure you are only providing one of: 'images[0].image_url' or 'images[0].file_id'.", REQUEST, None, "mutually_exclusive_parameters")),
    ({"images": [{"image_url": "data:image/png;base64,abc"}]}, ("Invalid image data.", USER, "images[0].image_url", "invalid_image_file")),
    ({"images": [{"image_url": DATA}, {"image_url": "data:image/png;base64,AAAA"}]}, ("Invalid image data.", USER, "images[1].image_url", "invalid_image_file")),
    ({"images": [{"image_url": "https://example.com/a.png"}]}, ("Error while downloading file. Upstream status code: 404.", REQUEST, "url", "invalid_value")),
    ({"images": [{"image_url": DATA}], "mask": {"image_url": DATA.replace("iVBOR", "iVBOS")}}, ("Invalid mask image format - mask image must be a PNG and less than 4 MB", USER, None, "invalid_mask_image_format")),
    ({"images": [{"image_url": DATA}], "model": "dall-e-2"}, ("Unsupported content type: 'application/json'. This API method only accepts 'multipart/form-data' requests, but you specified the header 'Content-Type: application/json'. Please try again with a supported content type.", REQUEST, None, "unsupported_content_type")),
    ({"images": [{"image_url": DATA}], "prompt": "x" * 32_001}, ("Invalid 'prompt': string too long. Expected a string with maximum length 32000, but got a string with length 32001 instead.", REQUEST, "prompt", "string_above_max_length")),
]  # fmt: skip


@pytest.mark.parametrize(("body", "told"), JSON, ids=[row[1][0][:60] for row in JSON])
def test_an_edit_in_json_is_refused_in_the_apis_words(wire: Wire, body: dict[str, Any], told: tuple[Any, ...]) -> None:
    assert error(wire.request("POST", "/images/edits", json={"model": "gpt-image-1", "prompt": "a tree", **body})) == told


def test_a_file_that_is_not_there_is_missed(wire: Wire) -> None:
    body = {"model": "gpt-image-1", "prompt": "a tree", "images": [{"file_id": "file-x"}]}
    reply = wire.request("POST", "/images/edits", json=body)
    assert (reply.status_code, reply.json()["error"]["message"]) == (404, "No such File object: file-x")


def test_an_answer_is_pretty_and_in_the_apis_order(wire: Wire) -> None:
    reply = generate(wire)
    assert reply.content == json.dumps(reply.json(), indent=2).encode()
    assert list(reply.json()) == ["created", "background", "data", "output_format", "quality", "size", "usage"]
    assert list(reply.json()["usage"]) == ["input_tokens", "input_tokens_details", "output_tokens", "output_tokens_details", "total_tokens"]
    named = generate(wire, model="dall-e-3").json()
    assert list(named) == ["created", "data"] and list(named["data"][0]) == ["revised_prompt", "url"]
    assert not [name for name in reply.headers if name.startswith("x-ratelimit")]
    varied = change(wire, {"image": PNG}, "variations", model=..., prompt=...)
    assert varied.content == json.dumps(varied.json(), indent=2).encode() + b"\n"
    assert varied.headers["access-control-allow-origin"] == "*"


def events(reply: httpx2.Response) -> list[tuple[str, str]]:
    """The names and the data of a stream; checks the framing on the way."""
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"
    found = []
    for piece in reply.text.removesuffix("\n\n").split("\n\n"):
        name, data = piece.split("\n")
        assert json.loads(data.removeprefix("data: "))["type"] == name.removeprefix("event: ")
        assert " " not in data.removeprefix("data: ")
        found.append((name.removeprefix("event: "), data.removeprefix("data: ")))
    return found


def test_a_stream_is_these_events(wire: Wire) -> None:
    sent = events(generate(wire, stream=True, partial_images=2, quality="low"))
    assert [name for name, _ in sent] == ["image_generation.partial_image"] * 2 + ["image_generation.completed"]
    shared = ["type", "b64_json", "created_at", "size", "quality", "background", "output_format"]
    assert [list(json.loads(data)) for _, data in sent] == [[*shared, "partial_image_index"]] * 2 + [[*shared, "usage"]]
    assert json.loads(sent[-1][1])["usage"] == {
        "input_tokens": 10,
        "input_tokens_details": {"image_tokens": 0, "text_tokens": 10},
        "output_tokens": 472,
        "total_tokens": 482,
    }
    edited = events(change(wire, {"image": PNG}, stream="true", partial_images="1", n="2"))
    assert [name for name, _ in edited] == ["image_edit.partial_image", "image_edit.completed"] * 2


def test_answers_and_events_are_what_the_document_describes(wire: Wire) -> None:
    found: list[str] = []
    for body in (
        {},
        {"model": "dall-e-2"},
        {"model": "dall-e-3"},
        {"model": "gpt-image-2", "size": "1536x864"},
        {"output_format": "webp", "n": 2},
    ):
        found += lines("createImage", "response", generate(wire, **body).text)
    for _, data in events(generate(wire, stream=True, partial_images=1)):
        found += lines("createImage", "events", data)
    found += lines("createImageEdit", "response", change(wire, {"image": PNG}).text)
    for _, data in events(change(wire, {"image": PNG}, stream="true", partial_images="1")):
        found += lines("createImageEdit", "events", data)
    found += lines("createImageVariation", "response", change(wire, {"image": PNG}, "variations", model=..., prompt=...).text)
    assert unexplained(found, [(r'/size: "1536x864" is not one of', "gpt-image-2 takes any size")]) == ([], [])


def test_an_address_is_the_one_the_client_called(wire: Wire) -> None:
    reply = generate(wire, model="dall-e-2", size="256x256", headers={"host": "api.example:8080"})
    assert reply.json()["data"][0]["url"].startswith("http://api.example:8080/_mock/shared/org-")


def test_two_projects_have_addresses_of_their_own(server: Server, wire: Wire) -> None:
    with Wire(server.base_url, "sk-another-project-of-images") as other:
        urls = [generate(one, model="dall-e-2", size="256x256").json()["data"][0]["url"] for one in (wire, wire, other)]
    assert len(set(urls)) == 3


def test_the_image_models_share_a_limit(wire: Wire) -> None:
    tier = {"x-mock-tier": "1"}
    wire.control("POST", "/_mock/clock", json={"freeze": True})
    assert generate(wire, tier, n=4).status_code == 200
    assert generate(wire, tier, model="gpt-image-1.5").status_code == 200
    reply = generate(wire, tier, model="gpt-image-2")
    assert reply.status_code == 429
    told = reply.json()["error"]
    assert told["message"].startswith("Rate limit reached for gpt-image-2 (for limit gpt-image) in organization org-")
    assert " on input-images per min: Limit 5, Used 5, Requested 1. Please try again in 12s. Visit " in told["message"]
    assert (told["type"], told["code"]) == ("input-images", "rate_limit_exceeded")
    assert not [name for name in reply.headers if name.startswith("x-ratelimit")]
    wire.advance("12s")
    assert generate(wire, tier, model="gpt-image-2").status_code == 200
    assert generate(wire, tier, n=6).json()["error"]["message"].startswith("Request too large for gpt-image-1 (for limit gpt-image)")
    # A model that stands in counts under its own limits.
    assert generate(wire, tier, model="gpt-4o-mini").status_code == 200


@pytest.mark.parametrize(("model", "tier", "limit"), [("dall-e-3", "1", 5), ("dall-e-3", "2", 7), ("dall-e-2", "free", 5)])
def test_dall_e_counts_pictures(wire: Wire, model: str, tier: str, limit: int) -> None:
    wire.control("POST", "/_mock/clock", json={"freeze": True})
    size = {"size": "256x256"} if model == "dall-e-2" else {}
    replies = [generate(wire, {"x-mock-tier": tier}, model=model, **size) for _ in range(limit + 1)]
    assert [reply.status_code for reply in replies] == [200] * limit + [429]
    assert f" on images per min: Limit {limit}, Used {limit}, Requested 1." in replies[-1].json()["error"]["message"]


def test_a_tier_without_the_model_has_no_access(wire: Wire) -> None:
    for options in ({}, {"model": ..., "background": "opaque"}, {"model": ..., "background": "opaque"}):
        reply = generate(wire, {"x-mock-tier": "free"}, **options)
        assert (reply.status_code, reply.json()["error"]["code"]) == (403, "model_not_found")


def test_strict_models_do_not_stand_in() -> None:
    with Server(Settings(port=0, model_checks="strict")) as mock, Wire(mock.base_url, "sk-x") as strict:
        assert error(generate(strict, model="gpt-4o-mini"))[0] == "The model 'gpt-4o-mini' does not exist."


def test_canned_mode_draws(canned: Wire) -> None:
    reply = canned.request("POST", "/images/generations", json={"prompt": "a boat", "background": "opaque"})
    assert base64.b64decode(reply.json()["data"][0]["b64_json"]).startswith(b"\x89PNG")
    edited = canned.request("POST", "/images/edits", data={"prompt": "a boat"}, files={"image": ("a.png", sample(), "image/png")})
    assert base64.b64decode(edited.json()["data"][0]["b64_json"]).startswith(b"\x89PNG")
