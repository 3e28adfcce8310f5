"""The transport without a socket: the same server, for clients with `await` and without."""

from __future__ import annotations

import asyncio
import sys
import threading
import types
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest
from openai import APIConnectionError, APITimeoutError, AsyncOpenAI, NotFoundError, OpenAI

from mockapi import Server, Settings
from mockapi.testing import inside, transport

BASE_URL = "http://mockapi/v1"
RIVERS = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Tell me about rivers"}]}


def client(inner: Any, **options: Any) -> OpenAI:
    return OpenAI(base_url=BASE_URL, api_key="sk-inside", max_retries=0, http_client=httpx2.Client(transport=inner), **options)


def async_client(inner: Any, **options: Any) -> AsyncOpenAI:
    return AsyncOpenAI(base_url=BASE_URL, api_key="sk-inside", max_retries=0, http_client=httpx2.AsyncClient(transport=inner), **options)


def text(client: OpenAI) -> str | None:
    messages = client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "Tell me about rivers"}])
    return messages.choices[0].message.content


def test_answers_are_those_of_a_socket() -> None:
    settings = Settings(port=0, clock="2030-01-01T00:00:00Z")
    headers = {"authorization": "Bearer sk-inside", "content-type": "application/json", "host": "mockapi"}
    with Server(settings) as server, httpx2.Client(transport=transport(settings)) as within, httpx2.Client() as outside:
        for method, path, body in (
            ("POST", "/v1/chat/completions", RIVERS),
            ("POST", "/v1/chat/completions", {**RIVERS, "stream": True}),
            ("POST", "/v1/chat/completions", {"model": "none", "messages": []}),
            ("GET", "/v1/models?limit=%31", None),
            ("GET", "/v1/files/a%2Fb", None),
            ("GET", "/v1/nowhere", None),
            ("DELETE", "/v1/chat/completions", None),
            ("GET", "/_mock/clock", None),
        ):
            replies = [
                http.request(method, root + path, json=body, headers=headers)
                for http, root in ((within, "http://mockapi"), (outside, server.base_url.removesuffix("/v1")))
            ]
            assert replies[0].status_code == replies[1].status_code
            assert replies[0].content == replies[1].content
            told = [{name: value for name, value in reply.headers.items() if name != "transfer-encoding"} for reply in replies]
            assert told[0] == told[1]


def test_both_kinds_of_clients_meet_the_same_worlds_from_any_loop() -> None:
    inner = transport()

    async def ask() -> str:
        http = async_client(inner)
        stream = await http.chat.completions.create(
            model="gpt-4o-mini", messages=[{"role": "user", "content": "Say hello"}], stream=True, store=True
        )
        return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    assert [asyncio.run(ask()), asyncio.run(ask())] == ["Hello!", "Hello!"]
    with client(inner) as http:
        assert len(list(http.chat.completions.list())) == 2
        created = http.files.create(file=("a.jsonl", b'{"a": 1}\n' * 100_000), purpose="batch")
        assert http.files.content(created.id).read() == b'{"a": 1}\n' * 100_000
        with pytest.raises(NotFoundError):
            http.files.retrieve("file-none")
    with client(transport()) as http:
        assert not list(http.chat.completions.list())


def test_many_threads_ask_at_once() -> None:
    inner = transport()
    with client(inner) as http, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: text(http), range(64)))
    assert len(set(answers)) == 1
    with httpx2.Client(transport=inner, headers={"authorization": "Bearer sk-inside"}) as http_client:
        days = http_client.get("http://mockapi/_mock/usage").json()["days"]
    assert [model["requests"] for day in days for model in day["models"]] == [64]


