"""Forms on the wire: what is no form, and what is one that cannot be read."""

from __future__ import annotations

import pytest

from tests.conftest import Wire


@pytest.mark.parametrize("path", ["/files", "/audio/transcriptions", "/audio/translations", "/images/variations"])
@pytest.mark.parametrize("kind", ["multipart/form-data", "Multipart/Form-Data; charset=utf-8", "multipart/form-data; boundary="])
def test_a_form_without_a_boundary_is_malformed(wire: Wire, path: str, kind: str) -> None:
    answer = wire.request("POST", path, content=b"--x--\r\n", headers={"content-type": kind})
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == "We could not parse the multipart form data of your request."


def test_another_content_type_is_told(wire: Wire) -> None:
    error = wire.request("POST", "/files", content=b"{}", headers={"content-type": "application/json"}).json()["error"]
    assert error["code"] == "unsupported_content_type" and error["message"].startswith("Unsupported content type: 'application/json'.")
