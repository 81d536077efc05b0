"""The compose file agrees with the product and with its own documentation."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from config.celery import app
from config.programs import installation_programs

ROOT = Path(__file__).parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text()
SERVICES = yaml.safe_load(COMPOSE)["services"]


def queues(command) -> set[str]:
    return {
        queue
        for argument in command
        if argument.startswith("--queues=")
        for queue in argument.partition("=")[2].split(",")
    }


def test_every_setting_one_has_to_make_is_in_the_example():
    required = set(re.findall(r"\$\{(\w+):\?", COMPOSE))
    documented = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert required <= documented
    assert "DATABASE_PASSWORD" in required


def test_workers_listen_to_every_queue_tasks_are_sent_to():
    routed = {route["queue"] for route in app.conf.task_routes.values()} | {app.conf.task_default_queue}
    composed = set().union(*(queues(service.get("command", ())) for service in SERVICES.values()))
    embedded = set().union(*(queues(program.command) for program in installation_programs()))
    assert routed <= composed == embedded


def test_only_the_web_starts_without_sight_of_any_row():
    scopes = {
        name: service["environment"]["HALFMOON_ROW_SCOPE"]
        for name, service in SERVICES.items()
        if "HALFMOON_ROW_SCOPE" in service.get("environment", {})
    }
    assert {name for name, scope in scopes.items() if scope == ""} == {"web"}
    assert {"worker", "bulk-worker", "scheduler", "migrate"} <= {name for name, scope in scopes.items() if scope == "*"}


def test_the_product_does_not_connect_as_the_superuser():
    mounted = [mount.split(":")[0] for mount in SERVICES["database"]["volumes"] if mount.startswith("./")]
    assert any("NOSUPERUSER NOBYPASSRLS" in (ROOT / script).read_text() for script in mounted)
    assert SERVICES["web"]["environment"]["DATABASE_URL"].startswith("postgres://halfmoon:")


def test_compose_reads_the_file(tmp_path):
    command = next((found for name in ("docker-compose", "docker") if (found := shutil.which(name))), None)
    if command is None or (command.endswith("docker") and not _has_compose(command)):
        pytest.skip("docker compose is not installed")
    words = [command] if command.endswith("-compose") else [command, "compose"]
    environment = tmp_path / "env"
    required = sorted(set(re.findall(r"\$\{(\w+):\?", COMPOSE)))
    environment.write_text("".join(f"{name}=x\n" for name in required))
    done = subprocess.run(
        [*words, "--env-file", str(environment), "-f", str(ROOT / "docker-compose.yml"), "config"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _has_compose(docker: str) -> bool:
    return subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode == 0
