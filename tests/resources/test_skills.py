"""Skills through the official SDK: bundles come back, versions count, the default is the one that is meant."""

from __future__ import annotations

import io
import zipfile

import openai
import pytest
from openai import OpenAI

from tests.samples import skill

MANIFEST = b"---\nname: basic-math\ndescription: |\n  Add\n  numbers.\nlicense: MIT\n---\nUse it.\n"
FOLDER = [("basic_math/SKILL.md", MANIFEST), ("basic_math/lib/add.py", b"print(1 + 1)\n")]


def unzipped(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_folder_comes_back_as_an_archive(client: OpenAI) -> None:
    made = client.skills.create(files=FOLDER)
    assert (made.name, made.description, made.default_version, made.latest_version) == ("basic-math", "Add\nnumbers.\n", "1", "1")
    assert made == client.skills.retrieve(made.id)
    assert unzipped(client.skills.content.retrieve(made.id).read()) == dict(FOLDER)
    again = client.skills.create(files=list(reversed(FOLDER)))
    assert client.skills.content.retrieve(again.id).read() == client.skills.content.retrieve(made.id).read()


def test_an_archive_comes_back_as_it_was_sent(client: OpenAI) -> None:
    for files in (("any.zip", skill()), [("any.zip", skill())]):
        made = client.skills.create(files=files)
        reply = client.skills.content.with_raw_response.retrieve(made.id)
        assert (reply.content, reply.headers["content-type"]) == (skill(), "application/zip")


def test_versions_count_and_the_default_one_is_meant(client: OpenAI) -> None:
    made = client.skills.create(files=("a.zip", skill("one")))
    second = client.skills.versions.create(made.id, files=("b.zip", skill("two")))
    assert (second.version, second.name, second.skill_id) == ("2", "two", made.id)
    pointed = client.skills.retrieve(made.id)
    assert (pointed.name, pointed.default_version, pointed.latest_version) == ("one", "1", "2")
    third = client.skills.versions.create(made.id, files=("c.zip", skill("three")), default=True)
    pointed = client.skills.retrieve(made.id)
    assert (pointed.name, pointed.default_version, pointed.latest_version) == ("three", "3", "3")
    assert client.skills.content.retrieve(made.id).read() == skill("three")
    assert client.skills.versions.content.retrieve("2", skill_id=made.id).read() == skill("two")
    assert client.skills.versions.retrieve("2", skill_id=made.id) == second
    assert client.skills.update(made.id, default_version="2").name == "two"
    assert [each.version for each in client.skills.versions.list(made.id, limit=2)] == ["3", "2", "1"]
    assert [each.version for each in client.skills.versions.list(made.id, order="asc", after=second.id)] == ["3"]
    gone = client.skills.versions.delete("3", skill_id=made.id)
    assert (gone.deleted, gone.id, gone.version, gone.object) == (True, third.id, "3", "skill.version.deleted")
    assert client.skills.retrieve(made.id).latest_version == "2"
    # A number is not given twice.
    assert client.skills.versions.create(made.id, files=("d.zip", skill())).version == "4"


def test_the_default_version_stays_and_the_last_takes_its_skill_along(client: OpenAI) -> None:
    made = client.skills.create(files=("a.zip", skill()))
    client.skills.versions.create(made.id, files=("b.zip", skill()))
    with pytest.raises(openai.BadRequestError, match="Version '1' is the default version of the skill"):
        client.skills.versions.delete("1", skill_id=made.id)
    client.skills.versions.delete("2", skill_id=made.id)
    client.skills.versions.delete("1", skill_id=made.id)
    with pytest.raises(openai.NotFoundError):
        client.skills.retrieve(made.id)


def test_skills_are_listed_and_deleted_with_all_versions(client: OpenAI) -> None:
    first, second = (client.skills.create(files=("a.zip", skill(name))) for name in ("one", "two"))
    assert [each.id for each in client.skills.list(limit=1)] == [second.id, first.id]
    assert [each.name for each in client.skills.list(order="asc")] == ["one", "two"]
    gone = client.skills.delete(first.id)
    assert (gone.deleted, gone.id, gone.object) == (True, first.id, "skill.deleted")
    assert [each.id for each in client.skills.list()] == [second.id]
    with pytest.raises(openai.NotFoundError):
        client.skills.versions.retrieve("1", skill_id=first.id)
