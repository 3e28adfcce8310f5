"""Just enough of X.509 to tell from when until when a certificate is valid."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime

_PEM = re.compile(r"\s*-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*")
_SEQUENCE, _VERSION, _UTC_TIME, _GENERALIZED_TIME = 0x30, 0xA0, 0x17, 0x18


class CertificateFault(Exception):
    """It is no certificate in PEM."""


def validity(pem: str) -> tuple[int, int]:
    """The first and the last second at which a certificate is valid. Raises CertificateFault."""
    found = _PEM.fullmatch(pem)
    if found is None:
        raise CertificateFault
    try:
        whole = base64.b64decode("".join(found[1].split()), validate=True)
        inner = _value(_value(whole, _SEQUENCE)[0], _SEQUENCE)[0]
        if inner[:1] == bytes((_VERSION,)):
            inner = _value(inner, _VERSION)[1]
        # The serial number, the algorithm and the issuer come before.
        for _ in range(3):
            inner = _value(inner, inner[0])[1]
        times = _value(inner, _SEQUENCE)[0]
        first, rest = _time(times)
        return first, _time(rest)[0]
    except (ValueError, IndexError):
        raise CertificateFault from None


def _value(der: bytes, tag: int) -> tuple[bytes, bytes]:
    """The value that comes first, and what comes after it."""
    size, at = der[1], 2
    if size & 0x80:
        at = 2 + (size & 0x7F)
        size = int.from_bytes(der[2:at], "big")
    if der[0] != tag or len(der) < at + size:
        raise ValueError
    return der[at : at + size], der[at + size :]


def _time(der: bytes) -> tuple[int, bytes]:
    text, rest = _value(der, der[0])
    told = text.decode("ascii")
    if der[0] == _UTC_TIME:
        # RFC 5280: two digits stand for the years from 1950 to 2049.
        told = f"{'19' if told >= '50' else '20'}{told}"
    elif der[0] != _GENERALIZED_TIME:
        raise ValueError
    return int(datetime.strptime(told, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC).timestamp()), rest
