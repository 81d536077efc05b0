"""The audit trail: who did what to what, with before and after, and the check that nothing was altered."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from dealers.foundation.clock import start_of_day
from dealers.models import AuditRecord, AuditSeal, Dealer
from dealers.permissions import can
from dealers.services.audit import verify_audit
from dealers.web.access import capability_required
from dealers.web.audit_words import ACTIONS, subject_words, told
from dealers.web.listing import choice_of, day_of, window_of, words_of

#: What is wrong with the trail, by the code of the check.
FAULTS = {
    "content": gettext_lazy("Record %(id)s does not say what was written."),
    "removed": gettext_lazy("Record %(id)s was removed."),
    "inserted": gettext_lazy("A record was inserted at %(id)s."),
    "seal": gettext_lazy("The seal over record %(id)s and those after it does not fit."),
}


@require_GET
@capability_required("audit.view")
def audit_trail(request: HttpRequest) -> HttpResponse:
    """The newest records first; filtered by who, what, which thing, which dealer and from when on."""
    action = choice_of(request, "action", _("All actions"), sorted(ACTIONS.items(), key=lambda pair: str(pair[1])))
    actor, subject, dealer = (words_of(request, name) for name in ("actor", "subject", "dealer"))
    until = day_of(request, "on")
    found = AuditRecord.objects.order_by("-id")
    if action.value:
        found = found.filter(action=action.value)
    if actor:
        found = found.filter(actor=actor)
    if subject:
        found = _about(found, subject)
    if dealer:
        found = found.filter(dealer_id__in=Dealer.objects.filter(code=dealer).values("pk"))
    if until:
        found = found.filter(at__lt=start_of_day(until))
    window = window_of(request, found)
    entries = told(window.rows)
    names = dict(
        Dealer.objects.filter(pk__in={row.dealer_id for row in window.rows if row.dealer_id}).values_list("pk", "code")
    )
    context = {
        "window": window,
        "rows": [{"entry": entry, "dealer": names.get(entry.record.dealer_id or 0, "")} for entry in entries],
        "action": action,
        "given": {"actor": actor, "subject": subject, "dealer": dealer, "on": request.GET.get("on", "")},
        "seal": AuditSeal.objects.order_by("-last_id").first(),
        "may_verify": can(request.user, "audit.verify"),
        "narrowed": bool(action.value or actor or subject or dealer or until),
    }
    return render(request, "dealers/audit.html", context)


@require_GET
@capability_required("audit.view")
def audit_record(request: HttpRequest, pk: int) -> HttpResponse:
    """One record: field by field before and after, and the other records of the same thing."""
    record = get_object_or_404(AuditRecord, pk=pk)
    same = AuditRecord.objects.filter(subject_type=record.subject_type, subject_id=record.subject_id)
    context = {
        "entry": told([record])[0],
        "dealer": Dealer.objects.filter(pk=record.dealer_id).first() if record.dealer_id else None,
        "sealed": AuditSeal.objects.filter(last_id__gte=record.pk).order_by("last_id").first(),
        "others": told(same.exclude(pk=pk).order_by("-id")[:20]),
        "subject": subject_words(record.subject_type),
    }
    return render(request, "dealers/audit_record.html", context)


@require_POST
@capability_required("audit.verify")
def audit_verify(request: HttpRequest) -> HttpResponse:
    """Read the whole trail and say whether it is what was written."""
    fault = verify_audit()
    if fault is None:
        messages.success(request, _("The audit trail is whole: every record says what was written, none is missing."))
    else:
        messages.error(request, FAULTS[fault.what] % {"id": fault.record_id})
    return redirect("audit-trail")


def _about(records: QuerySet[AuditRecord], subject: str) -> QuerySet[AuditRecord]:
    """Records of a thing, given as its number or as ``kind:number``."""
    kind, _colon, key = subject.rpartition(":")
    return records.filter(subject_type=kind, subject_id=key) if kind else records.filter(subject_id=key)
