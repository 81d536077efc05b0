"""The papers of dealers as people see them: waiting, ending, run out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from dealers.choices import CertificateState
from dealers.models import Certificate
from dealers.permissions import can
from dealers.selectors.visibility import visible_dealers


def visible_certificates(user: Any) -> QuerySet[Certificate]:
    """The papers of the dealers in sight, the latest first."""
    papers = Certificate.objects.select_related("dealer", "file", "handed_in_by", "decided_by", "hold").order_by("-id")
    if not can(user, "certificates.view"):
        return papers.none()
    return papers.filter(dealer__in=visible_dealers(user))


def last_of_series(papers: QuerySet[Certificate]) -> QuerySet[Certificate]:
    """Of the confirmed papers with one dealer, kind and name only those that end last."""
    same = Certificate.objects.filter(
        dealer=OuterRef("dealer"), kind=OuterRef("kind"), name=OuterRef("name"), state=CertificateState.CONFIRMED
    )
    later = same.filter(Q(valid__endswith=None) | Q(valid__endswith__gt=OuterRef("valid__endswith")))
    confirmed = papers.filter(state=CertificateState.CONFIRMED)
    return confirmed.exclude(Exists(later.exclude(pk=OuterRef("pk"))), valid__endswith__isnull=False)


def ending(papers: QuerySet[Certificate], *, today: date, within: int) -> QuerySet[Certificate]:
    """Those good today that no other follows and that end within so many days, the next first."""
    soon = today + timedelta(days=within)
    followed_by_none = last_of_series(papers)
    return followed_by_none.filter(valid__endswith__gt=today, valid__endswith__lte=soon).order_by(
        "valid__endswith", "pk"
    )


def run_out(papers: QuerySet[Certificate], *, today: date) -> QuerySet[Certificate]:
    """Those that ended without another in force, the longest ago first."""
    return last_of_series(papers).filter(valid__endswith__lte=today).order_by("valid__endswith", "pk")


def waiting_certificates(user: Any) -> QuerySet[Certificate]:
    """Papers this person can confirm or decline."""
    waiting = visible_certificates(user).filter(state=CertificateState.SUBMITTED)
    return waiting.exclude(handed_in_by=user) if can(user, "certificates.confirm") else waiting.none()
