"""A backtest settles the past again under a draft, with the live rules, and leaves everything live as it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import yaml
from django.db import connection

from config.policy import check_policy, policy_on_trial
from dealers.choices import Tier
from dealers.models import DealerTier, PolicyVersion
from pricing.choices import Verdict
from rebates.choices import CreditKind
from rebates.models import Accrual
from rebates.services.credits import NewCredit, record_credits
from settlement.errors import BacktestOfNothing, BacktestTooLong
from settlement.models import Backtest, BacktestRow, SettlementRun, StatementLine
from settlement.selectors.verification import first_difference
from settlement.services.backtesting import Answer, answer_backtest, backtest, request_backtest
from tests import factories
from tests.settlement.world import after, change_tier, close, dealer, half, sell, ship

pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD = "2026-10-H1", "2026-10-H2", "2026-11-H1"
NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


def draft(change: Callable[[dict[str, Any]], None] = lambda _: None) -> PolicyVersion:
    """The sample policy with a change."""
    document = yaml.safe_load(factories.POLICY_FILE.read_text())
    change(document)
    checked = check_policy(yaml.safe_dump(document, allow_unicode=True))
    assert checked.document is not None, checked.faults
    return policy_on_trial(checked)


def dearer(document: dict[str, Any]) -> None:
    """T1 earns 3 % from the first yuan instead of 2 %, without a cap."""
    document["rebates"]["programs"][0] |= {"brackets": [{"from": "0", "rate": "0.03"}]}
    del document["rebates"]["programs"][0]["cap"]


@pytest.fixture(autouse=True)
def history() -> None:
    """Two closed half-months with returns, late facts, a tier change and a credit; a third that is still open."""
    factories.PolicyVersion()
    shops = [dealer(f"D{number}", ("T1", "T2", "T3")[number % 3]) for number in range(4)]
    for number, shop in enumerate(shops):
        sell(shop, FIRST, f"{100_000 * number + 1007}.25")
        ship(shop, FIRST, "100")
    goodwill = NewCredit(
        dealer_id=shops[0].pk,
        kind=CreditKind.ADJUSTMENT,
        program="GOODWILL",
        reference="adjustment:1",
        for_period=half(FIRST),
        amount=Decimal("5.00"),
        proof={"rule": "adjustment", "due": "5.00"},
    )
    record_credits([goodwill], actor=None, at=half(FIRST).starts_at)
    close(FIRST)
    change_tier(shops[1], "T1", SECOND)
    sell(shops[0], FIRST, "-300", known=after(FIRST, 3))
    sell(shops[0], SECOND, "2000")
    sell(shops[1], SECOND, "500", verdict=Verdict.BELOW_FLOOR)
    sell(shops[1], SECOND, "800")
    close(SECOND)
    sell(shops[0], THIRD, "1000", known=after(THIRD, 1))
    sell(shops[3], THIRD, "70000", known=after(THIRD, 1))


def sums(answer: Answer) -> dict[tuple[str, str], tuple[int, int]]:
    found: dict[tuple[str, str], tuple[int, int]] = {}
    codes = dict(StatementLine.objects.values_list("dealer_id", "dealer__code"))
    for row in answer.rows:
        key = (codes[row.dealer_id], row.kind)
        settled, would_be = found.get(key, (0, 0))
        found[key] = (settled + row.settled, would_be + row.would_be)
    return found


def tried(policy: PolicyVersion, first: str = FIRST, last: str = SECOND) -> Answer:
    return backtest(policy, first=half(first), last=half(last), at=NOW)


def test_the_policy_in_force_would_have_settled_exactly_what_was_settled() -> None:
    answer = tried(draft(), FIRST, THIRD)
    assert answer.rows and all(row.settled == row.would_be for row in answer.rows)
    assert (answer.outcome.winners, answer.outcome.losers, answer.moves) == (0, 0, [])


def test_a_dearer_program_shows_who_wins_and_what_it_costs() -> None:
    answer = tried(draft(dearer))
    # D0 sold 1,007.25 − 300 + 2,000 = 2,707.25: 54.15 at 2 %, 81.22 at 3 %.
    assert sums(answer)["D0", "rebate"] == (5415, 8122)
    assert sums(answer)["D0", "adjustment"] == (500, 500)
    assert sums(answer)["D2", "rebate"][0] == sums(answer)["D2", "rebate"][1]
    assert answer.outcome.winners == 3 and answer.outcome.losers == 0


def test_what_a_window_settled_before_the_draft_begins_is_taken_into_account() -> None:
    rows = {row.dealer_id: row for row in tried(draft(dearer), SECOND, SECOND).rows if row.kind == "rebate"}
    shop = StatementLine.objects.filter(dealer__code="D0").values_list("dealer_id", flat=True)[0]
    # The quarter's base is 2,707.25; the first half settled 20.15 (2 % of 1,007.25) and that stays settled.
    assert (rows[shop].settled, rows[shop].would_be) == (5415 - 2015, 8122 - 2015)


def test_an_open_half_month_is_compared_with_what_the_policy_in_force_gives() -> None:
    rows = [row for row in tried(draft(dearer), THIRD, THIRD).rows if row.kind == "rebate"]
    row = min(rows, key=lambda row: row.dealer_id)
    assert (row.settled, row.would_be) == (
        2000,
        # 3 % of 3,707.25 is 111.22; the two closed half-months settled 54.15.
        11122 - 5415,
    )


def test_before_any_policy_nothing_was_settled_and_the_draft_says_what_would_have_been() -> None:
    PolicyVersion.objects.update(valid=(half(FIRST).start, None))
    shop = dealer("D9")
    sell(shop, "2026-09-H2", "1000")
    answer = tried(draft(dearer), "2026-09-H2", "2026-09-H2")
    assert [(row.settled, row.would_be) for row in answer.rows] == [(0, 3000)]


def test_nothing_live_is_touched_and_nothing_stays_hidden() -> None:
    def state() -> tuple[object, ...]:
        return (
            list(Accrual.objects.order_by("id").values_list()),
            list(PolicyVersion.objects.values_list("id", "valid", "digest")),
            list(DealerTier.objects.order_by("id").values_list()),
            list(SettlementRun.objects.order_by("id").values_list("id", "state", "digest")),
        )

    before = state()
    tried(draft(dearer), FIRST, THIRD)
    assert state() == before
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = pg_my_temp_schema() AND relname ~ '_accrual'"
        )
        assert cursor.fetchone() == (0,)
    assert first_difference(SettlementRun.objects.select_related("policy").get(period=SECOND)) is None


def test_a_backtest_that_fails_half_way_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("half-way")

    monkeypatch.setattr("settlement.services.backtesting.ladder_penalties", lambda first, last: Decimal(0))
    monkeypatch.setattr("settlement.services.shadow_books.ShadowBooks.put_in_force", broken)
    with pytest.raises(RuntimeError):
        tried(draft(dearer))
    assert Accrual.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pg_temp.rebates_accrual')")
        assert cursor.fetchone() == (None,)


def test_lower_thresholds_move_dealers_to_a_higher_tier_from_the_next_review_on() -> None:
    def easier(document: dict[str, Any]) -> None:
        document["dealers"]["tiers"]["thresholds"] = {"T1": 20, "T2": 1, "T3": 0}

    answer = tried(draft(easier))
    moved = {(move.review, move.tier, move.would_be) for move in answer.moves}
    assert moved and all(review == date(2026, 10, 1) for review, _, _ in moved)
    assert {then for _, _, then in moved} <= {Tier.T1, Tier.T2}
    movers = {move.dealer_id for move in answer.moves}
    changed = {row.dealer_id for row in answer.rows if row.kind == "rebate" and row.settled != row.would_be}
    assert changed and changed <= movers


def test_the_stored_answer_is_the_same_and_is_found_once() -> None:
    asked = request_backtest(draft=draft(dearer), first=half(FIRST), last=half(SECOND), actor=None, at=NOW)
    progress: list[int] = []
    answered = answer_backtest(asked, at=NOW, on_progress=progress.append)
    assert progress == sorted(progress) and progress[-1] == 95
    again = answer_backtest(Backtest.objects.get(pk=asked.pk), at=NOW)
    assert again.finished_at == answered.finished_at
    answer = tried(draft(dearer))
    stored = BacktestRow.objects.filter(backtest=asked).order_by("period", "dealer", "kind")
    assert [
        (row.period, row.dealer_id, row.kind, int(row.settled * 100), int(row.would_be * 100)) for row in stored
    ] == [(row.period, row.dealer_id, row.kind, row.settled, row.would_be) for row in answer.rows]
    assert answered.totals["winners"] == 3
    total = Decimal(answered.totals["would_be"]) - Decimal(answered.totals["settled"])
    assert total == Decimal(answered.totals["gained"]) + Decimal(answered.totals["lost"])


@pytest.mark.parametrize(
    ("first", "last", "refusal"),
    [
        ("2026-11-H1", "2026-10-H1", BacktestOfNothing),
        ("2026-11-H1", "2026-12-H1", BacktestOfNothing),
        ("2020-01-H1", "2026-10-H1", BacktestTooLong),
    ],
)
def test_a_stretch_that_makes_no_sense_is_refused(first: str, last: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        tried(draft(), first, last)
