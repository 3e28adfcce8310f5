"""The house's own rules: who may import whom, how long a module is, where time and chance come from."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest

from mockapi import resources
from mockapi.settings import Importing, Recording, Replaying, Settings, flag_of

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "mockapi").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

# Rooms that all rooms may use.
EVERYWHERE = {"records"}
# Which others each room may use. Rooms not named here (the top) may use all.
ALLOWED = {
    "json": set(),
    "seed": set(),
    "clock": set(),
    "ids": {"seed"},
    "fixtures": set(),
    "lazily": set(),
    "records": set(),
    "errors": set(),
    "settings": {"clock"},
    "operations": {"json", "errors"},
    "tally": set(),
    "journal": {"clock", "tally"},
    # Made where the server is told to write one, so it may know how people read calls.
    "log": {"json", "clock", "journal", "tally", "control.exchanges", "transport.call"},
    "aside": {"json"},
    "lifecycle": {"fixtures", "clock", "store", "webhooks"},
    "webhooks": {"webhooks", "contract.webhooks", "ids", "json", "clock", "seed", "settings"},
    "catalogue": {"fixtures"},
    # What the model can write decides which schemas and grammars are taken.
    "contract": {"errors", "contract", "json", "engine.sampler", "engine.grammar", "engine.judge"},
    "engine": {"engine", "seed", "catalogue", "fixtures", "json", "lazily"},
    # What users script: told of calls, understood by the model, played on the way out.
    "scenario": {
        "scenario", "engine", "errors", "fixtures", "json", "seed", "clock", "settings", "transport.call", "transport.reply", "transport.faults",
        "transport.pace",
    },
    # What a client did wrong, read off its calls.
    "verdict": {"verdict", "fixtures", "json"},
    "store": {"store", "admission.limits", "catalogue", "json", "clock", "settings", "errors"},
    "turns": {"store", "errors"},
    "dialects": {"dialects", "contract", "engine", "errors", "ids", "seed", "catalogue", "json", "fixtures"},
    "transport": {"transport", "errors", "json", "operations", "clock", "seed", "contract.types"},
    "world": {"ids", "clock", "seed", "store", "turns", "lifecycle", "scenario.book", "transport.pace", "webhooks"},
    # All worlds, what is told of them to other processes, and the calls that those have to be able to read.
    "worlds": {
        "world", "parts", "journal", "journals", "tally", "clock", "json", "errors", "seed", "settings", "store", "turns", "lifecycle",
        "scenario.book", "transport.pace", "webhooks",
    },
    "parts": {"world", "json", "catalogue", "lifecycle", "transport.pace", "webhooks"},
    "journals": {
        "journal", "json", "clock", "errors", "catalogue", "admission", "operations", "scenario", "store", "transport.call",
        "transport.faults", "transport.reply",
    },
    "workers": {"clock", "settings", "store", "turns"},
    # What was recorded of a real API: knows bytes and forms, no resource and no world.
    "tape": {"tape", "errors", "json", "clock", "settings", "transport.body", "transport.form"},
    "admission": {
        "admission", "errors", "catalogue", "contract", "settings", "transport.call", "world", "fixtures", "clock", "lifecycle",
    },
    # A test starts servers and applications; what `server` has from here, the handle, imports none of them.
    "testing": {"testing", "settings", "lazily", "server", "app", "scenario.load", "transport.faults"},
    "resources": {
        "resources", "dialects", "engine", "contract", "admission", "store", "errors", "ids", "clock", "seed", "catalogue", "operations",
        "transport.call", "transport.reply", "transport.visit", "transport.websocket", "lifecycle", "json", "world", "fixtures", "aside",
        "webhooks",
    },
}  # fmt: skip


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT / "mockapi").with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> set[str]:
    """Modules of ours that a module imports at run time."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            node.body = []
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "mockapi":
            head = node.module.removeprefix("mockapi").lstrip(".")
            found |= {f"{head}.{alias.name}".lstrip(".") for alias in node.names}
    return found


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_down_only(path: Path) -> None:
    name = name_of(path)
    room = name.split(".")[0]
    if room not in ALLOWED:
        return
    for used in imports(path):
        assert any(used == allowed or used.startswith(f"{allowed}.") for allowed in ALLOWED[room] | EVERYWHERE), f"{name} imports {used}"


def test_every_room_is_under_the_rule() -> None:
    rooms = {name_of(path).split(".")[0] for path in MODULES}
    assert (
        rooms - set(ALLOWED)
        == {"", "__init__", "__main__", "app", "canned", "cli", "control", "pipeline", "server", "serving", "sockets"} & rooms
    )


@pytest.mark.parametrize("path", [*MODULES, *TESTS], ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_can_be_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 500


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_time_and_chance_have_one_source(path: Path) -> None:
    text = path.read_text()
    if name_of(path) != "clock":
        assert not re.search(r"^\s*(?:import time|from time import)", text, re.MULTILINE)
        assert "datetime.now" not in text
    assert not re.search(r"^\s*(?:import random|from random import|import secrets|import uuid)", text, re.MULTILINE)
    assert not re.search(r"(?<![\w.])(?:hash|print)\(", text)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_says_what_lives_in_it(path: Path) -> None:
    tree = ast.parse(path.read_text())
    if not tree.body:
        return
    docstring = ast.get_docstring(tree)
    assert docstring
    assert len(docstring.splitlines()) <= 10


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_sentences_of_the_mock_use_the_houses_words(path: Path) -> None:
    names = {node.name.lower() for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, (ast.ClassDef, ast.FunctionDef))}
    for name in names | {path.stem}:
        assert not set(re.split(r"_", name)) & {
            "handler",
            "manager",
            "service",
            "processor",
            "util",
            "utils",
            "helper",
            "helpers",
            "common",
        }


def test_every_operation_is_declared_where_its_path_says() -> None:
    for segment in resources._HOMES:
        assert resources.load(segment), segment
    named = {f"resources.{module}" for modules in resources._HOMES.values() for module in modules}
    declaring = {name_of(path) for path in MODULES if re.search(r"^@\w*operation\(", path.read_text(), re.MULTILINE)}
    assert declaring == named


def test_a_name_of_the_contract_means_one_thing() -> None:
    """The openapi document, which the parity laws read, knows contracts by their names alone."""
    found = [
        node.name
        for path in MODULES
        if name_of(path).startswith("contract.")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]
    assert sorted(found) == sorted(set(found))


def test_every_setting_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    for table in (Settings, Recording, Replaying, Importing):
        for item in fields(table):
            assert re.search(rf"`{flag_of(item.name)}\b", readme), item.name


def test_every_fixture_says_where_its_facts_come_from() -> None:
    for path in (ROOT / "fixtures" / "models").glob("*.toml"):
        assert re.match(r"# .*(?:Source|page)", path.read_text()), path.name


def test_what_is_guessed_is_marked_and_listed() -> None:
    marks = re.findall(r"# (doc|seen|sdk|guess)", "\n".join(path.read_text() for path in MODULES))
    assert {"doc", "seen", "sdk", "guess"} <= set(marks)
