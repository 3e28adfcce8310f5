"""ChatKit through the official SDK: sessions are told back whole, and threads that the widget made are listed, read and deleted."""

from __future__ import annotations

from typing import Any

import httpx2
import openai
import pytest
from openai import OpenAI

from tests.conftest import Wire


def chat(wire: Wire, user: str = "anna", *messages: str, **more: Any) -> str:
    reply = wire.control("POST", "/_mock/chatkit", json={"user": user, "messages": messages or ["Say tea"], **more})
    assert reply.status_code == 200, reply.text
    found: str = reply.json()["id"]
    return found


def test_a_session_tells_what_holds(client: OpenAI) -> None:
    made = client.beta.chatkit.sessions.create(user="anna", workflow={"id": "wf_1"})
    assert (made.status, made.user, made.workflow.id, made.workflow.version) == ("active", "anna", "wf_1", None)
    assert made.workflow.tracing.enabled and made.workflow.state_variables is None
    assert made.max_requests_per_1_minute == made.rate_limits.max_requests_per_1_minute == 10
    assert made.client_secret.startswith("ek_")
    told = made.chatkit_configuration
    assert told.automatic_thread_titling.enabled and told.history.enabled and told.history.recent_threads is None
    assert (told.file_upload.enabled, told.file_upload.max_file_size, told.file_upload.max_files) == (False, 512, 10)


def test_a_session_is_as_it_was_asked_for(client: OpenAI, wire: Wire) -> None:
    wire.control("POST", "/_mock/clock", json={"freeze": True, "set": "2027-01-01T00:00:00Z"})
    made = client.beta.chatkit.sessions.create(
        user="anna",
        workflow={"id": "wf_1", "version": "3", "state_variables": {"n": 1, "b": True, "f": 0.5, "s": "x"}, "tracing": {"enabled": False}},
        expires_after={"anchor": "created_at", "seconds": 60},
        rate_limits={"max_requests_per_1_minute": 7},
        chatkit_configuration={
            "automatic_thread_titling": {"enabled": False},
            "file_upload": {"enabled": True, "max_files": 2, "max_file_size": 5},
            "history": {"enabled": False, "recent_threads": 3},
        },
    )
    assert made.expires_at == wire.control("GET", "/_mock/clock").json()["now"] + 60
    assert made.workflow.to_dict() == {
        "id": "wf_1",
        "version": "3",
        "state_variables": {"n": 1, "b": True, "f": 0.5, "s": "x"},
        "tracing": {"enabled": False},
    }
    assert made.max_requests_per_1_minute == 7
    assert made.chatkit_configuration.to_dict() == {
        "automatic_thread_titling": {"enabled": False},
        "file_upload": {"enabled": True, "max_files": 2, "max_file_size": 5},
        "history": {"enabled": False, "recent_threads": 3},
    }


def test_a_session_is_cancelled_once_and_not_after_it_expired(client: OpenAI, wire: Wire) -> None:
    first, second = (client.beta.chatkit.sessions.create(user="anna", workflow={"id": "wf_1"}) for _ in range(2))
    assert client.beta.chatkit.sessions.cancel(first.id).to_dict() == {**first.to_dict(), "status": "cancelled"}
    with pytest.raises(openai.BadRequestError, match="Cannot cancel session with status 'cancelled'"):
        client.beta.chatkit.sessions.cancel(first.id)
    wire.advance("11m")
    with pytest.raises(openai.BadRequestError, match="Cannot cancel session with status 'expired'"):
        client.beta.chatkit.sessions.cancel(second.id)


