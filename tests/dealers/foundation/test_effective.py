"""Effective rows are closed, cut or superseded, and never overlap."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealers.foundation.effective import DateSpan, Outcome, StandingRow, place_new_span

FIRST = date(2026, 1, 1)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def span(lower: int, upper: int | None = None) -> DateSpan:
    return DateSpan(day(lower), None if upper is None else day(upper))


def rows(*given_rows: tuple[int, int | None, str]) -> list[StandingRow[int]]:
    return [StandingRow(lower, span(lower, upper), content) for lower, upper, content in given_rows]


def test_a_row_that_starts_later_closes_the_one_it_starts_in() -> None:
    placement = place_new_span(rows((0, None, "a")), span(10), "b")
    assert placement.inserts
    assert (placement.close, placement.close_on, placement.span) == (0, day(10), span(10))
    assert placement.supersede is None


def test_an_open_row_before_a_later_one_ends_where_that_begins() -> None:
    placement = place_new_span(rows((10, None, "b")), span(0), "a")
    assert (placement.span, placement.close, placement.supersede) == (span(0, 10), None, None)


def test_an_open_row_between_two_does_both() -> None:
    placement = place_new_span(rows((0, 20, "a"), (20, None, "c")), span(10), "b")
    assert (placement.span, placement.close, placement.close_on) == (span(10, 20), 0, day(10))


def test_other_content_from_the_same_day_supersedes() -> None:
    placement = place_new_span(rows((0, 10, "a"), (10, None, "b")), span(0), "A")
    assert (placement.supersede, placement.span, placement.close) == (0, span(0, 10), None)


def test_a_row_in_a_gap_disturbs_nothing() -> None:
    placement = place_new_span(rows((0, 5, "a"), (10, None, "b")), span(6, 10), "c")
    assert (placement.span, placement.close, placement.supersede) == (span(6, 10), None, None)


@pytest.mark.parametrize(
    ("standing", "new", "content"),
    [
        (rows((0, None, "a")), span(0), "a"),
        (rows((0, None, "a")), span(5), "a"),  # says from a later day what holds already
        (rows((0, 10, "a"), (10, None, "b")), span(0), "a"),  # the same file once more
        (rows((0, 10, "a"), (10, None, "b")), span(0, 20), "a"),  # it had an end of its own before it was closed
        (rows((0, 10, "a")), span(0, 10), "a"),
        (rows((0, 10, "a")), span(3, 10), "a"),
    ],
)
def test_what_stands_already_is_a_duplicate(standing: list[StandingRow[int]], new: DateSpan, content: str) -> None:
    assert place_new_span(standing, new, content).outcome is Outcome.DUPLICATE


def test_the_same_content_with_another_end_is_no_duplicate() -> None:
    ended = place_new_span(rows((0, None, "a")), span(0, 10), "a")
    assert (ended.supersede, ended.span, ended.gap_from) == (0, span(0, 10), day(10))
    reopened = place_new_span(rows((0, 10, "a")), span(0), "a")
    assert (reopened.supersede, reopened.span) == (0, span(0))


def test_an_end_that_runs_into_a_later_row_is_refused_with_its_day() -> None:
    placement = place_new_span(rows((10, None, "b")), span(0, 11), "a")
    assert placement.outcome is Outcome.REFUSED
    assert placement.refusal is not None
    assert "ends on 2026-01-12, but another row for the same key begins on 2026-01-11" in str(placement.refusal)
    assert place_new_span(rows((10, None, "b")), span(0, 10), "a").inserts


def test_a_row_that_leaves_days_uncovered_says_so() -> None:
    assert place_new_span(rows((0, None, "a")), span(5, 8), "b").gap_from == day(8)
    assert place_new_span(rows((0, 8, "a")), span(5, 8), "b").gap_from is None


def test_an_empty_span_cannot_be_built() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        span(5, 5)


SPANS = st.builds(
    lambda lower, length: span(lower, None if length is None else lower + length),
    st.integers(0, 40),
    st.none() | st.integers(1, 20),
)


@given(SPANS, SPANS)
def test_spans_agree_with_the_days_they_hold(one: DateSpan, other: DateSpan) -> None:
    days = [day(number) for number in range(80)]
    both = [moment for moment in days if moment in one and moment in other]
    shared = one.intersection(other)
    assert one.overlaps(other) == other.overlaps(one) == bool(both)
    assert both == [moment for moment in days if shared is not None and moment in shared]
    assert one.covers(other) == (
        {d for d in days if d in other} <= {d for d in days if d in one}
        and (other.upper is not None or one.upper is None)
    )


def carried_out(news: Iterable[tuple[DateSpan, str]]) -> list[StandingRow[int]]:
    standing: list[StandingRow[int]] = []
    for number, (new, content) in enumerate(news):
        placement = place_new_span(standing, new, content)
        if not placement.inserts:
            continue
        kept = [row for row in standing if row.id != placement.supersede]
        standing = [
            StandingRow(row.id, DateSpan(row.span.lower, placement.close_on), row.content)
            if row.id == placement.close
            else row
            for row in kept
        ]
        standing.append(StandingRow(number, placement.span, content))
        standing.sort(key=lambda row: row.span.lower)
    return standing


NEWS = st.lists(st.tuples(SPANS, st.sampled_from("abc")), max_size=8)


@given(NEWS)
def test_standing_rows_never_overlap(news: list[tuple[DateSpan, str]]) -> None:
    standing = carried_out(news)
    assert not any(one.span.overlaps(other.span) for one in standing for other in standing if one is not other)


@given(NEWS, SPANS, st.sampled_from("abc"))
def test_an_accepted_row_holds_from_its_first_day(
    news: list[tuple[DateSpan, str]], new: DateSpan, content: str
) -> None:
    standing = carried_out([*news, (new, content)])
    if place_new_span(carried_out(news), new, content).outcome is not Outcome.REFUSED:
        assert next(row.content for row in standing if new.lower in row.span) == content


@given(NEWS, SPANS, st.sampled_from("abc"))
def test_a_row_placed_once_is_a_duplicate_the_second_time(
    news: list[tuple[DateSpan, str]], new: DateSpan, content: str
) -> None:
    once = carried_out([*news, (new, content)])
    assert carried_out([*news, (new, content), (new, content)]) == once


FILES_IN_ORDER_OF_DATE = st.lists(
    st.tuples(SPANS, st.sampled_from("abc")), max_size=8, unique_by=lambda new: new[0].lower
).map(lambda news: sorted(news, key=lambda new: new[0].lower))


@given(FILES_IN_ORDER_OF_DATE)
def test_a_file_imported_twice_changes_nothing_the_second_time(news: list[tuple[DateSpan, str]]) -> None:
    assert carried_out([*news, *news]) == carried_out(news)
