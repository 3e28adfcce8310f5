"""How the server begins and ends for those who watch it: ready, no more ready, and what was being said is said to its end."""

from __future__ import annotations

import signal
import time

import httpx2
import pytest
from websockets.exceptions import ConnectionClosed

from tests.e2e.test_process import running
from tests.line import Line

ASKED = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Tell me about rivers"}], "stream": True}


def test_it_is_ready_once_it_says_so_and_no_more_while_it_drains() -> None:
    with running("--port", "0", "--latency", "tokens_per_second=25") as (process, base_url, _), httpx2.Client(timeout=30) as http:
        where = base_url.removesuffix("/v1")
        deadline = time.monotonic() + 10
        while (told := http.get(f"{where}/ready")).status_code == 503 and time.monotonic() < deadline:
            assert told.json()["error"]["message"] == "mockapi is starting"
        assert (told.status_code, told.json()) == (200, {"status": "ready"})
        with http.stream("POST", f"{base_url}/chat/completions", json=ASKED, headers={"authorization": "Bearer x"}) as reply:
            lines = reply.iter_lines()
            next(lines)
            process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            refused = httpx2.get(f"{where}/ready")
            assert refused.status_code == 503
            assert refused.json() == {"error": {"message": "mockapi is ending", "type": "mock_error", "param": None, "code": None}}
            assert httpx2.get(f"{where}/health").status_code == 200
            assert [line for line in lines if line][-1] == "data: [DONE]"
        assert process.wait(15) == 0


def test_a_turn_on_a_websocket_is_drained_and_the_connection_then_closed() -> None:
    with (
        running("--port", "0", "--latency", "tokens_per_second=25") as (process, base_url, _),
        Line(base_url, "sk-drained", path="/responses") as line,
    ):
        line.send("response.create", model="gpt-4o-mini", input="Tell me about rivers")
        line.until("response.output_text.delta")
        process.send_signal(signal.SIGTERM)
        rest = line.until("response.completed")
        assert len(rest) > 10
        with pytest.raises(ConnectionClosed) as closed:
            line.receive()
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 1012
        assert process.wait(15) == 0


def test_who_only_holds_a_websocket_open_holds_up_nobody() -> None:
    with running("--port", "0") as (process, base_url, _), Line(base_url, "sk-idle", path="/responses"):
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
        assert time.monotonic() - began < 5


def test_a_turn_that_is_too_long_for_the_drain_is_cut() -> None:
    with (
        running("--port", "0", "--latency", "tokens_per_second=0.2", "--drain-seconds", "1") as (process, base_url, _),
        Line(base_url, "sk-cut", path="/responses") as line,
    ):
        line.send("response.create", model="gpt-4o-mini", input="Tell me about rivers")
        line.until("response.created")
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
        assert process.stderr is not None
        assert "Traceback" not in (told := process.stderr.read()), told
