"""What a client did wrong, read off the calls of its journal. Pure: from rows of the journal, oldest first, to what they show."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from mockapi import json

# A call as the journal tells of it (control/exchanges.py).
Row = dict[str, Any]
Severity = Literal["error", "warning"]
# Statuses that a client may try again after; a conflict too (documentation of the SDKs).
_RETRYABLE = frozenset((408, 409, 429, 500, 502, 503, 504, 529))
# What no wait makes better, though its status is one of those.
_HOPELESS = frozenset(("insufficient_quota", "credit_balance_exhausted", "billing_hard_limit_reached"))
# Attempts of one request within a minute from which on they are a storm.
_STORM = 6
_MINUTE = 60.0
# Seconds between attempts below which nobody waited, and how many such gaps in a row are no backoff.
_AT_ONCE = 0.2
_GAPS = 2
# How much earlier than told a retry may come: clocks and sockets are not exact.
_EARLY = 0.9
_STREAM_ENDS = (
    "data: [DONE]",
    *(f"event: {end}" for end in ("response.completed", "response.incomplete", "response.failed", "error", "done")),
)
# A tool call's id in the events of a stream.
_CALL_ID = re.compile(r'"(?:id|call_id)":"(call_\w+)"')


@dataclass(frozen=True, slots=True)
class Shown:
    """Something that a client did, or left undone; `calls` are the numbers of the calls that show it."""

    rule: str
    severity: Severity
    says: str
    calls: tuple[int, ...]


def judge(rows: Sequence[Row]) -> list[Shown]:
    """Everything that the calls of one project show, in the order of the rules."""
    own = [row for row in rows if not row["errand"]]
    return [shown for rule in _RULES for shown in rule(own)]


def _attempts(rows: Sequence[Row]) -> list[list[Row]]:
    """Calls that are the same request, each time in the order in which they came."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        key = json.write([row["method"], row["path"], row["query"], row["request"]]).decode()
        found.setdefault(key, []).append(row)
    return list(found.values())


def _retries(rows: Sequence[Row]) -> Iterator[tuple[Row, Row]]:
    """A call that failed, and the next that asks for the same."""
    for attempts in _attempts(rows):
        for before, after in pairwise(attempts):
            if before["status"] >= 400:
                yield before, after


def _error(row: Row) -> dict[str, Any]:
    reply = row["reply"]
    error = reply.get("error") if isinstance(reply, dict) else None
    return error if isinstance(error, dict) else {}


def _told_to_wait(row: Row) -> float | None:
    """The seconds that an answer tells to wait."""
    headers = row["reply_headers"]
    try:
        if "retry-after-ms" in headers:
            return float(headers["retry-after-ms"]) / 1000
        return float(headers["retry-after"]) if "retry-after" in headers else None
    except ValueError:
        return None


def _is_hopeless(row: Row) -> bool:
    error = _error(row)
    if row["status"] not in _RETRYABLE:
        return True
    return error.get("code") in _HOPELESS or str(error.get("message", "")).startswith("Request too large")


def _retry_after_ignored(rows: Sequence[Row]) -> Iterator[Shown]:
    for before, after in _retries(rows):
        wait = _told_to_wait(before)
        came = after["at"] - before["at"]
        if wait is not None and not _is_hopeless(before) and came < wait * _EARLY:
            says = f"told to wait {wait:g} s, asked again after {came:.3g} s"
            yield Shown("retry_after_ignored", "error", says, (before["number"], after["number"]))


def _hopeless_retried(rows: Sequence[Row]) -> Iterator[Shown]:
    for before, after in _retries(rows):
        if _is_hopeless(before):
            error = _error(before)
            what = error.get("code") or error.get("type") or "an error that stays"
            says = f"asked the same again after {before['status']} {what}, which no retry changes"
            yield Shown("hopeless_retried", "error", says, (before["number"], after["number"]))


def _storm(rows: Sequence[Row]) -> Iterator[Shown]:
    for attempts in _attempts(rows):
        failed = [row for row in attempts if row["status"] >= 400]
        for first in range(len(failed) - _STORM + 1):
            last = failed[first + _STORM - 1]
            if last["at"] - failed[first]["at"] <= _MINUTE:
                calls = tuple(row["number"] for row in failed[first:])
                yield Shown("retry_storm", "error", f"{len(calls)} attempts of one request that kept failing", calls)
                break


