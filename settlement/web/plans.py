"""Payment plans: the list, drawing one up, releasing it, and paying out of it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dealers.errors import NotFound, Refused
from dealers.foundation import clock
from dealers.foundation.half_months import HalfMonth
from dealers.foundation.money import round_money
from dealers.models import Dealer, User
from dealers.web.access import capability_required, person, refusals_shown
from dealers.web.form_fields import PriceField
from dealers.web.listing import choice_of, page_of, window_of
from settlement.choices import PlanState
from settlement.models import Payable, PaymentPlan
from settlement.permissions import can
from settlement.proof_words.rows import half_month_words
from settlement.selectors.consents import consents_of
from settlement.selectors.open_amounts import OPEN
from settlement.selectors.payments import plan_dealers, plan_of, visible_plans
from settlement.services.plans import PlanWish, draw_up_plan, end_plan, refuse_plan, release_plan, withdraw_plan
from settlement.services.transfers import accounts_in_force, order_transfers
from settlement.web.payment_frame import frame

_LONGEST_NOTE = 500


class MoneyField(PriceField):
    """An amount in yuan and fen, above zero."""

    def to_python(self, value: Any) -> Decimal | None:
        amount = super().to_python(value)
        if amount is not None and (amount != round_money(amount) or not amount):
            raise forms.ValidationError(_("An amount is above zero and has two decimals."))
        return amount


class PlanForm(forms.Form):
    """What a plan is to take in; everything left empty means everything that may be paid."""

    dealers = forms.CharField(
        label=gettext_lazy("Dealers"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Codes separated by spaces or commas; empty: all."),
    )
    periods = forms.MultipleChoiceField(
        label=gettext_lazy("Half-months"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None ticked: all."),
    )
    dealer_cap = MoneyField(label=gettext_lazy("At most per dealer"), required=False)
    plan_cap = MoneyField(label=gettext_lazy("At most in all"), required=False)
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=_LONGEST_NOTE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ordinals = Payable.objects.filter(OPEN).order_by("ordinal").values_list("ordinal", flat=True).distinct()
        names = [str(HalfMonth.from_ordinal(ordinal)) for ordinal in ordinals]
        self.fields["periods"].choices = [(name, half_month_words(name)) for name in names]  # type: ignore[attr-defined]

    def clean_dealers(self) -> list[int] | None:
        codes = self.cleaned_data["dealers"].replace(",", " ").replace("，", " ").replace(";", " ").split()
        if not codes:
            return None
        found = dict(Dealer.objects.filter(code__in=codes).values_list("code", "pk"))
        unknown = [code for code in codes if code not in found]
        if unknown:
            raise forms.ValidationError(_("There is no dealer %(codes)s.") % {"codes": ", ".join(unknown[:10])})
        return list(found.values())

    def clean_periods(self) -> list[int] | None:
        chosen = self.cleaned_data["periods"]
        return [HalfMonth.parse(name).ordinal for name in chosen] or None

    def wish(self) -> PlanWish:
        given = self.cleaned_data
        return PlanWish(given["dealers"], given["periods"], given["dealer_cap"], given["plan_cap"])


@require_GET
@capability_required("payments.view", can=can)
def plans(request: HttpRequest) -> HttpResponse:
    """The plans, the newest first."""
    state = choice_of(request, "state", _("All states"), PlanState.choices)
    found = visible_plans(person(request))
    if state.value:
        found = found.filter(state=state.value)
    context = {"window": window_of(request, found), "filters": [state], **frame(request, "payment-plans")}
    return render(request, "settlement/plans.html", context)


@require_http_methods(["GET", "POST"])
@capability_required("payments.plan", can=can)
def plan_new(request: HttpRequest) -> HttpResponse:
    """Draw up a plan."""
    initial = {"dealers": request.GET.get("dealers", "")[:200]}
    form = PlanForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = draw_up_plan(wish=form.wish(), note=form.cleaned_data["note"], actor=person(request), at=clock.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Drawn up; another person releases it."))
            return redirect("payment-plan", made.number)
    status = 422 if form.errors else 200
    return render(request, "settlement/plan_new.html", {"form": form, **frame(request, "payment-plans")}, status=status)


@require_GET
@capability_required("payments.view", can=can)
def plan(request: HttpRequest, number: str) -> HttpResponse:
    """One plan: to whom it pays how much, what is paid of it, and what may be done now."""
    user, at = person(request), clock.now()
    found = _found(user, number)
    page = page_of(request, plan_dealers(found))
    dealer_ids = [row["dealer_id"] for row in page.object_list]
    consents, accounts = consents_of(dealer_ids, at=at), accounts_in_force(dealer_ids, at=at)
    own = found.drawn_up_by_id == user.pk
    context = {
        "plan": found,
        "page": page,
        "rows": [
            {
                **row,
                "takes_bills": bool((said := consents.get(row["dealer_id"])) and said.consents),
                "account": accounts.get(row["dealer_id"]),
            }
            for row in page.object_list
        ],
        "items": found.items.select_related("payable", "dealer").order_by("dealer__code", "payable__ordinal")[:200],
        "payments": found.payments.select_related("dealer", "bill").order_by("-pk")[:200],
        "rest": (found.amount or 0) - (found.executed or 0),  # type: ignore[attr-defined]
        "may_release": can(user, "payments.release") and found.state == PlanState.DRAFTED and not own,
        "own_work": can(user, "payments.release") and found.state == PlanState.DRAFTED and own,
        "may_withdraw": can(user, "payments.plan") and found.state == PlanState.DRAFTED,
        "may_end": can(user, "payments.plan") and found.state == PlanState.RELEASED,
        **frame(request, "payment-plans"),
    }
    context["may_pay"] = can(user, "payments.execute") and found.state == PlanState.RELEASED
    return render(request, "settlement/plan.html", context)


@require_POST
@capability_required("payments.release", "payments.plan", can=can)
def decide(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """Release, refuse, withdraw or end a plan."""
    user, at = person(request), clock.now()
    found = _found(user, number)
    note = request.POST.get("note", "").replace("\x00", "")[:_LONGEST_NOTE]
    acts: dict[str, tuple[Callable[[], PaymentPlan], str]] = {
        "release": (lambda: release_plan(plan=found, note=note, actor=user, at=at), _("Released; it can be paid now.")),
        "refuse": (lambda: refuse_plan(plan=found, note=note, actor=user, at=at), _("Refused.")),
        "withdraw": (lambda: withdraw_plan(plan=found, actor=user, at=at), _("Withdrawn.")),
        "end": (lambda: end_plan(plan=found, note=note, actor=user, at=at), _("Ended; what was left is free again.")),
    }
    if act not in acts:
        raise Http404
    do, said = acts[act]
    with refusals_shown(request):
        do()
        messages.success(request, said)
    return redirect("payment-plan", number)


@require_POST
@capability_required("payments.execute", can=can)
def transfer(request: HttpRequest, number: str) -> HttpResponse:
    """Order transfers: to the dealer named, or to every one the plan still pays."""
    user = person(request)
    found = _found(user, number)
    code = request.POST.get("dealer", "")
    dealers = [get_object_or_404(Dealer, code=code)] if code else None
    with refusals_shown(request):
        made = order_transfers(plan=found, dealers=dealers, actor=user, at=clock.now())
        messages.success(request, _("%(n)s transfers ordered; the next bank file takes them.") % {"n": len(made)})
    return redirect("payment-plan", number)


def _found(user: User, number: str) -> PaymentPlan:
    try:
        return plan_of(user, number)
    except NotFound as error:
        raise Http404(str(error)) from error
