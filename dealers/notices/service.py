"""Notices about tickets, after-sales teams and satisfaction reports."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dealers.notices.text import NoticeText

SERVICE: dict[str, NoticeText] = {
    "ticket_assigned": NoticeText(
        _("A customer waits for your answer: %(number)s"),
        _("Answer by %(due_at)s; after that the breach is recorded by itself. %(remark)s"),
    ),
    "ticket_unplaced": NoticeText(
        _("Nobody covers the place of ticket %(number)s"),
        _("Give it to a dealer, or answer the customer yourself by %(due_at)s."),
    ),
    "ticket_due": NoticeText(
        _("Answer ticket %(number)s soon"),
        _("The first answer is due by %(due_at)s; after that the breach is recorded by itself."),
    ),
    "ticket_missed": NoticeText(
        _("Ticket %(number)s was not answered in time"),
        _("%(dealer)s was to answer by %(due_at)s. Answer now, or see that somebody does."),
    ),
    "ticket_reopened": NoticeText(
        _("Ticket %(number)s is open again"),
        _("The customer of %(number)s says that it is not done. Look at it again."),
    ),
    "ticket_complaint": NoticeText(
        _("A complaint about ticket %(number)s"), _("Read what is said about %(number)s and speak with the customer.")
    ),
    "ticket_written": NoticeText(
        _("The customer of ticket %(number)s has written"), _("Read the message in %(number)s and answer it.")
    ),
    "certificate_ends": NoticeText(
        _("The certificate of %(name)s ends on %(until)s"),
        _("In %(days)s days %(number)s of %(name)s no longer counts. Renew it and hand in the new one before."),
    ),
    "certificate_ended": NoticeText(
        _("The certificate of %(name)s has ended"),
        _("%(number)s of %(name)s has not counted since %(until)s. Hand in a new one."),
    ),
    "certificate_declined": NoticeText(
        _("The certificate of %(name)s is declined"),
        _("%(number)s does not count. Reason: %(remark)s Hand in one that does."),
    ),
    "team_short": NoticeText(
        _("The after-sales team of %(dealer)s is too small"),
        _("Tier %(tier)s asks for %(needed)s certified people, %(certified)s are. Hand in certificates of the others."),
    ),
    "report_asked": NoticeText(
        _("The satisfaction report of %(quarter)s is due"),
        _("Look at your figures, write how it went and what you will do, and hand it in by %(due_at)s."),
    ),
    "report_due_soon": NoticeText(
        _("The satisfaction report of %(quarter)s is still missing"),
        _("Hand it in by %(due_at)s; after that it is a violation."),
    ),
    "report_overdue": NoticeText(
        _("The satisfaction report of %(quarter)s is overdue"),
        _("%(dealer)s was to hand it in by %(due_at)s. It is on record as a violation; hand it in now."),
    ),
    "report_submitted": NoticeText(
        _("%(dealer)s handed in its satisfaction report of %(quarter)s"), _("Read it and say what you think of it.")
    ),
    "report_read": NoticeText(
        _("Your satisfaction report of %(quarter)s was read"), _("Remark of headquarters: %(remark)s")
    ),
}