def _no_backoff(rows: Sequence[Row]) -> Iterator[Shown]:
    for attempts in _attempts(rows):
        run: list[Row] = []
        for before, after in pairwise(attempts):
            hurried = before["status"] >= 400 and after["at"] - before["at"] < _AT_ONCE
            run = [*(run or [before]), after] if hurried else []
            if len(run) == _GAPS + 1:
                calls = tuple(row["number"] for row in run)
                yield Shown("no_backoff", "warning", f"{len(run)} attempts in a row with less than {_AT_ONCE:g} s between them", calls)
                break


def _truncated_accepted(rows: Sequence[Row]) -> Iterator[Shown]:
    """A stream that broke off and was not asked for again, though the client went on."""
    for attempts in _attempts(rows):
        for place, row in enumerate(attempts):
            broken = row["stream"] is not None and row["stream"]["ended"] != "left" and not _is_whole(row["stream"]["pieces"])
            if not broken or place + 1 < len(attempts):
                continue
            later = [other for other in rows if other["number"] > row["number"]]
            if later:
                says = "went on after a stream that broke off, without asking for it again"
                yield Shown("truncated_stream_accepted", "error", says, (row["number"], later[0]["number"]))


def _is_whole(pieces: Sequence[Any]) -> bool:
    return any(isinstance(piece, str) and piece.startswith(_STREAM_ENDS) for piece in pieces[-3:])


def _unknown_parameters(rows: Sequence[Row]) -> Iterator[Shown]:
    for row in rows:
        error = _error(row)
        code, message = error.get("code"), str(error.get("message", ""))
        if code in ("unknown_parameter", "unsupported_parameter") or message.startswith("Unrecognized request argument"):
            yield Shown("unknown_parameter", "error", message, (row["number"],))


def _tool_results_lost(rows: Sequence[Row]) -> Iterator[Shown]:
    """Calls of tools whose results never came back."""
    sent = [(row["number"], json.write(row["request"]).decode()) for row in rows if row["request"] is not None]
    for row in rows:
        wanted = [id for id in _call_ids(row) if not any(number > row["number"] and id in text for number, text in sent)]
        if wanted and any(number > row["number"] for number, _ in sent):
            says = f"never sent the results of {', '.join(wanted)}, and went on"
            yield Shown("tool_results_lost", "warning", says, (row["number"],))


def _call_ids(row: Row) -> list[str]:
    """The ids of the calls that an answer makes of the client's tools."""
    reply = row["reply"]
    if row["stream"] is not None:
        return list(dict.fromkeys(_CALL_ID.findall("".join(piece for piece in row["stream"]["pieces"] if isinstance(piece, str)))))
    if not isinstance(reply, dict):
        return []
    found = []
    for choice in reply.get("choices") or ():
        message = choice.get("message") if isinstance(choice, dict) else None
        found += [call["id"] for call in (message or {}).get("tool_calls") or () if isinstance(call, dict) and "id" in call]
    for item in reply.get("output") or () if row["operation"] == "createResponse" else ():
        if item.get("type") in ("function_call", "custom_tool_call") and "call_id" in item:
            found.append(item["call_id"])
    return found


def _unpaged(rows: Sequence[Row]) -> Iterator[Shown]:
    """Lists of which there is more, and nobody asked for it."""
    for row in rows:
        reply = row["reply"]
        if not isinstance(reply, dict) or reply.get("has_more") is not True or row["query"].get("limit") is not None:
            continue
        last = reply.get("last_id") or (reply.get("data") or [{}])[-1].get("id")
        turned = any(other["path"] == row["path"] and other["query"].get("after") == last for other in rows)
        if not turned:
            says = f"read the first page of {row['path']} and no more, though there is more"
            yield Shown("unpaged_list", "warning", says, (row["number"],))


def _batch_errors_ignored(rows: Sequence[Row]) -> Iterator[Shown]:
    """Batches with lines that failed, whose error file nobody read."""
    latest: dict[str, Row] = {}
    for row in rows:
        if row["operation"] in ("retrieveBatch", "cancelBatch") and isinstance(row["reply"], dict) and "id" in row["reply"]:
            latest[row["reply"]["id"]] = row
    for batch_id, row in latest.items():
        file_id = row["reply"].get("error_file_id")
        if file_id and not any(other["path"].endswith(f"/files/{file_id}/content") for other in rows):
            failed = row["reply"].get("request_counts", {}).get("failed")
            says = f"{failed} lines of {batch_id} failed, and their errors in {file_id} were not read"
            yield Shown("batch_errors_ignored", "error", says, (row["number"],))


_RULES: tuple[Callable[[Sequence[Row]], Iterator[Shown]], ...] = (
    _retry_after_ignored,
    _hopeless_retried,
    _storm,
    _no_backoff,
    _truncated_accepted,
    _unknown_parameters,
    _tool_results_lost,
    _unpaged,
    _batch_errors_ignored,
)
