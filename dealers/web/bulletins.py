"""Bulletins: what dealers are told and acknowledge, who has, and writing and publishing one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dealers.choices import PolicyState
from dealers.errors import Refused
from dealers.foundation import clock
from dealers.foundation.clock import business_day
from dealers.models import Bulletin, BulletinReceipt, Dealer, PolicyVersion, User
from dealers.permissions import can
from dealers.rules.quiz import Question, Words, read_quiz
from dealers.selectors.bulletins import addressees, owed_by, visible_bulletins, waiting_for_acknowledgement
from dealers.selectors.visibility import visible_dealers
from dealers.services.bulletins import (
    Draft,
    WrongAnswers,
    acknowledge,
    open_bulletin,
    publish_bulletin,
    write_bulletin,
)
from dealers.web.access import capability_required, person, refusals_shown
from dealers.web.listing import page_of, window_of

_QUIZ_HELP = gettext_lazy(
    "Up to 5 questions. A line “? question” is followed by options, a line each: “* right one”, “- wrong one”. "
    "Every line says it in Chinese and, after a |, in English."
)


class BulletinForm(forms.Form):
    """What an author gives."""

    title_zh = forms.CharField(label=gettext_lazy("Chinese title"), max_length=200)
    title_en = forms.CharField(label=gettext_lazy("English title"), max_length=200)
    text_zh = forms.CharField(
        label=gettext_lazy("Chinese text"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 8})
    )
    text_en = forms.CharField(
        label=gettext_lazy("English text"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 8})
    )
    quiz = forms.CharField(
        label=gettext_lazy("Quiz"),
        help_text=_QUIZ_HELP,
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8, "class": "mono", "spellcheck": "false"}),
    )


@require_GET
@capability_required("bulletins.view")
def bulletins(request: HttpRequest) -> HttpResponse:
    """The bulletins in sight, the newest first; a dealer sees which of them it owes an acknowledgement."""
    reader = person(request)
    window = window_of(request, visible_bulletins(reader))
    keys = [bulletin.pk for bulletin in window.rows]
    context: dict[str, Any] = {"window": window, "may_write": can(reader, "bulletins.write")}
    if reader.dealer is not None:
        owed = set(owed_by(reader.dealer, on=business_day(clock.now())).values_list("pk", flat=True))
        given = dict(
            BulletinReceipt.objects.filter(bulletin__in=keys, dealer=reader.dealer).values_list(
                "bulletin", "acknowledged_at"
            )
        )
        context["rows"] = [
            {"bulletin": each, "owed": each.pk in owed, "given": given.get(each.pk)} for each in window.rows
        ]
    else:
        context["rows"] = [{"bulletin": each} for each in window.rows]
    return render(request, "dealers/bulletins.html", context)


@require_GET
@capability_required("bulletins.view")
def bulletin(request: HttpRequest, pk: int) -> HttpResponse:
    """One bulletin; for a dealer with its acknowledgement, for headquarters with who has not given it."""
    return _page(request, _found(request, pk))


@require_POST
@capability_required("bulletins.acknowledge")
def bulletin_acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Acknowledge for one's dealer; with wrong answers the page says which."""
    found = _found(request, pk)
    answers = {
        place: int(chosen)
        for place in range(len(read_quiz(found.quiz)))
        if (chosen := request.POST.get(f"answer-{place}", "")).isdecimal() and len(chosen) < 3
    }
    try:
        acknowledge(bulletin=found, answers=answers, actor=person(request), at=clock.now())
    except WrongAnswers as refusal:
        messages.error(request, str(refusal))
        return _page(request, found, answers=answers, wrong=refusal.wrong, status=422)
    messages.success(request, _("Thank you; it is acknowledged for your company."))
    return redirect("bulletin", pk=pk)


@require_http_methods(["GET", "POST"])
@capability_required("bulletins.write")
def bulletin_new(request: HttpRequest) -> HttpResponse:
    """Write a bulletin; with ``?policy=`` the one that is published with that draft."""
    policy = None
    if wanted := request.GET.get("policy", ""):
        policy = PolicyVersion.objects.filter(
            pk=int(wanted) if wanted.isdecimal() and len(wanted) < 10 else 0, state=PolicyState.DRAFT
        ).first()
        if policy is None:
            raise Http404
        written = Bulletin.objects.filter(policy=policy).first()
        if written is not None:
            return redirect("bulletin-edit", pk=written.pk)
    return _write(request, None, policy)