def test_streams_come_piece_by_piece_and_may_be_left() -> None:
    inner = transport(Settings(latency="tokens_per_second=50"))
    with httpx2.Client(transport=inner, headers={"authorization": "Bearer sk-inside"}) as http:
        with http.stream("POST", f"{BASE_URL}/chat/completions", json={**RIVERS, "stream": True, "store": True}) as reply:
            pieces = reply.iter_raw()
            assert next(pieces).startswith(b"data: ") and b"[DONE]" not in next(pieces)
        assert http.get(f"{BASE_URL}/chat/completions").json()["data"] == []

        async def leave() -> int:
            body = {**RIVERS, "stream": True, "store": True}
            async with (
                httpx2.AsyncClient(transport=inner, headers=http.headers) as one,
                one.stream("POST", f"{BASE_URL}/chat/completions", json=body) as reply,
            ):
                async for piece in reply.aiter_raw():
                    return len(piece)
            return 0

        assert asyncio.run(leave()) > 0
        assert http.get(f"{BASE_URL}/chat/completions").json()["data"] == []


@pytest.mark.parametrize("fault", ["reset", "empty", "cut:20"])
def test_a_connection_that_breaks_off_is_an_error_of_the_library(fault: str) -> None:
    inner = transport()
    with client(inner) as http, pytest.raises(APIConnectionError):
        http.chat.completions.create(
            model="gpt-4o-mini", messages=[{"role": "user", "content": "Say hello"}], extra_headers={"x-mock-fault": fault}
        )

    async def ask() -> None:
        async with async_client(inner) as http:
            made = await http.chat.completions.create(
                model="gpt-4o-mini",
                messages=[{"role": "user", "content": "Say hello"}],
                stream=True,
                extra_headers={"x-mock-fault": "cut:2"},
            )
            async for _ in made:
                pass

    with pytest.raises((APIConnectionError, httpx2.RemoteProtocolError)):
        asyncio.run(ask())


def test_a_client_that_does_not_wait_is_told() -> None:
    inner = transport(Settings(latency="tokens_per_second=0.2"))
    with client(inner, timeout=0.05) as http, pytest.raises((APITimeoutError, httpx2.ReadTimeout)):
        for _ in http.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "Say hello"}], stream=True):
            pass

    async def ask() -> None:
        async with async_client(inner, timeout=0.05) as http:
            async for _ in await http.chat.completions.create(
                model="gpt-4o-mini", messages=[{"role": "user", "content": "Say hello"}], stream=True
            ):
                pass

    with pytest.raises((APITimeoutError, httpx2.ReadTimeout)):
        asyncio.run(ask())


def test_what_the_application_raises_reaches_the_caller() -> None:
    inner = transport()

    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise RuntimeError("broken")

    inner._app = broken
    with httpx2.Client(transport=inner) as http, pytest.raises(RuntimeError, match="broken"):
        http.get(BASE_URL)

    async def ask() -> None:
        async with httpx2.AsyncClient(transport=inner) as http:
            await http.get(BASE_URL)

    with pytest.raises(RuntimeError, match="broken"):
        asyncio.run(ask())


def test_all_applications_share_one_thread() -> None:
    for _ in range(3):
        with client(transport()) as http:
            text(http)
    assert [thread.name for thread in threading.enumerate()].count("mockapi-inside") == 1


def test_the_library_is_the_one_that_the_package_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    assert inside._library() is httpx2

    def use(*present: str) -> None:
        inside._library.cache_clear()
        for name in ("openai", "httpx2", "httpx"):
            monkeypatch.setitem(sys.modules, name, types.ModuleType(name) if name in present else None)

    try:
        use("httpx2", "httpx")
        assert inside._library().__name__ == "httpx2"
        use("httpx")
        assert inside._library().__name__ == "httpx"
        use("openai", "httpx", "httpx2")
        older = type("Client", (), {"__module__": "httpx._client"})
        monkeypatch.setattr(sys.modules["openai"], "DefaultHttpxClient", type("Default", (older,), {}), raising=False)
        assert inside._library().__name__ == "httpx"
        use()
        with pytest.raises(ImportError, match="pip install openai"):
            transport()
    finally:
        inside._library.cache_clear()
