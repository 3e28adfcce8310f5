"""The handle on a project: its address, its controls, its clients, and what it says when something is wrong."""

from __future__ import annotations

import builtins
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx2
import openai
import pytest

from mockapi import Server, Settings
from mockapi.testing import ControlError, Mock
from tests.conftest import MESSAGES
from tests.e2e.test_process import running


@pytest.fixture
def mock(server: Server, name: str) -> Mock:
    return server.project(name)


def said(client: openai.OpenAI) -> str | None:
    return (
        client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "Say hello"}]).choices[0].message.content
    )


def test_a_server_is_a_handle_on_its_own_project() -> None:
    with Server(Settings(port=0, tier="2")) as mock, mock.openai() as client:
        assert mock.base_url.endswith("/v1")
        assert said(client) == "Hello!"
        assert mock.usage()["tier"] == "2" and mock.usage()["days"]
        assert not mock.project().usage()["days"]


def test_projects_are_fresh_or_named(server: Server, name: str) -> None:
    assert server.project().api_key != server.project().api_key
    assert server.project(name, 1).usage()["tier"] == "1"
    assert server.project(name).usage()["tier"] == "5"
    server.project(name, "auto").pay(7)
    assert server.project(name, 3).usage()["paid"] == 7
    assert Mock(server.base_url, "sk-anything").project(name).usage()["paid"] == 7


def test_a_project_has_a_tier_and_a_name_that_there_are(server: Server) -> None:
    with pytest.raises(ValueError, match="tier: 9 is not one of free, 1, 2"):
        server.project("x", 9)
    for wrong in ("", "two words", "naïve", "line\nbreak"):
        with pytest.raises(ValueError, match="visible ASCII"):
            server.project(wrong)


def test_the_clock_moves(mock: Mock, server: Server) -> None:
    assert mock.clock.set("2030-01-01T00:00:00Z").year == 2030
    stood = mock.clock.freeze()
    assert mock.clock.now() == stood and stood.tzinfo is not None
    assert mock.clock.advance("24h") - stood == timedelta(hours=24)
    assert mock.clock.advance(timedelta(minutes=1)) - stood == timedelta(hours=24, minutes=1)
    assert mock.clock.advance(1.5) - stood == timedelta(hours=24, seconds=61.5)
    assert mock.clock.set(datetime(2031, 2, 3, tzinfo=UTC)) == datetime(2031, 2, 3, tzinfo=UTC)
    assert mock.clock.set(1_900_000_000).timestamp() == 1_900_000_000
    assert mock.clock.resume() < mock.clock.now()
    assert server.project(f"{mock.api_key}-other").clock.now().year < 2030


def test_jobs_paces_are_told_and_set(mock: Mock) -> None:
    assert {pace["mode"] for pace in mock.lifecycle().values()} == {"time"}
    told = mock.lifecycle("batch=polls:2,immediate")
    assert (told["batch"]["mode"], told["batch"]["polls"], told["fine_tuning.job"]["mode"]) == ("polls", 2, "immediate")
    told = mock.lifecycle(kind="batch", seconds={"in_progress": 9})
    assert (told["batch"]["mode"], told["batch"]["seconds"]["in_progress"]) == ("time", 9)
    told = mock.lifecycle("time", kind="fine_tuning.job", seconds={"running": 3})
    assert told["fine_tuning.job"]["seconds"]["running"] == 3 and told["batch"]["seconds"]["in_progress"] == 9
    for wrong in ("slow", "polls:many", "polls:0", "nobody=time"):
        with pytest.raises(ControlError):
            mock.lifecycle(wrong)