def test_threads_are_those_of_the_widget(client: OpenAI, wire: Wire) -> None:
    assert list(client.beta.chatkit.threads.list()) == []
    first, second, third = chat(wire), chat(wire, "bert", title="Tea"), chat(wire)
    assert [thread.id for thread in client.beta.chatkit.threads.list(limit=1)] == [third, second, first]
    assert [thread.id for thread in client.beta.chatkit.threads.list(user="anna", order="asc")] == [first, third]
    assert [thread.id for thread in client.beta.chatkit.threads.list(before=first, limit=1).data] == [second]
    told = client.beta.chatkit.threads.retrieve(second)
    assert (told.title, told.user, told.status.type) == ("Tea", "bert", "active")
    gone = client.beta.chatkit.threads.delete(second)
    assert (gone.id, gone.deleted, gone.object) == (second, True, "chatkit.thread.deleted")
    with pytest.raises(openai.NotFoundError):
        client.beta.chatkit.threads.list_items(second)
    assert client.beta.chatkit.threads.retrieve(first).title is None


def test_the_items_of_a_thread_are_what_was_said(client: OpenAI, wire: Wire) -> None:
    thread = chat(wire, "anna", "Say tea", "What is 3 * 4?")
    items: list[Any] = list(client.beta.chatkit.threads.list_items(thread, order="asc", limit=3))
    assert [item.type for item in items] == ["chatkit.user_message", "chatkit.assistant_message"] * 2
    assert [item.content[0].text for item in items[::2]] == ["Say tea", "What is 3 * 4?"]
    assert "tea" in items[1].content[0].text.lower() and "12" in items[3].content[0].text
    assert {item.thread_id for item in items} == {thread}
    assert [item.id for item in client.beta.chatkit.threads.list_items(thread)] == [item.id for item in reversed(items)]


def test_the_beta_has_to_be_known(wire: Wire) -> None:
    for method, path in (("POST", "/chatkit/sessions"), ("GET", "/chatkit/threads"), ("GET", "/chatkit/threads/cthr_x/items")):
        reply = httpx2.request(method, f"{wire.base_url}{path}", headers={"authorization": f"Bearer {wire.key}"})
        assert (reply.status_code, reply.json()["error"]) == (
            400,
            {
                "message": "You must provide the 'OpenAI-Beta' header to access the Chatkit API. Please try again by setting the header "
                "'OpenAI-Beta: chatkit_beta=v1'.",
                "type": "invalid_request_error",
                "param": None,
                "code": "invalid_beta",
            },
        )


@pytest.mark.parametrize(
    ("body", "param", "code"),
    [
        ({"user": "a"}, "workflow", "missing_required_parameter"),
        ({"user": "", "workflow": {"id": "w"}}, "user", "empty_string"),
        ({"user": "a", "workflow": {"id": "w", "state_variables": {"x": []}}}, "workflow.state_variables.x", "invalid_type"),
        (
            {"user": "a", "workflow": {"id": "w"}, "expires_after": {"anchor": "created_at", "seconds": 601}},
            "expires_after.seconds",
            "integer_above_max_value",
        ),
    ],
)
def test_a_session_is_refused_in_the_apis_words(wire: Wire, body: Any, param: str, code: str) -> None:
    error = wire.request("POST", "/chatkit/sessions", json=body).json()["error"]
    assert (error["type"], error["param"], error["code"]) == ("invalid_request_error", param, code)


def test_what_is_not_there_is_told(wire: Wire) -> None:
    missing = wire.request("POST", "/chatkit/sessions/cksess_x/cancel")
    assert (missing.status_code, missing.json()["error"]["message"]) == (404, "Session with id 'cksess_x' not found.")
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/items")):
        missing = wire.request(method, f"/chatkit/threads/cthr_x{path}")
        assert (missing.status_code, missing.json()["error"]["message"]) == (404, "Thread with id 'cthr_x' not found.")


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "user"),
        ({"user": "a"}, "messages"),
        ({"user": "a", "messages": [1]}, "messages"),
        ({"user": "a", "messages": ["a"], "title": 1}, "title"),
    ],
)
def test_the_widget_says_what_it_needs(wire: Wire, body: Any, param: str) -> None:
    reply = wire.control("POST", "/_mock/chatkit", json=body)
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, param)
    assert wire.request("GET", "/chatkit/threads").json()["data"] == []
