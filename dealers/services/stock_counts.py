"""Typing a stock count: saved product by product, handed in as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dealers.errors import Refused
from dealers.models import StockCountDraft, User
from dealers.services.refused_content import clean_text

#: More is no short count; it is uploaded as a sheet.
MOST_COUNTED = 1_000
_LONGEST_SKU, _LONGEST_COUNT = 64, 12


class CountTooLong(Refused):
    code = "count_too_long"
    sentence = _("A count typed by hand holds at most %(most)s products; upload a sheet instead.")
    status = 422


def save_counts(
    *, person: User, counts: Mapping[str, str], at: datetime, warehouse: str | None = None
) -> StockCountDraft:
    """Put counts into the person's draft, an empty one taking its product out; counts typed elsewhere stay.

    ``person`` belongs to a dealer. Raises :class:`CountTooLong`.
    """
    with transaction.atomic():
        draft = _locked_draft(person, at)
        for sku, count in counts.items():
            if count.strip():
                draft.counts[clean_text(sku, _LONGEST_SKU)] = clean_text(count.strip(), _LONGEST_COUNT)
            else:
                draft.counts.pop(sku, None)
        if len(draft.counts) > MOST_COUNTED:
            raise CountTooLong(most=MOST_COUNTED)
        if warehouse is not None:
            draft.warehouse = clean_text(warehouse.strip(), 64)
        draft.saved_at = at
        draft.save(update_fields=["counts", "warehouse", "saved_at"])
    return draft


@contextmanager
def handing_in(*, person: User, at: datetime) -> Iterator[StockCountDraft]:
    """The locked draft within a transaction; when the body ends well it is emptied, so that it is handed in once."""
    with transaction.atomic():
        draft = _locked_draft(person, at)
        yield draft
        draft.counts, draft.saved_at = {}, at
        draft.save(update_fields=["counts", "saved_at"])


def _locked_draft(person: User, at: datetime) -> StockCountDraft:
    assert person.dealer is not None
    StockCountDraft.objects.get_or_create(person=person, dealer=person.dealer, defaults={"saved_at": at})
    return StockCountDraft.objects.select_for_update().get(person=person, dealer=person.dealer)
