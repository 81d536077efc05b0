"""The one way to a file of a request: through the request it belongs to."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from dealers.models import StoredFile
from pricing.errors import PromoNotFound
from pricing.models import PromoAttachment, PromoMinutes
from pricing.selectors.promos import visible_promos


def attachment_for(user: Any, code: str, pk: int) -> PromoAttachment:
    """An attachment of a request ``user`` may see, also one taken out later: a submission may have contained it.

    Raises :class:`~pricing.errors.PromoNotFound` or ``PromoAttachment.DoesNotExist``.
    """
    return PromoAttachment.objects.select_related("file").get(request__in=_seen(user, code), pk=pk)


def minutes_file_for(user: Any, code: str, pk: int) -> StoredFile:
    """The file kept with a version of the minutes, for headquarters. Raises as :func:`attachment_for`."""
    minutes = minutes_for(user, code).get(pk=pk, file__isnull=False)
    assert minutes.file is not None
    return minutes.file


def minutes_for(user: Any, code: str) -> QuerySet[PromoMinutes]:
    """The minutes of a request's meetings, for headquarters; the latest version first.

    Raises :class:`~pricing.errors.PromoNotFound`, also for a dealer: it is told the outcome only.
    """
    if user.dealer_id is not None:
        raise PromoNotFound(key=code)
    written = PromoMinutes.objects.filter(step__submission__request__in=_seen(user, code))
    return written.select_related("file", "written_by").order_by("-pk")


def _seen(user: Any, code: str) -> list[int]:
    found = list(visible_promos(user).filter(code=code).values_list("pk", flat=True))
    if not found:
        raise PromoNotFound(key=code)
    return found
