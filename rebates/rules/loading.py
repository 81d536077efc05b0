"""Whether a bracket was crossed by a burst: buying stock, or booking sales, beyond the dealer's own pace.

A hint with numbers, never a verdict: a good week looks alike.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LoadingTerms:
    """The last ``days`` are compared with the days before: a burst is at least ``times`` (millionths) their daily
    average; stock that lasts at most ``cover_days`` explains purchases."""

    days: int
    times: int
    cover_days: int


@dataclass(frozen=True, slots=True)
class Course:
    """A base and its last days. Amounts in micros, ``edge`` is the bracket reached; ``days_before`` those of the
    window before the last ones.

    Of stock: units on hand now (None when not counted lately) and units sold on a day before the last ones in
    millionths; for sales the units booked in the last days and those there were to sell.
    """

    base: int
    recent: int
    edge: int
    days_before: int
    on_hand: int | None = None
    sold_a_day: int = 0
    units_booked: int = 0
    units_to_sell: int | None = None


@dataclass(frozen=True, slots=True)
class Loading:
    """A burst that crossed a bracket: amounts a day in micros, ``times`` in millionths (None: nothing came before).

    ``cover_days``: how long the stock lasts at the earlier pace (None: unknown or nothing was sold). ``beyond_stock``:
    units booked as sold that were not there.
    """

    days: int
    edge: int
    recent: int
    a_day: int
    a_day_before: int
    times: int | None
    cover_days: int | None
    beyond_stock: int


_MILLION = 1_000_000


def purchases_loaded(course: Course, terms: LoadingTerms) -> Loading | None:
    """Purchases that crossed the bracket in a burst and lie in stock longer than usual."""
    found = _burst(course, terms)
    if found is None:
        return None
    cover = None
    if course.on_hand is not None and course.sold_a_day > 0:
        cover = course.on_hand * _MILLION // course.sold_a_day
    if cover is not None and cover <= terms.cover_days:
        return None
    return _with(found, cover_days=cover)


def sales_loaded(course: Course, terms: LoadingTerms) -> Loading | None:
    """Sales that crossed the bracket in a burst, with the units that were not there to be sold."""
    found = _burst(course, terms)
    if found is None:
        return None
    beyond = 0 if course.units_to_sell is None else max(0, course.units_booked - course.units_to_sell)
    return _with(found, beyond_stock=beyond)


def _burst(course: Course, terms: LoadingTerms) -> Loading | None:
    before = course.base - course.recent
    if course.edge <= 0 or not before < course.edge <= course.base or course.days_before <= 0:
        return None
    a_day, a_day_before = course.recent // terms.days, max(before, 0) // course.days_before
    if a_day_before and a_day * _MILLION < a_day_before * terms.times:
        return None
    times = a_day * _MILLION // a_day_before if a_day_before else None
    return Loading(terms.days, course.edge, course.recent, a_day, a_day_before, times, None, 0)


def _with(found: Loading, *, cover_days: int | None = None, beyond_stock: int = 0) -> Loading:
    return Loading(
        found.days,
        found.edge,
        found.recent,
        found.a_day,
        found.a_day_before,
        found.times,
        cover_days,
        beyond_stock,
    )
