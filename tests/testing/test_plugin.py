"""The pytest plugin, run by pytest on small suites, in this process and in others."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from mockapi import Server
from tests.e2e.test_process import running

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = ("-p", "mockapi.testing.plugin", "-p", "no:cacheprovider")


@pytest.fixture(autouse=True)
def _plugins_by_name_only(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    """The suites load the plugin by its module, installed or not. What runs in this process finds the server imported."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)


SUITE = """
    import asyncio, os
    import openai, pytest

    ASKED = dict(model="gpt-4o-mini", messages=[{"role": "user", "content": "Say hello"}], store=True)
    KEYS = []

    def test_a_client_is_given(openai_client, mockapi):
        assert openai_client.chat.completions.create(**ASKED).choices[0].message.content == "Hello!"
        assert str(openai_client.base_url).rstrip("/") == mockapi.base_url and openai_client.max_retries == 0
        KEYS.append(mockapi.api_key)

    def test_code_that_makes_its_own_client_is_led_here(mockapi):
        client = openai.OpenAI()
        assert not list(client.chat.completions.list())
        assert client.organization is None and client.project is None
        assert os.environ["OPENAI_API_KEY"] == mockapi.api_key not in KEYS
        client.chat.completions.create(**ASKED)

    def test_async_clients_work_in_any_loop(async_openai_client):
        async def ask():
            stream = await async_openai_client.chat.completions.create(**ASKED, stream=True)
            return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

        assert [asyncio.run(ask()), asyncio.run(ask())] == ["Hello!", "Hello!"]

    def test_undoing_patches_undoes_no_address(mockapi, monkeypatch):
        monkeypatch.setenv("OPENAI_ORG_ID", "org-of-the-test")
        monkeypatch.undo()
        assert os.environ["OPENAI_BASE_URL"] == mockapi.base_url and "OPENAI_ORG_ID" not in os.environ

    def test_the_environment_is_the_machines_otherwise():
        assert os.environ["OPENAI_API_KEY"] == "sk-of-the-machine" and os.environ["OPENAI_ORG_ID"] == "org-of-the-machine"
        assert "OPENAI_BASE_URL" not in os.environ

    @pytest.mark.parametrize("number", range(3))
    def test_each_case_has_its_project(mockapi, number):
        assert mockapi.api_key not in KEYS
        assert mockapi.api_key.startswith(f"sk-mock-tier5-test-each-case-has-its-project-{number}-")
        KEYS.append(mockapi.api_key)
"""


def test_a_suite_gets_clients_projects_and_an_environment(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-machine")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-the-machine")
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    pytester.makepyfile(SUITE)
    pytester.runpytest_subprocess(*PLUGIN, "-W", "error").assert_outcomes(passed=8)


MARKED = """
    import unittest
    from pathlib import Path
    import openai, pytest

    ASKED = dict(model="gpt-4o-mini", messages=[{"role": "user", "content": "Say hello"}])

    @pytest.mark.mockapi(tier=1)
    def test_a_tier(mockapi):
        assert mockapi.usage()["tier"] == "1"

    @pytest.mark.mockapi(tier="free")
    def test_a_mark_is_enough():
        with pytest.raises(openai.APIStatusError):
            openai.OpenAI(max_retries=0).chat.completions.create(**ASKED)

    @pytest.mark.mockapi(clock="2030-01-01T00:00:00Z")
    def test_a_clock_that_stands(mockapi, openai_client):
        assert openai_client.chat.completions.create(**ASKED).created == 1893456000
        assert mockapi.clock.advance("24h") == mockapi.clock.now()

    @pytest.mark.mockapi(lifecycle="batch=polls:3,immediate")
    def test_paces(mockapi):
        assert mockapi.lifecycle()["batch"]["polls"] == 3
        assert mockapi.lifecycle()["fine_tuning.job"]["mode"] == "immediate"

    ASKED_AT = "Tell me about rivers"

    def text(client):
        return client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": ASKED_AT}]).id

    @pytest.mark.mockapi(seed="other", clock="2030-01-01T00:00:00Z")
    @pytest.mark.parametrize("turn", [1, 2])
    def test_a_seed_has_one_server(mockapi, openai_client, turn, request):
        seen = request.config.stash.setdefault(URLS, {})
        seen.setdefault(mockapi.base_url, []).append(text(openai_client))
        assert len(seen) == 1

    URLS = pytest.StashKey()

    def test_the_others_have_another(mockapi, openai_client, request):
        seen = request.config.stash.get(URLS, {})
        assert mockapi.base_url not in seen and text(openai_client) not in [id for ids in seen.values() for id in ids]

    @pytest.mark.mockapi(mode="canned")
    def test_a_mode(openai_client):
        assert openai_client.files.retrieve("file-of-nobody").id == "file-of-nobody"

    @pytest.mark.mockapi(tier=2, lifecycle="immediate")
    class TestInner:
        @pytest.mark.mockapi(tier=3)
        def test_the_inner_mark_wins(self, mockapi):
            assert mockapi.usage()["tier"] == "3" and mockapi.lifecycle()["batch"]["mode"] == "immediate"

    @pytest.mark.mockapi(tier=4)
    class TestCase(unittest.TestCase):
        def test_of_unittest(self):
            reply = openai.OpenAI().chat.completions.with_raw_response.create(**ASKED)
            assert reply.headers["x-ratelimit-limit-requests"] == "10000"

    @pytest.mark.parametrize("case", ["plain", pytest.param("marked", marks=pytest.mark.mockapi(tier=1))])
    def test_of_one_case_alone(case, request):
        assert ("mockapi" in request.fixturenames) == (case == "marked")
"""


