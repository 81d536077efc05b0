"""Notices about supply held and released, and the end of a contract."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dealers.notices.text import NoticeText

SUPPLY: dict[str, NoticeText] = {
    "hold_placed": NoticeText(
        _("Supply held: %(dealer)s"),
        _("Supply to %(dealer)s is held since %(opened_at)s. %(detail)s"),
    ),
    "hold_lifted": NoticeText(
        _("Supply released: %(dealer)s"),
        _("The hold on supply to %(dealer)s was lifted at %(lifted_at)s. %(detail)s"),
    ),
    "exit_proposed": NoticeText(
        _("End of the contract of %(dealer)s: decide"),
        _("%(who)s proposes that the contract of %(dealer)s ends with %(last_day)s. Reason: %(detail)s"),
    ),
    "exit_agreed": NoticeText(
        _("The contract of %(dealer)s ends with %(last_day)s"),
        _(
            "Reason: %(detail)s Until the end of that day everything goes on as before; then supply stops and the API "
            "keys no longer work. The statement of that half-month clears the account."
        ),
    ),
    "exit_declined": NoticeText(
        _("The contract of %(dealer)s goes on"), _("The proposal to end it was declined. Remark: %(detail)s")
    ),
    "exit_withdrawn": NoticeText(
        _("The contract of %(dealer)s goes on"),
        _("The end planned for %(last_day)s was withdrawn. Reason: %(detail)s"),
    ),
    "dealer_terminated": NoticeText(
        _("The contract of %(dealer)s has ended"),
        _(
            "Its last day was %(last_day)s. Reason: %(detail)s Its API keys no longer work. The statement of that "
            "half-month clears the account; what becomes known later follows in a supplement."
        ),
    ),
}
