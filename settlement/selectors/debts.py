"""Since when dealers owe: the oldest contribution against a dealer that nothing it earned has covered yet."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import F, Min

from dealers.foundation.half_months import HalfMonth
from settlement.models import Payable


def owes_since(dealer_ids: Collection[int]) -> Mapping[int, HalfMonth]:
    """By dealer the half-month whose statement began what it still owes; one query. Who owes nothing is left out."""
    owed = Payable.objects.filter(dealer__in=dealer_ids, amount__lt=-F("set_off"))
    oldest = owed.order_by().values("dealer").annotate(first=Min("ordinal"))
    return {row["dealer"]: HalfMonth.from_ordinal(row["first"]) for row in oldest}
