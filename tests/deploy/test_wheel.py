"""The wheel carries all that the server needs: it runs from a folder that has nothing of the checkout."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from openai import OpenAI

ROOT = Path(__file__).resolve().parents[2]
# Ours is there as a checkout too; what is told first is found first.
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("MOCKAPI_")}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_every_fixture_is_in_it_and_no_test(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    fixtures = {f"mockapi/{path.relative_to(ROOT).as_posix()}" for path in (ROOT / "fixtures").rglob("*") if path.is_file()}
    assert fixtures and fixtures <= names
    assert {"mockapi/py.typed", "mockapi/engine/o200k_base.words"} <= names
    assert {name.split("/")[0] for name in names} == {"mockapi", wheel.name.removesuffix("-py3-none-any.whl") + ".dist-info"}


def test_it_runs_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    site, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    elsewhere.mkdir()
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(site), str(wheel)]
    subprocess.run(install, check=True, capture_output=True, cwd=elsewhere)
    environment = {**CLEAN, "PYTHONPATH": str(site)}
    where = subprocess.run(
        [sys.executable, "-c", "from mockapi import fixtures; print(fixtures.folder())"],
        check=True, capture_output=True, text=True, cwd=elsewhere, env=environment,
    )  # fmt: skip
    assert where.stdout.strip() == str(site / "mockapi" / "fixtures")
    server = [sys.executable, "-m", "mockapi", "--port", "0"]
    with subprocess.Popen(server, stdout=subprocess.PIPE, text=True, cwd=elsewhere, env=environment) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"OPENAI_BASE_URL=(\S+)", process.stdout.readline())
            assert found
            with OpenAI(base_url=found[1], api_key="sk-wheel") as client:
                reply = client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "Say hello"}])
                assert reply.choices[0].message.content == "Hello!"
                assert client.images.generate(model="gpt-image-1", prompt="A red circle").data
        finally:
            process.kill()
