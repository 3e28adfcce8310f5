"""Content provenance checks through the official SDK: what the server made is known again, and nothing else is."""

from __future__ import annotations

import base64
import io
from typing import Any

import httpx2
import openai
import pytest
from openai import OpenAI
from PIL import Image

from tests.conftest import Wire
from tests.samples import png, silence


def results(client: OpenAI, content: bytes, name: str = "a.png") -> Any:
    made = client.content_provenance_checks.create(file=(name, content))
    assert made.object == "content_provenance_check"
    return {result.type: result for result in made.results}


def test_a_picture_that_was_made_here_is_known_again(client: OpenAI, wire: Wire) -> None:
    wire.control("POST", "/_mock/clock", json={"freeze": True, "set": "2027-01-01T00:00:00Z"})
    made = client.images.generate(model="gpt-image-1-mini", prompt="a red circle", size="1024x1024", quality="low").data
    assert made is not None and made[0].b64_json is not None
    content = base64.b64decode(made[0].b64_json)
    wire.advance("1h")
    found = results(client, content)
    assert found["c2pa"].to_dict() == {
        "type": "c2pa",
        "outcome": "detected",
        "validation_state": "trusted",
        "issuer": "OpenAI",
        "model": "gpt-image-1-mini",
        "generated_at": "2027-01-01T00:00:00Z",
    }
    assert (found["synthid"].outcome, found["synthid"].generated_at) == ("detected", "2027-01-01T00:00:00Z")
    # Who writes it anew loses what it told.
    again = io.BytesIO()
    Image.open(io.BytesIO(content)).save(again, "PNG")
    assert results(client, again.getvalue())["c2pa"].outcome == "not_detected"


def test_a_picture_behind_an_address_is_known_again(client: OpenAI) -> None:
    made = client.images.generate(model="dall-e-2", prompt="a red circle", size="256x256").data
    assert made is not None and made[0].url is not None
    assert results(client, httpx2.get(made[0].url).content)["c2pa"].outcome == "detected"


def test_a_picture_of_somebody_else_is_not(client: OpenAI) -> None:
    found = results(client, png())
    assert (found["c2pa"].outcome, found["c2pa"].validation_state, found["c2pa"].issuer) == ("not_detected", "not_present", None)
    assert (found["synthid"].outcome, found["synthid"].model) == ("not_detected", None)


def test_speech_is_known_and_silence_is_not(client: OpenAI) -> None:
    spoken = client.audio.speech.create(model="tts-1", voice="alloy", input="Good morning", response_format="wav").content
    assert {name: result.outcome for name, result in results(client, spoken, "a.wav").items()} == {"synthid": "detected"}
    assert results(client, silence(1.0), "a.wav")["synthid"].outcome == "not_detected"


def test_what_is_neither_is_refused(client: OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        results(client, b"a text", "a.txt")
    assert (caught.value.param, caught.value.code) == ("file", "invalid_value")
