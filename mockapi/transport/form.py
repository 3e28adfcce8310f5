"""From a multipart body (RFC 7578) to values: fields as text, files as uploads, bracketed names collected."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mockapi import errors
from mockapi.contract.types import Upload
from mockapi.transport.body import collect

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

    from mockapi.transport.call import Call

_MOST_PARTS = 1000
_BOUNDARY = re.compile(rb'boundary=(?:"([^"]{1,200})"|([^\s;,]{1,200}))', re.IGNORECASE)


def boundary(content_type: bytes) -> bytes:
    """What separates the parts of a form; empty if the content type is none of a form."""
    found = _BOUNDARY.search(content_type.partition(b";")[2]) if _is_form(content_type) else None
    return (found[1] or found[2]) if found else b""


def _is_form(content_type: bytes) -> bool:
    return content_type.partition(b";")[0].strip().lower() == b"multipart/form-data"


def values(call: Call) -> dict[str, Any]:
    """The members of a form. A name given twice, or ending in `[]`, is a list; `a[k]` is an object's member.

    Raises the API's 400 for another content type and for a body that is no whole form.
    """
    content_type = call.headers.get(b"content-type", b"")
    separator = boundary(content_type)
    if not separator:
        if _is_form(content_type):
            raise errors.malformed_form()
        raise errors.unsupported_content_type(content_type.decode("latin-1"), "multipart/form-data")
    found: dict[str, Any] = {}
    for name, value in parts(call.body, separator):
        collect(found, name, value, again="list")
    return found


def parts(content: bytes, separator: bytes) -> list[tuple[str, str | Upload]]:
    """The parts of a form, in their order. Raises the API's 400 for a body that is no whole form."""
    # Imported on first use: a chat needs no forms.
    from python_multipart.exceptions import FormParserError
    from python_multipart.multipart import MultipartParser

    reader = _Reader()
    try:
        parser = MultipartParser(separator, reader.callbacks())
        parser.write(content)
        parser.finalize()
    except FormParserError:
        raise errors.malformed_form() from None
    if not reader.ended:
        raise errors.malformed_form()
    return reader.parts


class _Reader:
    """Gathers what the parser calls back with."""

    def __init__(self) -> None:
        self.parts: list[tuple[str, str | Upload]] = []
        self.ended = False
        self._headers: dict[bytes, bytes] = {}
        self._name = self._value = b""
        self._pieces: list[bytes] = []

    def callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_part_data": self._piece,
            "on_part_end": self._end,
            "on_end": self._all,
        }

    def _begin(self) -> None:
        if len(self.parts) >= _MOST_PARTS:
            raise errors.malformed_form()
        self._headers, self._pieces = {}, []

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name = self._value = b""

    def _piece(self, data: bytes, start: int, end: int) -> None:
        self._pieces.append(data[start:end])

    def _end(self) -> None:
        from python_multipart.multipart import parse_options_header

        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        content = b"".join(self._pieces)
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if not name:
            raise errors.malformed_form()
        if b"filename" in options:
            kind = self._headers.get(b"content-type", b"application/octet-stream").decode("latin-1")
            self.parts.append((name, Upload(options[b"filename"].decode("utf-8", "replace"), kind, content)))
        else:
            self.parts.append((name, content.decode("utf-8", "replace")))

    def _all(self) -> None:
        self.ended = True
