"""The schedule: every task exists, and the manual of operations names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.celery import app

MANUAL = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
SCHEDULED = sorted({entry["task"] for entry in app.conf.beat_schedule.values()})


@pytest.mark.parametrize("task", SCHEDULED)
def test_a_scheduled_task_exists_and_the_manual_says_what_it_does(task: str) -> None:
    app.loader.import_default_modules()
    assert task in app.tasks
    assert f"| `{task}` |" in MANUAL


def test_the_manual_names_no_task_that_is_not_scheduled() -> None:
    named = {line.split("`")[1] for line in MANUAL.splitlines() if line.startswith(("| `dealers.", "| `pricing."))}
    named |= {
        line.split("`")[1]
        for line in MANUAL.splitlines()
        if line.startswith(("| `settlement.", "| `rebates.", "| `aftersales."))
    }
    assert named <= set(SCHEDULED)
