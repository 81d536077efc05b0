"""Entering many bills of a plan from a table, and the table to fill in."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dealers.errors import NotFound, Refused
from dealers.foundation import clock
from dealers.foundation.tabular import UnusableFile
from dealers.models import User
from dealers.web.access import capability_required, person
from dealers.web.downloads import table_response
from settlement.choices import PlanState
from settlement.models import PaymentPlan
from settlement.permissions import can
from settlement.selectors.consents import consents_of
from settlement.selectors.payments import plan_dealers, plan_of
from settlement.services.bill_import import CHINESE, MOST_LINES, OPTIONAL, REQUIRED, BillLine, import_bills
from settlement.web.payment_frame import frame

_LARGEST = 8 << 20


class BillTableForm(forms.Form):
    """A table of bills."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=255,
        help_text=gettext_lazy("CSV or a spreadsheet (XLSX, XLS, ODS), at most 8 MB."),
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > _LARGEST:
            raise forms.ValidationError(_("The file is larger than 8 MB; split it."))
        return file


@require_http_methods(["GET", "POST"])
@capability_required("payments.execute", can=can)
def bills_import(request: HttpRequest, number: str) -> HttpResponse:
    """Enter the bills of a table; lines at fault are named and may be given again with the rest of the file."""
    user = person(request)
    plan = _found(user, number)
    form = BillTableForm(request.POST or None, request.FILES or None)
    lines: list[BillLine] = []
    if request.method == "POST" and form.is_valid():
        lines = _imported(form, plan, user)
        if lines and all(line.payment for line in lines):
            messages.success(request, _said(lines))
            return redirect("payment-plan", number)
    context = {
        "form": form,
        "plan": plan,
        "lines": lines,
        "said": _said(lines) if lines else "",
        "may_import": plan.state == PlanState.RELEASED,
        "most": MOST_LINES,
        "columns": [
            {"name": name, "chinese": CHINESE[name], "required": name in REQUIRED} for name in (*REQUIRED, *OPTIONAL)
        ],
        **frame(request, "payment-plans"),
    }
    faulty = form.errors or any(not line.payment for line in lines)
    return render(request, "settlement/bills_import.html", context, status=422 if faulty else 200)


@require_GET
@capability_required("payments.execute", can=can)
def bills_template(request: HttpRequest, number: str, written: str) -> HttpResponseBase:
    """The table to fill in, with what is left to pay to each dealer that takes bills; in the page's language."""
    plan, at = _found(person(request), number), clock.now()
    rows = [row for row in plan_dealers(plan) if row["rest"]]
    consents = consents_of([row["dealer_id"] for row in rows], at=at)
    filled = [
        (row["dealer__code"], "", "", f"{row['rest']:.2f}", "", "", "", "", "")
        for row in rows
        if (said := consents.get(row["dealer_id"])) and said.consents
    ]
    chinese = (get_language() or "").startswith("zh")
    columns = tuple(CHINESE.values() if chinese else CHINESE)
    return table_response(request, written, f"bills-{plan.number}", columns, filled)


def _imported(form: BillTableForm, plan: PaymentPlan, user: User) -> list[BillLine]:
    """What became of the lines; nothing when the file as a whole was refused, which the form then says."""
    file: UploadedFile = form.cleaned_data["file"]
    try:
        lines = import_bills(plan=plan, given=file.file, filename=file.name or "", actor=user, at=clock.now())  # type: ignore[arg-type]
    except UnusableFile as refusal:
        said = _("%(file)s %(reason)s. Nothing was stored.")
        form.add_error("file", said % {"file": file.name, "reason": refusal.render()})
        return []
    except Refused as refusal:
        form.add_error("file", str(refusal))
        return []
    if not lines:
        form.add_error("file", _("No line of the file holds a bill."))
    return lines


def _said(lines: list[BillLine]) -> str:
    made = sum(1 for line in lines if line.payment and not line.already)
    already = sum(1 for line in lines if line.already)
    faulty = sum(1 for line in lines if not line.payment)
    return _("Bills entered: %(made)s; entered before: %(already)s; refused: %(faulty)s.") % {
        "made": made,
        "already": already,
        "faulty": faulty,
    }


def _found(user: User, number: str) -> PaymentPlan:
    try:
        return plan_of(user, number)
    except NotFound as error:
        raise Http404(str(error)) from error
