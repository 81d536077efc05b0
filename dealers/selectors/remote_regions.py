"""The remote regions in a dealer's territory."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import F, Q

from dealers.models import Dealer, Region


def remote_regions_of(dealer: Dealer, *, on: date) -> list[dict[str, Any]]:
    """The remote regions ``dealer`` may sell in on a day: code, both names, and since when; one query.

    A city is remote by itself or by its province, and a granted province covers its cities.
    """
    remote = Region.objects.filter(Q(remote=True) | Q(parent__remote=True))
    rows = []
    for through in ("territories", "parent__territories"):
        granted = remote.filter(**{f"{through}__dealer": dealer, f"{through}__valid__contains": on})
        rows.append(granted.order_by().values("code", "name_zh", "name_en", valid=F(f"{through}__valid")))
    found: dict[str, dict[str, Any]] = {}
    for row in rows[0].union(rows[1], all=True):
        since = row["valid"].lower
        known = found.get(row["code"])
        if known is None or (since and known["since"] and since.isoformat() < known["since"]):
            names = {name: row[name] for name in ("code", "name_zh", "name_en")}
            found[row["code"]] = {**names, "since": since.isoformat() if since else ""}
    return [found[code] for code in sorted(found)]
