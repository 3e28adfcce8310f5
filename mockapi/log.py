"""The log: one line on stderr for each call that was answered, as text or as JSON; and how other lines look beside those."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from typing import Any

from mockapi import json
from mockapi.clock import wall_micros
from mockapi.control.exchanges import Exchange, iso
from mockapi.journal import CUT
from mockapi.tally import tokens
from mockapi.transport.call import Call

_MILLI = 1_000_000


class Log:
    """Hears of calls from the journals. Neither headers, nor queries, nor bodies are written, so no secret is."""

    def __init__(self, form: str) -> None:
        """`form` is `text` or `json`."""
        self._line = _as_text if form == "text" else _as_json

    def __call__(self, calls: Sequence[Call], project: str | None) -> None:
        """Write calls of a project, None for those that came to none."""
        text = "".join(self._line(_told(call, project)) for call in calls)
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except (OSError, ValueError):
            # Whoever read it is gone: the call that is being answered is not to suffer.
            return


class JsonLines(logging.Formatter):
    """What is told beside calls, warnings and tracebacks, as JSON too."""

    def format(self, record: logging.LogRecord) -> str:
        told = {"time": iso(wall_micros()), "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage()}
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        return json.write(told).decode()


def _told(call: Call, project: str | None) -> dict[str, Any]:
    """What a line says. `time` is real, `clock` the instant of the world's clock at which the call came in."""
    exchange = Exchange(call, 0, project, 0)
    taken, given = (None, None) if call.used is None else tokens(call.used)
    return {
        "time": iso(wall_micros()),
        "clock": iso(call.now),
        "level": "info" if call.reply.status < 500 else "error",
        "request_id": exchange.id,
        "via": _via(exchange),
        "method": call.method,
        "path": exchange.path,
        "operation": call.operation.id or None,
        "model": exchange.model if call.card is not None or len(call.body) <= CUT else None,
        "project": project,
        "status": call.reply.status,
        "ms": (call.done - call.began) / _MILLI,
        "tokens_in": taken,
        "tokens_out": given,
        "scenario": exchange.scenario,
        "limit": call.hit,
        "fault": exchange.fault,
        "stream": call.reply.ended,
    }


def _via(exchange: Exchange) -> str:
    if b"sec-websocket-key" in exchange.call.headers:
        return "websocket"
    return "errand" if exchange.is_errand else "http"


def _as_json(told: dict[str, Any]) -> str:
    return json.write(told).decode() + "\n"


def _as_text(told: dict[str, Any]) -> str:
    """The same for people: what every call has in columns, the rest by name."""
    head = f"{told.pop('time')} {told.pop('status')} {told['ms']:9.3f} ms {told.pop('method')} {_plain(told.pop('path'))}"
    del told["ms"], told["level"]
    return " ".join([head, *(f"{name}={_plain(str(value))}" for name, value in told.items() if value is not None)]) + "\n"


def _plain(text: str) -> str:
    """A text as it is, or quoted where it might be taken for more than one, or for a line of its own."""
    return text if text.isprintable() and text.isascii() and " " not in text and '"' not in text else json.write(text).decode()
