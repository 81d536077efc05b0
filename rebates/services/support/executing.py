"""The dealer commits what was reserved, does it, and hands in the proof."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from dealers.foundation.clock import business_day
from rebates.choices import SupportPaper
from rebates.errors import NotExecutedYet, PaperMissing, ProofUsedBefore
from rebates.models import SupportActivity
from rebates.rules.support_life import SupportAct
from rebates.rules.support_plan import proof_due
from rebates.selectors.proof_files import UsedBefore, used_before
from rebates.services.support.acting import Actor, move, require_amount, require_state
from rebates.services.support.plans import own_activity
from rebates.services.support.telling import tell_verifiers
from rebates.terms import rebates_terms


@transaction.atomic
def commit_support(*, number: str, amount: Decimal, supplier: str, actor: Actor, at: datetime) -> SupportActivity:
    """Bind reserved money to a contract or quote that is attached; what is not needed is free again.

    Raises :class:`~rebates.errors.PaperMissing` or :class:`~rebates.errors.AmountTooHigh`.
    """
    activity = own_activity(actor, number)
    require_state(activity, SupportAct.COMMIT)
    _require_paper(activity, SupportPaper.CONTRACT)
    assert activity.quota is not None and activity.reserved is not None
    activity.committed = require_amount(amount, activity.reserved)
    activity.supplier = supplier.strip()[:200]
    days = rebates_terms(activity.quota.policy).market_support.proof_days
    activity.proof_due_at, activity.reminded_at = proof_due(activity.ends_on, days), None
    move(activity, SupportAct.COMMIT, amount=amount, actor=actor, at=at)
    return activity


@transaction.atomic
def hand_in_proof(*, number: str, claimed: Decimal, repeat_reason: str, actor: Actor, at: datetime) -> SupportActivity:
    """Say what was spent of the committed money, with the attached proof, once the activity has begun.

    A file that has proved something before needs ``repeat_reason``. Raises :class:`~rebates.errors.ProofUsedBefore`,
    :class:`~rebates.errors.PaperMissing`, :class:`~rebates.errors.NotExecutedYet` or
    :class:`~rebates.errors.AmountTooHigh`.
    """
    activity = own_activity(actor, number)
    require_state(activity, SupportAct.HAND_IN)
    if business_day(at) < activity.starts_on:
        raise NotExecutedYet(day=activity.starts_on.isoformat())
    _require_paper(activity, SupportPaper.PROOF)
    assert activity.committed is not None
    activity.claimed = require_amount(claimed, activity.committed)
    activity.repeat_reason = repeat_reason.strip()
    repeated = used_before(activity, own_only=True)
    if repeated and not activity.repeat_reason:
        raise repeated_refusal(repeated)
    move(activity, SupportAct.HAND_IN, amount=activity.committed, actor=actor, at=at, reason=activity.repeat_reason)
    tell_verifiers(activity, at=at)
    return activity


def repeated_refusal(repeated: list[UsedBefore]) -> ProofUsedBefore:
    """The refusal that names the files and where they were used."""
    names = dict.fromkeys(one.name for one in repeated)
    places = dict.fromkeys(one.where for one in repeated)
    return ProofUsedBefore(files=", ".join(names), where=", ".join(places))


def _require_paper(activity: SupportActivity, paper: SupportPaper) -> None:
    if not activity.files.filter(paper=paper, removed_at=None).exists():
        raise PaperMissing(paper=paper.label)
