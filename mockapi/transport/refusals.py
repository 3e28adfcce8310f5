"""What is answered to bytes that are no request, or never become one."""

from __future__ import annotations

from http import HTTPStatus

from mockapi.errors import ApiError
from mockapi.transport.reply import write_error


def head_too_large() -> ApiError:
    # guess: as of a body
    return ApiError(431, "Request header fields too large", edge=True)


def malformed_http() -> ApiError:
    # guess: the edge's words are not recorded
    return ApiError(400, "Invalid HTTP request", edge=True)


def request_too_slow() -> ApiError:
    # guess: the edge's words are not recorded
    return ApiError(408, "Request timed out", edge=True)


def written(error: ApiError) -> bytes:
    """The whole answer, status line and all."""
    text, kind = write_error(error)
    head = b"HTTP/1.1 %d %b\r\n" % (error.status, HTTPStatus(error.status).phrase.encode())
    return b"%bcontent-type: %b\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%b" % (head, kind, len(text), text)
