"""How jobs move is set by flag and by call, for one kind or all, for one world or all."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from mockapi import Server, Settings, lifecycle
from mockapi.settings import SettingsError, load
from tests.conftest import Wire


def paces(wire: Wire) -> dict[str, Any]:
    found: dict[str, Any] = wire.control("GET", "/_mock/lifecycle").json()
    return found


def test_a_world_has_its_own_paces(server: Server, wire: Wire, name: str) -> None:
    assert {pace["mode"] for pace in paces(wire).values()} == {"time"}
    wire.control("POST", "/_mock/lifecycle", json={"kind": "batch", "mode": "polls", "polls": 3})
    assert paces(wire)["batch"]["polls"] == 3 and paces(wire)["fine_tuning.job"]["mode"] == "time"
    with Wire(server.base_url, f"sk-other-{name}") as other:
        assert paces(other)["batch"]["mode"] == "time"
    wire.control("POST", "/_mock/lifecycle", json={"seconds": {"running": 9}})
    assert paces(wire)["batch"]["mode"] == "time"
    assert paces(wire)["fine_tuning.job"]["seconds"] == {"validating_files": 0.2, "queued": 0.1, "running": 9}


def test_without_a_key_all_worlds_are_set() -> None:
    with Server(Settings(port=0, lifecycle="polls:2")) as mock, Wire(mock.base_url, "sk-a") as wire:
        assert {(pace["mode"], pace["polls"]) for pace in paces(wire).values()} == {("polls", 2)}
        url = mock.base_url.removesuffix("/v1") + "/_mock/lifecycle"
        assert httpx2.post(url, json={"kind": "batch", "mode": "immediate"}).status_code == 200
        assert paces(wire)["batch"]["mode"] == "immediate" and paces(wire)["fine_tuning.job"]["mode"] == "polls"


def test_a_setting_names_kinds() -> None:
    told = "batch=polls:2,immediate"
    assert lifecycle.pace(told, "batch").polls == 2
    assert lifecycle.pace(told, "fine_tuning.job").mode == "immediate"
    assert lifecycle.pace("fine_tuning.job=immediate", "batch").mode == "time"
    assert load({"lifecycle": told}, {}, None).lifecycle == told
    for wrong in ("slow", "polls", "polls:0", "nobody=time", "batch=", ""):
        with pytest.raises(SettingsError):
            load({"lifecycle": wrong}, {}, None)


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "x"}, {"mode": "x"}, {"polls": 0}, {"polls": "1"}, {"seconds": 1}, {"seconds": {"x": 1}},
        {"seconds": {"in_progress": -1}}, {"seconds": {"in_progress": "1"}}, {"x": 1},
    ],
)  # fmt: skip
def test_a_bad_pace_is_refused(wire: Wire, body: dict[str, Any]) -> None:
    reply = wire.control("POST", "/_mock/lifecycle", json=body)
    assert reply.status_code == 400 and reply.json()["error"]["type"] == "mock_error"
