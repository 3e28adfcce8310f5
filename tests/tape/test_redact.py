"""No secret reaches a tape, wherever it stood; what is no secret stays as it was."""

from __future__ import annotations

import base64
import json
import string
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockapi.tape import exchange as lines
from mockapi.tape import tapes
from mockapi.tape.exchange import Exchange, Request, Response
from mockapi.tape.redact import MARK, Redaction
from mockapi.tape.tapes import Tape
from tests.property.strategies import json_values

_ALPHABET = string.ascii_letters + string.digits
_TAILS = st.text(_ALPHABET, min_size=20, max_size=40)
KEYS = st.builds(lambda mark, tail: mark + tail, st.sampled_from(["sk-", "sk-proj-", "sk-admin-", "whsec_", "ek_"]), _TAILS)
HEADERS = st.sampled_from(
    ["Authorization", "api-key", "X-Api-Key", "Cookie", "Set-Cookie", "OpenAI-Organization", "openai-project", "x-custom-secret"]
)
MEMBERS = st.sampled_from(["api_key", "API-Key", "client_secret", "password", "authorization", "X_Custom-Secret"])
AROUND = st.text(max_size=8).map(lambda text: text + " ")


def placed(value: Any, secret: str, place: st.DataObject) -> Any:
    """A JSON value with a secret somewhere in it."""
    how = place.draw(st.sampled_from(["text", "name", "member", "list", "nested"]))
    if how == "text":
        return {"content": place.draw(AROUND) + secret + " " + place.draw(AROUND), "other": value}
    if how == "name":
        return {secret: value}
    if how == "member":
        return {place.draw(MEMBERS): "pw:" + secret[::-1], "other": value}
    if how == "list":
        return [value, [secret]]
    # The arguments of a tool: JSON within a string of JSON.
    return {"arguments": json.dumps({place.draw(MEMBERS): "pw:" + secret[::-1], "note": [place.draw(AROUND) + secret]})}


@st.composite
def written(draw: st.DrawFn, value: Any) -> str:
    """JSON text in any of the ways in which the same value may be written."""
    text = json.dumps(value, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 2])))
    if draw(st.booleans()):
        # The beginnings of keys hidden behind escapes.
        text = text.replace("sk-", "\\u0073k-").replace("_", "\\u005f")
    return text


@given(data=st.data(), value=json_values, secret=KEYS, header_secret=_TAILS, header=HEADERS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_secret_is_in_the_bytes_of_a_tape(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, value: Any, secret: str, header_secret: str, header: str
) -> None:
    asked = data.draw(written(placed(value, secret, data)))
    answered = data.draw(written(placed(value, secret, data)))
    # A server that says again what it was sent.
    echo = json.dumps({"error": f"bad key {header_secret}"})
    body = (answered + "\n" + echo).encode()
    shown = {
        "Authorization": f"Bearer {header_secret}",
        "Cookie": f"a=b; session={header_secret}",
        "Set-Cookie": f"s={header_secret}; Path=/",
    }
    headers = ((header, shown.get(header, header_secret)), ("x-note", f"see {secret}"))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=6)))
    pieces = [body[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(body)], strict=True)]
    before = Exchange(
        Request("POST", f"/v1/keys/{secret}", f"api_key={header_secret}&q={quote(secret, safe='')}", headers, asked.encode()),
        Response(200, headers, b"", tuple((float(number), piece) for number, piece in enumerate(pieces))),
    )
    path = tmp_path_factory.mktemp("redact") / "tape.jsonl"
    tape = Tape(path, Redaction(["X-Custom-Secret"]))
    tape.append(before)
    tape.close()
    content = path.read_bytes()
    (after,) = tapes.read(path)
    for text in (content, lines.write(after), after.request.body, after.response.content(), as_read(after.request.body)):
        assert secret.encode() not in text
        assert header_secret.encode() not in text
        assert secret[::-1].encode() not in text
        assert secret.replace("-", "%2D").encode() not in text
    assert MARK in content.decode()
    json.loads(after.request.body)


