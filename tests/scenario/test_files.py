"""Scenario files: read, read again when they change, and told of when they are wrong; and what is taken from other mocks."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from mockapi import Server, Settings
from mockapi.scenario.load import ScenarioFault, read, scenarios_of
from tests.conftest import Wire

GREETING = """
scenarios:
  - name: greeting
    match:
      user: hi
    reply: Good day
  - name: no
    match: {user: "no"}
    reply:
      error: {status: 503, message: closed}
"""


def content(wire: Wire, text: str) -> str:
    return str(wire.chat(messages=[{"role": "user", "content": text}]).json()["choices"][0]["message"]["content"])


def test_a_folder_is_read_and_read_again(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GREETING)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.json").write_text(json.dumps({"match": {"user": "bye"}, "reply": "Farewell"}))
    with Server(Settings(port=0, scenarios=str(tmp_path))) as mock, Wire(mock.base_url, "sk-a") as wire:
        assert (content(wire, "Hi"), content(wire, "bye")) == ("Good day", "Farewell")
        (tmp_path / "a.yaml").write_text(GREETING.replace("Good day", "Changed"))
        deadline = time.monotonic() + 10
        while content(wire, "hi") != "Changed" and time.monotonic() < deadline:
            time.sleep(0.1)
        assert content(wire, "hi") == "Changed"
        (tmp_path / "a.yaml").write_text(GREETING.replace("reply", "replay", 1))
        while content(wire, "hi") == "Changed" and time.monotonic() < deadline:
            time.sleep(0.1)
        assert content(wire, "bye") == "Farewell"
        (fault,) = wire.control("GET", "/_mock/scenarios").json()["faults"]
        assert fault.startswith(
            f"{tmp_path / 'a.yaml'}, line 6: [0].replay: 'replay' is not known here; did you mean 'reply'?".replace("[0]", "scenarios[0]")
        )


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("- match: {user: hi}\n  replies: []\n", 2, "[0].replies"),
        ("- match:\n    user: {containing: x}\n  reply: x\n", 2, "did you mean 'contains'?"),
        ("- match:\n    stream: maybe\n  reply: x\n", 2, "[0].match.stream"),
        ("- reply: {error: overloded}\n", 1, "did you mean 'overloaded'?"),
        ("- reply: {fault: {kind: cutt}}\n", 1, "did you mean 'cut'?"),
        ("- name: x\n  reply: '{{ usr }}'\n", 2, "did you mean 'user'?"),
        ("- match: {}\n", 1, "either reply or replies is expected"),
        ("scenarios: []\nscenario: []\n", 2, "is not expected beside scenarios"),
        ("- a: [\n", 2, "neither YAML nor JSON"),
        ("- match: {user: {regex: '('}}\n  reply: x\n", 1, "not a regular expression"),
        ("just a text\n", 1, "a scenario, or a list of scenarios, is expected"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, line: int, told: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text)
    with pytest.raises(ScenarioFault) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}, line {line}: ")
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("value", [7, None, "x", [1], {"match": 3, "reply": "x"}, {"scenarios": 3}, {"reply": {"body": 1}, "times": 0}])
def test_anything_else_is_refused_in_words(wire: Wire, value: Any) -> None:
    reply = wire.control("POST", "/_mock/scenarios", json=value)
    assert reply.status_code == 400
    assert reply.json()["error"]["type"] == "mock_error"
    assert wire.control("GET", "/_mock/scenarios").json()["scenarios"] == []


def test_no_folder_is_one_clear_line(capsys: pytest.CaptureFixture[str]) -> None:
    from mockapi.cli import main

    with pytest.raises(SystemExit) as caught:
        main(["--port", "0", "--scenarios", "/nowhere/at/all"])
    assert caught.value.code == 2
    assert capsys.readouterr().err == "mockapi: --scenarios: /nowhere/at/all: there is no such file or folder\n"


def test_yaml_means_what_it_says(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text('- match: {user: no}\n  reply: yes\n- match: {metadata: {on: off}}\n  reply: "x"\n')
    first, second = read(tmp_path / "a.yaml")
    assert first.match.user is not None
    assert (first.match.user.is_, first.reply.text if first.reply else None) == ("no", "yes")
    assert list(second.match.metadata or ()) == ["on"]


AIMOCK = {
    "fixtures": [
        {"match": {"userMessage": "weather"}, "response": {"toolCalls": [{"name": "get_weather", "arguments": "{\"city\":\"Rome\"}"}]}},
        {"match": {"userMessage": "hello", "sequenceIndex": 1}, "response": {"content": "Second"}},
        {"match": {"userMessage": "hello"}, "response": {"content": "First"}, "latency": 5},
        {"match": {"userMessage": "fail"}, "response": {"error": {"message": "Slow down", "type": "requests"}, "status": 429}},
    ]
}  # fmt: skip
MOCKLLM = "responses:\n  what is up?: the sky\ndefaults:\n  unknown_response: I do not know\nsettings:\n  lag_enabled: true\n"


def test_fixtures_of_other_mocks_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(AIMOCK))
    with Server(Settings(port=0, scenarios=str(tmp_path))) as mock, Wire(mock.base_url, "sk-a") as wire:
        assert [content(wire, "say hello there") for _ in range(3)] == ["First", "Second", "First"]
        message = wire.chat(messages=[{"role": "user", "content": "the weather?"}]).json()["choices"][0]["message"]
        assert message["tool_calls"][0]["function"] == {"name": "get_weather", "arguments": '{"city":"Rome"}'}
        assert wire.chat(messages=[{"role": "user", "content": "fail"}]).status_code == 429
    (tmp_path / "a.json").unlink()
    (tmp_path / "b.yml").write_text(MOCKLLM)
    with Server(Settings(port=0, scenarios=str(tmp_path))) as mock, Wire(mock.base_url, "sk-a") as wire:
        assert content(wire, "What is UP?") == "the sky"
        assert content(wire, "and down?") == "I do not know"


def test_a_fixture_without_a_reply_is_told_of() -> None:
    with pytest.raises(ScenarioFault):
        scenarios_of({"fixtures": [{"match": {"userMessage": "x"}, "response": {"toolCalls": [{"name": 3}]}}]})
