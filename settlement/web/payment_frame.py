"""What every page about payments has around it: its tabs, and words for rungs and buckets."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dealers.web.access import person
from settlement.permissions import can
from settlement.rules.ageing import Bucket
from settlement.rules.maturity import Rung


def frame(request: HttpRequest, current: str) -> dict[str, Any]:
    """The tabs, and what the person may do."""
    views = (
        ("payments", _("Overview")),
        ("payment-plans", _("Plans")),
        ("payments-list", _("Bills and transfers")),
        ("bank-files", _("Bank files")),
        ("bank-accounts", _("Bank accounts")),
    )
    user = person(request)
    return {
        "tabs": [{"label": words, "url": reverse(name), "current": name == current} for name, words in views],
        "may_plan": can(user, "payments.plan"),
        "may_execute": can(user, "payments.execute"),
        "may_track": can(user, "payments.track"),
    }


def bucket_words(bucket: Bucket) -> str:
    if bucket.last is None:
        return ngettext("over %(n)s day", "over %(n)s days", bucket.first - 1) % {"n": bucket.first - 1}
    return _("%(first)s–%(last)s days") % {"first": bucket.first, "last": bucket.last}


def rung_words(rung: Rung) -> str:
    if rung.key == "past":
        return _("past due")
    if rung.key == "week":
        return _("within 7 days")
    if rung.key == "later":
        return _("later")
    assert rung.first is not None and rung.until is not None
    return _("from %(first)s, before %(until)s") % {"first": f"{rung.first:%m-%d}", "until": f"{rung.until:%m-%d}"}
