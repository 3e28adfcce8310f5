"""HTTP to the controls of a running server, by the standard library alone."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

_SECONDS = 30


class ControlError(RuntimeError):
    """A control refused, or no server answered. `status` is that of the answer, None where there was none; `param` names the argument
    that was refused."""

    def __init__(self, message: str, status: int | None = None, param: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.param = param


class Controls:
    """The controls as one key sees them; without a key, as they are for all projects. Any thread may use it: each call connects anew.

    `controls_key` is the server's, where it has one: by default that of MOCKAPI_CONTROLS, the variable that the server itself reads.
    """

    def __init__(self, base_url: str, api_key: str | None = None, controls_key: str | None = None) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"base_url: {base_url!r} is no address like http://127.0.0.1:8080/v1")
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port
        self._prefix = parts.path.rstrip("/").removesuffix("/v1")
        self.base_url = f"{parts.scheme}://{parts.netloc}{self._prefix}/v1"
        self.key = os.environ.get("MOCKAPI_CONTROLS", "").partition("key:")[2] if controls_key is None else controls_key
        self._headers = {"x-mock-controls-key": self.key} if self.key else {}
        if api_key is not None:
            self._headers["authorization"] = f"Bearer {api_key}"

    def get(self, path: str, query: Mapping[str, object] | None = None) -> Any:
        """The JSON at a path below the server's root. Raises ControlError."""
        return self._ask("GET", path + (f"?{urlencode(query, quote_via=quote)}" if query else ""), None)

    def post(self, path: str, body: Mapping[str, object] | None = None) -> Any:
        """What a control answers to a JSON body. Raises ControlError."""
        return self._ask("POST", path, body or {})

    def delete(self, path: str) -> Any:
        """What a control answers to a deletion. Raises ControlError."""
        return self._ask("DELETE", path, None)

    def _ask(self, method: str, path: str, body: Mapping[str, object] | None) -> Any:
        import http.client

        content = None if body is None else json.dumps(body).encode()
        headers = self._headers if content is None else {**self._headers, "content-type": "application/json"}
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = kind(self._host, self._port, timeout=_SECONDS)
        try:
            connection.request(method, self._prefix + path, content, headers)
            answer = connection.getresponse()
            status, text = answer.status, answer.read()
        except (OSError, http.client.HTTPException) as fault:
            raise ControlError(f"no server answers at {self.base_url}: {fault}") from fault
        finally:
            connection.close()
        try:
            told = json.loads(text) if text else {}
        except ValueError:
            raise ControlError(f"{method} {path}: the answer is not JSON: is {self.base_url} a mockapi server?", status) from None
        if status >= 400:
            error = told.get("error") if isinstance(told, dict) else None
            error = error if isinstance(error, dict) else {}
            raise ControlError(f"{method} {path}: {error.get('message') or f'status {status}'}", status, error.get("param"))
        return told
