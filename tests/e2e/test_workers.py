"""Several processes that share a store are one server: to limits, scenarios, the clock and the journal, and when one of them is killed."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest
from openai import OpenAI
from websockets.exceptions import ConnectionClosed

from tests.e2e.test_process import COMMAND, QUIET, running
from tests.line import Line
from tests.receiver import Receiver
from tests.redis_server import RedisServer

CHAT = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Say hello"}]}
STORES = ("sqlite", "redis")


@pytest.fixture(scope="module", params=STORES)
def store(request: pytest.FixtureRequest, redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What `--store` is told."""
    folder = tmp_path_factory.mktemp("store")
    return f"sqlite:{folder / 'store.db'}" if request.param == "sqlite" else redis_server.url


@pytest.fixture(scope="module")
def base_url(store: str) -> Iterator[str]:
    """Two processes, whose time stands still until it is moved."""
    with running("--port", "0", "--store", store, "--workers", "2", "--clock", "2027-01-01") as (_, url, _):
        yield url


Ask = Callable[..., httpx2.Response]


@pytest.fixture
def ask(base_url: str, name: str) -> Iterator[Ask]:
    """Asks over one of eight connections, whichever process each of them leads to."""
    with contextlib.ExitStack() as stack:
        headers = {"authorization": f"Bearer sk-mock-tier1-{name}"}
        clients = [stack.enter_context(httpx2.Client(headers=headers, timeout=30)) for _ in range(8)]
        root = base_url.removesuffix("/v1")

        def one(number: int, method: str, path: str, **options: Any) -> httpx2.Response:
            url = f"{root}{path}" if path.startswith("/_mock") else f"{base_url}{path}"
            return clients[number % 8].request(method, url, **options)

        yield one


def many(ask: Ask, number: int, *request: Any, **options: Any) -> list[httpx2.Response]:
    """The answers to the same request, asked eight at a time."""
    with ThreadPoolExecutor(8) as threads:
        return list(threads.map(lambda place: ask(place, *request, **options), range(number)))


def workers(process: subprocess.Popen[str]) -> list[int]:
    """The processes that serve."""
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def test_together_they_admit_what_one_would(ask: Ask) -> None:
    answers = many(ask, 700, "POST", "/chat/completions", json=CHAT)
    assert Counter(answer.status_code for answer in answers) == {200: 500, 429: 200}
    left = sorted(int(answer.headers["x-ratelimit-remaining-requests"]) for answer in answers if answer.status_code == 200)
    assert left == sorted(9_999 - number for number in range(500))
    # Each was a call of its own, and the journal knows them all, in whichever process it is asked.
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 200}) == 500
    assert {answer.json()["count"] for answer in many(ask, 8, "GET", "/_mock/journal/count")} == {500}
    told = [answer.json() for answer in many(ask, 8, "GET", "/_mock/journal?limit=500&since=200")]
    assert all(each["calls"] == told[0]["calls"] for each in told)
    assert [call["number"] for call in told[0]["calls"]] == list(range(201, 701))


def test_what_is_told_to_one_holds_for_all(ask: Ask) -> None:
    before = ask(0, "GET", "/_mock/clock").json()["now"]
    assert ask(1, "POST", "/_mock/clock", json={"advance": "24h"}).status_code == 200
    assert {answer.json()["now"] for answer in many(ask, 16, "GET", "/_mock/clock")} == {before + 86_400}
    scenario = {"match": {"user": "Who am I?"}, "replies": ["The first", "The second", "The rest"]}
    assert ask(2, "POST", "/_mock/scenarios", json=scenario).status_code == 200
    question = {**CHAT, "messages": [{"role": "user", "content": "Who am I?"}]}
    said = [answer.json()["choices"][0]["message"]["content"] for answer in many(ask, 40, "POST", "/chat/completions", json=question)]
    assert Counter(said) == {"The first": 1, "The second": 1, "The rest": 38}
    told = {json.dumps(answer.json()["scenarios"]) for answer in many(ask, 8, "GET", "/_mock/scenarios")}
    assert len(told) == 1 and '"matched": 40, "used": 40' in told.pop()
    assert ask(3, "POST", "/_mock/lifecycle", json={"mode": "polls", "polls": 3}).status_code == 200
    assert {answer.json()["batch"]["polls"] for answer in many(ask, 8, "GET", "/_mock/lifecycle")} == {3}
    assert ask(4, "POST", "/_mock/latency", json={"latency": "first=1ms"}).status_code == 200
    assert {answer.json()["*"]["first"] for answer in many(ask, 8, "GET", "/_mock/latency")} == {0.001}
    assert ask(5, "POST", "/_mock/reset").status_code == 200
    assert {answer.json()["total"] for answer in many(ask, 8, "GET", "/_mock/journal")} == {0}