def test_marks_make_projects_and_servers(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(MARKED)
    pytester.runpytest_inprocess(*PLUGIN, "--strict-markers").assert_outcomes(passed=12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("teir=1", "@pytest.mark.mockapi: unknown argument 'teir': did you mean 'tier'?"),
        ("budget=1", "@pytest.mark.mockapi: unknown argument 'budget': known are tier, scenarios, clock, lifecycle, seed, mode"),
        ("1", "@pytest.mark.mockapi: arguments are named, as in mockapi(tier=1): 1 is not"),
        ("tier=9", "@pytest.mark.mockapi: tier: '9' is not one of free, 1, 2, 3, 4, 5, auto, unlimited"),
        ("mode='cold'", "@pytest.mark.mockapi: mode: 'cold' is not one of alive, canned"),
        ("clock='noon'", "@pytest.mark.mockapi: clock: 'noon' is neither 'real', a rate like 60x, nor an ISO date-time"),
        ("clock='real'", "@pytest.mark.mockapi: clock: an ISO date-time is expected, at which time stands still until it is advanced"),
        ("lifecycle='slow'", "@pytest.mark.mockapi: lifecycle: 'slow' cannot be read: How jobs move*"),
        ("scenarios='absent.toml'", "@pytest.mark.mockapi: scenarios: there is no file *absent.toml"),
        ("scenarios=[1]", "@pytest.mark.mockapi: scenarios: a list of objects is expected, or the path of a file"),
    ],
)
@pytest.mark.parametrize("fixture", ["mockapi", "request"])
def test_a_wrong_mark_is_one_clear_line(pytester: pytest.Pytester, arguments: str, message: str, fixture: str) -> None:
    pytester.makepyfile(f"import pytest\n@pytest.mark.mockapi({arguments})\ndef test_it({fixture}): pass")
    result = pytester.runpytest_inprocess(*PLUGIN)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([message])
    assert "Traceback" not in result.stdout.str() and "plugin.py" not in result.stdout.str()


def test_the_mark_is_registered_and_told(pytester: pytest.Pytester) -> None:
    pytester.runpytest_inprocess(*PLUGIN, "--markers").stdout.fnmatch_lines(["@pytest.mark.mockapi(tier=, scenarios=, *"])


def test_a_test_that_is_run_again_starts_over(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        from _pytest.runner import runtestprotocol

        def pytest_runtest_protocol(item, nextitem):
            item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
            for _ in range(2):
                for report in runtestprotocol(item, nextitem=nextitem, log=False):
                    item.ihook.pytest_runtest_logreport(report=report)
            return True
        """
    )
    pytester.makepyfile(
        """
        KEYS = set()

        def test_it(mockapi, openai_client):
            KEYS.add(mockapi.api_key)
            assert len(KEYS) == 1 and not list(openai_client.files.list()) and mockapi.clock.now().year < 2100
            openai_client.files.create(file=b"{}", purpose="user_data")
            mockapi.clock.advance("99999d")
        """
    )
    pytester.runpytest_inprocess(*PLUGIN).assert_outcomes(passed=2)


KEPT = """
    import pytest

    def test_first(mockapi, openai_client):
        assert not list(openai_client.files.list()) and mockapi.clock.now().year < 2100
        assert mockapi.base_url == URL and mockapi.api_key == "sk-mock-tier3-test-first-" + mockapi.api_key[-10:]
        openai_client.files.create(file=b"{}", purpose="user_data")
        mockapi.clock.advance("99999d")

    def test_projects(mockapi_server):
        assert mockapi_server.project("a", 1).usage()["tier"] == "1"

    @pytest.mark.mockapi(mode="canned")
    def test_own(mockapi):
        assert mockapi.base_url != URL
"""


@pytest.mark.parametrize("told", ["option", "ini"])
def test_a_running_server_is_used_instead_as_if_nobody_had(pytester: pytest.Pytester, told: str) -> None:
    with running("--port", "0", "--tier", "3") as (_, base_url, _):
        pytester.makepyfile(f"URL = {base_url!r}\n" + "\n".join(line[4:] for line in KEPT.splitlines()))
        if told == "ini":
            pytester.makeini(f"[pytest]\nmockapi_url = {base_url}")
        options = [*PLUGIN, *([] if told == "ini" else ["--mockapi-url", base_url.removesuffix("/v1")])]
        for _ in range(2):
            pytester.runpytest_inprocess(*options).assert_outcomes(passed=3)


@pytest.mark.parametrize(
    ("url", "message"),
    [("http://127.0.0.1:9", "--mockapi-url: no server answers at http://127.0.0.1:9/v1: *"), ("x", "--mockapi-url: *'x'*")],
)
def test_a_server_that_is_not_there_is_one_clear_line(pytester: pytest.Pytester, url: str, message: str) -> None:
    pytester.makepyfile("def test_it(mockapi): pass")
    result = pytester.runpytest_inprocess(*PLUGIN, "--mockapi-url", url)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([message])


def test_a_failed_test_fails_as_it_did_where_there_is_no_server_any_more(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_it(mockapi_server, mockapi):
            mockapi_server.stop()
            assert 1 == 2
        """
    )
    result = pytester.runpytest_inprocess(*PLUGIN)
    result.assert_outcomes(failed=1)
    assert "assert 1 == 2" in result.stdout.str() and "mockapi calls" not in result.stdout.str()


