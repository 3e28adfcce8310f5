"""Nothing that a client of the API sends makes the server read a file of its machine or contact an address."""

from __future__ import annotations

import copy
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mockapi.resources import everything
from tests.samples import REQUESTS, path_of
from tests.soak.watched import Watched, watched

SECRET = "canary-3f9a1c"
OPERATIONS = everything()


class Listener:
    """Somebody who must not be contacted."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.contacts = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                peer, _ = self._socket.accept()
            except OSError:
                return
            self.contacts += 1
            peer.close()

    def close(self) -> None:
        self._socket.close()


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


@pytest.fixture(scope="module")
def canary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("canary") / "secret.txt"
    file.write_text(f"{SECRET}\n" * 10)
    return file


@pytest.fixture(scope="module")
def server() -> Iterator[Watched]:
    with watched("--tier", "unlimited", "--lifecycle", "immediate") as made:
        yield made


def _changed(value: Any, told: str) -> Iterator[Any]:
    """A value with each of its texts in turn replaced by another."""
    if isinstance(value, str):
        yield told
    elif isinstance(value, dict):
        for name, member in value.items():
            for changed in _changed(member, told):
                yield {**value, name: changed}
    elif isinstance(value, list):
        for place, member in enumerate(value):
            for changed in _changed(member, told):
                yield [*value[:place], changed, *value[place + 1 :]]


@pytest.mark.parametrize("operation", sorted(name for name, declared in OPERATIONS.items() if name in REQUESTS))
def test_no_text_of_a_request_is_a_place_to_look_at(server: Watched, listener: Listener, canary: Path, operation: str) -> None:
    declared, sample = OPERATIONS[operation], REQUESTS[operation]
    path = f"{server.base_url}{path_of(declared)}"
    headers = {"openai-beta": "assistants=v2, chatkit_beta=v1"}
    for told in (str(canary), f"file://{canary}", f"http://127.0.0.1:{listener.port}/x", f"@{canary}"):
        for part in ("json", "data"):
            for changed in _changed(sample.get(part), told):
                answer = server.http.request(declared.method, path, headers=headers, **{**copy.copy(sample), part: changed})
                assert answer.status_code < 500
                assert SECRET.encode() not in answer.content
        for field in sample.get("files", {}):
            named = {**sample["files"], field: (told, b"{}")} if isinstance(sample["files"], dict) else sample["files"]
            answer = server.http.request(declared.method, path, headers=headers, **{**sample, "files": named})
            assert SECRET.encode() not in answer.content
    assert listener.contacts == 0


def _places(told: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """Where requests of the API name addresses, on purpose."""
    user = {"role": "user"}
    return {
        "image_url": ("/chat/completions", {"messages": [{**user, "content": [{"type": "image_url", "image_url": {"url": told}}]}]}),
        "input_image": ("/responses", {"input": [{**user, "content": [{"type": "input_image", "image_url": told}]}]}),
        "input_file": ("/responses", {"input": [{**user, "content": [{"type": "input_file", "file_url": told}]}]}),
        "mcp": (
            "/responses",
            {"input": "hi", "tools": [{"type": "mcp", "server_label": "a", "server_url": told, "require_approval": "never"}]},
        ),
        "web_search": ("/responses", {"input": f"Open {told}", "tools": [{"type": "web_search"}], "tool_choice": "required"}),
        "audio": ("/chat/completions", {"messages": [{**user, "content": [{"type": "input_audio", "input_audio": {"data": told}}]}]}),
        "file_data": ("/chat/completions", {"messages": [{**user, "content": [{"type": "file", "file": {"file_data": told}}]}]}),
        "moderation": ("/moderations", {"input": [{"type": "image_url", "image_url": {"url": told}}], "model": "omni-moderation-latest"}),
        "edit": ("/images/edits", {"images": [{"image_url": told}], "prompt": "x", "model": "gpt-image-1"}),
        "schema": (
            "/chat/completions",
            {
                "messages": [{**user, "content": "hi"}],
                "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {"$ref": told, "$schema": told}}},
            },
        ),
        "grammar": (
            "/responses",
            {
                "model": "gpt-5",
                "input": "hi",
                "tools": [
                    {"type": "custom", "name": "x", "format": {"type": "grammar", "syntax": "lark", "definition": f"%import {told}"}}
                ],
            },
        ),
    }


@pytest.mark.parametrize("place", _places(""))
def test_no_address_in_a_request_is_contacted(server: Watched, listener: Listener, canary: Path, place: str) -> None:
    for scheme in ("http", "https", "ftp", "ws"):
        for told in (f"{scheme}://127.0.0.1:{listener.port}/a.png", f"{scheme}://user:x@localhost:{listener.port}/1024x1024.pdf"):
            path, body = _places(told)[place]
            answer = server.http.post(f"{server.base_url}{path}", json={"model": "gpt-4o-mini", **body})
            assert answer.status_code < 500, answer.text
    for told in (f"file://{canary}", str(canary), f"/../../../..{canary}", f"data:text/plain,{canary}"):
        path, body = _places(told)[place]
        answer = server.http.post(f"{server.base_url}{path}", json={"model": "gpt-4o-mini", **body})
        assert answer.status_code < 500 and SECRET not in answer.text
    assert listener.contacts == 0


@pytest.mark.parametrize("lead", ["/files/", "/containers/", "/skills/", "/vector_stores/", "/videos/", "/models/", "/_mock/shared/"])
def test_no_id_is_a_path(server: Watched, canary: Path, lead: str) -> None:
    root = server.root if lead.startswith("/_mock") else server.base_url
    plain, quoted = str(canary), str(canary).replace("/", "%2F")
    for id in (f"..%2F..%2F..%2F..{quoted}", f"%2e%2e{plain}", f"../../..{plain}", f"%00{quoted}", f"..%5c..{quoted}", quoted):
        for end in ("", "/content"):
            answer = server.http.get(f"{root}{lead}{id}{end}")
            assert 400 <= answer.status_code < 500
            assert SECRET not in answer.text


def test_told_to_it_does_contact_an_address(server: Watched, listener: Listener) -> None:
    """What the tests above would see: a webhook, which somebody asked the mock itself for."""
    before = listener.contacts
    url = f"http://127.0.0.1:{listener.port}/hook"
    assert server.http.post(f"{server.root}/_mock/webhooks", json={"url": url}).status_code == 200
    made = server.http.post(f"{server.base_url}/responses", json={"model": "gpt-4o-mini", "input": "hi", "background": True}).json()
    assert server.http.get(f"{server.base_url}/responses/{made['id']}").status_code == 200
    deadline = threading.Event()
    for _ in range(100):
        if listener.contacts > before:
            break
        deadline.wait(0.05)
    assert listener.contacts > before
