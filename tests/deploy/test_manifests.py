"""What runs the server for others says of it what is so: its paths, its settings, its user, its time to end."""

from __future__ import annotations

import os
import re
import signal
import site
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml
from openai import OpenAI

from mockapi import Settings
from mockapi.settings import load
from tests.conftest import Wire

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {f"MOCKAPI_{item.name.upper()}" for item in fields(Settings)}
DOCKERFILE = (ROOT / "Dockerfile").read_text()
DEPLOYMENT, SERVICE, REDIS, REDIS_SERVICE = yaml.safe_load_all((ROOT / "deploy" / "kubernetes.yaml").read_text())
SERVICES = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]
COMPOSED = SERVICES["mockapi"]
ACTION = ROOT / ".github" / "actions" / "mockapi"


def leaves(value: Any) -> Iterator[tuple[str, Any]]:
    """All members that are no objects or lists, by their names."""
    for name, each in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(each, (dict, list)):
            yield from leaves(each)
        else:
            yield str(name), each


def test_variables_are_settings_and_the_drain_fits_into_what_is_given() -> None:
    container = DEPLOYMENT["spec"]["template"]["spec"]["containers"][0]
    told = {each["name"] for each in container["env"]} | set(COMPOSED["environment"]) | set(re.findall(r"MOCKAPI_[A-Z_]+(?==)", DOCKERFILE))
    assert told and told <= SETTINGS
    assert DEPLOYMENT["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] > Settings().drain_seconds + 1
    assert int(COMPOSED["stop_grace_period"].removesuffix("s")) > Settings().drain_seconds + 1


def test_probes_ask_for_what_is_there(wire: Wire) -> None:
    pod = DEPLOYMENT["spec"]["template"]
    asked = [value for name, value in leaves(pod) if name in ("path", "prometheus.io/path")]
    assert set(asked) == {"/ready", "/health", "/metrics"}
    for path in [*asked, *re.findall(r"\}(/\w+)'", DOCKERFILE)]:
        assert wire.control("GET", path).status_code == 200, path


def test_ports_selectors_and_users_agree() -> None:
    pod = DEPLOYMENT["spec"]["template"]
    container = pod["spec"]["containers"][0]
    (user,) = re.findall(r"^USER (\d+):\d+$", DOCKERFILE, re.MULTILINE)
    assert pod["spec"]["securityContext"]["runAsUser"] == int(user) > 0
    (port,) = re.findall(r"^EXPOSE (\d+)$", DOCKERFILE, re.MULTILINE)
    assert container["ports"] == [{"name": SERVICE["spec"]["ports"][0]["targetPort"], "containerPort": int(port)}]
    assert pod["metadata"]["annotations"]["prometheus.io/port"] == port and f"MOCKAPI_PORT={port}" in DOCKERFILE
    assert SERVICE["spec"]["selector"] == DEPLOYMENT["spec"]["selector"]["matchLabels"] == pod["metadata"]["labels"]
    assert (ROOT / "deploy" / COMPOSED["build"]["context"]).resolve() == ROOT


def test_the_store_is_where_it_is_said_to_be() -> None:
    assert COMPOSED["environment"]["MOCKAPI_STORE"] == "redis://redis:6379/0" and set(COMPOSED["depends_on"]) < set(SERVICES)
    container = DEPLOYMENT["spec"]["template"]["spec"]["containers"][0]
    (store,) = [each["value"] for each in container["env"] if each["name"] == "MOCKAPI_STORE"]
    port = REDIS_SERVICE["spec"]["ports"][0]["port"]
    assert store == f"redis://{REDIS_SERVICE['metadata']['name']}:{port}/0"
    pod = REDIS["spec"]["template"]
    assert REDIS_SERVICE["spec"]["selector"] == REDIS["spec"]["selector"]["matchLabels"] == pod["metadata"]["labels"]
    assert pod["spec"]["containers"][0]["ports"] == [{"name": REDIS_SERVICE["spec"]["ports"][0]["targetPort"], "containerPort": port}]
    assert re.search(r"pip install .*\[.*redis.*\]", DOCKERFILE)
    for settings in (COMPOSED["environment"], {each["name"]: each["value"] for each in container["env"]}):
        load({}, settings, None)


def test_the_health_check_of_the_image_fails_where_nobody_is_ready(wire: Wire) -> None:
    (words,) = re.findall(r"^  CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    script = yaml.safe_load(words)[2]
    here = wire.base_url.removesuffix("/v1").rpartition(":")[2]
    for port, status in ((here, 0), ("1", 1)):
        checked = subprocess.run([sys.executable, "-c", script], env={**os.environ, "MOCKAPI_PORT": port}, capture_output=True, check=False)
        assert checked.returncode == status, checked.stderr


def action(tmp_path: Path, arguments: str) -> subprocess.CompletedProcess[str]:
    """Run what the action's step runs, offline: the packages that it needs are those of this interpreter."""
    (step,) = yaml.safe_load((ACTION / "action.yml").read_text())["runs"]["steps"]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("MOCKAPI_", "OPENAI_", "GITHUB_"))},
        "GITHUB_ACTION_PATH": str(ACTION), "GITHUB_ENV": str(tmp_path / "env"), "GITHUB_OUTPUT": str(tmp_path / "output"),
        "RUNNER_TEMP": str(tmp_path), "PYTHON": sys.executable, "PORT": "0", "ARGUMENTS": arguments, "PYTHONPATH": site.getsitepackages()[0],
        "PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0",
    }  # fmt: skip
    assert set(step["env"]) <= set(environment)
    return subprocess.run(
        ["bash", "-c", step["run"]], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=100
    )


def test_the_action_starts_a_server_and_tells_where(tmp_path: Path) -> None:
    done = action(tmp_path, "--tier 2 --mode alive")
    assert done.returncode == 0, done.stderr
    told = dict(line.split("=", 1) for line in (tmp_path / "env").read_text().splitlines())
    output = dict(line.split("=", 1) for line in (tmp_path / "output").read_text().splitlines())
    (server,) = [int(pid) for pid in re.findall(r"^process (\d+)$", done.stdout, re.MULTILINE)]
    try:
        assert output["base-url"] == told["OPENAI_BASE_URL"]
        with OpenAI(base_url=told["OPENAI_BASE_URL"], api_key=told["OPENAI_API_KEY"]) as client:
            reply = client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "Say hello"}])
        assert reply.choices[0].message.content == "Hello!"
        assert '"operation":"createChatCompletion"' in Path(output["log"]).read_text()
    finally:
        os.kill(server, signal.SIGTERM)


def test_the_action_fails_where_the_server_does_not_start(tmp_path: Path) -> None:
    done = action(tmp_path, "--tier nine")
    assert done.returncode == 1
    assert "--tier: 'nine' is not one of" in done.stderr
    assert not (tmp_path / "env").exists()


@pytest.mark.parametrize("name", ["ci.yml", "action.yml"])
def test_workflows_can_be_read(name: str) -> None:
    found = yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text())
    for job in found["jobs"].values():
        assert all(("uses" in step) is not ("run" in step) for step in job["steps"])
