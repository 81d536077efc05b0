"""Everything written on a page can be read in light and in dark (WCAG 2.2, contrast AA)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config.display.charts import HEAT_STEPS

CSS = (Path(__file__).resolve().parents[2] / "config/static/halfmoon/halfmoon.css").read_text(encoding="utf-8")
TOKENS = {
    name: (light, dark)
    for name, light, dark in re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", CSS)
}
GROUNDS = ("bg", "surface", "inset")
READABLE, DISCERNIBLE = 4.5, 3.0


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


TEXTS = [
    *[(ink, ground) for ink in ("text", "muted", "accent", "ok", "warn", "bad") for ground in GROUNDS],
    *[(tone, f"{tone}-soft") for tone in ("accent", "ok", "warn", "bad")],
    *[("text", f"{tone}-soft") for tone in ("accent", "ok", "warn", "bad")],
    ("muted", "accent-soft"),
    ("on-accent", "accent"),
]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXTS)
def test_text_can_be_read_on_its_ground(ink: str, ground: str, theme: int) -> None:
    assert contrast(TOKENS[ink][theme], TOKENS[ground][theme]) >= READABLE


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_the_edge_of_a_field_can_be_seen(theme: int) -> None:
    assert contrast(TOKENS["edge"][theme], TOKENS["surface"][theme]) >= DISCERNIBLE


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("step", range(HEAT_STEPS))
def test_every_cell_of_a_heat_map_can_be_read(step: int, theme: int) -> None:
    pair = r"light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)"
    rule = re.search(rf"\.heat-{step} {{ background: {pair}; color: {pair}; }}", CSS)
    assert rule is not None
    ground, ink = rule.groups()[theme], rule.groups()[2 + theme]
    assert contrast(ground, ink) >= READABLE
