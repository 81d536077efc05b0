"""Everything the files of one statement say, before any of them is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from dealers.foundation.clock import BUSINESS_ZONE, parse_instant
from dealers.foundation.half_months import HalfMonth
from settlement.choices import LineKind, StatementRole
from settlement.models import Statement, StatementLine
from settlement.proof_words.rows import half_month_words, money

CHINESE, ENGLISH = "zh-hans", "en"
LANGUAGES = (CHINESE, ENGLISH)


@dataclass(frozen=True, slots=True)
class Paper:
    """A statement (with run and dealer) and its lines; ``said`` is what the files say beside them.

    A draft has no number and says so on every page.
    """

    statement: Statement
    lines: Sequence[StatementLine]
    said: Mapping[str, Any]
    number: str

    @property
    def is_draft(self) -> bool:
        return not self.number

    @property
    def period(self) -> HalfMonth:
        return HalfMonth.parse(self.statement.run.period)

    @property
    def confirm_by(self) -> datetime | None:
        text = self.said.get("confirm_by")
        return parse_instant(text) if text else None

    @property
    def name(self) -> str:
        """What the files are called, without ending."""
        statement = self.statement
        name = f"statement-{statement.run.period}-{statement.dealer.code}"
        return f"{name}-DRAFT" if self.is_draft else name


def draft_mark(language: str) -> str:
    """What every page of a draft carries, in either language the same two words."""
    return "草稿 DRAFT" if language == CHINESE else "DRAFT 草稿"


def balance_rows(paper: Paper) -> list[tuple[str, Decimal, str]]:
    """From the balance before to the one now: label, amount, and ``""``, ``sum`` or ``end``."""
    statement, said = paper.statement, paper.said
    rows = []
    if Decimal(said["paid_since"]):
        rows.append((gettext("Closing balance of the statement before"), Decimal(said["previous_closing"]), ""))
        rows.append((gettext("Paid and booked since then"), -Decimal(said["paid_since"]), ""))
    rows.append((gettext("Opening balance"), statement.opening, "sum"))
    for kind in LineKind:
        of_kind = [line.amount for line in paper.lines if line.kind == kind]
        if of_kind:
            rows.append((str(kind.label), sum(of_kind, Decimal(0)), ""))
    rows.append((gettext("Lines of this half-month together"), statement.total, "sum"))
    rows.append((gettext("Closing balance"), statement.closing, "end"))
    return rows


def title_of(paper: Paper) -> str:
    """What the document is called: the statement of a dealer that has left says so."""
    role = paper.statement.role
    if role == StatementRole.CLEARING:
        return gettext("Clearing statement at the end of the contract")
    if role == StatementRole.SUPPLEMENTARY:
        return gettext("Supplement to the clearing statement")
    return gettext("Settlement statement")


def payable_note(paper: Paper) -> str:
    """Why less than the closing balance is paid; empty when all of it is."""
    statement = paper.statement
    if statement.role and statement.closing < 0:
        return gettext("The dealer owes it to headquarters.")
    if statement.closing < 0:
        return gettext("A negative balance is carried forward, not paid.")
    if statement.closing > statement.payable:
        return gettext("Below the minimum payout of ¥%(minimum)s: carried forward.") % {
            "minimum": money(paper.said["minimum_payout"])
        }
    return ""


def exit_words(statement: Statement) -> list[str]:
    """What the end of the contract means for this statement; nothing for an ordinary one."""
    if statement.role == StatementRole.CLEARING:
        said = gettext("The contract has ended. This statement clears the account: what has been earned is settled.")
    elif statement.role == StatementRole.SUPPLEMENTARY:
        said = gettext("The contract has ended. This statement takes up what became known after the clearing.")
    else:
        return []
    if statement.closing < 0:
        owed = gettext("¥%(amount)s are owed to headquarters.") % {"amount": money(str(-statement.closing))}
    elif statement.closing > 0:
        owed = gettext("The whole balance is paid, also below the minimum payout.")
    else:
        owed = gettext("Nothing is owed on either side.")
    return [f"{said} {owed}"]


def to_do(paper: Paper) -> list[str]:
    """What the dealer has to do, by when, and what happens without it."""
    return [*exit_words(paper.statement), *_answer(paper)]


def _answer(paper: Paper) -> list[str]:
    if paper.is_draft:
        return [gettext("Nothing yet: this is a draft for checking. Amounts may change until it is approved.")]
    by = paper.confirm_by
    if by is None:
        return [gettext("Please check every line and confirm this statement.")]
    when = {"by": deadline_words(by), "days": paper.said.get("confirm_days", "")}
    said = [
        gettext("Please check and confirm this statement by %(by)s (%(days)s working days after delivery).") % when,
        gettext(
            "If a line is not right, dispute it by then with your reason: only that line is held back, the rest is "
            "paid. Without an answer the statement counts as confirmed."
        ),
    ]
    if paper.said.get("confirm_provisional"):
        said.append(gettext("The date is provisional: the working-day calendar does not reach that far yet."))
    return said


def period_words(paper: Paper) -> str:
    """The half-month with its first and last day."""
    half = paper.period
    last = half.end.fromordinal(half.end.toordinal() - 1)
    return f"{half_month_words(str(half))} ({half.start.isoformat()} – {last.isoformat()})"


def half_month_or_nothing(period: str) -> str:
    """A half-month in words, a dash for none."""
    return half_month_words(period) if period else "—"


def instant_words(instant: datetime | None) -> str:
    """An instant in Beijing time, to the minute."""
    return "—" if instant is None else f"{instant.astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M}"


def deadline_words(instant: datetime | None) -> str:
    """A deadline in Beijing time; midnight is the end of the day before, as people say it: ``2026-11-09 24:00``."""
    if instant is None:
        return "—"
    local = instant.astimezone(BUSINESS_ZONE)
    if (local.hour, local.minute) != (0, 0):
        return instant_words(instant)
    return f"{local - timedelta(days=1):%Y-%m-%d} 24:00"
