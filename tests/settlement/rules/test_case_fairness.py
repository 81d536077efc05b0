"""What may still be held against a dealer when the facts behind the evidence are looked at again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from settlement.rules.case_fairness import Edge, FactNow, LeftOutFor, SeenFact, examine

FLOOR, REPORT = ("below_floor", "S1/1"), ("", "S1/1")
SEEN = SeenFact(
    key=FLOOR, revision=1, sold_on=date(2026, 11, 3), shortfall=Decimal("100"), basis_until=date(2026, 12, 1)
)
NOW = FactNow(revision=1, shortfall=Decimal("100"))
NOON = datetime(2026, 11, 3, 4, tzinfo=UTC)
SPAN = (NOON, NOON + timedelta(hours=24))

CASES = [
    ("nothing changed", SEEN, NOW, None, "100"),
    ("revised and still short by less", SEEN, replace(NOW, revision=2, shortfall=Decimal("40")), None, "40"),
    ("revised and short by more than was heard", SEEN, replace(NOW, shortfall=Decimal("170")), None, "100"),
    ("the report was withdrawn", SEEN, None, LeftOutFor.WITHDRAWN, "0"),
    ("no breach any more", SEEN, replace(NOW, holds=False), LeftOutFor.NOT_IN_BREACH, "0"),
    ("the band only recommends", SEEN, replace(NOW, edge=Edge.RECOMMENDED), LeftOutFor.RECOMMENDED_BAND, "0"),
    ("the floor has no basis now", SEEN, replace(NOW, edge=Edge.NO_BASIS), LeftOutFor.NO_LEGAL_BASIS, "0"),
    ("it had none on the day", replace(SEEN, has_basis=False), NOW, LeftOutFor.NO_LEGAL_BASIS, "0"),
    (
        "its basis ended with the day before",
        replace(SEEN, basis_until=date(2026, 11, 3)),
        NOW,
        LeftOutFor.NO_LEGAL_BASIS,
        "0",
    ),
    ("its basis ended with the day itself", replace(SEEN, basis_until=date(2026, 11, 4)), NOW, None, "100"),
    ("a basis without an end", replace(SEEN, basis_until=None), NOW, None, "100"),
    (
        "a ceiling needs no basis",
        replace(SEEN, key=("above_ceiling", "S1/1"), has_basis=False, basis_until=None),
        NOW,
        None,
        "100",
    ),
    ("a report that is itself the fraud", replace(SEEN, key=REPORT), NOW, None, "100"),
    ("such a report revised since", replace(SEEN, key=REPORT), replace(NOW, revision=2), LeftOutFor.REVISED, "0"),
    ("such a report withdrawn", replace(SEEN, key=REPORT), None, LeftOutFor.WITHDRAWN, "0"),
]


@pytest.mark.parametrize(("words", "seen", "now", "why", "amount"), CASES, ids=[case[0] for case in CASES])
def test_what_stands(words: str, seen: SeenFact, now: FactNow | None, why: LeftOutFor | None, amount: str) -> None:
    found = examine([seen], {} if now is None else {seen.key: now})
    assert [each.why for each in found.left_out] == ([] if why is None else [why])
    assert found.shortfall == Decimal(amount)
    assert found.nothing_stands == (why is not None)
    assert found.changed == (why is not None or Decimal(amount) != seen.shortfall)


@pytest.mark.parametrize(
    ("down", "excused"),
    [
        ((NOON + timedelta(hours=23), NOON + timedelta(hours=25)), True),
        ((NOON + timedelta(hours=24), NOON + timedelta(hours=25)), False),
        ((NOON - timedelta(hours=1), NOON), False),
    ],
)
def test_what_was_not_done_while_we_were_down_is_nobodys_fault(down: tuple[datetime, datetime], excused: bool) -> None:
    missed = SeenFact(key=("", "ticket:7#1"), spans=[SPAN])
    found = examine([missed], {}, outages=[down])
    assert [each.why for each in found.left_out] == ([LeftOutFor.OUR_OUTAGE] if excused else [])


def test_nothing_is_punished_twice() -> None:
    found = examine([SEEN], {FLOOR: NOW}, decided={FLOOR})
    assert [each.why for each in found.left_out] == [LeftOutFor.ALREADY_DECIDED]


def test_a_letter_stands_by_itself() -> None:
    assert not examine([SEEN], {}, by_itself=1).nothing_stands


def test_the_same_differences_have_the_same_fingerprint() -> None:
    before, same = examine([SEEN], {FLOOR: NOW}), examine([SEEN], {FLOOR: NOW})
    assert before.digest() == same.digest() != examine([SEEN], {}).digest()
