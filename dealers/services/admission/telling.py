"""Telling the people of headquarters that an application waits for them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from dealers.choices import NoticeKind, Role
from dealers.models import Application, Region, User
from dealers.permissions import CAPABILITIES
from dealers.services.notices import tell


def tell_headquarters(
    application: Application,
    reason: str,
    *,
    capability: str,
    at: datetime,
    once_for: str = "",
    without: Iterable[int] = (),
) -> int:
    """Leave a notice with everybody who may take the next step; of the channel managers those of its regions."""
    people = User.objects.filter(role__in=CAPABILITIES[capability], is_active=True).exclude(pk__in=list(without))
    near = set(_managers_near(application)) if Role.CHANNEL_MANAGER in CAPABILITIES[capability] else set()
    recipients = [person for person in people if person.role != Role.CHANNEL_MANAGER or person.pk in near]
    return tell(
        recipients=recipients,
        kind=NoticeKind.ADMISSION,
        key=f"{reason}:{application.pk}:{once_for}",
        params={"reason": reason, "number": application.number, "company": application.name},
        at=at,
        url=f"/admission/{application.number}/",
    )


def _managers_near(application: Application) -> Iterable[int]:
    wanted = Region.objects.filter(pk__in=application.regions.values("region"))
    provinces = {region.pk if region.parent_id is None else region.parent_id for region in wanted}
    own = {region.pk for region in wanted}
    managers = User.objects.filter(role=Role.CHANNEL_MANAGER, is_active=True)
    # A manager of a city hears of those who want its whole province, and one of a province of its cities.
    inside = Region.objects.filter(parent__in=own).values("pk")
    return set(managers.filter(regions__in=own | provinces).values_list("pk", flat=True)) | set(
        managers.filter(regions__in=inside).values_list("pk", flat=True)
    )
