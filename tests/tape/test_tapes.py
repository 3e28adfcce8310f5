"""Tapes as files: what survives a crash, a hand that edits, and several that write."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockapi.settings import SettingsError
from mockapi.tape import exchange as lines
from mockapi.tape import tapes
from mockapi.tape.exchange import Exchange, Request, Response, Timing
from mockapi.tape.redact import Redaction
from mockapi.tape.tapes import Tape


def exchange(number: int = 0, body: bytes = b"{}") -> Exchange:
    return Exchange(Request("POST", f"/v1/{number}", "", (("accept", "*/*"),), body), Response(200, (("x-a", "1"), ("x-a", "2")), body))


def filled(path: Path, *exchanges: Exchange) -> Path:
    tape = Tape(path, Redaction())
    for each in exchanges:
        tape.append(each)
    tape.close()
    return path


_HEADERS = st.lists(st.tuples(st.sampled_from(["x-a", "x-b"]), st.text("abc \xe9", max_size=5)), max_size=3).map(
    lambda found: tuple(sorted(found))
)
_MS = st.integers(0, 10**7).map(lambda tenths: tenths / 10)
_BODIES = st.binary(max_size=30) | st.text(max_size=20).map(lambda text: text.encode("utf-8", "replace"))


@given(_HEADERS, _BODIES, st.none() | st.lists(st.tuples(_MS, _BODIES), max_size=4).map(tuple), _MS, st.integers(200, 599))
def test_a_line_reads_back_as_what_was_written(headers: Any, body: bytes, chunks: Any, ms: float, status: int) -> None:
    before = Exchange(
        Request("PUT", "/v1/a%20b", "q=1", headers, body),
        Response(status, headers, body if chunks is None else b"", chunks),
        Timing("2026-01-01T00:00:00+00:00", ms, ms),
    )
    line = lines.write(before)
    assert line.count(b"\n") == 1
    assert lines.read(line[:-1]) == before


@given(st.integers(1, 10**6))
def test_a_tape_cut_anywhere_keeps_its_whole_lines(tmp_path_factory: pytest.TempPathFactory, place: int) -> None:
    path = filled(tmp_path_factory.mktemp("cut") / "tape.jsonl", exchange(0), exchange(1, "é🙂".encode()), exchange(2))
    content = path.read_bytes()
    kept = content[: place % len(content)]
    path.write_bytes(kept)
    whole = kept.count(b"\n") + (kept[kept.rfind(b"\n") + 1 :] != b"" and content[len(kept) : len(kept) + 1] == b"\n")
    assert [each.request.path for each in tapes.read(path)] == [f"/v1/{number}" for number in range(whole)]
    # It is written on, and what comes next stands on a line of its own.
    filled(path, exchange(7))
    assert [each.request.path for each in tapes.read(path)] == [*(f"/v1/{number}" for number in range(whole)), "/v1/7"]


def test_a_half_line_is_told_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = filled(tmp_path / "tape.jsonl", exchange())
    path.write_bytes(path.read_bytes() + b'{"version":1,"requ')
    with caplog.at_level(logging.WARNING):
        assert len(list(tapes.read(path))) == 1
    assert caplog.messages == [f"{path}:2: left out: the line was not written to its end"]


GOOD = json.loads(lines.write(exchange()))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"version": 2}, "version: 1 is expected"),
        ({"version": True}, "version: a whole number is expected"),
        ({"request": []}, "request: an object is expected"),
        ({"request": {**GOOD["request"], "method": 1}}, "request.method: a text is expected"),
        ({"request": {**GOOD["request"], "headers": {"a b": "c"}}}, "request.headers: 'a b' is no header"),
        ({"response": {**GOOD["response"], "headers": {"a": "c\r\nd: e"}}}, "response.headers: 'a' is no header"),
        ({"response": {**GOOD["response"], "headers": {"a": "Ω"}}}, "response.headers: 'a' is no header"),
        ({"response": {**GOOD["response"], "status": 99}}, "response.status: 99 is no status of an answer"),
        ({"response": {"status": 200, "body_base64": "?"}}, "response.body_base64: base64 is expected"),
        ({"response": {"status": 200, "chunks": [1]}}, "response.chunks[0]: [milliseconds, text] is expected"),
        ({"response": {"status": 200, "chunks": [[-1, "x"]]}}, "response.chunks[0].0: a number of milliseconds is expected"),
        ({"response": {"status": 200, "chunks": [[1, {"base64": 3}]]}}, "response.chunks[0][1].base64: a text is expected"),
        ({"timing": {"total_ms": "1"}}, "timing.total_ms: a number of milliseconds is expected"),
    ],
)
def test_a_line_that_is_no_exchange_is_named_with_its_fault(tmp_path: Path, change: dict[str, Any], told: str) -> None:
    path = tmp_path / "tape.jsonl"
    path.write_text(json.dumps(GOOD) + "\n\n" + json.dumps({**GOOD, **change}))
    with pytest.raises(SettingsError) as caught:
        list(tapes.read(path))
    assert str(caught.value) == f"{path}:3: not an exchange: {told}"


def test_a_file_that_is_no_tape_is_not_written_on(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    for content in ("buy milk", "buy milk\n", '{"a": 1}', "[1]\n"):
        path.write_text(content)
        with pytest.raises(SettingsError, match=r"notes\.txt:1: not an exchange"):
            Tape(path, Redaction())
        assert path.read_text() == content


def test_a_folder_in_the_way_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be written: Is a directory"):
        Tape(tmp_path, Redaction())
    with pytest.raises(SettingsError, match="no tapes"):
        tapes.files([str(tmp_path)])
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        list(tapes.read(tmp_path / "none.jsonl"))


WRITER = """
import sys
from pathlib import Path
from mockapi.tape.exchange import Exchange, Request, Response
from mockapi.tape.redact import Redaction
from mockapi.tape.tapes import Tape
tape = Tape(Path(sys.argv[1]), Redaction())
for number in range(50):
    tape.append(Exchange(Request("POST", f"/{sys.argv[2]}/{number}", "", (), b"x" * 20_000), Response(200)))
"""


def test_threads_and_processes_write_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "tape.jsonl"
    path.touch()
    others = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), str(number)]) for number in range(2)]
    tape = Tape(path, Redaction())

    def write(name: int) -> None:
        for number in range(25):
            tape.append(exchange(name * 100 + number, b"y" * 30_000))

    threads = [threading.Thread(target=write, args=(name,)) for name in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [other.wait(60) for other in others] == [0, 0]
    tape.close()
    found = [each.request.path for each in tapes.read(path)]
    assert len(found) == len(set(found)) == 2 * 50 + 4 * 25
