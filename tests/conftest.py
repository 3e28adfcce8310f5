"""What the tests share: one server for the session, and for each test a key, that is a world, of its own."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

import httpx2
import pytest
from openai import AsyncOpenAI, DefaultAsyncHttpxClient, DefaultHttpxClient, OpenAI

from mockapi import Server, Settings
from tests.redis_server import RedisServer

# What runs pytest inside a test.
pytest_plugins = ["pytester"]

# One for all clients: each would read the certificates of the world anew, which takes longer than most tests.
TLS = ssl.create_default_context()
MESSAGES = [{"role": "user", "content": "Say hello"}]


class Wire:
    """A plain HTTP client with a key, for what the SDK hides."""

    def __init__(self, base_url: str, key: str) -> None:
        self.base_url = base_url
        self.key = key
        self.http = httpx2.Client(
            headers={"authorization": f"Bearer {key}", "openai-beta": "assistants=v2, chatkit_beta=v1"}, timeout=30, verify=TLS
        )

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def request(self, method: str, path: str, **options: Any) -> httpx2.Response:
        return self.http.request(method, f"{self.base_url}{path}", **options)

    def chat(self, headers: dict[str, str] | None = None, **body: Any) -> httpx2.Response:
        """A chat call; `model` and `messages` have defaults, a value of ... leaves a key out."""
        whole = {"model": "gpt-4o-mini", "messages": MESSAGES, **body}
        sent = {name: value for name, value in whole.items() if value is not ...}
        return self.request("POST", "/chat/completions", json=sent, headers=headers)

    def control(self, method: str, path: str, **options: Any) -> httpx2.Response:
        return self.http.request(method, f"{self.base_url.removesuffix('/v1')}{path}", **options)

    def advance(self, duration: str) -> None:
        assert self.control("POST", "/_mock/clock", json={"advance": duration}).status_code == 200


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A real Redis of this process's own."""
    with RedisServer() as running:
        yield running


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    # Worlds that no test comes back to are let go, or what they hold would slow all others down.
    with Server(Settings(port=0, max_worlds=100)) as mock:
        yield mock


@pytest.fixture(scope="session")
def canned_server() -> Iterator[Server]:
    with Server(Settings(port=0, mode="canned")) as mock:
        yield mock


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A project name that belongs to this test alone."""
    return blake2b(request.node.nodeid.encode(), digest_size=6).hexdigest()


@pytest.fixture
def key(name: str) -> str:
    return f"sk-{name}"


@pytest.fixture
def client(server: Server, key: str, name: str) -> Iterator[OpenAI]:
    http = DefaultHttpxClient(verify=TLS)
    with OpenAI(base_url=server.base_url, api_key=key, admin_api_key=f"sk-admin-{name}", max_retries=0, http_client=http) as made:
        yield made


@pytest.fixture
def async_client(server: Server, key: str) -> AsyncOpenAI:
    return AsyncOpenAI(base_url=server.base_url, api_key=key, max_retries=0, http_client=DefaultAsyncHttpxClient(verify=TLS))


@pytest.fixture
def wire(server: Server, key: str) -> Iterator[Wire]:
    with Wire(server.base_url, key) as made:
        yield made


@pytest.fixture
def canned(canned_server: Server, key: str) -> Iterator[Wire]:
    with Wire(canned_server.base_url, key) as made:
        yield made