def test_objects_are_everybodys(ask: Ask) -> None:
    made = ask(0, "POST", "/files", files={"file": ("notes.jsonl", b"{}")}, data={"purpose": "batch"}).json()
    assert {answer.content for answer in many(ask, 16, "GET", f"/files/{made['id']}/content")} == {b"{}"}
    thread = ask(0, "POST", "/threads", headers={"openai-beta": "assistants=v2"}, json={}).json()

    def note(number: int) -> int:
        changed = {"metadata": {"turn": str(number)}}
        return ask(number, "POST", f"/threads/{thread['id']}", headers={"openai-beta": "assistants=v2"}, json=changed).status_code

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(note, range(40))) == {200}
    key = ask(0, "POST", "/organization/admin_api_keys", json={"name": "Nightly"}).json()["value"]
    headers = {"authorization": f"Bearer {key}"}
    assert {answer.status_code for answer in many(ask, 16, "GET", f"/files/{made['id']}", headers=headers)} == {200}
    assert ask(1, "DELETE", f"/files/{made['id']}").status_code == 200
    assert {answer.status_code for answer in many(ask, 16, "GET", f"/files/{made['id']}")} == {404}


def test_each_part_of_an_upload_counts(ask: Ask) -> None:
    """Parts that come at the same moment, in different processes, are all there."""
    asked = {"purpose": "batch", "filename": "long.jsonl", "bytes": 16, "mime_type": "application/jsonl"}
    upload = ask(0, "POST", "/uploads", json=asked).json()

    def part(number: int) -> str:
        sent = {"data": ("part", bytes([97 + number]))}
        return str(ask(number, "POST", f"/uploads/{upload['id']}/parts", files=sent).json()["id"])

    with ThreadPoolExecutor(8) as threads:
        parts = list(threads.map(part, range(16)))
    done = ask(3, "POST", f"/uploads/{upload['id']}/complete", json={"part_ids": parts}).json()
    assert ask(5, "GET", f"/files/{done['file']['id']}/content").content == b"abcdefghijklmnop"


def test_who_hangs_up_ends_what_is_open_elsewhere(ask: Ask, base_url: str, name: str) -> None:
    offer = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n"
    sent = {"content": offer, "headers": {"content-type": "application/sdp"}}
    for number in range(8):
        # A key that is bound to a session tells of which; any other takes the usual one.
        made = ask(number, "POST", "/realtime/calls", **sent)
        call_id = made.headers["location"].rpartition("/")[2]
        with Line(base_url, f"sk-mock-tier1-{name}", call_id=call_id) as line:
            line.next("session.created")
            assert ask(number, "POST", f"/realtime/calls/{call_id}/hangup").status_code == 200
            with pytest.raises(ConnectionClosed):
                line.receive()


