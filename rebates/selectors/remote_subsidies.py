"""The remote-area subsidies of a settlement: facts of all dealers with a right at once, decided by the rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from dealers.choices import PolicyState
from dealers.foundation.half_months import HalfMonth
from dealers.foundation.periods import Quarter
from dealers.models import PolicyVersion
from dealers.selectors.purchases import TallyQuestion, dealers_with_late_purchases, remote_purchases_by_half_month
from rebates.choices import RightAct, WindowedKind
from rebates.rules.quantities import micros
from rebates.rules.remote_subsidy import Bought, Subsidy, Terms, subsidy
from rebates.selectors.facts import RebateQuestion
from rebates.terms import rebates_terms

#: (first day of a quarter, what was recorded, when it became known), in the order of days and of recording.
Rights = Mapping[int, list[tuple[date, str, datetime]]]


@dataclass(frozen=True, slots=True)
class QuarterTerms:
    """What the policy in force at the start of the half-month says with which a quarter is settled."""

    policy: tuple[str, int]
    terms: Terms


@dataclass(frozen=True, slots=True)
class DealerSubsidy:
    """The subsidy of one dealer in one quarter. ``late`` tells a closed quarter from the one that ends now.

    ``up_to`` is the quarter's last half-month, or the one that clears the account of a dealer that left before.
    """

    dealer_id: int
    quarter: Quarter
    up_to: HalfMonth
    by: QuarterTerms
    found: Subsidy
    late: bool


def subsidies(question: RebateQuestion) -> Mapping[int, list[DealerSubsidy]]:
    """By dealer: the quarter that ends with the settled half-month, then closed ones that facts changed since.

    Of a dealer whose account is cleared the quarter ends with that half-month; its end by the calendar and later ones
    show only what facts have changed since.

    Seven queries at most; none but the first when no dealer has a right.
    """
    rights = rights_known(question)
    if not rights:
        return {}
    now = Quarter.containing(question.period.start)
    ends = question.period == now.last_period
    asked = {(dealer_id, now) for dealer_id in rights if ends or question.cleared.get(dealer_id) == question.period}
    asked |= _reopened(question, rights, now)
    if not asked:
        return {}
    up_to = {pair: _settled_with(question, *pair) for pair in asked}
    terms = _terms(up_to.values())
    bought = _bought(question, asked)
    settled = _settled(question, asked)
    found: dict[int, list[DealerSubsidy]] = {}
    for dealer_id, quarter in sorted(asked, key=lambda pair: (pair[0], pair[1] != now, pair[1])):
        last = up_to[dealer_id, quarter]
        if last not in terms:
            continue
        by, before = terms[last], settled.get((dealer_id, quarter), [])
        reckoned = subsidy(
            by.terms,
            bought.get((dealer_id, quarter), []),
            approved=has_right(rights[dealer_id], quarter),
            settled=before,
        )
        gone = question.cleared.get(dealer_id, question.period) < question.period
        if reckoned.amount or (quarter == now and not gone and (reckoned.approved or before)):
            found.setdefault(dealer_id, []).append(
                DealerSubsidy(dealer_id, quarter, last, by, reckoned, quarter != now)
            )
    return found


def _settled_with(question: RebateQuestion, dealer_id: int, quarter: Quarter) -> HalfMonth:
    cleared = question.cleared.get(dealer_id)
    within = cleared is not None and quarter.first_period <= cleared <= quarter.last_period
    return cleared if cleared is not None and within else quarter.last_period


def has_right(rights: Iterable[tuple[date, str, datetime]], quarter: Quarter) -> bool:
    """Whether the last row that begins no later than the quarter grants it."""
    acts = [act for starts_on, act, _ in rights if starts_on <= quarter.start]
    return bool(acts) and acts[-1] == RightAct.GRANTED


def rights_known(question: RebateQuestion) -> Rights:
    """What was recorded of each dealer's right up to the cutoff; one query."""
    sql = (
        "SELECT r.dealer_id, r.starts_on, r.act, r.known_from FROM rebates_remotesubsidyright r"
        f" WHERE r.known_from <= %s {question.shard.condition('r.dealer_id')} ORDER BY r.dealer_id, r.starts_on, r.id"
    )
    found: dict[int, list[tuple[date, str, datetime]]] = {}
    for dealer_id, *right in _rows(sql, [question.cutoff]):
        found.setdefault(dealer_id, []).append((right[0], right[1], right[2]))
    return found


