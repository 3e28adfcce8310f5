"""What is written in parts is what is written at once; and what is large is done in another thread."""

from __future__ import annotations

import asyncio
import threading
from io import BytesIO
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockapi import json
from mockapi.aside import add, aside, begun, rows, written

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=24,
)


@given(VALUES)
def test_a_line_written_in_parts_is_the_line(value: Any) -> None:
    assert written(value) == json.write_line(value)


@pytest.mark.parametrize("layout", [layout for layout in get_args(json.Layout) if layout != "edge"])
@given(items=st.lists(VALUES, min_size=1, max_size=4), before=VALUES, behind=VALUES)
def test_an_object_written_in_parts_is_the_object(layout: json.Layout, items: list[Any], before: Any, behind: Any) -> None:
    made = {"id": before, "data": items, "usage": behind}
    assert rows({**made, "data": []}, "data", iter(items), layout) == json.write(made, layout)


@given(st.lists(st.binary(max_size=20)))
def test_contents_are_put_one_behind_the_other(contents: list[bytes]) -> None:
    made = BytesIO()
    for content in contents:
        add(made, content)
    assert made.getvalue() == b"".join(contents)


@pytest.mark.parametrize("large", [False, True])
def test_only_what_is_large_is_done_in_a_thread(large: bool) -> None:
    async def both() -> None:
        here = threading.get_ident()
        assert (await aside(large, threading.get_ident) == here) is not large
        with pytest.raises(ZeroDivisionError):
            await aside(large, lambda: 1 // 0)

    asyncio.run(both())


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("pieces", [[], [b"a"], [b"a", b"b", b"c"]])
def test_a_stream_begun_aside_is_the_stream(pieces: list[bytes], large: bool) -> None:
    assert b"".join(asyncio.run(begun(large, iter(pieces)))) == b"".join(pieces)


def test_whoever_stops_waiting_leaves_nothing_behind(caplog: pytest.LogCaptureFixture) -> None:
    held, ended = threading.Event(), threading.Event()

    def work() -> None:
        held.wait(10)
        ended.set()
        raise ValueError

    async def leave() -> None:
        task = asyncio.ensure_future(aside(True, work))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        held.set()
        assert await asyncio.to_thread(ended.wait, 10)
        await asyncio.sleep(0.01)

    asyncio.run(leave())
    assert not caplog.records