def test_all_is_counted_together_and_told_live(ask: Ask, base_url: str, name: str) -> None:
    many(ask, 24, "POST", "/moderations", json={"input": name})
    line = 'mockapi_requests_total{operation="createModeration",status="200",model="omni-moderation-latest"} '

    def counted() -> set[str]:
        texts = [httpx2.get(base_url.removesuffix("/v1") + "/metrics").text for _ in range(8)]
        return {text.partition(line)[2].partition("\n")[0] for text in texts}

    # Each tells the others once a second.
    until(lambda: counted() == {"24"})
    feed = base_url.removesuffix("/v1") + "/_mock/journal/feed?operation=createEmbedding"
    with httpx2.Client(timeout=20) as http, http.stream("GET", feed, headers={"authorization": f"Bearer sk-mock-tier1-{name}"}) as live:
        told = live.iter_lines()
        next(told)
        many(ask, 16, "POST", "/embeddings", json={"model": "text-embedding-3-small", "input": name})
        numbers = [int(each.removeprefix("id: ")) for each in itertools.islice((each for each in told if each.startswith("id: ")), 16)]
    assert numbers == list(range(25, 41))


def lines(number: int) -> bytes:
    line = {"method": "POST", "url": "/v1/chat/completions"}
    return b"\n".join(
        json.dumps({**line, "custom_id": f"line-{place}", "body": {**CHAT, "metadata": {"place": str(place)}, "store": True}}).encode()
        for place in range(number)
    )


@pytest.mark.parametrize("kind", STORES)
def test_a_batch_is_done_once_though_processes_are_killed(kind: str, redis_server: RedisServer, tmp_path: Path) -> None:
    # So many that it takes longer than to kill all processes three times.
    store, number = (f"sqlite:{tmp_path / 'store.db'}", 2400) if kind == "sqlite" else (redis_server.url, 1200)
    arguments = (
        "--port",
        "0",
        "--store",
        store,
        "--workers",
        "2",
        "--lifecycle",
        "immediate",
        "--tier",
        "unlimited",
        "--journal-calls",
        "5000",
    )
    with contextlib.ExitStack() as stack:
        receiver = stack.enter_context(Receiver())
        process, url, _ = stack.enter_context(running(*arguments, "--webhook-url", receiver.url))
        client = stack.enter_context(OpenAI(base_url=url, api_key=f"sk-killed-{kind}", max_retries=20, timeout=30))
        file = client.files.create(file=("lines.jsonl", lines(number)), purpose="batch")
        batch = client.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")
        over = threading.Event()

        def look() -> None:
            while not over.is_set():
                with contextlib.suppress(Exception):
                    client.batches.retrieve(batch.id)

        watching = [threading.Thread(target=look) for _ in range(2)]
        for each in watching:
            each.start()
        journal = url.removesuffix("/v1") + "/_mock/journal/count?errand=true"
        done = 0
        for _ in range(3):
            until(partial(_goes_on, process, journal, done))
            done = _count(journal)
            for worker in workers(process):
                os.kill(worker, signal.SIGKILL)
        # All of them died in the midst of it.
        assert 0 < done < number and not receiver.received
        deadline = time.monotonic() + 60
        while (found := client.batches.retrieve(batch.id)).status != "completed":
            assert time.monotonic() < deadline, found
        over.set()
        for each in watching:
            each.join()
        assert found.request_counts is not None and found.output_file_id is not None
        assert (found.request_counts.completed, found.request_counts.failed) == (number, 0)
        answers = [json.loads(line) for line in client.files.content(found.output_file_id).text.splitlines()]
        assert [answer["custom_id"] for answer in answers] == [f"line-{place}" for place in range(number)]
        # What was done more than once is neither stored nor paid for twice.
        kept = list(client.chat.completions.list(limit=100))
        assert Counter((each.metadata or {})["place"] for each in kept) == {str(place): 1 for place in range(number)}
        headers = {"authorization": f"Bearer sk-killed-{kind}"}
        spent = httpx2.get(url.removesuffix("/v1") + "/_mock/usage", headers=headers).json()
        assert sum(model["requests"] for day in spent["days"] for model in day["models"]) == number
        deadline = time.monotonic() + 10
        while not receiver.received:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        time.sleep(1.5)
        assert len({each.headers["webhook-id"] for each in receiver.received}) == len(receiver.received) == 1


