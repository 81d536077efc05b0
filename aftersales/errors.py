"""Refusals of the aftersales app."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dealers.errors import NotFound, Refused


class TicketNotFound(NotFound):
    code = "ticket_not_found"
    sentence = _("There is no ticket %(key)s.")


class TicketInvalid(Refused):
    """What was given of a request cannot be used; ``field`` says which."""

    code = "ticket_invalid"
    sentence = _("%(problem)s")
    status = 422

    def __init__(self, field: str, problem: object) -> None:
        super().__init__(problem=problem)
        self.field = field


class TooManyTickets(Refused):
    code = "too_many_tickets"
    sentence = _("From here no more requests can be sent today; call us, or come back tomorrow.")
    status = 429


class TicketStateRefused(Refused):
    """Somebody may have been quicker."""

    code = "ticket_state"
    sentence = _("The ticket %(number)s is now “%(state)s”; this can no longer be done. Reload to see what happened.")


class TextMissing(Refused):
    code = "ticket_text_missing"
    sentence = _("Write something; the other side reads it.")
    status = 422


class ReopenOver(Refused):
    code = "ticket_reopen_over"
    sentence = _("The ticket %(number)s was closed more than %(days)s days ago; open a new one.")


class RatingOver(Refused):
    code = "ticket_rating_over"
    sentence = _("A ticket is rated within %(days)s days after it was resolved.")


class ComplaintAlready(Refused):
    code = "ticket_complaint_already"
    sentence = _("The ticket %(number)s is marked as a complaint already.")


class SameDealer(Refused):
    code = "ticket_same_dealer"
    sentence = _("The ticket %(number)s is with %(dealer)s already.")


class TooManyTicketFiles(Refused):
    code = "ticket_too_many_files"
    sentence = _("A ticket has at most %(most)s files.")


class MemberNotFound(NotFound):
    code = "team_member_not_found"
    sentence = _("There is no team member %(key)s.")


class MemberLeft(Refused):
    code = "team_member_left"
    sentence = _("%(name)s has left the team; nothing can be added.")


class RangeUnusable(Refused):
    code = "team_range"
    sentence = _("The last day lies before the first.")
    status = 422


class CertificateKnown(Refused):
    code = "certificate_known"
    sentence = _("%(name)s has a certificate with the number %(number)s already.")


class CertificateDecided(Refused):
    code = "certificate_decided"
    sentence = _("The certificate %(number)s was checked already.")


class ReportNotFound(NotFound):
    code = "satisfaction_report_not_found"
    sentence = _("There is no satisfaction report %(key)s.")


class ReportNotDue(Refused):
    code = "satisfaction_report_not_due"
    sentence = _("For %(quarter)s no satisfaction report is asked of you; those that are: %(open)s.")


class ReportHandedIn(Refused):
    code = "satisfaction_report_handed_in"
    sentence = _("The satisfaction report of %(quarter)s was handed in already.")


class ReportIncomplete(Refused):
    code = "satisfaction_report_incomplete"
    sentence = _("Write both how the quarter went and what you will do.")
    status = 422


class ReportNotHandedIn(Refused):
    code = "satisfaction_report_missing"
    sentence = _("The satisfaction report of %(quarter)s is not handed in yet.")


class BreachWaived(Refused):
    code = "breach_waived"
    sentence = _("This breach is waived already.")


class BreachNotFound(NotFound):
    code = "breach_not_found"
    sentence = _("There is no service breach %(key)s.")


class ReasonMissing(Refused):
    code = "reason_missing"
    sentence = _("Give a reason; the other side reads it.")
    status = 400
