"""Opening a case from what somebody at headquarters found out: a letter, a call, a visit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dealers.errors import NotFound
from dealers.foundation.half_months import HalfMonth
from dealers.foundation.refusals import Refused as Unreadable
from dealers.models import User
from dealers.selectors.visibility import visible_dealers
from settlement import permissions
from settlement.case_errors import CaseFactsMissing, CasePeriodNeeded
from settlement.choices import CaseKind, CasePriority
from settlement.models import Case
from settlement.services.case_path.acting import GivenFile
from settlement.services.case_path.working import file_evidence, reference_evidence
from settlement.services.cases import Evidence, join_evidence, open_case


@transaction.atomic
def open_by_hand(
    *,
    dealer_code: str,
    kind: CaseKind,
    period: str,
    reason: str,
    actor: User,
    at: datetime,
    references: Sequence[str] = (),
    files: Sequence[GivenFile] = (),
) -> Case:
    """Open a case about what a dealer did in a half-month, with at least one reference or file as evidence.

    Cases of one dealer, kind and half-month are about the same facts: the evidence joins the open one. Raises
    :class:`CasePeriodNeeded`, :class:`CaseFactsMissing` and :class:`~dealers.errors.NotFound`.
    """
    permissions.require(actor, "cases.open")
    why = reason.strip()
    named = [each.strip() for each in references if each.strip()]
    if not why or not (named or files):
        raise CaseFactsMissing
    half = _begun(period, at)
    dealer = visible_dealers(actor).filter(code=dealer_code.strip()).first()
    if dealer is None:
        raise NotFound(what=_("dealer"), key=dealer_code)
    pieces: list[Evidence] = [reference_evidence(each, why) for each in named]
    pieces += [file_evidence(dealer.pk, file, actor, at) for file in files]
    case = open_case(
        kind=kind,
        dealer=dealer,
        facts=f"{kind}:{half}",
        period=str(half),
        priority=CasePriority.NORMAL,
        evidence=pieces[0],
        reason=why,
        actor=actor,
        at=at,
    )
    for piece in pieces[1:]:
        join_evidence(case=case, evidence=piece, reason=why, actor=actor, at=at)
    return case


def _begun(period: str, at: datetime) -> HalfMonth:
    try:
        half = HalfMonth.parse(period.strip())
    except (ValueError, Unreadable) as error:
        raise CasePeriodNeeded(period=period.strip()[:20]) from error
    if half.starts_at > at:
        raise CasePeriodNeeded(period=str(half))
    return half
