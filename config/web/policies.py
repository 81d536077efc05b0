"""Pages of the channel policy: its versions, what one says, drafting, publishing, comparing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from config.display.policy_cards import policy_cards
from config.display.policy_differences import policy_differences
from config.policy import check_policy, document_of, export_policy, import_policy, policy_terms, publish_policy
from dealers.choices import PolicyState
from dealers.errors import Refused
from dealers.foundation.clock import business_day, now
from dealers.foundation.yaml_documents import LARGEST_DOCUMENT
from dealers.models import PolicyVersion, User
from dealers.permissions import can
from dealers.selectors.bulletins import visible_bulletins
from dealers.selectors.policies import first_day, policy_in_force, visible_policies
from dealers.services.policies import CheckedPolicy, plan_of

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]


def _needs(capability: str) -> Callable[[Page[P]], Page[P]]:
    def decorate(page: Page[P]) -> Page[P]:
        @wraps(page)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not can(request.user, capability):
                raise PermissionDenied
            return page(request, *args, **kwargs)

        return login_required(guarded)

    return decorate


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a version stands today, as a badge shows it."""

    label: str | Promise
    tone: str


_DRAFT = Standing(gettext_lazy("Draft"), "warn")
_REPLACED = Standing(gettext_lazy("Replaced before it took effect"), "")
_AHEAD = Standing(gettext_lazy("Takes effect later"), "info")
_IN_FORCE = Standing(gettext_lazy("In force"), "ok")
_PAST = Standing(gettext_lazy("No longer in force"), "")


def standing_of(version: PolicyVersion, today: date) -> Standing:
    """Whether a version is a draft, waits for its first day, is in force, or was."""
    if version.state != PolicyState.PUBLISHED:
        return _DRAFT if version.state == PolicyState.DRAFT else _REPLACED
    if first_day(version) > today:
        return _AHEAD
    return _PAST if version.valid.upper is not None and version.valid.upper <= today else _IN_FORCE


@require_GET
@_needs("policy.view")
def policies(request: HttpRequest) -> HttpResponse:
    """Every version the person may see, the newest first."""
    today = business_day(now())
    versions = list(visible_policies(_person(request)))
    return render(
        request,
        "policies/list.html",
        {
            "rows": [(version, standing_of(version, today)) for version in versions],
            "versions": versions,
            "in_force": policy_in_force(today),
            "may_draft": can(request.user, "policy.draft"),
        },
    )


@require_GET
@_needs("policy.view")
def policy_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What one version says, in sentences and tables; for a draft also what publishing it would do."""
    person = _person(request)
    version = get_object_or_404(visible_policies(person), pk=pk)
    at = now()
    is_draft = version.state == PolicyState.DRAFT
    is_author = version.drafted_by_id == person.pk
    return render(
        request,
        "policies/detail.html",
        {
            "version": version,
            "standing": standing_of(version, business_day(at)),
            "cards": policy_cards(policy_terms(version.document)),
            "is_draft": is_draft,
            "bulletin": visible_bulletins(person).filter(policy=version).first(),
            "plan": plan_of(version, at) if is_draft else None,
            "faults": check_policy(version.source).faults if is_draft else (),
            "is_author": is_author,
            "may_publish": is_draft and not is_author and can(person, "policy.publish"),
            "may_draft": can(person, "policy.draft"),
            "events": _events(version),
            "others": visible_policies(person).exclude(pk=pk),
        },
    )


@require_POST
@_needs("policy.publish")
def policy_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a draft in force, or say why not."""
    person = _person(request)
    version = get_object_or_404(visible_policies(person), pk=pk)
    try:
        published = publish_policy(version=version, actor=person, at=now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        said = _("%(version)s is published; it takes effect on %(day)s.")
        messages.success(request, said % {"version": published, "day": first_day(published)})
    return redirect("policy-detail", pk=pk)


class DraftForm(forms.Form):
    """A policy document as a file or as text; the file counts when both are given."""

    file = forms.FileField(
        label=gettext_lazy("YAML file"), required=False, widget=forms.FileInput(attrs={"accept": ".yaml,.yml"})
    )
    source = forms.CharField(
        label=gettext_lazy("Document"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 26, "class": "mono", "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("file") and not (cleaned.get("source") or "").strip():
            raise forms.ValidationError(_("Choose a file or paste the document."))
        return cleaned

    def document(self) -> str | bytes:
        """What was given, for the reader that knows what to make of it."""
        file = self.cleaned_data.get("file")
        if file:
            return bytes(file.read(LARGEST_DOCUMENT + 1))
        return str(self.cleaned_data["source"]).replace("\r\n", "\n")  # browsers send text areas with CRLF


@_needs("policy.draft")
def policy_new(request: HttpRequest) -> HttpResponse:
    """Check a document, and keep it as a draft once it is sound."""
    if request.method != "POST":
        return render(request, "policies/new.html", {"form": DraftForm(initial={"source": _starting_point(request)})})
    form = DraftForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "policies/new.html", {"form": form}, status=422)
    checked = check_policy(form.document())
    if "keep" in request.POST and not checked.errors:
        try:
            version = import_policy(source=checked.source, actor=_person(request), at=now())
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("%(version)s is kept; a second person publishes it.") % {"version": version})
            return redirect("policy-detail", pk=version.pk)
    shown = DraftForm(initial={"source": checked.source})
    return render(
        request,
        "policies/new.html",
        {"form": shown, "checked": checked, "lines": _faulty_lines(checked)},
        status=422 if checked.errors else 200,
    )


@require_GET
@_needs("policy.view")
def policy_compare(request: HttpRequest) -> HttpResponse:
    """What two versions say differently."""
    versions = visible_policies(_person(request))
    before = get_object_or_404(versions, pk=_number(request, "before"))
    after = get_object_or_404(versions, pk=_number(request, "after"))
    return render(
        request,
        "policies/compare.html",
        {
            "before": before,
            "after": after,
            "versions": versions,
            "differences": policy_differences(document_of(before), document_of(after)),
        },
    )


@require_GET
@_needs("policy.view")
def policy_download(request: HttpRequest, pk: int) -> HttpResponse:
    """The document as YAML."""
    version = get_object_or_404(visible_policies(_person(request)), pk=pk)
    response = HttpResponse(export_policy(version), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="policy-{version.code}-v{version.version}.yaml"'
    return response


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the pages are guarded
    return request.user


def _number(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def _starting_point(request: HttpRequest) -> str:
    """The document of the version to begin from: the one asked for, else the one in force."""
    asked = PolicyVersion.objects.filter(pk=_number(request, "from")).first()
    version = asked or policy_in_force(business_day(now()))
    return "" if version is None else export_policy(version)


def _faulty_lines(checked: CheckedPolicy) -> dict[int, str]:
    """The text of every line a fault points at."""
    lines = checked.source.splitlines()
    wanted = {fault.line for fault in checked.faults if fault.line}
    return {line: lines[line - 1].strip() for line in wanted if line <= len(lines)}


def _events(version: PolicyVersion) -> list[dict[str, Any]]:
    drafted = version.drafted_by or _("the command line")
    events = [{"title": _("Drafted"), "at": version.drafted_at, "actor": drafted, "tone": "ok"}]
    if version.published_at is not None:
        published = {"at": version.published_at, "actor": version.published_by, "tone": "ok"}
        events.append({"title": _("Published"), **published})
    if version.state == PolicyState.REPLACED:
        events.append({"title": _REPLACED.label, "tone": "bad"})
    return events
