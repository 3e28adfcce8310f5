"""The server as a process: how it starts, what it says, how it ends."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx2
import pytest
from openai import OpenAI

from mockapi.resources import everything

OPERATIONS = everything()

COMMAND = [sys.executable, "-m", "mockapi"]
QUIET = {name: value for name, value in os.environ.items() if not name.startswith("MOCKAPI_")}


@contextlib.contextmanager
def running(*arguments: str, within: Sequence[str] = (), **environment: str) -> Iterator[tuple[subprocess.Popen[str], str, list[str]]]:
    """A server process, its base URL and its banner; `within` is what starts it."""
    process = subprocess.Popen(
        [*within, *COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**QUIET, **environment}
    )
    assert process.stdout is not None
    try:
        banner = [process.stdout.readline(), process.stdout.readline()]
        found = re.search(r"OPENAI_BASE_URL=(\S+)", banner[0])
        assert found, (banner, process.stderr.read() if process.stderr and process.poll() is not None else "")
        yield process, found[1], banner
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("command", [[], ["serve"]])
def test_the_bare_command_and_serve_print_the_port_they_took(command: list[str]) -> None:
    with running(*command, "--port", "0", "--tier", "3") as (_, base_url, banner):
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/v1", base_url)
        assert banner[1] == f"tier 3, alive mode, {len(OPERATIONS)} operations; any API key will do\n"
        with OpenAI(base_url=base_url, api_key="anything") as client:
            completion = client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "Say hello"}])
        assert completion.choices[0].message.content == "Hello!"


def test_the_script_is_installed_beside_the_interpreter() -> None:
    script = Path(sys.executable).parent / "mockapi"
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("mockapi, version ")


def test_the_default_port_is_8080_and_the_default_address_loopback() -> None:
    done = subprocess.run([*COMMAND, "serve", "--help"], capture_output=True, text=True, check=True, env=QUIET)
    text = " ".join(done.stdout.split())
    assert "[default: 8080]" in text
    assert "[default: 127.0.0.1]" in text


def test_sigterm_drains_open_streams_and_ends_with_status_0() -> None:
    with running("--port", "0", "--latency", "tokens_per_second=25") as (process, base_url, _), httpx2.Client(timeout=30) as http:
        body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Tell me about rivers"}], "stream": True}
        with http.stream("POST", f"{base_url}/chat/completions", json=body, headers={"authorization": "Bearer x"}) as reply:
            lines = reply.iter_lines()
            next(lines)
            process.send_signal(signal.SIGTERM)
            assert [line for line in lines if line][-1] == "data: [DONE]"
        assert process.wait(15) == 0
        with pytest.raises(httpx2.ConnectError):
            http.get(base_url)


def test_sigint_ends_it_too() -> None:
    with running("--port", "0") as (process, _, _):
        process.send_signal(signal.SIGINT)
        assert process.wait(15) == 0


def test_a_server_stopped_before_it_is_ready_leaves_no_traceback() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([*COMMAND, "--port", str(port)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=QUIET)
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Say hello"}]}
    until = time.monotonic() + 15
    while time.monotonic() < until:
        with contextlib.suppress(httpx2.TransportError):
            httpx2.post(f"http://127.0.0.1:{port}/v1/chat/completions", json=body, headers={"authorization": "Bearer x"}, timeout=5)
            break
        time.sleep(0.005)
    process.send_signal(signal.SIGTERM)
    _, told = process.communicate(timeout=15)
    assert process.returncode == 0
    assert "Traceback" not in told, told


def test_settings_come_from_flags_before_variables_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "mockapi.toml"
    file.write_text('tier = "1"\nmode = "canned"\nport = 0\n')
    with running("--config", str(file)) as (_, _, banner):
        assert banner[1].startswith("tier 1, canned mode")
    with running(MOCKAPI_CONFIG=str(file), MOCKAPI_TIER="2") as (_, _, banner):
        assert banner[1].startswith("tier 2, canned mode")
    with running("--tier", "4", "--mode", "alive", MOCKAPI_CONFIG=str(file), MOCKAPI_TIER="2") as (_, _, banner):
        assert banner[1].startswith("tier 4, alive mode")


@pytest.mark.parametrize(
    ("arguments", "environment", "line"),
    [
        (["--port", "x"], {}, "mockapi: --port: 'x' is not a whole number"),
        (["--port", "99999"], {}, "mockapi: --port: 99999 is not between 0 and 65535"),
        (["--tier", "9"], {}, "mockapi: --tier: '9' is not one of free, 1, 2, 3, 4, 5, auto, unlimited"),
        (["--mode", "zombie"], {}, "mockapi: --mode: 'zombie' is not one of alive, canned"),
        (["--clock", "noon"], {}, "mockapi: --clock: 'noon' is neither 'real', a rate like 60x, nor an ISO date-time"),
        (["--prot", "1"], {}, "mockapi: No such option '--prot'."),
        (["sreve"], {}, "mockapi: Got unexpected extra argument"),
        ([], {"MOCKAPI_TIER": "x"}, "mockapi: MOCKAPI_TIER: 'x' is not one of"),
        ([], {"MOCKAPI_TEIR": "1"}, "mockapi: MOCKAPI_TEIR: unknown setting 'teir'; did you mean 'tier'?"),
        (["--config", "/nowhere.toml"], {}, "mockapi: /nowhere.toml: cannot be read: No such file or directory"),
        (["--keys", "/nowhere"], {}, "mockapi: /nowhere: cannot be read: No such file or directory"),
        (["--host", "192.0.2.1"], {}, "mockapi: cannot listen on 192.0.2.1:8080: "),
    ],
)
def test_a_bad_setting_is_one_clear_line_and_status_2(arguments: list[str], environment: dict[str, str], line: str) -> None:
    done = subprocess.run([*COMMAND, *arguments], check=False, capture_output=True, text=True, env={**QUIET, **environment}, timeout=30)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(line)
    assert done.stderr.count("\n") == 1


def test_a_bad_file_is_named_with_its_fault(tmp_path: Path) -> None:
    file = tmp_path / "mockapi.toml"
    for text, told in (
        ("teir = 1", "unknown setting 'teir'; did you mean 'tier'?"),
        ("tier = ", "not a TOML file"),
        ('port = "x"', "port: 'x' is not a whole number"),
    ):
        file.write_text(text)
        done = subprocess.run([*COMMAND, "--config", str(file)], check=False, capture_output=True, text=True, env=QUIET, timeout=30)
        assert done.returncode == 2
        assert done.stderr.startswith(f"mockapi: {file}: ")
        assert told in done.stderr


def test_a_port_in_use_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = subprocess.run(
            [*COMMAND, "--port", str(taken.getsockname()[1])], check=False, capture_output=True, text=True, env=QUIET, timeout=30
        )
    assert done.returncode == 2
    assert "Address already in use" in done.stderr


def test_a_client_that_leaves_stops_the_work() -> None:
    """After a disconnect nothing is made any more: the completion that was to be stored at the end is not."""
    with (
        running("--port", "0", "--latency", "tokens_per_second=50") as (_, base_url, _),
        httpx2.Client(timeout=30, headers={"authorization": "Bearer x"}) as http,
    ):
        body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Tell me about rivers"}], "stream": True, "store": True}
        with http.stream("POST", f"{base_url}/chat/completions", json=body) as reply:
            next(reply.iter_lines())
        time.sleep(0.2)
        started = time.monotonic()
        with http.stream("POST", f"{base_url}/chat/completions", json=body) as reply:
            complete = len([line for line in reply.iter_lines() if line])
        took = time.monotonic() - started
        assert took > 0.015 * complete
        deadline = time.monotonic() + 5
        while not (stored := http.get(f"{base_url}/chat/completions").json()["data"]) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(stored) == 1


def test_a_stream_that_is_not_read_does_not_hold_up_others() -> None:
    with running("--port", "0") as (_, base_url, _):
        host, port = base_url.removeprefix("http://").removesuffix("/v1").split(":")
        body = b'{"model":"gpt-4o-mini","stream":true,"n":128,"messages":[{"role":"user","content":"Tell me a long story"}]}'
        head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer x\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        with socket.create_connection((host, int(port))) as lazy:
            lazy.sendall(head.encode() + body)
            time.sleep(0.3)
            assert httpx2.get(base_url.removesuffix("/v1") + "/health", timeout=5).json()["status"] == "ok"


def test_a_drain_that_runs_out_leaves_no_traceback() -> None:
    with (
        running("--port", "0", "--latency", "tokens_per_second=0.2", "--drain-seconds", "1") as (process, base_url, _),
        httpx2.Client(timeout=30) as http,
    ):
        body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Tell me about rivers"}], "stream": True}
        with http.stream("POST", f"{base_url}/chat/completions", json=body, headers={"authorization": "Bearer x"}) as reply:
            next(reply.iter_lines())
            process.send_signal(signal.SIGTERM)
            assert process.wait(15) == 0
            assert process.stderr is not None
            assert "Traceback" not in (told := process.stderr.read()), told
            assert told.count("\n") <= 1


@pytest.mark.parametrize(("flag", "reason"), [("--keys", "not a text file"), ("--config", "not a TOML file")])
def test_a_file_that_is_no_text_is_one_line_and_status_2(tmp_path: Path, flag: str, reason: str) -> None:
    file = tmp_path / "bytes"
    file.write_bytes(b"\xff\xfe\x80key\n")
    done = subprocess.run([*COMMAND, "--port", "0", flag, str(file)], capture_output=True, text=True, env=QUIET, timeout=30, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(f"mockapi: {file}: {reason}: ") and done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("port = " + "[" * 20_000, "not a TOML file: "),
        ('host = "' + "\u00e9" * 80 + '"', "cannot listen on "),
        ('clock = "1e300"', "clock: '1e300' is "),
    ],
)
def test_a_config_file_that_cannot_be_used_is_one_line_and_status_2(tmp_path: Path, content: str, told: str) -> None:
    file = tmp_path / "mock.toml"
    file.write_text(content, "utf-8")
    done = subprocess.run([*COMMAND, "--config", str(file)], capture_output=True, text=True, env=QUIET, timeout=30, check=False)
    assert done.returncode == 2
    assert told in done.stderr and done.stderr.count("\n") == 1
