"""Skills on the wire: the order of keys, what is no skill, and archives that mean harm."""

from __future__ import annotations

import io
import stat
import time
import zipfile
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockapi import Server
from tests.conftest import Wire
from tests.property.law import is_the_apis
from tests.samples import REQUESTS, skill
from tests.wire.test_containers import fault

HEAD = "---\nname: basic-math\ndescription: Add numbers.\n---\n"


def zipped(*files: tuple[str | zipfile.ZipInfo, bytes | str], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", packed) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return written.getvalue()


def sent(wire: Wire, content: bytes, path: str = "/skills") -> Any:
    return wire.request("POST", path, files={"files": ("a.zip", content)})


def test_keys_come_in_the_apis_order(wire: Wire) -> None:
    made = wire.request("POST", "/skills", **REQUESTS["CreateSkill"]).json()
    assert list(made) == ["id", "object", "created_at", "default_version", "description", "latest_version", "name"]
    assert made["id"].startswith("skill_") and len(made["id"]) == 6 + 48
    version = wire.request("POST", f"/skills/{made['id']}/versions", **REQUESTS["CreateSkillVersion"]).json()
    assert list(version) == ["id", "object", "created_at", "description", "name", "skill_id", "version"]
    assert version["id"].startswith("skillver_") and version["id"][-16:] == made["id"][-16:]
    for path in ("/skills", f"/skills/{made['id']}/versions"):
        assert list(wire.request("GET", path).json()) == ["object", "data", "first_id", "has_more", "last_id"]


LINK = zipfile.ZipInfo("a/link")
LINK.external_attr = (stat.S_IFLNK | 0o777) << 16
ONCE = "it must have exactly one SKILL.md, in its top-level folder."
ONE_FOLDER = "all files must be in a single top-level folder."
NAMED = "the front matter of SKILL.md must have a 'name' of at most 64 lowercase letters, digits and single hyphens."
TOLD = "the front matter of SKILL.md must have a 'description' of at most 1024 characters."


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"PK no archive", "the zip file cannot be read."),
        (skill()[:-30], "the zip file cannot be read."),
        (zipped(), ONCE),
        (zipped(("a/README.md", "")), ONCE),
        (zipped(("a/SKILL.md", HEAD), ("a/skill.md", HEAD)), ONCE),
        (zipped(("a/b/SKILL.md", HEAD)), ONCE),
        (zipped(("SKILL.md", HEAD)), ONE_FOLDER),
        (zipped(("a/SKILL.md", HEAD), ("b/x", "")), ONE_FOLDER),
        (zipped(("a/SKILL.md", HEAD), ("a/../../x", "")), "'a/../../x' is not a relative path."),
        (zipped(("/a/SKILL.md", HEAD)), "'/a/SKILL.md' is not a relative path."),
        (zipped(("C:/a/SKILL.md", HEAD)), "'C:/a/SKILL.md' is not a relative path."),
        (zipped(("a/SKILL.md", HEAD), ("a\\..\\x", "")), "'a\\..\\x' is not a relative path."),
        (zipped(("a/SKILL.md", HEAD), (LINK, "/etc/passwd")), "'a/link' is a link."),
        (zipped(("a/SKILL.md", "name: x")), "SKILL.md must begin with YAML front matter between two lines '---'."),
        (zipped(("a/SKILL.md", b"\xff\xfe")), "SKILL.md is not UTF-8 text."),
        (zipped(("a/SKILL.md", "---\nname: [\n---\n")), "the front matter of SKILL.md is not valid YAML."),
        (zipped(("a/SKILL.md", "---\n- a\n---\n")), NAMED),
        (zipped(("a/SKILL.md", HEAD.replace("basic-math", "Basic Math"))), NAMED),
        (zipped(("a/SKILL.md", HEAD.replace("basic-math", "a--b"))), NAMED),
        (zipped(("a/SKILL.md", HEAD.replace("basic-math", "a" * 65))), NAMED),
        (zipped(("a/SKILL.md", HEAD.replace("Add numbers.", "''"))), TOLD),
        (zipped(("a/SKILL.md", HEAD.replace("Add numbers.", "a" * 1025))), TOLD),
        (zipped(("a/SKILL.md", HEAD), *((f"a/{number}", "") for number in range(500))), "it has more than 500 files."),
    ],
    ids=range(23),
)
def test_what_is_no_skill_is_refused(wire: Wire, content: bytes, why: str) -> None:
    assert fault(sent(wire, content), 400) == (f"Invalid skill: {why}", "files", "invalid_value")
    assert wire.request("GET", "/skills").json()["data"] == []


