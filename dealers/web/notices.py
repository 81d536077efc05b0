"""The notices of the person who asks: reading them, marking them read, and which of them come by e-mail."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dealers.choices import EmailWay, NoticeKind
from dealers.foundation import clock
from dealers.models import Notice, NoticePreference
from dealers.rules.notice_mail import way_of, ways_open
from dealers.services.notice_preferences import prefer
from dealers.services.notices import render as words_of_notice
from dealers.web.access import back_to, person
from dealers.web.listing import window_of


@require_GET
@login_required
def notices(request: HttpRequest) -> HttpResponse:
    """Own notices, the newest first; unread ones alone on request."""
    own = Notice.objects.filter(recipient=person(request)).order_by("-pk")
    unread_only = request.GET.get("tab") == "unread"
    window = window_of(request, own.filter(read_at__isnull=True) if unread_only else own)
    unread = own.filter(read_at__isnull=True).count()
    tabs = [
        {"label": _("All"), "url": "?", "current": not unread_only, "count": None},
        {"label": _("Unread"), "url": "?tab=unread", "current": unread_only, "count": unread},
    ]
    rows = []
    for notice in window.rows:
        title, body = words_of_notice(notice)
        rows.append({"notice": notice, "title": title, "body": body})
    context = {"window": window, "rows": rows, "tabs": tabs, "unread": unread, "unread_only": unread_only}
    return render(request, "dealers/notices.html", context)


@require_POST
@login_required
def notice_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one notice read and go to the page it is about, or back to the list."""
    notice = get_object_or_404(Notice.objects.filter(recipient=person(request)), pk=pk)
    if notice.read_at is None:
        Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=clock.now())
    if notice.url.startswith("/") and not notice.url.startswith("//"):
        return redirect(notice.url)
    return back_to(request, "notices")


@require_POST
@login_required
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark every own notice read."""
    unread = Notice.objects.filter(recipient=person(request), read_at__isnull=True)
    count = unread.update(read_at=clock.now())
    said = ngettext("%(count)d notice marked as read.", "%(count)d notices marked as read.", count)
    messages.success(request, said % {"count": count})
    return redirect("notices")


@require_http_methods(["GET", "POST"])
@login_required
def notice_preferences(request: HttpRequest) -> HttpResponse:
    """Choose for each kind of notice whether it comes by e-mail at once, in one mail a day, or not at all."""
    if request.method == "POST":
        prefer(person=person(request), ways={kind: request.POST.get(kind, "") for kind in NoticeKind.values})
        messages.success(request, _("Kept. It holds for what you are told from now on."))
        return redirect("notice-preferences")
    wanted = dict(NoticePreference.objects.filter(person=person(request)).values_list("kind", "email"))
    rows = [
        {
            "kind": kind,
            "ways": ways_open(kind),
            "chosen": way_of(kind, wanted=wanted.get(kind), has_address=True),
            "deadline": EmailWay.NEVER not in ways_open(kind),
        }
        for kind in NoticeKind
    ]
    return render(request, "dealers/notice_preferences.html", {"rows": rows})
