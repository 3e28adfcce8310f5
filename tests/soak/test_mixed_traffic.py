"""An hour of mixed traffic of several clients, while the clock runs fast: every reply is valid, and nothing of it is left behind.

It takes half a minute; `MOCKAPI_SOAK_SECONDS=600` lets it go on for longer.
"""

from __future__ import annotations

import itertools
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import openai
import pytest
from openai import OpenAI

from tests.contract import document
from tests.line import Line
from tests.samples import png, wav
from tests.soak.watched import MIB, Watched, watched

SECONDS = float(os.environ.get("MOCKAPI_SOAK_SECONDS", "24"))
# What the memory may grow by once all caches have been filled.
GROWTH = 24 * MIB
JUDGED = ("createChatCompletion", "createResponse", "createFile", "createBatch", "createImage", "createTranscription")
# The API says null where its document says nothing of it: `tests/contract` holds where it may.
NULL = "null is not of type"
ASK: Any = [{"role": "user", "content": "Tell me about rivers"}]


class Lane:
    """One client, which does one thing after another; `round` tells its requests apart."""

    def __init__(self, server: Watched, name: str) -> None:
        self.server = server
        self.key = f"sk-mock-tierunlimited-{name}"
        self.client: OpenAI = server.client(self.key)
        self.round = 0

    @property
    def asked(self) -> Any:
        return [{"role": "user", "content": f"Tell me about river {self.round % 500}"}]

    def judged(self, operation: str, reply: Any) -> Any:
        """A reply as the SDK reads it, held against the official document too."""
        found = document.faults(document.validator(operation, "response"), reply.http_response.json())
        assert [fault for fault in found if not fault[1].startswith(NULL)] == [], operation
        return reply.parse()

    def chat(self) -> None:
        made = self.judged(
            "createChatCompletion", self.client.chat.completions.with_raw_response.create(model="gpt-4o-mini", messages=self.asked)
        )
        assert made.choices[0].message.content and made.usage.total_tokens > 10

    def chat_in_pieces(self) -> None:
        with self.client.chat.completions.create(model="gpt-4o-mini", messages=self.asked, stream=True) as stream:
            assert [chunk.choices[0].finish_reason for chunk in stream][-1] == "stop"

    def leave_a_stream(self) -> None:
        with self.client.chat.completions.create(model="gpt-4o-mini", messages=self.asked, stream=True, n=100) as stream:
            assert next(stream).choices

    def leave_in_the_midst_of_a_request(self) -> None:
        with self.server.peer() as peer:
            peer.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer x\r\ncontent-length: 100\r\n\r\n{")

    def respond(self) -> None:
        made = self.judged(
            "createResponse", self.client.responses.with_raw_response.create(model="gpt-4o-mini", input=self.asked[0]["content"])
        )
        assert made.output_text
        self.client.responses.delete(made.id)

    def respond_in_pieces(self) -> None:
        with self.client.responses.create(model="gpt-4o-mini", input=self.asked[0]["content"], stream=True, store=False) as stream:
            assert [event.type for event in stream][-1] == "response.completed"

    def call_a_tool(self) -> None:
        schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
        tool: Any = {"type": "function", "function": {"name": "get_weather", "parameters": schema}}
        made = self.client.chat.completions.create(model="gpt-4o-mini", messages=self.asked, tools=[tool], tool_choice="required")
        assert made.choices[0].message.tool_calls

    def keep_a_file(self) -> None:
        content = f"{self.round} ".encode() * 10_000
        file = self.judged("createFile", self.client.files.with_raw_response.create(file=("a.jsonl", content), purpose="batch"))
        assert self.client.files.content(file.id).content == content
        self.client.files.delete(file.id)

    def run_a_batch(self) -> None:
        body = {"model": "gpt-4o-mini", "messages": self.asked}
        rows = [{"custom_id": str(number), "method": "POST", "url": "/v1/chat/completions", "body": body} for number in range(20)]
        file = self.client.files.create(file=("in.jsonl", "\n".join(map(json.dumps, rows)).encode()), purpose="batch")
        made = self.judged(
            "createBatch",
            self.client.batches.with_raw_response.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h"),
        )
        self.server.http.post(f"{self.server.root}/_mock/clock", json={"advance": "1m"})
        done = self.client.batches.retrieve(made.id)
        while done.status not in ("completed", "expired"):
            time.sleep(0.05)
            done = self.client.batches.retrieve(made.id)
        assert done.status == "completed" and done.output_file_id is not None
        assert len(self.client.files.content(done.output_file_id).text.splitlines()) == 20
        for name in (file.id, done.output_file_id):
            self.client.files.delete(name)

    def draw(self) -> None:
        asked: Any = {"model": "dall-e-2", "prompt": f"river {self.round % 50}", "size": "256x256", "response_format": "b64_json"}
        assert self.judged("createImage", self.client.images.with_raw_response.generate(**asked)).data[0].b64_json

    def look(self) -> None:
        file = ("a.png", png(size=(256, 256)))
        made = self.client.images.edit(model="dall-e-2", image=file, prompt="a river", size="256x256", response_format="b64_json")
        assert made.data and made.data[0].b64_json

    def embed(self) -> None:
        asked: Any = {"model": "text-embedding-3-small", "input": [f"{self.round} {place}" for place in range(20)]}
        made = self.client.embeddings.create(**asked)
        assert [len(row.embedding) for row in made.data] == [1536] * 20

    def speak_and_listen(self) -> None:
        spoken = self.client.audio.speech.create(model="tts-1", voice="alloy", input=f"River {self.round % 50}", response_format="wav")
        heard = self.client.audio.transcriptions.create(model="whisper-1", file=("a.wav", spoken.content))
        assert heard.text == f"River {self.round % 50}"
        raw = self.client.audio.transcriptions.with_raw_response.create(model="whisper-1", file=("a.wav", wav()))
        assert self.judged("createTranscription", raw).text

    def talk(self) -> None:
        with Line(self.server.base_url, self.key, model="gpt-realtime") as line:
            line.next("session.created")
            line.configure(output_modalities=["text"])
            line.say("Tell me about rivers")
            line.send("response.create")
            assert line.until("response.done")[-1]["response"]["status"] == "completed"

    def hang_up(self) -> None:
        line = Line(self.server.base_url, self.key, path="/responses")
        line.send("response.create", model="gpt-4o-mini", input="Tell me about rivers")
        line.until("response.created")
        # Not `close`, which does nothing while a thread of the client reads.
        line.socket.socket.shutdown(socket.SHUT_RDWR)

    def be_wrong(self) -> None:
        with pytest.raises(openai.NotFoundError):
            self.client.chat.completions.create(model="gpt-none", messages=ASK)
        with pytest.raises(openai.BadRequestError):
            self.client.chat.completions.create(model="gpt-4o-mini", messages=[])
        with pytest.raises(openai.AuthenticationError):
            self.client.with_options(api_key="sk-mock-invalid").models.list()
        with pytest.raises(openai.NotFoundError):
            self.client.files.retrieve("file-none")


def _all(lane: Lane) -> Iterator[Callable[[], None]]:
    return itertools.cycle([
        lane.chat, lane.chat_in_pieces, lane.leave_a_stream, lane.respond, lane.respond_in_pieces, lane.call_a_tool, lane.keep_a_file,
        lane.be_wrong, lane.embed, lane.leave_in_the_midst_of_a_request, lane.talk, lane.hang_up, lane.draw, lane.speak_and_listen,
        lane.run_a_batch, lane.look,
    ])  # fmt: skip


def _traffic(lane: Lane, seconds: float, failed: threading.Event) -> int:
    """Go on for so long, or until another lane fails. Returns how many things were done."""
    until, done = time.monotonic() + seconds, 0
    try:
        for thing in _all(lane):
            if time.monotonic() > until or failed.is_set():
                return done
            thing()
            lane.round += 1
            done += 1
    except BaseException:
        failed.set()
        raise
    raise AssertionError


def _calmed(server: Watched) -> tuple[float, float, float, int]:
    """The streams, WebSockets, tasks and files that are open, once nothing changes any more."""
    found = None
    for _ in range(60):
        streams, sockets, tasks = (server.metric(f"mockapi_{name}") for name in ("streams_open", "websockets_open", "tasks"))
        before, found = found, (streams, sockets, tasks, server.files())
        if before == found and not streams and not sockets:
            break
        time.sleep(0.25)
    assert found is not None
    return found


def test_an_hour_of_mixed_traffic_leaves_nothing_behind() -> None:
    # Read beforehand: it takes seconds, in which no lane would get a turn.
    for operation in JUDGED:
        document.validator(operation, "response")
    with watched("--lifecycle", "immediate", "--journal-calls", "50", "--clock", f"{3600 / SECONDS:.0f}x") as server:
        server.http.post(f"{server.base_url}/chat/completions", json={"model": "gpt-4o-mini", "messages": ASK}).raise_for_status()
        lanes = [Lane(server, f"lane{number}") for number in range(4)]
        began, failed = server.http.get(f"{server.root}/_mock/clock").json()["now"], threading.Event()
        with ThreadPoolExecutor(len(lanes)) as pool:
            # The first part fills caches of a bounded size, and opens what stays open.
            list(pool.map(lambda lane: _traffic(lane, 0.65 * SECONDS, failed), lanes))
            open_before, before = _calmed(server), server.resident()
            done = sum(pool.map(lambda lane: _traffic(lane, 0.35 * SECONDS, failed), lanes))
        open_after, after = _calmed(server), server.resident()
        assert done > 50
        assert server.http.get(f"{server.root}/_mock/clock").json()["now"] - began >= 3600
        assert open_after[:2] == (0, 0)
        # Clients keep some connections for a while, more or fewer of them.
        assert open_after[2] <= open_before[2] and open_after[3] <= open_before[3] + 2 * len(lanes)
        assert after - before < GROWTH, (before, after)
