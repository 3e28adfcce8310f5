"""Taking secrets out of an exchange before anything of it is written.

By name (headers, members of JSON, parameters), by look (`sk-…`, `whsec_…`, `ek_…`), and by value: what stood in a secret header is taken
out wherever else it stands. All of the text that is no secret stays as it was, so that a replay is the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import quote, unquote, unquote_plus

from mockapi import json
from mockapi.tape.exchange import Exchange, Headers, Request, Response, header

MARK = "[redacted]"

# doc: the headers that carry a key, an account or a session, here and at servers that are built alike
_HEADERS = {
    *("authorization", "proxy-authorization", "cookie", "set-cookie", "openai-organization", "openai-project"),
    *("api-key", "x-api-key", "x-goog-api-key", "ocp-apim-subscription-key", "x-auth-token", "x-amz-security-token"),
}
# Members that hold a secret as a text. A schema may have a property of the name: its value is an object and stays.
_MEMBERS = {
    *("api_key", "apikey", "x_api_key", "client_secret", "secret", "password"),
    *("access_token", "refresh_token", "authorization"),
}
_PARAMETERS = _MEMBERS | {"key", "token", "sig", "signature"}
# A key does not begin inside of a word: "risk-adjusted-returns" is none.
_LOOKS = re.compile(r"(?<![A-Za-z0-9])(?:sk-[A-Za-z0-9_-]{6,}|whsec_[A-Za-z0-9+/=_-]{6,}|ek_[A-Za-z0-9_-]{6,})")
# One that is not closed goes to the end of its line, so that no text takes more than one look.
_STRING = re.compile(r'"[^"\\\r\n]*+(?:\\.[^"\\\r\n]*+)*+"?')
_COLON = re.compile(r"\s*:\s*")
# A shorter value may be a word that stands elsewhere by chance.
_TELLING = 12

# What to put in place of which part of a text.
_Edit = tuple[int, int, str]


class Redaction:
    """What is secret: the usual, and the headers and members of these names (whatever their case, `-` and `_` being one)."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._named = frozenset(map(_plain, names))

    def exchange(self, exchange: Exchange) -> Exchange:
        """An exchange without its secrets."""
        request, response = exchange.request, exchange.response
        taken = _Pass(self._named, _values(request, response, self._named))
        return replace(exchange, request=taken.request(request), response=taken.response(response))

    def request(self, request: Request) -> Request:
        """A request without what is secret by name or look."""
        return _Pass(self._named, ()).request(request)


