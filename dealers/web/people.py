"""People: the administrator's list, adding one, and changing what they may do."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from dealers.choices import DEALER_ROLES, HQ_ROLES, Role
from dealers.foundation import clock
from dealers.models import Dealer, Region, User
from dealers.permissions import can
from dealers.services.people import change_user, create_user
from dealers.web.access import capability_required, person, refusals_shown
from dealers.web.listing import choice_of, page_of, words_of


class RegionsField(forms.MultipleChoiceField):
    """Provinces and cities by code."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Regions"),
            help_text=gettext_lazy("Only for channel managers; a province covers its cities."),
            required=False,
            choices=[],
            widget=forms.SelectMultiple(attrs={"size": 8}),
        )


class PersonForm(forms.Form):
    """What can be changed about a person."""

    display_name = forms.CharField(label=gettext_lazy("Name"), max_length=150, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=[])
    regions = RegionsField()
    is_active = forms.BooleanField(label=gettext_lazy("May sign in"), required=False)

    def __init__(self, *args: Any, roles: tuple[Role, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]
        self.fields["regions"].choices = _region_options()  # type: ignore[attr-defined]

    def clean_regions(self) -> list[Region]:
        return list(Region.objects.filter(code__in=self.cleaned_data["regions"]))


class NewPersonForm(PersonForm):
    """A new person; the password is made by us and shown once."""

    username = forms.CharField(label=gettext_lazy("Sign-in name"), max_length=150)
    dealer = forms.CharField(
        label=gettext_lazy("Dealer code"),
        help_text=gettext_lazy("Only for the dealer's own people."),
        max_length=32,
        required=False,
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    field_order = ("username", "display_name", "role", "dealer", "regions", "email", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, roles=tuple(Role), **kwargs)
        del self.fields["is_active"]

    def clean_dealer(self) -> Dealer | None:
        code = self.cleaned_data["dealer"].strip()
        if not code:
            return None
        dealer = Dealer.objects.filter(code=code).first()
        if dealer is None:
            raise forms.ValidationError(_("There is no dealer with the code %(code)s.") % {"code": code})
        return dealer


@require_GET
@capability_required("people.view")
def users(request: HttpRequest) -> HttpResponse:
    """Everyone who may sign in or once might."""
    words = words_of(request)
    sides = [("hq", _("Headquarters")), ("dealer", _("Dealers"))]
    filters = [
        choice_of(request, "role", _("All roles"), Role.choices),
        choice_of(request, "active", _("All states"), [("1", _("Active")), ("0", _("Deactivated"))]),
        choice_of(request, "side", _("Headquarters and dealers"), sides),
    ]
    role, active, side = (chosen.value for chosen in filters)
    found = User.objects.select_related("dealer").prefetch_related("regions").order_by("role", "username")
    if words:
        found = found.filter(
            Q(username__icontains=words)
            | Q(first_name__icontains=words)
            | Q(email__icontains=words)
            | Q(dealer__code__icontains=words)
            | Q(dealer__name__icontains=words)
        )
    if role:
        found = found.filter(role=role)
    if active:
        found = found.filter(is_active=active == "1")
    if side:
        found = found.filter(dealer__isnull=side == "hq")
    context = {
        "page": page_of(request, found),
        "filters": filters,
        "q": words,
        "may_manage": can(request.user, "people.manage"),
        "narrowed": bool(words or role or active or side),
    }
    return render(request, "dealers/users.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@capability_required("people.manage")
def user_new(request: HttpRequest) -> HttpResponse:
    """Add a person; the answer shows the password, once."""
    form = NewPersonForm(request.POST if request.method == "POST" else None, initial={"language": "zh-hans"})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with refusals_shown(request):
            made, password = create_user(
                username=given["username"],
                role=Role(given["role"]),
                actor=person(request),
                at=clock.now(),
                dealer=given["dealer"],
                regions=given["regions"],
                display_name=given["display_name"],
                email=given["email"],
                language=given["language"],
            )
            return render(request, "dealers/user_made.html", {"made": made, "password": password})
    return render(request, "dealers/user_new.html", {"form": form}, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
@capability_required("people.manage")
def user_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a person's role, regions or right to sign in."""
    known = get_object_or_404(User.objects.select_related("dealer").prefetch_related("regions"), pk=pk)
    initial = {
        "display_name": known.first_name,
        "email": known.email,
        "role": known.role,
        "regions": [region.code for region in known.regions.all()],
        "is_active": known.is_active,
    }
    roles = DEALER_ROLES if known.dealer_id else HQ_ROLES
    form = PersonForm(request.POST if request.method == "POST" else None, initial=initial, roles=roles)
    myself = known.pk == person(request).pk
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if myself and (not given["is_active"] or given["role"] != known.role):
            messages.error(request, _("You cannot take your own role or sign-in away; ask another administrator."))
            return redirect("user-edit", pk)
        with refusals_shown(request):
            change_user(
                user=known,
                actor=person(request),
                at=clock.now(),
                role=Role(given["role"]),
                is_active=given["is_active"],
                regions=given["regions"],
                display_name=given["display_name"],
                email=given["email"],
            )
            messages.success(request, _("%(person)s is changed.") % {"person": given["display_name"] or known.username})
            return redirect("users")
    context = {"form": form, "known": known, "myself": myself}
    return render(request, "dealers/user_edit.html", context, status=422 if form.is_bound else 200)


def _region_options() -> list[tuple[str, str]]:
    regions = Region.objects.order_by("code")
    return [(region.code, f"{region.name} · {region.code}") for region in regions]
