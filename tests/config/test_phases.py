"""Phases are laid out from their instants alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from django.template import Context, Template
from django.utils.translation import override

from config.display.phases import WIDTH, Phase, phases
from dealers.foundation.clock import BUSINESS_ZONE

DAY_0 = datetime(2026, 11, 2, 9, tzinfo=BUSINESS_ZONE)


def day(number: float) -> datetime:
    return DAY_0 + timedelta(days=number)


def test_one_follows_the_other_on_one_scale() -> None:
    drawn = phases([Phase("a", day(0), day(4)), Phase("b", day(4), day(8))], day(9))
    first, second = drawn.bars
    assert first.x + first.width == second.x and first.y < second.y
    assert drawn.now_x is None


def test_a_phase_that_lasts_ends_now_and_its_deadline_may_lie_ahead() -> None:
    drawn = phases([Phase("a", day(0), day(4)), Phase("b", day(4), due=day(16))], day(8))
    bar = drawn.bars[1]
    assert drawn.now_x == bar.x + bar.width
    assert bar.due_x is not None and drawn.now_x < bar.due_x <= WIDTH


def test_a_missed_deadline_lies_within_the_bar() -> None:
    (bar,) = phases([Phase("a", day(0), due=day(4))], day(8)).bars
    assert bar.due_x is not None and bar.x < bar.due_x < bar.x + bar.width


def test_a_phase_of_no_time_is_still_to_be_seen() -> None:
    drawn = phases([Phase("a", day(0), day(0)), Phase("b", day(0), day(9))], day(9))
    assert drawn.bars[0].width > 0


def test_rows_do_not_touch() -> None:
    drawn = phases([Phase(str(number), day(number), day(number + 1)) for number in range(6)], day(9))
    assert all(above.y + drawn.bar_height < below.text_y for above, below in pairwise(drawn.bars))
    assert drawn.bars[-1].y + drawn.bar_height < drawn.height


def test_nothing_is_drawn_of_nothing() -> None:
    assert phases([], day(0)).bars == ()


def test_a_deadline_at_midnight_is_written_as_the_day_before() -> None:
    midnight = datetime(2026, 11, 7, tzinfo=BUSINESS_ZONE)
    rows = [{"label": "Reply", "begun": DAY_0, "due": midnight}]
    page = Template("{% phases rows now label='x' %}")
    with override("zh-hans"):
        html = page.render(Context({"rows": rows, "now": day(1)}))
    assert "2026-11-02 – … · 期限 2026-11-06" in html
    assert "Deadline" not in html and "style=" not in html