def test_workers_of_xdist_have_a_server_each(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import os, pathlib
        import pytest

        @pytest.mark.parametrize("number", range(8))
        def test_it(mockapi, openai_client, number):
            assert not list(openai_client.files.list())
            openai_client.files.create(file=b"{}", purpose="user_data")
            pathlib.Path(f"{os.environ['PYTEST_XDIST_WORKER']}-{number}").write_text(f"{mockapi.base_url} {mockapi.api_key}")
        """
    )
    pytester.runpytest_subprocess(*PLUGIN, "-p", "xdist.plugin", "-n", "2").assert_outcomes(passed=8)
    told = {path.name: path.read_text().split() for path in pytester.path.glob("gw*-*")}
    assert len(told) == 8 and len({key for _, key in told.values()}) == 8
    by_worker = {name.split("-")[0]: set[str]() for name in told}
    for name, (url, _) in told.items():
        by_worker[name.split("-")[0]].add(url)
    assert [len(urls) for urls in by_worker.values()] == [1] * len(by_worker)
    assert len(set.union(*by_worker.values())) == len(by_worker)


def test_pytest_finds_the_plugin_by_its_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the package's metadata say it, beside nothing else."""
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    named = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["pytest11"]
    installed = tmp_path / "site" / "named-0.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: named\nVersion: 0\n")
    lines = "\n".join(f"{name} = {module}" for name, module in named.items())
    (installed / "entry_points.txt").write_text(f"[pytest11]\n{lines}\n")
    (tmp_path / "test_it.py").write_text("def test_it(openai_client): assert openai_client.models.retrieve('gpt-4o-mini').id\n")
    paths = os.pathsep.join([str(tmp_path / "site"), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        env={**os.environ, "PYTHONPATH": paths}, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_a_suite_that_does_not_use_the_plugin_pays_for_none_of_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_it():
            heavy = {"uvicorn", "starlette", "pydantic", "openai", "http.client", "mockapi.server", "mockapi.app", "mockapi.testing.mock"}
            assert "mockapi.testing.plugin" in sys.modules and not heavy & set(sys.modules)
        """
    )
    pytester.runpytest_subprocess(*PLUGIN).assert_outcomes(passed=1)


def test_servers_are_started_once_for_their_settings(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        URLS = set()

        @pytest.mark.parametrize("turn", range(3))
        @pytest.mark.mockapi(seed="a", mode="canned")
        def test_one(mockapi, turn):
            URLS.add(mockapi.base_url)
            assert len(URLS) == 1

        @pytest.mark.mockapi(seed="b", mode="canned")
        def test_another(mockapi):
            assert mockapi.base_url not in URLS
        """
    )
    pytester.runpytest_inprocess(*PLUGIN).assert_outcomes(passed=4)


def test_a_projects_name_follows_from_the_test_alone(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("import pathlib\ndef test_it(mockapi): pathlib.Path('key').write_text(mockapi.api_key)")
    keys = []
    for _ in range(2):
        pytester.runpytest_inprocess(*PLUGIN).assert_outcomes(passed=1)
        keys.append((pytester.path / "key").read_text())
    assert keys[0] == keys[1] and re.fullmatch(r"sk-mock-tier5-test-it-[0-9a-f]{10}", keys[0])
