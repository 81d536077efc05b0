"""Bank files and the bank accounts of dealers."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dealers.errors import NotFound, Refused
from dealers.foundation import clock
from dealers.foundation.money import ZERO
from dealers.models import Dealer, User
from dealers.web.access import capability_required, person, refusals_shown
from dealers.web.files import file_response
from dealers.web.listing import choice_of, window_of, words_of
from settlement.choices import BankAccountState, PaymentMethod, PaymentState
from settlement.errors import PaymentRefused
from settlement.models import BankAccount, BankFile
from settlement.permissions import can
from settlement.selectors.payment_board import payment_sums
from settlement.selectors.payments import bank_account_of, visible_bank_accounts
from settlement.services.bank_accounts import AccountGiven, confirm_account, decline_account, propose_account
from settlement.services.disputes.acting import GivenFile
from settlement.services.transfers import BANK_COLUMNS, make_bank_file
from settlement.web.payment_frame import frame


class AccountForm(forms.Form):
    """A bank account as it is printed on its certificate."""

    holder = forms.CharField(label=gettext_lazy("Account holder"), max_length=200)
    number = forms.CharField(label=gettext_lazy("Account number"), max_length=60)
    bank = forms.CharField(label=gettext_lazy("Bank"), max_length=200)
    bank_number = forms.CharField(
        label=gettext_lazy("Bank number"), max_length=20, help_text=gettext_lazy("12 digits, of the branch.")
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500, required=False)

    proof = forms.FileField(
        label=gettext_lazy("Certificate of the account"),
        max_length=255,
        required=False,
        help_text=gettext_lazy("A PDF or picture, up to 10 MB."),
    )

    def given(self) -> AccountGiven:
        return AccountGiven(**{name: self.cleaned_data[name] for name in ("holder", "bank", "bank_number", "number")})

    def given_proof(self) -> GivenFile | None:
        file = self.cleaned_data["proof"]
        return GivenFile(file.name or "", file) if file else None


class AccountOfDealerForm(AccountForm):
    """The same, entered by finance."""

    dealer = forms.CharField(label=gettext_lazy("Dealer code"), max_length=32)
    field_order = ("dealer",)

    def clean_dealer(self) -> Dealer:
        found = Dealer.objects.filter(code=self.cleaned_data["dealer"].strip()).first()
        if found is None:
            raise forms.ValidationError(_("There is no such dealer."))
        return found


@require_GET
@capability_required("payments.view", can=can)
def bank_files(request: HttpRequest) -> HttpResponse:
    """What waits to be sent, and the files made so far."""
    amount, count = payment_sums().get((PaymentMethod.TRANSFER, PaymentState.ORDERED), (ZERO, 0))
    found = BankFile.objects.select_related("made_by", "file").order_by("-pk")
    context = {
        "window": window_of(request, found),
        "waiting": count,
        "waiting_amount": amount,
        "columns": BANK_COLUMNS,
        **frame(request, "bank-files"),
    }
    return render(request, "settlement/bank_files.html", context)


@require_POST
@capability_required("payments.execute", can=can)
def bank_file_make(request: HttpRequest) -> HttpResponse:
    """Write what waits into a file."""
    with refusals_shown(request):
        made = make_bank_file(actor=person(request), at=clock.now())
        messages.success(request, _("%(file)s holds %(n)s transfers.") % {"file": made.number, "n": made.transfers})
    return redirect("bank-files")


@require_GET
@capability_required("payments.view", can=can)
def bank_file(request: HttpRequest, number: str) -> HttpResponse:
    """The file as it was made."""
    return file_response(get_object_or_404(BankFile.objects.select_related("file"), number=number).file)


@require_GET
@capability_required("payments.view", can=can)
def bank_accounts(request: HttpRequest) -> HttpResponse:
    """The bank accounts, those that wait first in mind."""
    state = choice_of(request, "state", _("All states"), BankAccountState.choices)
    words = words_of(request)
    found = visible_bank_accounts(person(request))
    if state.value:
        found = found.filter(state=state.value)
    if words:
        found = found.filter(dealer__code__iexact=words) | found.filter(dealer__name__icontains=words)
    context = {
        "window": window_of(request, found),
        "filters": [state],
        "q": words,
        "may_propose": can(person(request), "bank_accounts.propose"),
        **frame(request, "bank-accounts"),
    }
    return render(request, "settlement/bank_accounts.html", context)


@require_http_methods(["GET", "POST"])
@capability_required("bank_accounts.propose", can=can)
def bank_account_new(request: HttpRequest) -> HttpResponse:
    """Enter an account: finance names the dealer, a dealer enters its own."""
    user = person(request)
    own = user.dealer
    kind = AccountForm if own is not None else AccountOfDealerForm
    form = kind(request.POST or None, request.FILES or None, initial={"dealer": request.GET.get("dealer", "")[:32]})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            propose_account(
                dealer=own or given["dealer"],
                given=form.given(),
                reason=given["reason"],
                proof=form.given_proof(),
                actor=user,
                at=clock.now(),
            )
        except PaymentRefused as refusal:
            form.add_error(refusal.params["field"], str(refusal))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Entered. It is used once a second person at headquarters has confirmed it."))
            return redirect("my-payments" if own is not None else "bank-accounts")
    context = {"form": form, "own": own, **frame(request, "bank-accounts")}
    return render(request, "settlement/bank_account_new.html", context, status=422 if form.errors else 200)


@require_GET
@capability_required("payments.view", can=can)
def bank_account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account beside the one in force."""
    user = person(request)
    found = _found(user, pk)
    current = BankAccount.objects.filter(
        dealer=found.dealer_id, state=BankAccountState.CONFIRMED, valid__endswith=None
    ).first()
    waiting = found.state == BankAccountState.PROPOSED
    context = {
        "account": found,
        "current": current if current and current.pk != found.pk else None,
        "may_confirm": waiting and can(user, "bank_accounts.confirm") and found.proposed_by_id != user.pk,
        **frame(request, "bank-accounts"),
    }
    return render(request, "settlement/bank_account.html", context)


@require_GET
@capability_required("payments.view", "payments.view_own", can=can)
def bank_account_proof(request: HttpRequest, pk: int) -> HttpResponse:
    """The certificate as it was handed in."""
    found = _found(person(request), pk)
    if found.proof is None:
        raise Http404
    return file_response(found.proof)


@require_POST
@capability_required("bank_accounts.confirm", can=can)
def bank_account_decide(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Confirm or decline an account."""
    found = _found(person(request), pk)
    note = request.POST.get("note", "").replace("\x00", "")[:500]
    if act not in ("confirm", "decline"):
        raise Http404
    decide = confirm_account if act == "confirm" else decline_account
    with refusals_shown(request):
        decide(account=found, note=note, actor=person(request), at=clock.now())
        messages.success(
            request, _("Confirmed; payments go there from now on.") if act == "confirm" else _("Declined.")
        )
    return redirect("bank-account", pk)


def _found(user: User, pk: int) -> BankAccount:
    try:
        return bank_account_of(user, pk)
    except NotFound as error:
        raise Http404(str(error)) from error
