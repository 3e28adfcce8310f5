"""The pytest plugin: a server for the session, a project for each test. What it needs is imported when a test first asks for it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Generator, Iterator
from hashlib import blake2b
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from openai import AsyncOpenAI, OpenAI

    from mockapi.settings import Settings
    from mockapi.testing.marks import Mark
    from mockapi.testing.mock import Mock

_MARK = (
    "mockapi(tier=, scenarios=, clock=, lifecycle=, seed=, mode=): what the test's project is like: its usage tier, its scenarios (a list "
    "or a file), the ISO date-time at which its clock stands, how its jobs move; seed and mode start a server of their own for the session."
)
# These name a world beside the key's.
_OTHER_NAMES = ("OPENAI_ORG_ID", "OPENAI_ORGANIZATION", "OPENAI_PROJECT_ID")
_mark: pytest.StashKey[Mark] = pytest.StashKey()
_mock: pytest.StashKey[Mock] = pytest.StashKey()
_used: pytest.StashKey[set[tuple[str, str]]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("mockapi", "a local server that emulates the OpenAI API")
    group.addoption("--mockapi-url", metavar="URL", help="Use the mockapi server that runs at this base URL instead of starting one.")
    parser.addini("mockapi_url", "The base URL of a running mockapi server to use instead of starting one.")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", _MARK)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A marked test has the fixture, whether or not it names it."""
    for item in items:
        if isinstance(item, pytest.Function) and item.get_closest_marker("mockapi") is not None and "mockapi" not in item.fixturenames:
            # First, since other fixtures may make clients; a list of its own, since items of one function share theirs.
            item.fixturenames = ["mockapi", *item.fixturenames]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Read the marks before anything is set up for a test whose marks are wrong."""
    marks = list(item.iter_markers("mockapi"))
    if not marks:
        return
    from mockapi.testing.marks import MarkError, read

    try:
        item.stash[_mark] = read([(mark.args, mark.kwargs) for mark in reversed(marks)], item.path.parent)
    except MarkError as fault:
        pytest.fail(f"@pytest.mark.mockapi: {fault}", pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell what a failed test called."""
    report = yield
    mock = item.stash.get(_mock, None)
    if mock is not None and report.when == "call" and report.failed:
        from mockapi.testing.controls import ControlError
        from mockapi.testing.journal import listed

        # A server may be gone by now, or keep no journal.
        with contextlib.suppress(ControlError):
            report.sections.append(("mockapi calls", listed(mock.journal.calls())))
    return report


@pytest.fixture(scope="session")
def mockapi_server(request: pytest.FixtureRequest) -> Iterator[Mock]:
    """The session's server: `.project(name)` opens a project on it. With xdist each worker has one."""
    url = request.config.getoption("mockapi_url") or request.config.getini("mockapi_url")
    if url:
        yield _running(url)
        return
    from mockapi.server import Server

    with Server() as server:
        yield server


def _running(url: str) -> Mock:
    from mockapi.testing.controls import ControlError
    from mockapi.testing.mock import Mock

    try:
        mock = Mock(url, "sk-mock-default")
        mock.controls.get("/health")
    except (ValueError, ControlError) as fault:
        pytest.fail(f"--mockapi-url: {fault}", pytrace=False)
    return mock


@pytest.fixture(scope="session")
def _mockapi_servers() -> Iterator[Callable[[Settings], Mock]]:
    """Servers for settings that a project cannot have, each started once."""
    from mockapi.server import Server

    started: dict[Settings, Mock] = {}
    with contextlib.ExitStack() as running:

        def serve(settings: Settings) -> Mock:
            if settings not in started:
                started[settings] = running.enter_context(Server(settings))
            return started[settings]

        yield serve


@pytest.fixture
def mockapi(request: pytest.FixtureRequest) -> Iterator[Mock]:
    """A project of the test's own, and the environment by which clients find it."""
    from mockapi.testing.marks import Mark
    from mockapi.testing.mock import Mock

    mark = request.node.stash.get(_mark, Mark())
    own = mark.server
    server: Mock = request.getfixturevalue("mockapi_server") if own is None else request.getfixturevalue("_mockapi_servers")(own)
    mock = server.project(_named(request.node), mark.tier)
    used = request.config.stash.setdefault(_used, set())
    # A server that runs elsewhere may have seen this test before; one of ours has, where the test is run again.
    if type(server) is Mock or (mock.base_url, mock.api_key) in used:
        mock.start_over()
    used.add((mock.base_url, mock.api_key))
    if mark.lifecycle is not None:
        mock.lifecycle(mark.lifecycle)
    if mark.clock is not None:
        mock.clock.freeze()
        mock.clock.set(mark.clock)
    if isinstance(mark.scenarios, list):
        if mark.scenarios:
            mock.scenarios.add(*mark.scenarios)
    else:
        mock.scenarios.load(mark.scenarios)
    request.node.stash[_mock] = mock
    with pytest.MonkeyPatch.context() as patch:
        for name in _OTHER_NAMES:
            patch.delenv(name, raising=False)
        for name, value in mock.env.items():
            patch.setenv(name, value)
        yield mock


def _named(item: pytest.Item) -> str:
    """A project's name that follows from the test alone: one that a person recognises, and a digest."""
    digest = blake2b(item.nodeid.encode(), digest_size=5).hexdigest()
    return f"{re.sub(r'[^A-Za-z0-9]+', '-', item.name)[:40].strip('-')}-{digest}"


@pytest.fixture
def openai_client(mockapi: Mock) -> Iterator[OpenAI]:
    """A client of the `openai` package for the test's project. It does not try again: a test sees the first answer."""
    with mockapi.openai(max_retries=0) as client:
        yield client


@pytest.fixture
def async_openai_client(mockapi: Mock) -> AsyncOpenAI:
    """The same for `await`, in any event loop: it keeps no connection, so that none outlives the loop that it was made in."""
    return mockapi.async_openai(max_retries=0, default_headers={"connection": "close"})