def test_starting_over_leaves_nothing(mock: Mock) -> None:
    with mock.openai() as client:
        client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "Say hello"}], store=True)
        mock.clock.freeze()
        mock.clock.advance("48h")
        mock.lifecycle("immediate")
        mock.reset()
        assert not list(client.chat.completions.list())
        assert mock.clock.now() > datetime.now(UTC) + timedelta(hours=47) and mock.lifecycle()["batch"]["mode"] == "immediate"
        mock.start_over()
        assert abs(mock.clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
        assert mock.clock.now() < mock.clock.now()
        assert mock.lifecycle()["batch"]["mode"] == "time" and not mock.usage()["days"]


def test_clients_ignore_accounts_of_the_environment(mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-the-machine")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-of-the-machine")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-real")
    with mock.openai(max_retries=3) as client:
        assert client.max_retries == 3
        said(client)
    assert mock.usage()["days"]


def test_a_missing_openai_package_is_told(mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    found = builtins.__import__

    def absent(name: str, *rest: Any, **named: Any) -> Any:
        if name == "openai":
            raise ModuleNotFoundError("No module named 'openai'")
        return found(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", absent)
    for client in (mock.openai, mock.async_openai):
        with pytest.raises(ImportError, match="pip install openai"):
            client()


def test_another_process_is_as_good() -> None:
    with running("--port", "0", "--tier", "1") as (_, base_url, _):
        mock = Mock(base_url.removesuffix("/v1") + "/", "sk-elsewhere")
        assert mock.base_url == base_url
        with mock.openai() as client:
            assert said(client) == "Hello!"
        assert mock.usage()["tier"] == "1"
        assert mock.project("x").api_key == "sk-mock-tier1-x"
        program = "import openai; print(openai.OpenAI().chat.completions.create(model='gpt-4o-mini', messages=" + repr(MESSAGES) + ").id)"
        done = subprocess.run([sys.executable, "-c", program], env={**os.environ, **mock.env}, capture_output=True, text=True, check=True)
        assert done.stdout.startswith("chatcmpl-")


def test_a_refused_control_says_which_and_why(mock: Mock) -> None:
    with pytest.raises(ControlError, match=r"POST /_mock/clock: advance: 'soon' is not a duration") as refused:
        mock.clock.advance("soon")
    assert (refused.value.status, refused.value.param) == (400, "advance")
    with pytest.raises(ControlError, match="pay: an amount in US dollars"):
        mock.pay(-1)


def test_a_key_that_is_refused_is_told(server: Server) -> None:
    with pytest.raises(ControlError, match="Incorrect API key") as refused:
        Mock(server.base_url, "sk-mock-invalid").usage()
    assert refused.value.status == 401


def test_nobody_at_the_address_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ControlError, match=f"no server answers at {address}/v1: ") as refused:
            Mock(address, "sk-x").usage()
    assert refused.value.status is None
    for wrong in ("127.0.0.1:8080", "ftp://x/v1", ""):
        with pytest.raises(ValueError, match="is no address"):
            Mock(wrong, "sk-x")


@pytest.fixture
def other_server() -> Iterator[str]:
    """Something on the web that is no mockapi."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404)
            self.end_headers()
            self.wfile.write(b"[]" if self.path == "/json/_mock/usage" else b"<html>nothing here</html>")

        def log_message(self, *_: object) -> None:
            """Nothing is told."""

    with HTTPServer(("127.0.0.1", 0), Page) as web:
        thread = threading.Thread(target=web.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{web.server_port}"
        web.shutdown()
        thread.join()


def test_another_server_at_the_address_is_told(other_server: str) -> None:
    with pytest.raises(ControlError, match=f"the answer is not JSON: is {other_server}/v1 a mockapi server") as refused:
        Mock(other_server, "sk-x").usage()
    assert refused.value.status == 404
    with pytest.raises(ControlError, match="status 404"):
        Mock(f"{other_server}/json", "sk-x").usage()


def test_two_hundred_projects_on_one_server_never_meet() -> None:
    """Each stores its own, is limited by its own calls and lives by its own clock, while all others do the same."""
    with Server() as server, httpx2.Client(timeout=60) as http, ThreadPoolExecutor(24) as pool:

        def live(number: int) -> tuple[list[str], str, list[str], int]:
            mock = server.project(f"p{number}", tier=1)
            mock.clock.freeze()
            mock.clock.set(1_800_000_000 + number * 86_400)
            headers = {"authorization": f"Bearer {mock.api_key}"}
            created, remaining = [], ""
            for turn in range(1 + number % 3):
                body = {"model": "gpt-4o-mini", "messages": MESSAGES, "store": True, "metadata": {"of": f"{number}/{turn}"}}
                reply = http.post(f"{mock.base_url}/chat/completions", json=body, headers=headers)
                assert reply.status_code == 200, reply.text
                created.append(reply.json()["id"])
                remaining = reply.headers["x-ratelimit-remaining-requests"]
                assert reply.json()["created"] == 1_800_000_000 + number * 86_400
            stored = http.get(f"{mock.base_url}/chat/completions", headers=headers).json()["data"]
            assert all(each["metadata"]["of"].split("/")[0] == str(number) for each in stored)
            spent = sum(model["requests"] for day in mock.usage()["days"] for model in day["models"])
            return created, remaining, [each["id"] for each in stored], spent

        lives = list(pool.map(live, range(200)))
    for number, (created, remaining, stored, spent) in enumerate(lives):
        assert sorted(created) == sorted(stored)
        assert spent == len(created) == 1 + number % 3
        assert int(remaining) == 10_000 - len(created)
    assert len({id for created, *_ in lives for id in created}) == sum(len(created) for created, *_ in lives)