@pytest.mark.parametrize("kind", STORES)
def test_webhooks_are_sent_once_and_by_whoever_is_left(kind: str, redis_server: RedisServer, tmp_path: Path) -> None:
    store = f"sqlite:{tmp_path / 'store.db'}" if kind == "sqlite" else redis_server.url
    arguments = ("--port", "0", "--store", store, "--workers", "2", "--lifecycle", "immediate", "--clock", "2027-01-01")
    with Receiver() as receiver, running(*arguments) as (process, url, _):
        root, key = url.removesuffix("/v1"), {"authorization": f"Bearer sk-hooked-{kind}"}
        httpx2.post(f"{root}/_mock/webhooks", json={"url": receiver.url}, headers=key)
        receiver.statuses = [500] * 20
        with OpenAI(base_url=url, api_key=f"sk-hooked-{kind}", max_retries=5) as client:
            for number in range(20):
                client.responses.create(model="gpt-4o-mini", input=f"Number {number}", background=True)
            until(lambda: len(receiver.received) == 20)
            for worker in workers(process):
                os.kill(worker, signal.SIGKILL)
            until(lambda: len(workers(process)) == 2 and _answers(url))
            # Those who sent the first time are no more: the new ones go on from what was written down.
            httpx2.post(f"{root}/_mock/clock", json={"advance": "1h"}, headers=key)
            until(lambda: len(receiver.received) >= 40)
            time.sleep(1.5)
        times = Counter(each.headers["webhook-id"] for each in receiver.received)
        assert len(times) == 20 and set(times.values()) == {2}


def until(fits: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not fits():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _goes_on(process: subprocess.Popen[str], journal: str, done: int) -> bool:
    return len(workers(process)) == 2 and _count(journal) > done


def _count(journal: str) -> int:
    try:
        return int(httpx2.get(journal).json()["count"])
    except httpx2.TransportError:
        return -1


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url.removesuffix("/v1") + "/health").is_success
    except httpx2.TransportError:
        return False


def test_all_survives_a_restart(tmp_path: Path) -> None:
    store = f"sqlite:{tmp_path / 'store.db'}"
    key = {"authorization": "Bearer sk-mock-tier1-lasting"}
    with running("--port", "0", "--store", store) as (process, url, _), httpx2.Client(headers=key) as http:
        root = url.removesuffix("/v1")
        http.post(f"{root}/_mock/clock", json={"freeze": True, "set": "2027-06-01"})
        http.post(f"{root}/_mock/scenarios", json={"name": "twice", "match": {"user": "Again"}, "replies": ["One", "Two"]})
        file = http.post(f"{url}/files", files={"file": ("a.txt", b"Kept")}, data={"purpose": "user_data"}).json()
        issued = http.post(f"{url}/organization/admin_api_keys", json={"name": "Nightly"}).json()["value"]
        first = http.post(f"{url}/chat/completions", json=CHAT)
        again = {**CHAT, "messages": [{"role": "user", "content": "Again"}]}
        assert http.post(f"{url}/chat/completions", json=again).json()["choices"][0]["message"]["content"] == "One"
        # However it ends.
        process.kill()
        process.wait()
    with running("--port", "0", "--store", store, "--workers", "2") as (_, url, _), httpx2.Client(headers=key) as http:
        root = url.removesuffix("/v1")
        assert http.get(f"{root}/_mock/clock").json() | {"iso": ""} == {"now": 1811808000.0, "iso": "", "frozen": True, "scale": 1.0}
        assert http.get(f"{url}/files/{file['id']}").json() == file
        assert http.get(f"{url}/files", headers={"authorization": f"Bearer {issued}"}).json()["data"] == [file]
        assert http.post(f"{url}/chat/completions", json=again).json()["choices"][0]["message"]["content"] == "Two"
        second = http.post(f"{url}/chat/completions", json=CHAT)
        assert second.json()["id"] != first.json()["id"]
        left = [int(each.headers["x-ratelimit-remaining-requests"]) for each in (first, second)]
        assert left == [9_999, 9_996]
        called = http.get(f"{root}/_mock/journal").json()["calls"]
        assert [call["operation"] for call in called][:2] == ["createFile", "admin-api-keys-create"]
        assert called[2]["reply"] == first.json() and called[2]["used"]


