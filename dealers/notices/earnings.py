"""Notices about remote subsidies, market support and referral leads."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dealers.notices.text import NoticeText

EARNINGS: dict[str, NoticeText] = {
    "remote_subsidy_requested": NoticeText(
        _("%(dealer)s applies for the remote-area subsidy"),
        _("From %(quarter)s on, because: %(why)s Agree or refuse it; until then nothing is subsidised."),
    ),
    "remote_subsidy_agreed": NoticeText(
        _("Your remote-area subsidy is agreed"),
        _("It is reckoned from %(quarter)s on and settled with the last half-month of each quarter. %(remark)s"),
    ),
    "remote_subsidy_refused": NoticeText(
        _("Your remote-area subsidy is refused"),
        _("Nothing is subsidised. Reason: %(remark)s You may apply again when that has changed."),
    ),
    "remote_subsidy_ended": NoticeText(
        _("Your remote-area subsidy ends"),
        _("From %(quarter)s on nothing is subsidised. Reason: %(remark)s"),
    ),
    "support_asked": NoticeText(
        _("%(dealer)s asks for market support"),
        _("%(number)s “%(purpose)s”, ¥%(amount)s. Reserve the money or reject it with a reason."),
    ),
    "support_reserved": NoticeText(
        _("Market support %(number)s is reserved"),
        _(
            "¥%(amount)s is reserved for “%(purpose)s”. Attach the contract or quote and commit it by %(due_at)s, or "
            "the reservation lapses. %(remark)s"
        ),
    ),
    "support_rejected": NoticeText(
        _("Market support %(number)s is rejected"),
        _("“%(purpose)s” was rejected. Reason: %(remark)s You may change the plan and ask again."),
    ),
    "support_reserved_ends": NoticeText(
        _("The reservation of %(number)s lapses soon"),
        _("¥%(amount)s is reserved for “%(purpose)s” until %(due_at)s. Attach the contract or quote and commit it."),
    ),
    "support_proof_due": NoticeText(
        _("Proof of %(number)s is due soon"),
        _("Hand in pictures and invoices of “%(purpose)s” by %(due_at)s, or the ¥%(amount)s lapses."),
    ),
    "support_lapsed": NoticeText(
        _("Market support %(number)s has lapsed"),
        _("“%(purpose)s” was not used in time; ¥%(amount)s is free again if its quarter still runs."),
    ),
    "support_proven": NoticeText(
        _("Proof of %(number)s awaits your judgement"),
        _("%(dealer)s handed in proof of “%(purpose)s” and claims ¥%(amount)s. Accept it, send it back or refuse it."),
    ),
    "support_sent_back": NoticeText(
        _("Proof of %(number)s is sent back"),
        _("Reason: %(remark)s Hand in better proof of “%(purpose)s” by %(due_at)s."),
    ),
    "support_accepted": NoticeText(
        _("Market support %(number)s is accepted"),
        _("¥%(amount)s for “%(purpose)s” stands on your next statement. %(remark)s"),
    ),
    "support_refused": NoticeText(
        _("Proof of %(number)s is refused"), _("Nothing is paid for “%(purpose)s”. Reason: %(remark)s")
    ),
    "support_reversed": NoticeText(
        _("Market support %(number)s is taken back"),
        _("¥%(amount)s for “%(purpose)s” is taken back on your next statement. Reason: %(remark)s"),
    ),
    "lead_assigned": NoticeText(
        _("A referred customer waits for your call: %(number)s"),
        _("Call by %(due_at)s and record what came of it. %(remark)s"),
    ),
    "lead_due": NoticeText(
        _("Call the customer of %(number)s soon"),
        _("The customer was to be called by %(due_at)s; after that the breach is recorded and it may go to others."),
    ),
    "lead_breached": NoticeText(
        _("The customer of %(number)s was not called in time"),
        _("%(dealer)s was to call by %(due_at)s. Call now; headquarters may give the customer to somebody else."),
    ),
}