def as_read(body: bytes) -> bytes:
    """A body once its escapes are read, those of JSON within JSON too."""
    text = json.dumps(json.loads(body), ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass") + text.replace("\\u005f", "_").encode("utf-8", "surrogatepass")


@given(st.lists(st.binary(max_size=30) | st.text(max_size=20).map(str.encode), max_size=6), st.data())
def test_pieces_are_redacted_as_the_text_that_they_make(parts: list[bytes], data: st.DataObject) -> None:
    """However the network cuts an answer, what is left of it is the same."""
    body = b" sk-abcdefghijklmnop ".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=8)))
    pieces = tuple((0.0, body[begin:end]) for begin, end in zip([0, *cuts], [*cuts, len(body)], strict=True))
    one = Redaction().exchange(Exchange(Request("GET", "/"), Response(200, (), body)))
    many = Redaction().exchange(Exchange(Request("GET", "/"), Response(200, (), b"", pieces)))
    assert many.response.chunks is not None and len(many.response.chunks) == len(pieces)
    assert many.response.content() == one.response.body
    assert body.count(b" sk-abcdefghijklmnop ") == one.response.body.count(b" [redacted] ")
    assert one.response.body.replace(b"[redacted]", b"sk-abcdefghijklmnop") == body


@given(json_values, st.binary(max_size=200))
def test_what_holds_no_secret_stays_byte_for_byte(value: Any, binary: bytes) -> None:
    for body in (json.dumps(value, indent=3).encode(), binary):
        before = Exchange(Request("POST", "/v1/x", "a=%2f&b=+", (("accept", "*/*"),), body), Response(200, (), body))
        assert Redaction().exchange(before) == before


def test_words_that_only_look_like_keys_stay() -> None:
    text = '{"content": "risk-adjusted-returns, desk-reference-book, a task-list; sk-12 is a road", "token": "Hello", "password": {"type": "string"}}'
    before = Exchange(Request("POST", "/", "", (), text.encode()), Response(200, (), text.encode()))
    assert Redaction().exchange(before) == before


def test_named_members_go_with_all_that_they_hold() -> None:
    body = b'data: {"user": {"Customer-Id": [1, {"deep": "x"}], "b": 2}}\n\ndata: {"customer_id": 7, "c": "customer_id"}\n\n'
    after = Redaction(["customer-id"]).exchange(Exchange(Request("GET", "/"), Response(200, (), body)))
    assert (
        after.response.body
        == b'data: {"user": {"Customer-Id": "[redacted]", "b": 2}}\n\ndata: {"customer_id": "[redacted]", "c": "customer_id"}\n\n'
    )


@pytest.mark.parametrize("rest", ['"unfinished', "[" * 100_000, '{"a": ', ""])
def test_a_named_member_that_is_broken_off_is_taken_to_the_end_of_its_line(rest: str) -> None:
    body = f'{{"customer_id": {rest} 123-45-6789\nkept'.encode()
    after = Redaction(["customer_id"]).exchange(Exchange(Request("GET", "/"), Response(200, (), body)))
    assert b"123-45-6789" not in after.response.body
    assert after.response.body.endswith(b"\nkept")


def test_a_form_in_the_body_is_redacted_by_name() -> None:
    kind = (("content-type", "application/x-www-form-urlencoded"),)
    before = Request("POST", "/token", "", kind, b"grant=x&client_secret=hush+hush&scope=a%20b")
    assert Redaction().request(before).body == b"grant=x&client_secret=[redacted]&scope=a%20b"


def test_keys_in_binary_forms_are_taken_out() -> None:
    body = b"--b\r\n\r\n\xff\xfe\x00" + b" sk-" + b"x" * 30 + b" \xff\r\n--b--"
    before = Exchange(Request("POST", "/", "", (), body), Response(200, ()))
    line = lines.write(Redaction().exchange(before))
    assert base64.b64decode(json.loads(line)["request"]["body_base64"]) == b"--b\r\n\r\n\xff\xfe\x00 [redacted] \xff\r\n--b--"


def test_a_stray_quote_hides_no_member() -> None:
    text = 'a 5" plank {"api_key": "hidden-value", "n": 1}\n{"password": null, "Secret" : "hidden-value"}'
    before = Exchange(Request("POST", "/", "", (), text.encode()), Response(200, ()))
    clean = 'a 5" plank {"api_key": "[redacted]", "n": 1}\n{"password": null, "Secret" : "[redacted]"}'
    assert Redaction().exchange(before).request.body == clean.encode()


@pytest.mark.timeout(10)
@pytest.mark.parametrize("body", [b'"' + b'\\"' * 500_000, b'"api_key":' * 100_000, b'{"a":' * 100_000, b"sk-" * 500_000, b'"\\' * 300_000])
def test_hostile_text_is_looked_at_once(body: bytes) -> None:
    Redaction().exchange(Exchange(Request("POST", "/", "", (), body), Response(200, ())))