def test_servers_of_several_machines_are_one(redis_server: RedisServer) -> None:
    arguments = ("--port", "0", "--store", redis_server.url, "--clock", "2027-01-01")
    with running(*arguments) as (_, one, _), running(*arguments) as (_, other, _):
        key = {"authorization": "Bearer sk-mock-tier1-far"}
        with httpx2.Client(headers=key) as http, ThreadPoolExecutor(4) as threads:
            asked = threads.map(lambda place: http.post(f"{(one, other)[place % 2]}/chat/completions", json=CHAT).status_code, range(600))
            assert Counter(asked) == {200: 500, 429: 100}
            http.post(f"{one.removesuffix('/v1')}/_mock/clock", json={"advance": "1m"})
            assert http.post(f"{other}/chat/completions", json=CHAT).status_code == 200


def test_a_store_that_is_gone_is_told_of_and_comes_back() -> None:
    with contextlib.ExitStack() as stack:
        redis, http = stack.enter_context(RedisServer()), stack.enter_context(httpx2.Client())
        _, url, _ = stack.enter_context(running("--port", "0", "--store", redis.url, "--workers", "2"))
        client = stack.enter_context(OpenAI(base_url=url, api_key="sk-outage", max_retries=0))
        kept = [client.files.create(file=(f"{number}.txt", b"Kept"), purpose="user_data") for number in range(20)]
        line = stack.enter_context(Line(url, "sk-outage", model="gpt-realtime"))
        line.until("session.created")
        line.send("session.update", session={"type": "realtime", "output_modalities": ["text"]})
        line.until("session.updated")
        redis.stop()
        line.send("response.create")
        assert line.next("error")["error"]["message"].startswith("The store of mockapi cannot be reached: ")
        key = {"authorization": "Bearer sk-outage"}
        for _ in range(4):
            reply = http.post(f"{url}/chat/completions", json=CHAT, headers=key)
            assert reply.status_code == 503
            assert list(reply.json()["error"]) == ["message", "type", "param", "code"]
            assert reply.json()["error"]["message"].startswith("The store of mockapi cannot be reached: ")
        assert http.get(url.removesuffix("/v1") + "/health").status_code == 200
        assert http.get(url.removesuffix("/v1") + "/ready").status_code == 503
        redis.start()
        until(lambda: http.get(url.removesuffix("/v1") + "/ready").status_code == 200)
        assert {each.id for each in client.files.list()} == {each.id for each in kept}
        assert client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "Hi"}]).choices
        line.send("response.create")
        assert line.until("response.done")[-1]["response"]["status"] == "completed"


