"""API keys: all of them for the administrator, a dealer's own for its owner; secrets are shown once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dealers.foundation import clock
from dealers.models import ApiKey, Dealer
from dealers.permissions import can
from dealers.selectors.housekeeping import key_expires_soon, key_is_valid
from dealers.services.keys import DEALER_SCOPES, SYSTEM_SCOPES, create_api_key, revoke_api_key, rotate_api_key
from dealers.web.access import capability_required, person, refusals_shown
from dealers.web.listing import choice_of, page_of, words_of

#: How long an old key may work beside its successor, in hours.
OVERLAPS = (
    (1, gettext_lazy("1 hour")),
    (24, gettext_lazy("1 day")),
    (168, gettext_lazy("7 days")),
    (720, gettext_lazy("30 days")),
)
LIVES = (
    ("", gettext_lazy("No end")),
    ("90", gettext_lazy("90 days")),
    ("365", gettext_lazy("1 year")),
)


class KeyForm(forms.Form):
    """A new key. The administrator also says whose it is: a dealer's or one of HQ's systems'."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=50, help_text=gettext_lazy("Where the key is used, for example “till”.")
    )
    dealer = forms.CharField(
        label=gettext_lazy("Dealer code"),
        max_length=32,
        required=False,
        help_text=gettext_lazy("Leave empty for one of HQ's own systems."),
    )
    system = forms.CharField(
        label=gettext_lazy("HQ system"),
        max_length=64,
        required=False,
        help_text=gettext_lazy("For example erp or warehouse; leave empty for a dealer."),
    )
    life = forms.ChoiceField(label=gettext_lazy("Valid for"), choices=LIVES, required=False)
    sandbox = forms.BooleanField(
        label=gettext_lazy("Sandbox"),
        required=False,
        help_text=gettext_lazy("For trying out a program: everything works as usual, and nothing sent ever counts."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("May do"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Nothing ticked means everything open to this kind of key."),
    )

    def __init__(self, *args: Any, own: Dealer | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = own
        known = DEALER_SCOPES if own else sorted({*DEALER_SCOPES, *SYSTEM_SCOPES})
        self.fields["scopes"].choices = [(scope, scope) for scope in known]  # type: ignore[attr-defined]
        if own is not None:
            del self.fields["dealer"], self.fields["system"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.own is not None:
            return {**given, "dealer": self.own, "system": ""}
        code, system = given.get("dealer", "").strip(), given.get("system", "").strip()
        if bool(code) == bool(system):
            raise forms.ValidationError(_("Name either a dealer or one of HQ's systems."))
        dealer = Dealer.objects.filter(code=code).first() if code else None
        if code and dealer is None:
            self.add_error("dealer", _("There is no dealer with the code %(code)s.") % {"code": code})
        return {**given, "dealer": dealer, "system": system}


def _keys_of(request: HttpRequest) -> QuerySet[ApiKey]:
    """The keys a person may see: all for those who look after keys, else those of the own dealer."""
    user = person(request)
    keys = ApiKey.objects.order_by("revoked", "-created")
    if can(user, "keys.view"):
        return keys
    return keys.none() if user.dealer is None else keys.filter(dealer_id__in=(user.dealer.pk, user.dealer.sandbox_id))


@require_GET
@capability_required("keys.view", "keys.manage_own")
def api_keys(request: HttpRequest) -> HttpResponse:
    """Keys with what they may do, until when, and when they were last used."""
    words = words_of(request)
    validity = choice_of(request, "validity", _("All states"), [("valid", _("Valid")), ("soon", _("Expiring soon"))])
    found = _keys_of(request)
    if validity.value:
        found = found.filter(key_is_valid(clock.now()))
    if validity.value == "soon":
        found = found.filter(key_expires_soon(clock.now()))
    if words:
        named = found.filter(name__icontains=words) | found.filter(system__icontains=words)
        owners = Dealer.objects.filter(code__icontains=words).annotate(twin=-F("pk"))
        of_dealers = found.filter(dealer_id__in=owners.values("pk")) | found.filter(dealer_id__in=owners.values("twin"))
        found = named | of_dealers | found.filter(prefix=words)
    page = page_of(request, found)
    owners_shown = Dealer.objects.in_bulk({key.real_dealer_id for key in page if key.dealer_id is not None})
    context = {
        "page": page,
        "rows": [(key, owners_shown.get(key.real_dealer_id)) for key in page],
        "q": words,
        "filters": [validity],
        "now": clock.now(),
        "own": person(request).dealer,
        "overlaps": OVERLAPS,
        "may_manage": can(request.user, "keys.manage") or can(request.user, "keys.manage_own"),
    }
    return render(request, "dealers/keys.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@capability_required("keys.manage", "keys.manage_own")
def key_new(request: HttpRequest) -> HttpResponse:
    """Make a key; the answer shows it, once."""
    user = person(request)
    form = KeyForm(request.POST if request.method == "POST" else None, own=user.dealer, initial={"life": "365"})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        at = clock.now()
        with refusals_shown(request):
            key, secret = create_api_key(
                name=given["name"],
                actor=user,
                at=at,
                dealer=given["dealer"],
                system=given["system"],
                scopes=given["scopes"],
                expires_at=at + timedelta(days=int(given["life"])) if given["life"] else None,
                sandbox=given["sandbox"],
            )
            return render(request, "dealers/key_made.html", {"key": key, "secret": secret})
    return render(request, "dealers/key_new.html", {"form": form}, status=422 if request.method == "POST" else 200)


@never_cache
@require_POST
@capability_required("keys.manage", "keys.manage_own")
def key_rotate(request: HttpRequest, prefix: str) -> HttpResponse:
    """Make a successor, shown once; the old key works on for the overlap chosen."""
    key = get_object_or_404(_keys_of(request), prefix=prefix)
    hours = request.POST.get("overlap", "")
    overlap = timedelta(hours=int(hours) if hours in {str(known) for known, _label in OVERLAPS} else OVERLAPS[0][0])
    at = clock.now()
    with refusals_shown(request):
        successor, secret = rotate_api_key(key=key, actor=person(request), at=at, overlap_until=at + overlap)
        context = {"key": successor, "secret": secret, "before": key, "overlap_until": at + overlap}
        return render(request, "dealers/key_made.html", context)
    return redirect("api-keys")


@require_POST
@capability_required("keys.manage", "keys.manage_own")
def key_revoke(request: HttpRequest, prefix: str) -> HttpResponse:
    """End a key now."""
    key = get_object_or_404(_keys_of(request), prefix=prefix)
    with refusals_shown(request):
        revoke_api_key(key=key, actor=person(request), at=clock.now())
        messages.success(request, _("The key %(name)s no longer works.") % {"name": key.name})
    return redirect("api-keys")
