"""What followed from a case, in words and figures."""

from __future__ import annotations

from django.utils.translation import gettext as _

from dealers.choices import HoldKind
from settlement.choices import CaseOutcome, ConsequenceKind
from settlement.models import CaseDecision, StatementLine
from settlement.proof_words.rows import half_month_words, money
from settlement.selectors.case_consequences import Followed


def followed_title(each: Followed) -> str:
    """``Penalty``, ``Supply hold: Price``, or that one of these was taken back."""
    title = str(ConsequenceKind(each.row.kind).label)
    if each.hold is not None:
        title = _("Supply hold: %(kind)s") % {"kind": HoldKind(each.hold.kind).label}
    elif each.year is not None:
        title = _("Rebates of %(year)s forfeited") % {"year": each.year}
    return _("Taken back: %(what)s") % {"what": title} if each.row.reverses_id is not None else title


def followed_amount(each: Followed) -> str:
    """``−¥1,000.00``; a dash where no amount belongs to it or none is settled yet."""
    if each.amount is None:
        return "—"
    return f"{'−' if each.amount < 0 else ''}¥{money(str(abs(each.amount)))}"


def followed_where(each: Followed) -> str:
    """Where it is to be found, or that it still has to come."""
    if each.lines:
        return "; ".join(line_words(line) for line in each.lines)
    if each.hold is not None:
        return _("lifted") if each.hold.lifted_at is not None else _("open")
    if each.row.kind in (ConsequenceKind.PENALTY, ConsequenceKind.FORFEITURE):
        return _("comes with the next settlement")
    return _("left in the inbox")


def line_words(line: StatementLine) -> str:
    """``statement of 2026-11 first half, line 3``."""
    period = half_month_words(line.statement.run.period)
    return _("statement of %(period)s, line %(line)s") % {"period": period, "line": line.line_no}


def decided_figures(decision: CaseDecision) -> list[tuple[str, str]]:
    """What the judge decided, as pairs of label and value; full consequences only where less was taken."""
    rows = [(_("Decision"), str(CaseOutcome(decision.outcome).label))]
    if decision.outcome == CaseOutcome.DISMISSED:
        return rows
    rows.append((_("Proven loss"), f"¥{money(str(decision.proven_loss))}"))
    rows.append((_("Penalty"), _less(decision.penalty, decision.full_penalty)))
    if decision.full_forfeit_year is not None:
        taken = decision.forfeit_year is not None
        year = {"year": decision.full_forfeit_year}
        rows.append(
            (_("Rebates of %(year)s forfeited") % year, _("yes") if taken else _("no, though the policy says so"))
        )
    hold = decision.hold or decision.full_hold
    if hold:
        kind = str(HoldKind(hold).label)
        rows.append((_("Supply hold"), kind if decision.hold else _("none, though the policy says so")))
    if decision.warning:
        rows.append((_("Written warning"), _("yes")))
    if decision.standing:
        rows.append((_("Place on the ladder"), str(decision.standing)))
    return rows


def _less(amount: object, full: object) -> str:
    shown = f"¥{money(str(amount))}"
    if amount == full:
        return shown
    return _("%(amount)s instead of %(full)s") % {"amount": shown, "full": f"¥{money(str(full))}"}