@require_http_methods(["GET", "POST"])
@capability_required("bulletins.write")
def bulletin_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a bulletin that is not published yet."""
    found = _found(request, pk)
    return redirect("bulletin", pk=pk) if found.published_at else _write(request, found, found.policy)


@require_POST
@capability_required("bulletins.publish")
def bulletin_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a bulletin to every dealer. One that belongs to a policy is published with it."""
    found = _found(request, pk)
    if found.policy is not None:
        return redirect("policy-detail", pk=found.policy_id)
    with refusals_shown(request):
        publish_bulletin(bulletin=found, actor=person(request), at=clock.now())
        messages.success(request, _("Published; every dealer is told."))
    return redirect("bulletin", pk=pk)


def _found(request: HttpRequest, pk: int) -> Bulletin:
    return get_object_or_404(visible_bulletins(person(request)), pk=pk)


def _write(request: HttpRequest, known: Bulletin | None, policy: PolicyVersion | None) -> HttpResponse:
    names = BulletinForm.base_fields
    initial = {name: getattr(known, name) for name in names} if known else {}
    if known is None and policy is not None:
        initial = {
            "title_zh": f"渠道政策发布：{policy.title_zh}",
            "title_en": f"Channel policy published: {policy.title_en}",
        }
    form = BulletinForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        draft = Draft(**{name: form.cleaned_data[name] for name in names})
        try:
            kept = write_bulletin(draft=draft, actor=person(request), at=clock.now(), bulletin=known, policy=policy)
        except Refused as refusal:
            form.add_error("quiz", str(refusal))
        else:
            messages.success(request, _("Kept. Another person publishes it."))
            return redirect("bulletin", pk=kept.pk)
    context = {"form": form, "known": known, "policy": policy}
    return render(request, "dealers/bulletin_write.html", context, status=422 if form.errors else 200)


def _page(
    request: HttpRequest,
    found: Bulletin,
    *,
    answers: dict[int, int] | None = None,
    wrong: tuple[int, ...] = (),
    status: int = 200,
) -> HttpResponse:
    reader = person(request)
    context: dict[str, Any] = {"bulletin": found, "questions": _questions(found, answers or {}, wrong)}
    if reader.dealer is not None:
        context |= _for_dealer(reader, reader.dealer, found)
    else:
        context |= {
            "may_edit": found.published_at is None and can(reader, "bulletins.write"),
            "may_publish": found.published_at is None
            and found.policy_id is None
            and found.written_by_id != reader.pk
            and can(reader, "bulletins.publish"),
        }
        if found.published_at is not None and can(reader, "bulletins.follow"):
            context |= _progress(request, reader, found)
    return render(request, "dealers/bulletin.html", context, status=status)


def _for_dealer(reader: User, dealer: Dealer, found: Bulletin) -> dict[str, Any]:
    open_bulletin(bulletin=found, reader=reader, at=clock.now())
    receipt = BulletinReceipt.objects.filter(bulletin=found, dealer=dealer).select_related("person").first()
    return {"own": True, "receipt": receipt, "may_acknowledge": receipt is None}


def _progress(request: HttpRequest, reader: User, found: Bulletin) -> dict[str, Any]:
    """How many of the dealers in sight have acknowledged, and a page of those that have not."""
    mine = visible_dealers(reader)
    whole = addressees(found).filter(pk__in=mine).count()
    open_ones = waiting_for_acknowledgement(found).filter(pk__in=mine)
    page = page_of(request, open_ones)
    return {"follows": True, "whole": whole, "given": whole - page.paginator.count, "page": page}


def _questions(found: Bulletin, answers: dict[int, int], wrong: tuple[int, ...]) -> list[dict[str, Any]]:
    def asked(question: Question, place: int) -> dict[str, Any]:
        options = [
            {"place": n, "text": _in_language(option), "chosen": answers.get(place) == n, "right": question.right == n}
            for n, option in enumerate(question.options)
        ]
        return {"place": place, "text": _in_language(question.asked), "options": options, "wrong": place in wrong}

    return [asked(question, place) for place, question in enumerate(read_quiz(found.quiz))]


def _in_language(words: Words) -> str:
    return words.zh if (get_language() or "zh").startswith("zh") else words.en
