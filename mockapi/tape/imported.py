"""Exchanges out of other programs' recordings: cassettes of vcrpy (YAML and JSON) and HTTP archives (HAR 1.2).

Neither keeps when the pieces of a stream came: an imported stream is one body.
"""

from __future__ import annotations

import logging
from base64 import b64decode
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from mockapi import json
from mockapi.settings import Importing, SettingsError
from mockapi.tape import coding, tapes, wire
from mockapi.tape.exchange import Exchange, Headers, NotAnExchange, Request, Response, Timing, checked, header
from mockapi.tape.redact import Redaction

_log = logging.getLogger("mockapi.tape")


def onto_tape(file: str, settings: Importing) -> tuple[int, Path]:
    """Add what a file holds to a tape; how much that was, and on which.

    Raises SettingsError if the file is no recording that is known, before anything is written. What cannot be used of it is left out with
    a warning.
    """
    source = Path(file)
    found = list(read(source))
    target = Path(settings.tape) if settings.tape else source.with_suffix(tapes.SUFFIX)
    tape = tapes.Tape(target, Redaction(settings.redact))
    try:
        for exchange in found:
            tape.append(exchange)
    except OSError as error:
        raise SettingsError(f"{target}: cannot be written: {error.strerror}") from None
    finally:
        tape.close()
    return len(found), target


def read(path: Path) -> Iterator[Exchange]:
    """The exchanges of a cassette or an archive. Raises SettingsError if it is neither."""
    value = _value(path)
    if isinstance(value, dict) and isinstance(value.get("interactions"), list):
        entries, of_entry = value["interactions"], _of_cassette
    elif isinstance(value, dict) and isinstance(value.get("log"), dict) and isinstance(value["log"].get("entries"), list):
        entries, of_entry = value["log"]["entries"], _of_archive
    else:
        raise SettingsError(f"{path}: neither a cassette of vcrpy ('interactions') nor an HTTP archive ('log.entries')")
    for number, entry in enumerate(entries):
        place = f"{path}[{number}]"
        try:
            yield checked(of_entry(entry, place))
        except NotAnExchange as fault:
            _log.warning("%s: left out: %s", place, fault)
        except (AttributeError, KeyError, TypeError, ValueError) as fault:
            _log.warning("%s: left out: it cannot be read: %r", place, fault)


def _value(path: Path) -> Any:
    """What a file says, as JSON or YAML."""
    try:
        content = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from None
    try:
        return json.read(content)
    except ValueError as error:
        if path.suffix.lower() in (".json", ".har"):
            raise SettingsError(f"{path}: not JSON: {error}") from None
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return YAML(typ="safe", pure=True).load(content.decode())
    except (YAMLError, ValueError, RecursionError) as error:
        raise SettingsError(f"{path}: neither JSON nor YAML: {error}") from None


def _of_cassette(entry: Any, place: str) -> Exchange:
    asked, answered = entry["request"], entry["response"]
    status = answered.get("status_code") or answered["status"]
    sent, got = _pairs(asked.get("headers")), _pairs(answered.get("headers"))
    return Exchange(
        _request(asked["method"], asked.get("uri") or asked["url"], sent, _packed(asked, "body")),
        _response(status["code"] if isinstance(status, dict) else status, got, _packed(answered, "body")),
        place=place,
    )


def _packed(message: dict[str, Any], name: str) -> bytes:
    """The body of a message on a cassette, in any of the ways in which versions and serializers of vcrpy keep it."""
    if "parsed_body" in message:
        return json.write(message["parsed_body"])
    body = message.get(name, message.get("content"))
    if isinstance(body, dict) and "base64_string" in body:
        return b64decode(body["base64_string"])
    if isinstance(body, dict) and "string" in body:
        body = body["string"]
    if body is None:
        return b""
    if isinstance(body, bytes):
        return body
    return body.encode() if isinstance(body, str) else json.write(body)


def _of_archive(entry: Any, place: str) -> Exchange:
    asked, answered = entry["request"], entry["response"]
    if not answered.get("status"):
        raise NotAnExchange("it was never answered")
    sent, got = _pairs(asked.get("headers")), _pairs(answered.get("headers"))
    posted, content = asked.get("postData") or {}, answered.get("content") or {}
    text = content.get("text") or ""
    body = b64decode(text) if content.get("encoding") == "base64" else text.encode()
    total = max(0.0, float(entry.get("time") or 0))
    waited = [float((entry.get("timings") or {}).get(part) or 0) for part in ("blocked", "dns", "connect", "send", "wait")]
    head = min(total, sum(part for part in waited if part > 0))
    return Exchange(
        # What an archive holds is unpacked, whatever the headers say.
        _request(asked["method"], asked["url"], _unpacked(sent), _posted(posted)),
        _response(answered["status"], _unpacked(got), body),
        Timing(str(entry.get("startedDateTime") or ""), round(head, 1), round(total, 1)),
        place,
    )


def _posted(posted: dict[str, Any]) -> bytes:
    if "text" in posted:
        text: str = posted["text"] or ""
        return b64decode(text) if posted.get("encoding") == "base64" else text.encode()
    parameters = posted.get("params") or []
    if parameters and not str(posted.get("mimeType", "")).startswith("application/x-www-form-urlencoded"):
        raise NotAnExchange("the archive does not hold the bytes of the form that was sent")
    return urlencode([(each["name"], each.get("value", "")) for each in parameters]).encode()


def _request(method: str, url: str, headers: Headers, body: bytes) -> Request:
    parts = urlsplit(url)
    content = _decoded(headers, body)
    return Request(method.upper(), parts.path or "/", parts.query, _kept(headers), content)


def _response(status: Any, headers: Headers, body: bytes) -> Response:
    return Response(int(status), _kept(headers), _decoded(headers, body))


def _decoded(headers: Headers, body: bytes) -> bytes:
    packed = header(headers, "content-encoding")
    content = coding.decoded(body, packed)
    if content is not None:
        return content
    if coding.is_known(packed):
        # Many record what they unpacked and leave the header.
        return body
    raise NotAnExchange(f"its content coding '{packed}' cannot be read")


def _pairs(headers: Any) -> Headers:
    """Headers of an object of texts or lists, or of a list of names and values."""
    listed = isinstance(headers, list)
    pairs: Iterable[tuple[Any, Any]] = [(each["name"], each["value"]) for each in headers] if listed else (headers or {}).items()
    flat = [(name, each) for name, value in pairs for each in (value if isinstance(value, list) else [value])]
    coded = [(str(name).encode("latin-1", "replace"), str(value).encode("latin-1", "replace")) for name, value in flat]
    return wire.end_to_end((name, value) for name, value in coded if not name.startswith(b":"))


def _unpacked(headers: Headers) -> Headers:
    return tuple((name, value) for name, value in headers if name != "content-encoding")


def _kept(headers: Headers) -> Headers:
    return tuple((name, value) for name, value in headers if name not in ("host", "content-length", "content-encoding"))