def _reopened(question: RebateQuestion, rights: Rights, now: Quarter) -> set[tuple[int, Quarter]]:
    """Quarters closed before, with purchases or rights that became known since the settlement before."""
    if question.since is None or question.books_from is None:
        return set()
    first = Quarter.containing(HalfMonth.from_ordinal(question.books_from).start)
    if first >= now:
        return set()
    asked = TallyQuestion(
        first.first_period.ordinal,
        now.first_period.ordinal - 1,
        question.cutoff,
        shard=question.shard,
        dealers=list(rights),
    )
    found = {
        (dealer_id, Quarter.containing(HalfMonth.from_ordinal(at).start))
        for dealer_id, at in dealers_with_late_purchases(since=question.since, question=asked)
    }
    for dealer_id, recorded in rights.items():
        since = [starts_on for starts_on, _, known_from in recorded if known_from > question.since]
        quarter = max(first, Quarter.containing(min(since))) if since else now
        while quarter < now:
            found.add((dealer_id, quarter))
            quarter = quarter.next()
    return found


def _terms(periods: Iterable[HalfMonth]) -> Mapping[HalfMonth, QuarterTerms]:
    starts = {period: period.start for period in periods}
    versions = PolicyVersion.objects.filter(
        state=PolicyState.PUBLISHED, valid__overlap=(min(starts.values()), max(period.end for period in starts))
    )
    found = {}
    for version in versions:
        said = rebates_terms(version).remote_subsidy
        by = QuarterTerms(
            (version.code, version.version), Terms(micros(said.min_quarterly_purchases), micros(said.rate))
        )
        found.update({period: by for period, start in starts.items() if start in version.valid})
    return found


def _bought(
    question: RebateQuestion, asked: Iterable[tuple[int, Quarter]]
) -> Mapping[tuple[int, Quarter], list[Bought]]:
    wanted = set(asked)
    first = min(quarter for _, quarter in wanted).first_period.ordinal
    dealers = sorted({dealer_id for dealer_id, _ in wanted})
    asked_for = TallyQuestion(first, question.period.ordinal, question.cutoff, shard=question.shard, dealers=dealers)
    found: dict[tuple[int, Quarter], list[Bought]] = {}
    for row in remote_purchases_by_half_month(asked_for):
        key = row.dealer_id, Quarter.containing(HalfMonth.from_ordinal(row.period).start)
        if key in wanted:
            found.setdefault(key, []).append(Bought(row.period, row.amount, row.remote, row.lines))
    return found


def _settled(
    question: RebateQuestion, asked: Iterable[tuple[int, Quarter]]
) -> Mapping[tuple[int, Quarter], list[tuple[int, int]]]:
    wanted = set(asked)
    sql = (
        'SELECT a.dealer_id, a."window", a.period, (a.due * 100)::bigint FROM rebates_accrual a'
        ' WHERE a.dealer_id = ANY(%s) AND a.kind = %s AND a."window" = ANY(%s) AND a.period < %s ORDER BY a.period'
    )
    params: list[Any] = [
        sorted({dealer_id for dealer_id, _ in wanted}),
        WindowedKind.REMOTE_SUBSIDY,
        sorted({str(quarter) for _, quarter in wanted}),
        question.period.ordinal,
    ]
    found: dict[tuple[int, Quarter], list[tuple[int, int]]] = {}
    for dealer_id, window, period, due in _rows(sql, params):
        found.setdefault((dealer_id, Quarter.parse(window)), []).append((period, due))
    return found


def _rows(sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