class _Pass:
    """One exchange's redaction: names, and values that are secret in it."""

    def __init__(self, named: frozenset[str], values: Iterable[str]) -> None:
        self._named = named
        names = "|".join(re.escape(name).replace("_", "[-_]") for name in sorted(_MEMBERS | named))
        self._names = re.compile(rf'"({names})"{_COLON.pattern}', re.IGNORECASE)
        literal = "|".join(re.escape(value) for value in sorted(values, key=lambda value: (-len(value), value)))
        self._looks = re.compile(f"{literal}|{_LOOKS.pattern}") if literal else _LOOKS

    def request(self, request: Request) -> Request:
        form = header(request.headers, "content-type").lower().startswith("application/x-www-form-urlencoded")
        body = self.parameters(_text(request.body)).encode("utf-8", "surrogateescape") if form else self._bytes(request.body)
        return Request(request.method, self._encoded(request.path), self.parameters(request.query), self._headers(request.headers), body)

    def response(self, response: Response) -> Response:
        headers = self._headers(response.headers)
        if response.chunks is None:
            return Response(response.status, headers, self._bytes(response.body))
        pieces = self._pieces([piece for _, piece in response.chunks])
        return Response(response.status, headers, b"", tuple(zip((ms for ms, _ in response.chunks), pieces, strict=True)))

    def _headers(self, headers: Headers) -> Headers:
        return tuple((name, MARK if self._is_header(name) else self.text(value)) for name, value in headers)

    def _is_header(self, name: str) -> bool:
        return name.lower() in _HEADERS or _plain(name) in self._named

    def parameters(self, query: str) -> str:
        """A query, or a body of the same form."""
        pairs = []
        for pair in query.split("&"):
            name, equals, value = pair.partition("=")
            if equals and _plain(unquote_plus(name)) in _PARAMETERS | self._named:
                pairs.append(f"{self._encoded(name)}={MARK}")
            else:
                pairs.append(self._encoded(name) + equals + self._encoded(value))
        return "&".join(pairs)

    def _encoded(self, text: str) -> str:
        """Text with percent signs. What is no secret in it stays as it was written."""
        plain = unquote(text, errors="surrogateescape")
        clean = self.text(plain)
        return text if clean == plain else quote(clean, safe="/[]", errors="surrogateescape")

    def _bytes(self, body: bytes) -> bytes:
        return self._pieces([body])[0]

    def _pieces(self, pieces: list[bytes]) -> list[bytes]:
        """Redact pieces as the one text that they are. What replaces a secret stands where it began."""
        text = _text(b"".join(pieces))
        edits = self._edits(text)
        if not edits:
            return pieces
        left: list[bytes] = []
        # Where a character begins, in bytes, is only counted forward.
        counted = at = 0
        spans: list[tuple[int, int, bytes]] = []
        for start, end, new in edits:
            at += len(_coded(text[counted:start]))
            length = len(_coded(text[start:end]))
            spans.append((at, at + length, _coded(new)))
            at, counted = at + length, end
        begin, next_span = 0, 0
        for piece in pieces:
            end = begin + len(piece)
            kept, position = bytearray(), begin
            while next_span < len(spans) and spans[next_span][0] < end:
                first, last, put = spans[next_span]
                kept += piece[max(position, begin) - begin : max(first - begin, 0)]
                if first >= begin:
                    kept += put
                position = last
                if last > end:
                    break
                next_span += 1
            left.append(bytes(kept) + piece[max(position - begin, 0) :])
            begin = end
        return left

    def text(self, text: str) -> str:
        """A text without its secrets."""
        out, at = [], 0
        for start, end, new in self._edits(text):
            out += [text[at:start], new]
            at = end
        return "".join(out) + text[at:]

    def _edits(self, text: str) -> list[_Edit]:
        """What to change in a text, in order and without overlaps."""
        found = [(*match.span(), MARK) for match in self._looks.finditer(text)]
        edits: list[_Edit] = []
        for start, end, new in sorted([*self._in_json(text), *found], key=lambda edit: (edit[0], -edit[1])):
            if not edits or start >= edits[-1][1]:
                edits.append((start, end, new))
            elif end > edits[-1][1]:
                edits[-1] = (edits[-1][0], end, MARK)
        return edits

    def _in_json(self, text: str) -> list[_Edit]:
        """Changes in what is or holds JSON: members that are secret by name, and strings that hide a secret behind escapes."""
        # Names are looked for by themselves: in what is no JSON, a stray quote turns inside and outside of strings around.
        edits = [edit for found in self._names.finditer(text) if (edit := self._value(text, found.end(), found[1]))]
        for token in _STRING.finditer(text):
            if "\\" not in token[0]:
                continue
            value = json.read_first(token[0], 0)[0]
            if not isinstance(value, str):
                continue
            colon = _COLON.match(text, token.end())
            if colon and (edit := self._value(text, colon.end(), value)):
                edits.append(edit)
            if (clean := self.text(value)) != value:
                edits.append((*token.span(), json.write_line(clean)[:-1].decode()))
        return edits

    def _value(self, text: str, start: int, name: str) -> _Edit | None:
        """What to change of the value of a member that begins here."""
        if _plain(name) not in _MEMBERS | self._named:
            return None
        held, end = json.read_first(text, start)
        if end < 0:
            # Broken off or nested too deep: what may belong to it, the rest of its line, goes with it.
            end = len(text) if (line_end := text.find("\n", start)) < 0 else line_end
        elif not isinstance(held, str) and _plain(name) not in self._named:
            return None
        return start, end, f'"{MARK}"'


def _values(request: Request, response: Response, named: frozenset[str]) -> set[str]:
    """What secret headers hold, as far as it is long enough to be told from words."""
    found: set[str] = set()
    for name, value in (*request.headers, *response.headers):
        if name.lower() == "set-cookie":
            found.add(value.partition(";")[0].partition("=")[2])
        elif name.lower() in _HEADERS or _plain(name) in named:
            found |= {value, *re.split(r"[\s;,=]+", value)}
    return {value for value in found if len(value) >= _TELLING}


def _plain(name: str) -> str:
    return name.lower().replace("-", "_")


def _text(body: bytes) -> str:
    return body.decode("utf-8", "surrogateescape")


def _coded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