def test_folders_are_held_to_the_same_rules(wire: Wire) -> None:
    for files, why in (
        ([("a/SKILL.md", HEAD), ("../x", "")], "'../x' is not a relative path."),
        ([("SKILL.md", HEAD)], ONE_FOLDER),
        ([("a/SKILL.md", HEAD), ("a/SKILL.md", HEAD)], "there are two files 'a/SKILL.md'."),
    ):
        parts = [("files[]", (name, content.encode())) for name, content in files]
        assert fault(wire.request("POST", "/skills", files=parts), 400)[0] == f"Invalid skill: {why}"


def test_archives_that_unpack_into_much_are_refused_soon(wire: Wire) -> None:
    zeros = bytes(26 * 1024 * 1024)
    large = zipped(("a/SKILL.md", HEAD), ("a/zeros", zeros))
    many = zipped(("a/SKILL.md", HEAD), *((f"a/{number}", zeros[: 24 * 1024 * 1024]) for number in range(8)))
    entries = zipped(*((f"a/{number}", "") for number in range(6000)), packed=zipfile.ZIP_STORED)
    began = time.monotonic()
    assert fault(sent(wire, large), 400)[0] == "Invalid skill: 'a/zeros' is larger than 26214400 bytes."
    assert fault(sent(wire, many), 400)[0] == "Invalid skill: its files are larger than 104857600 bytes together."
    assert fault(sent(wire, entries), 400)[0] == "Invalid skill: it has more than 500 files."
    assert time.monotonic() - began < 10


def test_notes_of_the_system_that_packed_are_no_part_of_a_skill(wire: Wire) -> None:
    content = zipped(("a/", ""), ("a/SKILL.md", HEAD), ("__MACOSX/a/._SKILL.md", ""))
    assert sent(wire, content).status_code == 200


def test_what_is_not_there_is_told(wire: Wire) -> None:
    made = sent(wire, skill()).json()["id"]
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/content"), ("GET", "/versions"), ("GET", "/versions/1")):
        assert fault(wire.request(method, f"/skills/skill_x{path}"), 404) == ("Skill with id 'skill_x' not found.", None, None)
        prefix = "Invalid 'skill_id': 'x'. Expected an ID that begins with 'skill'."
        assert fault(wire.request(method, f"/skills/x{path}"), 400) == (prefix, "skill_id", "invalid_value")
    assert fault(sent(wire, skill(), "/skills/skill_x/versions"), 404)[0] == "Skill with id 'skill_x' not found."
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/content")):
        message = f"Version '7' of skill '{made}' not found."
        assert fault(wire.request(method, f"/skills/{made}/versions/7{path}"), 404) == (message, None, None)
    message = "Invalid 'default_version': the skill has no version '7'."
    assert fault(wire.request("POST", f"/skills/{made}", json={"default_version": "7"}), 400) == (
        message,
        "default_version",
        "invalid_value",
    )
    message = "Missing required parameter: 'files'."
    assert fault(wire.request("POST", "/skills", files={"zzz": ("a", b"")}), 400)[0] == message
    json = wire.request("POST", "/skills", json={"files": ["x"]})
    assert fault(json, 400)[2] == "unsupported_content_type"


@given(st.lists(st.tuples(st.integers(0, 400), st.binary(min_size=1, max_size=4)), min_size=1, max_size=4))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_damaged_archive_gets_the_apis_answer(server: Server, changes: list[tuple[int, bytes]]) -> None:
    content = bytearray(skill())
    for place, piece in changes:
        content[place : place + len(piece)] = piece
    with Wire(server.base_url, "sk-anyarchive") as wire:
        is_the_apis(sent(wire, bytes(content)))
