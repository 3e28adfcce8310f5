"""Cassettes of vcrpy and HTTP archives become tapes that the SDK can be answered from."""

from __future__ import annotations

import base64
import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from openai import OpenAI

from mockapi.settings import Importing, SettingsError
from mockapi.tape import imported, tapes
from tests.e2e.test_process import COMMAND, QUIET
from tests.tape.conftest import replaying

QUESTION: Any = [{"role": "user", "content": "no: really?"}]
COMPLETION = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "gpt-4o-mini",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Yes — really"}, "finish_reason": "stop"}],
}
ASKED = json.dumps({"messages": QUESTION, "model": "gpt-4o-mini"})
STREAM = "".join(
    f"data: {json.dumps({'id': 'c', 'object': 'chat.completion.chunk', 'created': 1, 'model': 'm', 'choices': [{'index': 0, 'delta': {'content': word}}]})}\n\n"
    for word in ("Yes", " really")
)

CASSETTE = f"""\
interactions:
- request:
    body: '{ASKED}'
    headers:
      authorization:
      - Bearer sk-a-very-secret-key-of-mine
      content-type:
      - application/json
      host:
      - api.openai.com
      Cookie: session=whatever-it-was
    method: POST
    uri: https://api.openai.com/v1/chat/completions
  response:
    body:
      string: !!binary |
        {base64.b64encode(gzip.compress(json.dumps(COMPLETION).encode())).decode()}
    headers:
      Content-Encoding:
      - gzip
      Content-Type:
      - application/json
      Transfer-Encoding:
      - chunked
      Set-Cookie:
      - __cf_bm=abcdefghijklmnopqrstuvwxyz; path=/; domain=.api.openai.com
      x-request-id:
      - req_1
    status:
      code: 200
      message: OK
- request:
    body: null
    headers: {{}}
    method: GET
    uri: https://api.openai.com/v1/models?limit=1
  response:
    body: {{string: '{{"object": "list", "data": []}}'}}
    headers: {{content-type: application/json}}
    status: {{code: 200, message: OK}}
- request:
    headers: {{content-type: [application/json]}}
    method: POST
    parsed_body: {{messages: [{{role: user, content: hi}}], model: gpt-4o-mini, stream: true}}
    uri: https://api.openai.com/v1/chat/completions
  response:
    body: {{string: {json.dumps(STREAM)}}}
    headers: {{content-type: [text/event-stream]}}
    status: {{code: 200, message: OK}}
- request: {{method: GET, uri: https://api.openai.com/v1/x, headers: {{}}}}
  response: {{body: {{string: x}}, headers: {{content-encoding: [br]}}, status: {{code: 200}}}}
version: 1
"""


def answers(client: OpenAI) -> tuple[str | None, str | None, list[str | None]]:
    whole = client.chat.completions.create(model="gpt-4o-mini", messages=QUESTION)
    stream = client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "hi"}], stream=True)
    return whole.choices[0].message.content, whole._request_id, [chunk.choices[0].delta.content for chunk in stream]


