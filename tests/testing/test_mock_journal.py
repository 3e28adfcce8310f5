"""The journal as a test sees it: records, filters, assertions, and what a failing test is told."""

from __future__ import annotations

import openai
import pytest

from mockapi import Server
from mockapi.testing import CallRecord, ControlError, Mock

PLUGIN = ("-p", "mockapi.testing.plugin", "-p", "no:cacheprovider")


@pytest.fixture
def mock(server: Server, name: str) -> Mock:
    return server.project(name)


def ask(mock: Mock, content: str, model: str = "gpt-4o-mini") -> None:
    with mock.openai(max_retries=0) as client:
        client.chat.completions.create(model=model, messages=[{"role": "user", "content": content}])


def test_calls_are_recorded_in_order(mock: Mock) -> None:
    ask(mock, "Say hello")
    ask(mock, "Say goodbye", "gpt-4o")
    first, second = mock.journal.calls()
    assert isinstance(first, CallRecord) and first.number < second.number and first.id != second.id
    assert (first.model, second.model, first.status) == ("gpt-4o-mini", "gpt-4o", 200)
    assert first.request["messages"][0]["content"] == "Say hello"
    assert first.reply["choices"][0]["message"]["content"] == "Hello!"
    assert first.scenario is None and first.entry["operation"] == first.operation == second.operation
    assert mock.journal.last() == second and mock.journal.last(model="gpt-4o-mini") == first
    assert str(first).startswith(f"#{first.number} {first.operation} gpt-4o-mini -> 200 ")


def test_filters(mock: Mock) -> None:
    ask(mock, "Say hello")
    ask(mock, "Say goodbye", "gpt-4o")
    with pytest.raises(openai.NotFoundError):
        ask(mock, "Say hello", "gpt-none")
    operation = mock.journal.calls()[0].operation
    for count, filters in (
        (1, {"model": "gpt-4o"}),
        (2, {"status": 200}),
        (1, {"status": 404}),
        (1, {"contains": "goodbye"}),
        (3, {"operation": operation}),
        (0, {"operation": operation, "status": 200, "model": "gpt-4o", "contains": "hello"}),
        (3, {}),
        (3, {"model": None}),
    ):
        assert mock.journal.count(**filters) == len(mock.journal.calls(**filters)) == count
    with pytest.raises(ControlError):
        mock.journal.calls(modle="gpt-4o")


def test_assertions_show_the_calls_that_there_were(mock: Mock, server: Server, name: str) -> None:
    journal = mock.journal
    journal.assert_not_called()
    with pytest.raises(AssertionError, match=r"expected at least one call; none did. Calls of this project:\n  none"):
        journal.assert_called()
    with pytest.raises(AssertionError, match="expected a call with model='gpt-4o'; there was none"):
        journal.last(model="gpt-4o")
    ask(mock, "Say hello")
    journal.assert_called()
    journal.assert_called(times=1, model="gpt-4o-mini", status=200)
    journal.assert_called(times=0, model="gpt-4o")
    journal.assert_not_called(model="gpt-4o")
    with pytest.raises(AssertionError, match=r"expected 2 calls with model='gpt-4o-mini'; 1 did\. (.|\n)* -> 200 .*Say hello"):
        journal.assert_called(times=2, model="gpt-4o-mini")
    with pytest.raises(AssertionError, match=r"expected no call with contains='hello'; 1 did"):
        journal.assert_not_called(contains="hello")
    assert server.project(f"other-{name}").journal.count() == 0
    journal.clear()
    assert journal.calls() == []


def test_starting_over_clears_the_journal(mock: Mock) -> None:
    ask(mock, "Say hello")
    mock.start_over()
    mock.journal.assert_not_called()


def test_a_failing_test_is_told_its_calls(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(
        """
        def ask(client, content):
            client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": content}])

        def test_good(openai_client):
            ask(openai_client, "Say nothing of this")

        def test_bad(openai_client):
            ask(openai_client, "Say hello")
            assert 1 == 2
        """
    )
    result = pytester.runpytest_inprocess(*PLUGIN)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*- mockapi calls -*", "*#1 * gpt-4o-mini -> 200 *Say hello*"])
    assert "Say nothing of this" not in result.stdout.str()
