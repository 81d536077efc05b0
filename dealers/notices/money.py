"""Notices about statements, adjustments, disputes, payments and bank accounts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dealers.notices.text import NoticeText

MONEY: dict[str, NoticeText] = {
    "statement_issued": NoticeText(
        _("Statement %(period)s is ready"),
        _("Closing balance %(closing)s. Confirm or dispute it by %(confirm_due_at)s; silence counts as confirmation."),
    ),
    "adjustment_proposed": NoticeText(
        _("Adjustment %(number)s awaits your approval"),
        _("%(amount)s for %(dealer)s, because: %(why)s Approve or decline it; nothing moves before."),
    ),
    "dispute_opened": NoticeText(
        _("%(dealer)s disputes its statement %(period)s"),
        _("Dispute %(number)s: %(why)s The disputed lines are not paid until it is decided; decide by %(due_at)s."),
    ),
    "dispute_answered": NoticeText(
        _("%(dealer)s answered in dispute %(number)s"),
        _("What was asked: %(why)s Look at the answer and decide by %(due_at)s."),
    ),
    "dispute_withdrawn": NoticeText(
        _("%(dealer)s withdrew dispute %(number)s"),
        _("The lines of statement %(period)s stand; nothing is to be done."),
    ),
    "dispute_accepted": NoticeText(
        _("Dispute %(number)s is accepted"),
        _("%(why)s The difference is settled as an adjustment in the next open half-month."),
    ),
    "dispute_rejected": NoticeText(
        _("Dispute %(number)s is rejected"), _("The lines of statement %(period)s stand. Reason: %(why)s")
    ),
    "dispute_needs_action": NoticeText(
        _("Dispute %(number)s needs something from you"),
        _("%(why)s Answer by %(due_at)s; without an answer the dispute is closed as rejected."),
    ),
    "dispute_lapsed": NoticeText(
        _("Dispute %(number)s is closed as rejected"),
        _("No answer came in time to: %(why)s The lines of statement %(period)s stand."),
    ),
    "payment_bill_delivered": NoticeText(
        _("A bill of %(amount)s is yours: %(number)s"),
        _("Bill %(bill)s for %(periods)s falls due on %(due_on)s. Sign for it in your bank's bill system."),
    ),
    "payment_transfer_sent": NoticeText(
        _("%(amount)s is on its way to your bank account: %(number)s"),
        _("The transfer for %(periods)s goes to the account ending in %(account)s. Tell us if it does not arrive."),
    ),
    "payment_settled": NoticeText(
        _("Payment %(number)s of %(amount)s has been made"), _("It pays %(periods)s; nothing has to be done.")
    ),
    "payment_failed": NoticeText(
        _("Payment %(number)s of %(amount)s has failed"),
        _("Reason: %(remark)s. %(periods)s is owed to you again and will be paid anew; nothing is lost."),
    ),
    "bank_account_proposed": NoticeText(
        _("A new bank account for %(dealer)s waits to be confirmed"),
        _("%(who)s entered the account ending in %(account)s at %(bank)s. If that was not you, tell us at once."),
    ),
    "bank_account_confirmed": NoticeText(
        _("%(dealer)s is paid to another bank account from now on"),
        _("The account ending in %(account)s at %(bank)s is confirmed. If you do not know it, tell us at once."),
    ),
    "bank_account_declined": NoticeText(
        _("The new bank account for %(dealer)s is declined"),
        _("The account ending in %(account)s at %(bank)s is not used. Reason: %(remark)s"),
    ),
}
