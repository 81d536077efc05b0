"""The closed vocabularies of the aftersales app."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TicketState(TextChoices):
    """How far a customer's request is."""

    OPEN = "open", _("Awaiting first response")
    RESPONDED = "responded", _("Being worked on")
    RESOLVED = "resolved", _("Resolved")
    REOPENED = "reopened", _("Reopened")
    CLOSED = "closed", _("Closed")


class TicketSource(TextChoices):
    """Who brought a ticket in."""

    PUBLIC = "public", _("Customer's form")
    HOTLINE = "hotline", _("Hotline")
    DEALER = "dealer", _("Dealer")
    API = "api", _("API")


class TicketTopic(TextChoices):
    """What a ticket is about."""

    FAULT = "fault", _("Does not work")
    INSTALLATION = "installation", _("Installation")
    RETURN = "return_or_exchange", _("Return or exchange")
    DELIVERY = "delivery", _("Goods delivery")
    INVOICE = "invoice", _("Invoice or warranty card")
    OTHER = "other", _("Something else")


class Side(TextChoices):
    """Whose act it was."""

    CUSTOMER = "customer", _("Customer")
    DEALER = "dealer", _("Dealer")
    HEADQUARTERS = "headquarters", _("Headquarters")
    SYSTEM = "system", _("System")


class BreachKind(TextChoices):
    """What was owed and not done in time."""

    FIRST_RESPONSE = "first_response", _("First response missed")
    SATISFACTION_REPORT = "satisfaction_report", _("Satisfaction report overdue")


class TeamRole(TextChoices):
    """What a person of an after-sales team does."""

    MANAGER = "manager", _("Service manager")
    TECHNICIAN = "technician", _("Technician")
    INSTALLER = "installer", _("Installer")
    ADVISER = "adviser", _("Customer adviser")


class CertificateState(TextChoices):
    """Whether headquarters has checked a certificate."""

    PENDING = "pending", _("To be checked")
    CONFIRMED = "confirmed", _("Checked")
    DECLINED = "declined", _("Declined")


class ReportState(TextChoices):
    """How far a satisfaction report is."""

    DUE = "due", _("Not handed in yet")
    SUBMITTED = "submitted", _("Handed in")
    ACKNOWLEDGED = "acknowledged", _("Read by headquarters")
