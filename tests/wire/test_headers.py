"""Headers and layout of answers, as bytes on the wire (api-facts A.1 to A.3)."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.conftest import Wire
from tests.samples import REQUESTS

HANDLED = {
    "date", "server", "cf-cache-status", "cf-ray", "strict-transport-security", "x-content-type-options", "x-openai-proxy-wasm",
    "openai-version", "openai-processing-ms", "openai-organization", "openai-project", "x-request-id", "access-control-expose-headers",
}  # fmt: skip
LIMITS = {f"x-ratelimit-{what}-{kind}" for what in ("limit", "remaining", "reset") for kind in ("requests", "tokens")}


def test_a_whole_answer_carries_the_handlers_and_the_limits_headers(wire: Wire) -> None:
    reply = wire.chat()
    assert reply.status_code == 200
    assert set(reply.headers) == HANDLED | LIMITS | {"content-type", "content-length"}
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["openai-version"] == "2020-10-01"
    assert re.fullmatch(r"req_[0-9a-f]{32}", reply.headers["x-request-id"])
    assert re.fullmatch(r"proj_[0-9A-Za-z]{24}", reply.headers["openai-project"])
    assert re.fullmatch(r"[0-9a-f]{16}-[A-Z]{3}", reply.headers["cf-ray"])
    assert reply.headers["openai-processing-ms"].isdigit()
    assert reply.headers["x-ratelimit-limit-requests"] == "30000"
    assert reply.headers["x-ratelimit-remaining-requests"] == "29999"
    assert reply.headers["x-ratelimit-reset-requests"] == "2ms"


def test_a_stream_carries_the_same_headers(wire: Wire) -> None:
    reply = wire.chat(stream=True)
    assert set(reply.headers) == HANDLED | LIMITS | {"content-type", "transfer-encoding"}
    assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"


@pytest.mark.parametrize(("method", "path"), [("GET", "/models"), ("GET", "/models/gpt-4o-mini"), ("GET", "/chat/completions")])
def test_what_is_not_metered_has_no_limit_headers(wire: Wire, method: str, path: str) -> None:
    reply = wire.request(method, path)
    assert reply.status_code == 200
    own = {"access-control-allow-origin"} if path.startswith("/models") else set()
    own |= set() if path == "/models" else {"openai-project"}
    assert set(reply.headers) == HANDLED - {"openai-project"} | {"content-type", "content-length"} | own


def test_a_whole_answer_is_pretty_with_a_final_newline_and_raw_unicode(wire: Wire) -> None:
    reply = wire.chat(messages=[{"role": "user", "content": "Say naïve 🙂"}])
    assert reply.content == json.dumps(reply.json(), indent=2, ensure_ascii=False).encode() + b"\n"
    assert list(reply.json()) == ["id", "object", "created", "model", "choices", "usage", "service_tier", "system_fingerprint"]


def test_stored_completions_are_pretty_without_a_final_newline(wire: Wire) -> None:
    assert wire.chat(store=True).status_code == 200
    reply = wire.request("GET", "/chat/completions")
    assert reply.content == json.dumps(reply.json(), indent=2, ensure_ascii=False).encode()
    row = reply.json()["data"][0]
    assert list(row) == [
        "object", "id", "model", "created", "request_id", "tool_choice", "usage", "seed", "top_p", "temperature", "presence_penalty",
        "frequency_penalty", "system_fingerprint", "input_user", "service_tier", "tools", "metadata", "choices", "response_format",
    ]  # fmt: skip
    assert list(row["usage"]) == ["total_tokens", "completion_tokens", "prompt_tokens"]


def test_identifiers_have_the_apis_forms_and_the_ids_time_is_created(wire: Wire) -> None:
    made = wire.chat().json()
    assert re.fullmatch(r"chatcmpl-[0-9A-Za-z]{29}", made["id"])
    assert re.fullmatch(r"fp_[0-9a-f]{10}", made["system_fingerprint"])
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    seconds = 0
    for character in made["id"][9:14]:
        seconds = seconds * 62 + digits.index(character)
    assert seconds + 1_576_800_000 == made["created"]


def test_two_equal_calls_differ_only_in_identifiers(wire: Wire) -> None:
    first, second = wire.chat().json(), wire.chat().json()
    assert first["id"] != second["id"]
    for name in ("choices", "usage", "model", "system_fingerprint"):
        assert first[name] == second[name]


def test_paths_work_without_the_version_and_with_the_beta_query(wire: Wire) -> None:
    bare = wire.base_url.removesuffix("/v1")
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Say hello"}]}
    assert wire.http.post(f"{bare}/chat/completions", json=body).status_code == 200
    assert wire.http.post(f"{wire.base_url}/chat/completions?beta=true", json=body).status_code == 200


def test_edge_errors_are_laid_out_with_four_spaces_and_say_little(wire: Wire) -> None:
    reply = wire.chat(model="no-such-model")
    assert reply.content == json.dumps(reply.json(), indent=4).encode() + b"\n"
    assert reply.headers["content-type"] == "application/json; charset=utf-8"
    assert reply.headers["vary"] == "Origin"
    assert not any(name.startswith(("openai-", "x-ratelimit")) for name in reply.headers)


def test_handler_errors_are_laid_out_with_two_spaces_and_no_newline(wire: Wire) -> None:
    reply = wire.chat(temperature=3)
    assert reply.content == json.dumps(reply.json(), indent=2).encode()
    assert reply.headers["content-type"] == "application/json"
    assert "openai-organization" in reply.headers
    assert not any(name.startswith("x-ratelimit") for name in reply.headers)


def test_the_quota_error_is_the_recorded_337_bytes(wire: Wire) -> None:
    reply = wire.chat(headers={"authorization": "Bearer sk-mock-noquota"})
    assert reply.status_code == 429
    assert len(reply.content) == 337
    assert not any(name.startswith(("openai-", "x-ratelimit", "retry-after")) for name in reply.headers)


def test_the_list_of_models_names_no_project_and_is_for_any_origin(wire: Wire) -> None:
    listed = wire.request("GET", "/models").headers
    assert "openai-project" not in listed and "openai-organization" in listed
    assert listed["access-control-allow-origin"] == "*"
    one = wire.request("GET", "/models/gpt-4o").headers
    assert "openai-project" in one and one["access-control-allow-origin"] == "*"


def test_files_and_uploads_are_for_any_origin_and_expose_one_header(wire: Wire) -> None:
    made = wire.request("POST", "/files", **REQUESTS["createFile"])
    place = f"/files/{made.json()['id']}"
    for reply in (
        made,
        wire.request("GET", "/files"),
        wire.request("GET", place),
        wire.request("GET", f"{place}/content"),
        wire.request("GET", "/files/x"),
    ):
        assert reply.headers["access-control-allow-origin"] == "*"
        assert reply.headers["access-control-expose-headers"] == "CF-Ray"
    assert wire.request("POST", "/uploads", json={}).headers["access-control-allow-origin"] == "*"


def test_images_look_at_keys_themselves(wire: Wire) -> None:
    refused = wire.request("POST", "/images/generations", **REQUESTS["createImage"], headers={"authorization": "Bearer sk-mock-invalid"})
    assert refused.status_code == 401 and refused.json()["error"]["code"] == "invalid_api_key"
    assert refused.headers["www-authenticate"] == 'Bearer realm="OpenAI API"'
    assert refused.headers["content-type"] == "application/json" and "vary" not in refused.headers
    assert refused.text.startswith('{\n  "error"') and not refused.text.endswith("\n")
    assert refused.headers["openai-version"] == "2020-10-01" and "openai-organization" not in refused.headers
    assert "x-openai-proxy-wasm" not in refused.headers
    assert "x-openai-proxy-wasm" not in wire.request("POST", "/images/generations", json={}).headers


def test_faults_of_embeddings_are_charged_and_tell_the_limits(wire: Wire) -> None:
    changes: list[dict[str, Any]] = [{"dimensions": -42}, {"input": ""}, {"encoding_format": "x"}, {"dimensions": 4000}]
    for number, change in enumerate(changes, 1):
        reply = wire.request(
            "POST", "/embeddings", json={"model": "text-embedding-3-small", "input": "a", **change}, headers={"x-mock-tier": "1"}
        )
        assert reply.status_code == 400
        assert 3000 - number <= int(reply.headers["x-ratelimit-remaining-requests"]) < 3000
    assert not any(
        name.startswith("x-ratelimit") for name in wire.request("POST", "/embeddings", json={"model": "nobody", "input": "a"}).headers
    )
