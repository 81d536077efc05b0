"""Files of trade messages that people hand in: a dealer's own on its upload page, HQ's for a dealer here."""

from __future__ import annotations

from typing import IO, Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from config.imports import is_trade_messages
from config.trade_uploads import TRADE, take_trade_file, try_trade_file
from config.uploads import is_small, request_upload
from dealers.choices import HQ_ROLES
from dealers.foundation import clock
from dealers.foundation.tabular import UnusableFile
from dealers.foundation.trade_messages import MOST_BYTES
from dealers.models import Dealer, User
from dealers.selectors.visibility import visible_dealers
from dealers.services.uploads import keep_upload
from dealers.web.access import capability_required, person


class DeliverForm(forms.Form):
    """A file of messages and whose they are."""

    dealer = forms.CharField(label=gettext_lazy("Dealer code"), max_length=32)
    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=255,
        help_text=gettext_lazy("X12 852 and 867, EDIFACT INVRPT and SLSRPT, UBL InventoryReport; gzipped or not."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user

    def clean_dealer(self) -> Dealer:
        code = self.cleaned_data["dealer"].strip()
        dealer = visible_dealers(self._user).filter(code=code).first()
        if dealer is None:
            raise forms.ValidationError(_("There is no dealer with this code among those you look after."))
        return dealer

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 64 MB; split it."))
        if not is_trade_messages(file.file):  # type: ignore[arg-type]
            raise forms.ValidationError(_("These are no trade messages: neither X12 nor EDIFACT nor UBL."))
        return file


@require_http_methods(["GET", "POST"])
@capability_required("trade.deliver")
def deliver(request: HttpRequest) -> HttpResponse:
    """Hand in or try the messages of a dealer whose system cannot send them itself."""
    user = person(request)
    if user.role not in HQ_ROLES:
        return redirect("upload")
    sent = request.method == "POST"
    given = (request.POST, request.FILES) if sent else (None, None)
    form = DeliverForm(*given, user=user, initial={"dealer": request.GET.get("dealer", "")})
    if sent and form.is_valid():
        answer = messages_handled(request, form, form.cleaned_data["dealer"], rehearsal="try" in request.POST)
        if answer is not None:
            return answer
    return render(request, "dealers/trade_deliver.html", {"form": form}, status=422 if sent else 200)


def messages_handled(request: HttpRequest, form: forms.Form, dealer: Dealer, *, rehearsal: bool) -> HttpResponse | None:
    """Take or try the file of a valid form, now when it is small; None when it is of no use, and the form says so."""
    file: UploadedFile = form.cleaned_data["file"]
    content: IO[bytes] = file.file  # type: ignore[assignment]
    filename, user = str(file.name), person(request)
    if not is_small(content, file.size or 0):
        at = clock.now()
        kept = keep_upload(
            dealer=dealer, feed=TRADE, filename=filename, content=content, rehearsal=rehearsal, actor=user, at=at
        )
        request_upload(kept, actor=user, at=at)
        return redirect("upload-course", kept.number)
    try:
        if not rehearsal:
            taken = take_trade_file(content=content, filename=filename, dealer=dealer, actor=user)
            return redirect("trade-file", taken.number)
        tried = try_trade_file(content=content, filename=filename, dealer=dealer, actor=user)
    except UnusableFile as error:
        said = _("%(file)s %(reason)s. Nothing was stored.")
        form.add_error("file", said % {"file": filename, "reason": error.render()})
        return None
    sentence = _(
        "Tried: of %(messages)s messages %(taken)s would be taken, with %(good)s good lines and %(bad)s refused."
    )
    messages.info(request, sentence % tried.counts)
    for reason in tried.reasons:
        messages.warning(request, reason)
    return redirect(request.get_full_path())
