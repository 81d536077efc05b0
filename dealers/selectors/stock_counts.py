"""What a person is counting."""

from __future__ import annotations

from dealers.models import StockCountDraft, User


def draft_of(person: User) -> StockCountDraft | None:
    """What the person has typed so far for the dealer it works for."""
    return StockCountDraft.objects.filter(person=person, dealer=person.dealer_id).first()