def test_a_yaml_cassette_answers_the_sdk(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    cassette = tmp_path / "test_chat.yaml"
    cassette.write_text(CASSETTE)
    count, tape = imported.onto_tape(str(cassette), Importing())
    assert (count, tape) == (3, tmp_path / "test_chat.jsonl")
    assert caplog.messages == [f"{cassette}[3]: left out: its content coding 'br' cannot be read"]
    text = tape.read_text()
    assert not [secret for secret in ("very-secret", "whatever-it-was", "abcdefghijklmnop") if secret in text]
    with replaying(tape) as url, OpenAI(base_url=url, api_key="any", max_retries=0) as client:
        assert answers(client) == ("Yes — really", "req_1", ["Yes", " really"])
        assert client.get("/models?limit=1", cast_to=object) == {"object": "list", "data": []}


def test_a_json_cassette_answers_the_sdk(tmp_path: Path) -> None:
    """As vcrpy's own JSON serializer and its older stubs for httpx write it."""
    request = {"method": "POST", "uri": "https://api.openai.com/v1/chat/completions", "headers": {"Content-Type": ["application/json"]}}
    interactions = [
        {
            "request": {**request, "body": {"string": ASKED}},
            "response": {
                "status": {"code": 200, "message": "OK"},
                "headers": {"Content-Type": ["application/json"], "X-Request-Id": ["req_1"]},
                "body": {"base64_string": base64.b64encode(json.dumps(COMPLETION).encode()).decode()},
            },
        },
        {
            "request": {**request, "body": {"messages": [{"role": "user", "content": "hi"}], "model": "gpt-4o-mini", "stream": True}},
            "response": {
                "status_code": 200,
                "http_version": "HTTP/1.1",
                "headers": {"content-type": "text/event-stream"},
                "content": STREAM,
            },
        },
    ]
    (tmp_path / "c.json").write_text(json.dumps({"version": 1, "interactions": interactions}))
    _, tape = imported.onto_tape(str(tmp_path / "c.json"), Importing(tape=str(tmp_path / "out" / "c.jsonl")))
    with replaying(tape) as url, OpenAI(base_url=url, api_key="any", max_retries=0) as client:
        assert answers(client) == ("Yes — really", "req_1", ["Yes", " really"])


def entry(body: str, content: dict[str, Any], **further: Any) -> dict[str, Any]:
    return {
        "startedDateTime": "2026-01-01T00:00:00.000Z",
        "time": 120.5,
        "request": {
            "method": "POST",
            "url": "https://api.openai.com/v1/chat/completions",
            "headers": [
                {"name": ":authority", "value": "api.openai.com"},
                {"name": "Authorization", "value": "Bearer sk-a-very-secret-key-of-mine"},
                {"name": "content-type", "value": "application/json"},
            ],
            "postData": {"mimeType": "application/json", "text": body},
        },
        "response": {
            "status": 200,
            "headers": [
                {"name": "content-type", "value": content["mimeType"]},
                {"name": "content-encoding", "value": "gzip"},
                {"name": "x-request-id", "value": "req_1"},
            ],
            "content": content,
        },
        "timings": {"blocked": -1, "send": 1, "wait": 80.2, "receive": 39.3},
        **further,
    }


ARCHIVE = {
    "log": {
        "version": "1.2",
        "entries": [
            entry(
                ASKED,
                {"mimeType": "application/json", "encoding": "base64", "text": base64.b64encode(json.dumps(COMPLETION).encode()).decode()},
            ),
            entry(
                json.dumps({"messages": [{"role": "user", "content": "hi"}], "model": "gpt-4o-mini", "stream": True}),
                {"mimeType": "text/event-stream", "text": STREAM},
            ),
            entry("", {"mimeType": ""}, response={"status": 0, "headers": [], "content": {}}),
            {"request": {"method": "GET"}},
        ],
    }
}


def test_an_http_archive_answers_the_sdk(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    archive = tmp_path / "session.har"
    archive.write_text("\ufeff" + json.dumps(ARCHIVE))
    count, tape = imported.onto_tape(str(archive), Importing())
    assert count == 2
    assert caplog.messages == [
        f"{archive}[2]: left out: it was never answered",
        f"{archive}[3]: left out: it cannot be read: KeyError('response')",
    ]
    assert "very-secret" not in tape.read_text()
    first = next(tapes.read(tape))
    assert (first.timing.started, first.timing.head_ms, first.timing.total_ms) == ("2026-01-01T00:00:00.000Z", 81.2, 120.5)
    with replaying(tape) as url, OpenAI(base_url=url, api_key="any", max_retries=0) as client:
        assert answers(client) == ("Yes — really", "req_1", ["Yes", " really"])


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("a: [", "neither JSON nor YAML: "),
        ("a: 1", "neither a cassette of vcrpy ('interactions') nor an HTTP archive ('log.entries')"),
        ("!!python/object/apply:os.system ['true']", "neither "),
    ],
)
def test_a_file_of_another_kind_is_refused_before_a_tape_is_begun(tmp_path: Path, content: str, told: str) -> None:
    file = tmp_path / "file.yaml"
    file.write_text(content)
    with pytest.raises(SettingsError) as caught:
        imported.onto_tape(str(file), Importing())
    assert str(caught.value).startswith(f"{file}: {told}")
    assert not file.with_suffix(".jsonl").exists()


