"""Lists on the wire: a page that was asked to hold nothing does not promise more."""

from __future__ import annotations

import pytest

from mockapi.store import paging
from tests.conftest import Wire
from tests.samples import REQUESTS


@pytest.mark.parametrize(
    "path",
    [
        "/files",
        "/chat/completions",
        "/batches",
        "/fine_tuning/jobs",
        "/containers",
        "/vector_stores",
        "/organization/groups",
        "/organization/projects",
    ],
)
def test_a_page_of_nothing_is_the_last(wire: Wire, path: str) -> None:
    wire.request("POST", "/files", **REQUESTS["createFile"])
    wire.chat(store=True)
    wire.request("POST", "/containers", **REQUESTS["CreateContainer"])
    wire.request("POST", "/vector_stores", json={})
    wire.request("POST", "/organization/groups", **REQUESTS["create-group"])
    listed = wire.request("GET", path, params={"limit": 0})
    if listed.status_code == 400:
        # Some lists want at least one.
        assert listed.json()["error"]["param"] == "limit"
        return
    assert (listed.json()["data"], listed.json()["has_more"]) == ([], False)


def test_there_is_more_only_behind_something() -> None:
    rows = [{"id": str(number)} for number in range(3)]
    assert [paging.page(rows, limit)["has_more"] for limit in (0, 1, 2, 3, 4, None)] == [False, True, True, False, False, False]
    assert paging.page([], 2)["has_more"] is False


def test_a_page_before_a_cursor_is_told_in_its_order() -> None:
    nearest_first = [{"id": str(number)} for number in (3, 2, 1)]
    page = paging.page(nearest_first, 2, backwards=True)
    assert ([row["id"] for row in page["data"]], page["first_id"], page["last_id"], page["has_more"]) == (["2", "3"], "2", "3", True)