def test_a_file_that_somebody_locks_is_told_of_too(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    key = {"authorization": "Bearer sk-locked"}
    with running("--port", "0", "--store", f"sqlite:{path}") as (_, url, _), httpx2.Client(headers=key, timeout=30) as http:
        assert http.post(f"{url}/chat/completions", json=CHAT).status_code == 200
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            reply = http.post(f"{url}/chat/completions", json=CHAT)
            assert (reply.status_code, reply.json()["error"]["message"]) == (
                503,
                "The store of mockapi cannot be reached: database is locked",
            )
        assert http.post(f"{url}/chat/completions", json=CHAT).status_code == 200


def test_a_full_disk_is_told_of_and_what_was_kept_is_kept(tmp_path: Path) -> None:
    store, key, kept = ("--port", "0", "--store", f"sqlite:{tmp_path / 'store.db'}"), {"authorization": "Bearer sk-full"}, {}
    # What the process writes beyond a megabyte fails, as on a disk that is full.
    small = ("sh", "-c", 'ulimit -f 2048 && exec "$@"', "sh")
    with running(*store, within=small) as (process, url, _), httpx2.Client(headers=key, timeout=30) as http:
        answers = []
        for number in range(40):
            text = json.dumps({"custom_id": str(number), "padding": "x" * 50_000}).encode()
            answers.append(http.post(f"{url}/files", files={"file": ("a.jsonl", text)}, data={"purpose": "batch"}))
            if answers[-1].status_code == 200:
                kept[answers[-1].json()["id"]] = text
        assert Counter(answer.status_code for answer in answers) == {200: len(kept), 503: 40 - len(kept)} and 0 < len(kept) < 40
        told = {answer.json()["error"]["message"] for answer in answers if answer.status_code == 503}
        assert all(message.startswith("The store of mockapi cannot be reached: ") for message in told)
        assert http.post(f"{url}/chat/completions", json=CHAT).status_code == 503
        assert http.get(f"{url.removesuffix('/v1')}/ready").status_code == 503
        process.send_signal(signal.SIGTERM)
        _, lines = process.communicate(timeout=30)
        assert process.returncode == 0 and "Traceback" not in lines
    with running(*store) as (_, url, _), httpx2.Client(headers=key, timeout=30) as http:
        assert {file["id"] for file in http.get(f"{url}/files").json()["data"]} == set(kept)
        assert all(http.get(f"{url}/files/{id}/content").content == text for id, text in kept.items())
        assert http.post(f"{url}/chat/completions", json=CHAT).status_code == 200


def test_what_is_no_store_is_one_line_and_status_2(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("These are notes, and no store. " * 100)
    done = subprocess.run([*COMMAND, "--store", f"sqlite:{path}"], check=False, capture_output=True, text=True, env=QUIET, timeout=30)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1) and "file is not a database" in done.stderr
    assert path.read_text().startswith("These are notes")


def test_a_worker_that_dies_is_replaced_and_all_end_together(tmp_path: Path) -> None:
    with running("--port", "0", "--store", f"sqlite:{tmp_path / 'store.db'}", "--workers", "3") as (process, url, _):
        first = workers(process)
        assert len(first) == 3
        time.sleep(1)
        os.kill(first[1], signal.SIGKILL)
        until(lambda: len(workers(process)) == 3 and workers(process) != first)
        assert _answers(url)
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=30)
        assert (process.returncode, told) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--workers", "2"], "--workers: several processes need a store that they share"),
        (["--store", "sqlite:/nowhere/at/all.db"], "--store: sqlite:/nowhere/at/all.db: unable to open database file"),
        (["--store", "postgres://x"], "--store: 'postgres://x' cannot be read"),
        (["--store", "sqlite:"], "--store: 'sqlite:' cannot be read"),
    ],
)
def test_a_store_that_cannot_be_is_one_line_and_status_2(arguments: list[str], says: str) -> None:
    done = subprocess.run([*COMMAND, *arguments, "--port", "0"], check=False, capture_output=True, text=True, env=QUIET, timeout=30)
    assert done.returncode == 2
    assert done.stderr.startswith(f"mockapi: {says}") and done.stderr.count("\n") == 1


def test_the_file_can_be_read_with_sqlites_own_tools(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with running("--port", "0", "--store", f"sqlite:{path}") as (_, url, _), OpenAI(base_url=url, api_key="sk-open-sesame") as client:
        made = client.files.create(file=("a.txt", b"Kept"), purpose="user_data")
        with contextlib.closing(sqlite3.connect(path)) as file:
            ((value,),) = file.execute("SELECT value FROM objects WHERE kind = 'file'").fetchall()
            entries = [entry for (entry,) in file.execute("SELECT entry FROM journal")]
        assert json.loads(value)["id"] == made.id
        assert entries and all(b"createFile" in entry and b"sk-open-sesame" not in entry for entry in entries)