def test_the_command_imports(tmp_path: Path) -> None:
    (tmp_path / "a.har").write_text(json.dumps(ARCHIVE))
    done = subprocess.run(
        [*COMMAND, "import", "a.har", "--redact", "x-request-id"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=QUIET,
        timeout=30,
        check=True,
    )
    assert done.stdout == "2 exchanges of a.har are on a.jsonl\n"
    assert "req_1" not in (tmp_path / "a.jsonl").read_text()


BLOCKED = "import sys; sys.modules['httpx2'] = None; from mockapi.cli import main; main(['record', '--upstream', 'http://x'])"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([*COMMAND, "record"], "--upstream: '' is not the address of a server: write it like https://api.openai.com/v1"),
        ([*COMMAND, "record", "--upstream", "api.openai.com"], "--upstream: 'api.openai.com' is not the address of a server: "),
        ([*COMMAND, "record", "--upstream", "http://x:port"], "--upstream: 'http://x:port' is not the address of a server: "),
        (
            [*COMMAND, "record", "--upstream", "http://x", "--tape", "a", "--tapes", "b"],
            "--tape and --tapes: one file or one folder, not both",
        ),
        ([*COMMAND, "record", "--upstream", "http://x", "--tape", "notes.txt"], "notes.txt:1: not an exchange: "),
        ([*COMMAND, "record", "--upstream", "http://x", "--port", "x"], "--port: 'x' is not a whole number"),
        ([*COMMAND, "replay"], "Missing argument 'TAPES...'"),
        ([*COMMAND, "replay", "none.jsonl"], "none.jsonl: cannot be read: No such file or directory"),
        ([*COMMAND, "replay", "notes.txt"], "notes.txt:1: not an exchange: not JSON"),
        ([*COMMAND, "replay", "empty.jsonl"], "empty.jsonl: nothing is recorded"),
        ([*COMMAND, "replay", "empty.jsonl", "--pace", "slow"], "--pace: 'slow' is not one of original, none"),
        ([*COMMAND, "import", "none.har"], "none.har: cannot be read: No such file or directory"),
        ([*COMMAND, "import", "notes.txt"], "notes.txt: neither a cassette of vcrpy"),
        ([sys.executable, "-c", BLOCKED], "recording needs httpx2: pip install 'mockapi[record]'"),
    ],
)
def test_a_bad_setting_is_one_line_and_status_2(tmp_path: Path, arguments: list[str], told: str) -> None:
    (tmp_path / "notes.txt").write_text("buy milk\n")
    (tmp_path / "empty.jsonl").touch()
    done = subprocess.run(arguments, cwd=tmp_path, capture_output=True, text=True, env=QUIET, timeout=30, check=False)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith(f"mockapi: {told}")
    assert done.stderr.count("\n") == 1
    assert (tmp_path / "notes.txt").read_text() == "buy milk\n"


def test_settings_of_the_tapes_come_from_variables_and_files_too(tmp_path: Path) -> None:
    (tmp_path / "mock.toml").write_text('redact = ["x-request-id"]\ntier = "3"\n')
    (tmp_path / "a.har").write_text(json.dumps(ARCHIVE))
    environment = {**QUIET, "MOCKAPI_TAPE": "there.jsonl", "MOCKAPI_CONFIG": "mock.toml"}
    subprocess.run([*COMMAND, "import", "a.har"], cwd=tmp_path, check=True, env=environment, timeout=30, capture_output=True)
    assert "req_1" not in (tmp_path / "there.jsonl").read_text()
    (tmp_path / "mock.toml").write_text("redact = 3\n")
    done = subprocess.run(
        [*COMMAND, "import", "a.har"], cwd=tmp_path, check=False, env=environment, timeout=30, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (2, "mockapi: mock.toml: redact: a list of names is expected\n")
