"""Whatever is taken for a certificate is read or refused in one way."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockapi.resources.organization import x509
from tests.samples import certificate

HEAD, FOOT = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"


def wrapped(content: bytes) -> str:
    return f"{HEAD}\n{base64.b64encode(content).decode()}\n{FOOT}"


@given(st.one_of(st.text(), st.binary().map(wrapped), st.text("AB=+/ 09").map(lambda text: f"{HEAD}{text}{FOOT}")))
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(x509.CertificateFault):
        x509.validity(text)


@given(st.data())
def test_a_changed_one_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(base64.b64decode(certificate().replace("\n", "").removeprefix(HEAD).removesuffix(FOOT)))
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        first, last = x509.validity(wrapped(bytes(content)[: data.draw(st.integers(0, len(content)))]))
    except x509.CertificateFault:
        return
    assert isinstance(first, int) and isinstance(last, int)


def test_both_forms_of_time_are_read() -> None:
    assert x509.validity(certificate("20500101000000Z", "500101000000Z")) == (2_524_608_000, -631_152_000)
    assert x509.validity(certificate("491231235959Z", "19491231235959Z")) == (2_524_607_999, -631_152_001)
