"""The house rules that a machine can check: style, types, the direction of imports, migrations, words."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


def run(*command: str) -> None:
    """Run a checker and fail with what it printed."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"


def tracked_files() -> list[Path]:
    """Every file of the repository, or, in an unpacked archive, of the tree."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    return [path for path in ROOT.rglob("*") if path.is_file() and ".venv" not in path.parts]


def test_the_code_is_written_in_the_house_style():
    run(str(BIN / "ruff"), "check", ".")
    run(str(BIN / "ruff"), "format", "--check", ".")


def test_the_types_hold():
    run(str(BIN / "mypy"))


def test_knowledge_flows_one_way():
    run(str(BIN / "lint-imports"), "--no-cache")


@pytest.mark.django_db
def test_the_migrations_say_what_the_models_say():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_the_system_checks_find_nothing():
    call_command("check", "--fail-level", "WARNING")


def test_no_module_is_called_utils_helpers_or_common():
    vague = {"utils.py", "helpers.py", "common.py"}
    assert [path for path in tracked_files() if path.name in vague] == []


def test_no_file_names_a_package_host_or_a_path_of_one_machine():
    # Put together here, so that this line names none itself.
    options = "|".join(f"--{name}" for name in ("index-url", "extra-index-url", "find-links"))
    hosts = re.compile(rf"://[^/\s]+/(?:simple|packages)/|(?:{options})\s")
    here = re.compile("|".join(rf"(?<![\w.]){re.escape(str(place))}/" for place in {ROOT, Path.home()} - {Path("/")}))
    offenders = []
    for path in tracked_files():
        if path == Path(__file__) or path.suffix in {".png", ".jpg", ".xlsx", ".gz"}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if hosts.search(line) or here.search(line):
                offenders.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert offenders == []


def test_the_lock_files_carry_hashes_and_no_addresses():
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        assert "--hash=sha256:" in text
        assert "http://" not in text
        assert "https://" not in text
