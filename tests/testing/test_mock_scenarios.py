"""Scenarios of a project by the handle and by the mark. SCENARIO must be one that the endpoint takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mockapi import Server
from mockapi.testing import ControlError, Mock

PLUGIN = ("-p", "mockapi.testing.plugin", "-p", "no:cacheprovider")
SCENARIO: dict[str, Any] = {"name": "weather", "match": {"user": {"contains": "weather"}}, "reply": {"text": "Sunny."}}


@pytest.fixture
def mock(server: Server, name: str) -> Mock:
    return server.project(name)


def ask(mock: Mock) -> str | None:
    with mock.openai(max_retries=0) as client:
        asked = client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "How is the weather?"}])
    return asked.choices[0].message.content


def test_scenarios_are_added_listed_and_cleared(mock: Mock, server: Server, name: str) -> None:
    assert mock.scenarios.list() == []
    mock.scenarios.add(SCENARIO)
    assert [each["name"] for each in mock.scenarios.list()] == ["weather"]
    assert ask(mock) == "Sunny."
    other = server.project(f"other-{name}")
    assert other.scenarios.list() == [] and ask(other) != "Sunny."
    mock.scenarios.clear()
    assert mock.scenarios.list() == [] and ask(mock) != "Sunny."


def test_files_are_loaded(mock: Mock, tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text(json.dumps([SCENARIO]))
    (tmp_path / "object.json").write_text(json.dumps({"scenarios": [SCENARIO]}))
    (tmp_path / "table.yaml").write_text("- name: weather\n  match: {user: {contains: weather}}\n  reply: Sunny.\n")
    for name in ("list.json", "object.json", "table.yaml"):
        mock.start_over()
        assert mock.scenarios.list() == []
        mock.scenarios.load(tmp_path / name)
        assert ask(mock) == "Sunny."


def test_a_wrong_scenario_is_refused_and_nothing_added(mock: Mock) -> None:
    with pytest.raises(ControlError):
        mock.scenarios.add(SCENARIO, {"nmae": "x"})
    assert mock.scenarios.list() == []


def test_a_mark_scripts_a_test(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    (pytester.path / "weather.json").write_text(json.dumps([SCENARIO]))
    pytester.makepyfile(
        f"""
        import pytest

        def ask(client):
            messages = [{{"role": "user", "content": "How is the weather?"}}]
            return client.chat.completions.create(model="gpt-4o-mini", messages=messages).choices[0].message.content

        @pytest.mark.mockapi(scenarios=[{SCENARIO!r}])
        def test_list(openai_client):
            assert ask(openai_client) == "Sunny."

        @pytest.mark.mockapi(scenarios="weather.json")
        def test_file(openai_client):
            assert ask(openai_client) == "Sunny."

        def test_none(openai_client):
            assert ask(openai_client) != "Sunny."
        """
    )
    pytester.runpytest_inprocess(*PLUGIN).assert_outcomes(passed=3)
