"""Strings of the formats that JSON Schema names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from mockapi.seed import Stream

_WORDS = ("alpha", "beacon", "cedar", "delta", "ember", "fjord", "grove", "harbor", "indigo", "juniper", "lumen", "meadow", "north")
_FIRST_DAY = date(2024, 1, 1)


def _date(stream: Stream) -> str:
    return (_FIRST_DAY + timedelta(days=stream.below(1000))).isoformat()


def _time(stream: Stream) -> str:
    return f"{stream.below(24):02d}:{5 * stream.below(12):02d}:00Z"


def _uuid(stream: Stream) -> str:
    digits = bytearray(stream.entropy(16))
    digits[6] = digits[6] & 0x0F | 0x40
    digits[8] = digits[8] & 0x3F | 0x80
    text = digits.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _host(stream: Stream) -> str:
    return f"{stream.choice(_WORDS)}.example.com"


def _ipv6(stream: Stream) -> str:
    return "2001:db8:" + ":".join(f"{stream.between(1, 0xFFFF):x}" for _ in range(6))


FORMATS: dict[str, Callable[[Stream], str]] = {
    "date": _date,
    "time": _time,
    "date-time": lambda stream: f"{_date(stream)}T{_time(stream)}",
    "duration": lambda stream: f"P{stream.between(1, 9)}DT{stream.between(1, 23)}H",
    "email": lambda stream: f"{stream.choice(_WORDS)}.{stream.choice(_WORDS)}@example.com",
    "idn-email": lambda stream: f"{stream.choice(_WORDS)}@example.com",
    "hostname": _host,
    "idn-hostname": _host,
    "ipv4": lambda stream: f"192.0.2.{stream.between(1, 254)}",
    "ipv6": _ipv6,
    "uuid": _uuid,
    "uri": lambda stream: f"https://{_host(stream)}/{stream.choice(_WORDS)}",
    "url": lambda stream: f"https://{_host(stream)}/{stream.choice(_WORDS)}",
    "uri-reference": lambda stream: f"/{stream.choice(_WORDS)}/{stream.choice(_WORDS)}",
    "iri": lambda stream: f"https://{_host(stream)}/{stream.choice(_WORDS)}",
    "iri-reference": lambda stream: f"/{stream.choice(_WORDS)}",
    "uri-template": lambda stream: f"https://{_host(stream)}/{{id}}",
    "json-pointer": lambda stream: f"/{stream.choice(_WORDS)}/{stream.below(10)}",
    "relative-json-pointer": lambda stream: f"{stream.below(3)}/{stream.choice(_WORDS)}",
    "regex": lambda stream: f"^{stream.choice(_WORDS)}$",
}
