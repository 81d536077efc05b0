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
    "return_offered": NoticeText(
        _("Stock return list: please answer"),
        _(
            "Headquarters takes back %(units)s units for %(amount)s yuan at the end of the contract of %(dealer)s. "
            "Look at the list, then confirm it or say what is wrong."
        ),
    ),
    "return_confirmed": NoticeText(
        _("%(dealer)s confirms its stock return list"),
        _("%(units)s units for %(amount)s yuan. The general manager can fix the list. %(detail)s"),
    ),
    "return_objected": NoticeText(
        _("%(dealer)s disagrees with its stock return list"),
        _("%(detail)s Change the list and put it forward again."),
    ),
    "return_fixed": NoticeText(
        _("The stock return list of %(dealer)s is fixed"),
        _("%(units)s units go back for %(amount)s yuan. %(detail)s"),
    ),
    "dealer_terminated": NoticeText(
        _("The contract of %(dealer)s has ended"),
        _(
            "Its last day was %(last_day)s. Reason: %(detail)s Its API keys no longer work. The statement of that "
            "half-month clears the account; what becomes known later follows in a supplement."
        ),
    ),
}
