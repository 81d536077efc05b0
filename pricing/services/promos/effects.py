"""What a change of promo prices means for lines already reported.

Lines taken in from now on are judged by an index that knows of the change. Only lines sold since the promotion was
approved could be read differently, and an approval comes before the sales it covers; so there is work only when an
approval or a withdrawal meets lines that were reported ahead of the clock.
"""

from __future__ import annotations

from datetime import datetime

from dealers.services.jobs import request_job
from pricing.models import PromoRequest, SaleLine

REJUDGE_TASK = "pricing.rejudge"


def promo_prices_changed(request: PromoRequest, *, since: datetime, at: datetime) -> bool:
    """Ask for the lines of the promotion sold at or after ``since`` to be judged again; returns whether there are any.

    The job's params name the products and the days, first and last included.
    """
    products = sorted(request.items.values_list("product_id", flat=True))
    lines = SaleLine.objects.filter(
        product__in=products, sold_on__gte=request.starts_on, sold_on__lt=request.ends_on, sold_at__gte=since
    )
    days = list(lines.order_by("sold_on").values_list("sold_on", flat=True).distinct())
    if not days:
        return False
    request_job(
        task=REJUDGE_TASK,
        key=f"promo {request.code}",
        params={"products": products, "first_day": days[0].isoformat(), "last_day": days[-1].isoformat()},
        actor=None,
        at=at,
    )
    return True
