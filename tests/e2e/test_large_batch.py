"""A batch of ten thousand lines in a server of its own: every line is accounted for, and the memory it took comes back."""

from __future__ import annotations

import json
from pathlib import Path

import httpx2
from openai import OpenAI

from tests.e2e.test_process import running

LINES = 10_000
_MIB = 1024


def resident(pid: int) -> int:
    """The memory of a process, in KiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def lines(round_: int) -> bytes:
    """Every hundredth line is one that the endpoint refuses."""
    rows = []
    for number in range(LINES):
        body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": f"Tell me about number {number} of {round_}"}]}
        rows.append(
            {
                "custom_id": str(number),
                "method": "POST",
                "url": "/v1/chat/completions",
                "body": body | ({"n": 0} if number % 100 == 7 else {}),
            }
        )
    return "\n".join(map(json.dumps, rows)).encode()


def test_ten_thousand_lines_are_accounted_for_and_memory_stays_flat() -> None:
    sizes = []
    with (
        running("--port", "0", "--lifecycle", "immediate", "--tier", "unlimited") as (process, url, _),
        OpenAI(base_url=url, api_key="sk-large") as client,
    ):
        for round_ in range(4):
            file = client.files.create(file=("in.jsonl", lines(round_)), purpose="batch")
            made = client.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")
            done = client.batches.retrieve(made.id)
            counts = done.request_counts
            assert done.status == "completed" and counts is not None
            assert (counts.total, counts.completed, counts.failed) == (LINES, LINES - 100, 100)
            assert done.output_file_id is not None and done.error_file_id is not None
            told = [client.files.content(name).text.splitlines() for name in (done.output_file_id, done.error_file_id)]
            good, bad = ([int(json.loads(row)["custom_id"]) for row in rows] for rows in told)
            assert sorted(good + bad) == list(range(LINES))
            assert bad == [number for number in range(LINES) if number % 100 == 7]
            for name in (file.id, done.output_file_id, done.error_file_id):
                client.files.delete(name)
            sizes.append(resident(process.pid))
        assert httpx2.get(url.removesuffix("/v1") + "/health").status_code == 200
    # The first rounds fill caches of a bounded size; from then on nothing is added.
    assert sizes[3] - sizes[1] < 12 * _MIB, sizes
