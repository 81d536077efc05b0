"""Whether a file has proved something before: of another supported activity, or of a promotion's spend."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from pricing.models import PromoSpendProof
from rebates.choices import SupportPaper, SupportState
from rebates.models import SupportActivity, SupportFile


@dataclass(frozen=True, slots=True)
class UsedBefore:
    """A file of an activity that was proof elsewhere; ``other_dealer`` is for headquarters' eyes only."""

    name: str
    sha256: str
    where: str
    other_dealer: bool


def used_before(activity: SupportActivity, *, own_only: bool) -> list[UsedBefore]:
    """The proofs of ``activity`` that are byte for byte proofs of something else as well.

    ``own_only`` leaves out what other dealers handed in: a dealer never learns of them.
    """
    proofs = dict(
        SupportFile.objects.filter(activity=activity, removed_at=None, paper=SupportPaper.PROOF)
        .order_by("-pk")
        .values_list("file__sha256", "file__name")
    )
    if not proofs:
        return []
    return [*_in_support(activity, proofs, own_only), *_in_promotions(activity, proofs, own_only)]


def _in_support(activity: SupportActivity, proofs: dict[str, str], own_only: bool) -> list[UsedBefore]:
    rows = (
        SupportFile.objects.filter(file__sha256__in=_keys(proofs), removed_at=None, paper=SupportPaper.PROOF)
        .exclude(activity=activity)
        .exclude(activity__state__in=(SupportState.WITHDRAWN, SupportState.LAPSED, SupportState.REFUSED))
    )
    if own_only:
        rows = rows.filter(dealer=activity.dealer_id)
    found = rows.order_by("pk").values_list("file__sha256", "activity__number", "dealer_id").distinct()
    return [
        UsedBefore(proofs[sha256], sha256, number, dealer_id != activity.dealer_id)
        for sha256, number, dealer_id in found
    ]


def _in_promotions(activity: SupportActivity, proofs: dict[str, str], own_only: bool) -> list[UsedBefore]:
    rows = PromoSpendProof.objects.filter(file__sha256__in=_keys(proofs), spend__reversal=None)
    if own_only:
        rows = rows.filter(spend__dealer=activity.dealer_id)
    found = rows.order_by("pk").values_list("file__sha256", "spend__request__code", "spend__dealer_id").distinct()
    return [
        UsedBefore(proofs[sha256], sha256, code, dealer_id is not None and dealer_id != activity.dealer_id)
        for sha256, code, dealer_id in found
    ]


def _keys(proofs: dict[str, str]) -> Collection[str]:
    return list(proofs)
