"""Who may use the controls: all, nobody, or who knows their key; and by default nobody who is elsewhere."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator

import httpx2
import pytest

from mockapi import Server, Settings
from mockapi.settings import SettingsError, load
from mockapi.testing import ControlError, Mock
from tests.conftest import Wire

KEY = "open-sesame"
CONTROLS = [
    ("GET", "/_mock/clock"), ("POST", "/_mock/clock"), ("POST", "/_mock/reset"), ("GET", "/_mock/journal"), ("GET", "/_mock/journal/feed"),
    ("GET", "/_mock/journal.har"), ("GET", "/_mock/scenarios"), ("GET", "/_mock/verdict"), ("DELETE", "/_mock/webhooks"),
]  # fmt: skip


@pytest.fixture(scope="module")
def keyed() -> Iterator[Server]:
    with Server(Settings(port=0, controls=f"key:{KEY}")) as made:
        yield made


@pytest.fixture(scope="module")
def closed() -> Iterator[Server]:
    with Server(Settings(port=0, controls="closed")) as made:
        yield made


@pytest.mark.parametrize(("method", "path"), CONTROLS)
def test_closed_controls_are_not_there(closed: Server, method: str, path: str) -> None:
    with Wire(closed.base_url, "sk-a") as wire:
        answer = wire.control(method, path)
        assert answer.status_code == 404
        told = {"message": f"Invalid URL ({method} {path})", "type": "invalid_request_error", "param": None, "code": None}
        assert answer.json() == {"error": told}
        assert wire.control("GET", "/health").status_code == wire.chat().status_code == 200


@pytest.mark.parametrize(("method", "path"), CONTROLS)
@pytest.mark.parametrize("sent", [{}, {"x-mock-controls-key": "open"}, {"x-mock-controls-key": ""}, {"authorization": f"Bearer {KEY}"}])
def test_locked_controls_want_their_key(keyed: Server, method: str, path: str, sent: dict[str, str]) -> None:
    with Wire(keyed.base_url, "sk-a") as wire:
        answer = wire.control(method, path, headers=sent)
        assert answer.status_code == 401
        error = answer.json()["error"]
        assert error["message"] == "the controls of this server need their key, in the header x-mock-controls-key"
        assert error["type"] == "mock_error"


def test_a_key_that_is_no_ascii_is_a_wrong_one(keyed: Server) -> None:
    answer = httpx2.get(f"{keyed.base_url.removesuffix('/v1')}/_mock/clock", headers={b"x-mock-controls-key": b"\xff\xfe"})
    assert answer.status_code == 401


def test_who_knows_the_key_controls(keyed: Server) -> None:
    with Wire(keyed.base_url, "sk-a") as wire:
        assert wire.control("POST", "/_mock/clock", json={"advance": "1h"}, headers={"x-mock-controls-key": KEY}).status_code == 200


@pytest.mark.parametrize("kind", ["keyed", "closed"])
def test_addresses_of_pictures_stay_open(kind: str, request: pytest.FixtureRequest) -> None:
    server: Server = request.getfixturevalue(kind)
    with server.openai() as client:
        made = client.images.generate(model="dall-e-2", prompt="a cat", size="256x256")
    assert made.data is not None and made.data[0].url is not None
    assert httpx2.get(made.data[0].url).content.startswith(b"\x89PNG")


def test_the_key_is_masked_in_the_journal(keyed: Server) -> None:
    mock = keyed.project("masked")
    with mock.openai(default_headers={"x-mock-controls-key": KEY}) as client:
        client.models.retrieve("gpt-4o-mini")
    assert KEY not in str(mock.journal.calls())


def test_a_handle_has_the_key_of_its_server_and_of_the_environment(keyed: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    project = keyed.project("handled")
    project.start_over()
    assert project.usage()["tier"] == "5"
    with pytest.raises(ControlError, match="need their key"):
        Mock(keyed.base_url, "sk-a").usage()
    assert Mock(keyed.base_url, "sk-a", KEY).usage()
    monkeypatch.setenv("MOCKAPI_CONTROLS", f"key:{KEY}")
    assert Mock(keyed.base_url, "sk-a").usage()


def test_the_command_line_has_it_too(keyed: Server) -> None:
    command = [sys.executable, "-m", "mockapi", "verdict", "--url", keyed.base_url, "--key", "sk-nobody"]
    assert subprocess.run(command, capture_output=True, timeout=30, check=False).returncode != 0
    assert subprocess.run([*command, "--controls-key", KEY], capture_output=True, timeout=30, check=False).returncode == 0


def test_it_works_with_the_plugin(keyed: Server, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKAPI_CONTROLS", f"key:{KEY}")
    pytester.makepyfile("def test_clock(mockapi): mockapi.clock.advance('1h')")
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "--mockapi-url", keyed.base_url)
    result.assert_outcomes(passed=1)


@pytest.mark.parametrize("given", ["shut", "key:", "key:a b", "key:\u00e9"])
def test_what_cannot_be_meant_is_refused(given: str) -> None:
    with pytest.raises(SettingsError, match="--controls"):
        load({"controls": given}, {}, None)


def test_nobody_elsewhere_reaches_a_server_that_was_told_nothing() -> None:
    assert Settings().host == "127.0.0.1"
    with Server(Settings(port=0)) as server:
        port = int(server.base_url.rsplit(":", 1)[1].removesuffix("/v1"))
        # All of 127.0.0.0/8 is this machine; the server listens at one address of it.
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port), timeout=5)
