"""Charts are laid out from their values alone."""

from __future__ import annotations

import pytest

from config.display.charts import HEAT_STEPS, heat_step, line_chart, nice_ticks, share_of, spark_path


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (27, 84, [0, 25, 50, 75, 100]),
        (-30, 224, [-100, 0, 100, 200, 300]),
        (0, 0, [0, 0.25, 0.5, 0.75, 1]),
        (0, 4, [0, 1, 2, 3, 4]),
        (-8, -3, [-8, -6, -4, -2, 0]),
    ],
)
def test_ticks_are_round_and_hold_zero_and_every_value(low: float, high: float, ticks: list[float]) -> None:
    assert nice_ticks(low, high) == ticks


def test_a_line_goes_up_where_values_grow() -> None:
    (series,) = line_chart(["a", "b", "c"], [("x", [1, 2, 4])]).series
    heights = [point.y for point in series.points]
    assert heights == sorted(heights, reverse=True)


def test_a_chart_of_nothing_is_drawn_empty() -> None:
    (series,) = line_chart([], [("x", [])]).series
    assert series.line == ""


def test_labels_and_values_must_match() -> None:
    with pytest.raises(ValueError, match="argument"):
        line_chart(["a"], [("x", [1, 2])])


def test_one_value_makes_no_sparkline() -> None:
    assert spark_path([3]) == ("", 0, 0)


def test_equal_values_make_a_level_sparkline() -> None:
    path, _x, y = spark_path([5, 5, 5])
    assert path.count(f",{y}") == 3


@pytest.mark.parametrize(("value", "whole", "share"), [(1, 4, 25), (9, 4, 100), (-1, 4, 0), (1, 0, 0)])
def test_a_bar_stays_within_its_track(value: float, whole: float, share: float) -> None:
    assert share_of(value, whole) == share


@pytest.mark.parametrize(
    ("value", "step"), [(None, "heat-none"), (0, "heat-0"), (0.0001, "heat-1"), (0.2, "heat-6"), (9, "heat-6")]
)
def test_only_zero_looks_like_zero_on_a_heat_map(value: float | None, step: str) -> None:
    assert heat_step(value, 0.2) == step
    assert HEAT_STEPS == 7


def test_a_marked_stretch_covers_its_places_and_stays_within_the_chart() -> None:
    chart = line_chart(["a", "b", "c", "d", "e"], [("x", [1, 2, 4, 3, 1])], marked=(1, 2))
    assert chart.marked is not None
    spots = [point.x for point in chart.series[0].points]
    end = chart.marked.x + chart.marked.width
    assert spots[0] < chart.marked.x < spots[1] and spots[2] < end < spots[3]
    whole = line_chart(["a", "b"], [("x", [1, 2])], marked=(0, 1)).marked
    assert whole is not None and (whole.x, whole.x + whole.width) == (spots[0], chart.series[0].points[-1].x)
