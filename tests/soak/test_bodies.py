"""Bodies that are small work to send and would be much to read: the API's error in bounded time and memory, and others get their turn."""

from __future__ import annotations

import itertools
import json
import struct
import time
import zlib
from collections.abc import Iterator

import httpx2
import pytest
from websockets.sync.client import connect

from tests.soak.watched import Watched, watched

AS_JSON = {"content-type": "application/json"}
PARSE = "We could not parse the JSON body of your request."


@pytest.fixture(scope="module")
def server() -> Iterator[Watched]:
    with watched("--tier", "unlimited") as made:
        yield made


def post(server: Watched, path: str, content: bytes, headers: dict[str, str] = AS_JSON) -> tuple[int, str]:
    """The status of an answer and what its error says."""
    answer = server.http.post(f"{server.base_url}{path}", content=content, headers=headers)
    return answer.status_code, answer.json().get("error", {}).get("message", "")


def asked(text: str) -> bytes:
    return json.dumps({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}]}, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "content",
    [
        b'{"messages":[' + b"null," * 9_000_000 + b"1]}",
        b'{"messages":[' + b'"\\"",' * 6_000_000 + b"1]}",
        b'{"messages":[' + (b"[" * 190 + b"]" * 190 + b",") * 100_000 + b"1]}",
        b"{" + b",".join([b'"k%d":1' % number for number in range(2_000_000)]) + b"}",
        b'{"messages":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
    ids=["values", "texts", "lists in lists", "members", "depth"],
)
def test_more_values_than_anybody_means(server: Watched, content: bytes) -> None:
    with server.harmless(seconds=3, mib=400):
        status, said = post(server, "/chat/completions", content)
    assert status == 400 and said.startswith(PARSE)


def test_as_many_signs_within_a_text_are_a_text(server: Watched) -> None:
    """It is read, and refused for its length alone."""
    with server.harmless(seconds=3, mib=400):
        status, said = post(server, "/chat/completions", asked('[{"a", \\' * 300_000))
    assert status == 400 and said.startswith("This model's maximum context length is 128000 tokens.")


@pytest.mark.parametrize("letter", ["a", "\n", " ", "1", "\u00e9"])
def test_a_word_of_ten_megabytes_is_counted(server: Watched, letter: str) -> None:
    with server.harmless(seconds=3, mib=300):
        status, said = post(server, "/chat/completions", asked(letter * 10_000_000))
    assert status in (200, 400) and "Invalid" not in said


def test_a_small_file_that_is_a_large_picture(server: Watched) -> None:
    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    def picture(side: int) -> bytes:
        head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
        rows = zlib.compress(bytes((side * 3 + 1) * min(side, 7000)), 9)
        return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")

    pictures = {side: picture(side) for side in (50_000, 7000)}
    with server.harmless(seconds=3, mib=500):
        for side, number, status in ((50_000, 3, 400), (7000, 1, 200)):
            files = [("image[]", (f"{place}.png", pictures[side], "image/png")) for place in range(number)]
            data = {"model": "gpt-image-1", "prompt": "x", "size": "1024x1024"}
            assert server.http.post(f"{server.base_url}/images/edits", files=files, data=data).status_code == status


@pytest.mark.parametrize(
    "part",
    [
        b'--x\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nbatch\r\n' * 100_000,
        b'--x\r\ncontent-disposition: form-data; name="purpose"; x="' + b"a" * 40_000_000 + b'"\r\n\r\nbatch\r\n',
        b"--x\r\n" + b"x-a: b\r\n" * 4_000_000 + b"\r\nbatch\r\n",
    ],
    ids=["parts", "a long header", "headers"],
)
def test_forms(server: Watched, part: bytes) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"}
    with server.harmless(seconds=3, mib=200):
        assert post(server, "/files", part + b"--x--\r\n", headers) == (400, "We could not parse the multipart form data of your request.")


def test_a_body_without_a_length_and_without_an_end(server: Watched) -> None:
    with server.harmless(mib=120):
        answer = server.http.post(f"{server.base_url}/chat/completions", content=itertools.repeat(b" " * 1_000_000, 300), headers=AS_JSON)
    assert (answer.status_code, answer.json()["error"]["message"]) == (413, "Request body too large")


def test_controls_are_told_no_more_than_the_api(server: Watched) -> None:
    with server.harmless(mib=120):
        answer = server.http.post(f"{server.root}/_mock/scenarios", content=itertools.repeat(b" " * 1_000_000, 300), headers=AS_JSON)
    assert answer.status_code == 413


def test_who_leaves_in_the_midst_of_a_control_is_no_error_of_the_servers(server: Watched) -> None:
    """That nothing is in the log is seen at the end, when the server was stopped."""
    with server.peer() as peer:
        peer.sendall(b'POST /_mock/clock HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\n{"adv')
        time.sleep(0.1)
    assert httpx2.get(f"{server.root}/_mock/clock").status_code == 200


def test_a_frame_that_is_small_on_the_way(server: Watched) -> None:
    url = f"ws{server.base_url.removeprefix('http')}/realtime?model=gpt-realtime"
    with connect(url, additional_headers={"authorization": "Bearer x"}, compression="deflate") as socket:
        assert socket.protocol.extensions
        socket.recv()
        with server.harmless(seconds=3, mib=300):
            socket.send('{"type":"x","a":[' + "null," * 5_000_000 + "1]}")
            assert json.loads(socket.recv())["error"]["type"] == "invalid_request_error"
