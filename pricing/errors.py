"""Refusals of the pricing app."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from dealers.errors import NotFound, NotPermitted, Refused
from dealers.foundation.findings import Finding


class PromoNotFound(NotFound):
    code = "promo_not_found"
    sentence = _("There is no promotion request %(key)s.")


class PromoStateRefused(Refused):
    """The request is in a state in which this cannot be done; somebody may have been quicker."""

    code = "promo_state"
    sentence = _("The request %(code)s is now “%(state)s”; this can no longer be done. Reload to see what happened.")


class StepDecided(Refused):
    """A second decision about the same step."""

    code = "already_decided"
    sentence = _("%(name)s has already decided this step (%(decision)s) at %(at)s. Nothing was changed.")


class ViolationNotFound(NotFound):
    code = "violation_not_found"
    sentence = _("There is no violation %(key)s.")


class ViolationMoved(Refused):
    """Its lines are other than those that were looked at."""

    code = "violation_moved"
    sentence = _("The lines of this violation have changed since you looked at it. Nothing was done; look again.")


class ViolationStateRefused(Refused):
    code = "violation_state"
    sentence = _("This violation is now “%(state)s”; this can no longer be done. Reload to see what happened.")


class HalfMonthNotOver(Refused):
    code = "half_month_not_over"
    sentence = _("Half-month %(period)s is not over yet; a violation is decided about when it is whole.")


class NothingInBreach(Refused):
    code = "nothing_in_breach"
    sentence = _("No line is in breach any more; there is nothing to decide about.")


class ObservationNotFound(NotFound):
    code = "observation_not_found"
    sentence = _("There is no market observation %(key)s.")


class ObservationStateRefused(Refused):
    code = "observation_state"
    sentence = _("This observation is now “%(state)s”; this can no longer be done. Reload to see what happened.")


class SellerUnknown(Refused):
    code = "seller_unknown"
    sentence = _("It is not known which dealer the seller is; confirm that first.")


class NoBreachSeen(Refused):
    """Within the band, or outside an edge nobody may be held to."""

    code = "no_breach_seen"
    sentence = _("The seen price breaks no enforced edge of the band; there is nothing to hand over.")


class NotAWebAddress(Refused):
    code = "not_a_web_address"
    sentence = _("“%(value)s” is not a link; write it like https://shop.example/item, without a password in it.")
    status = 422


class UnexplainedDecision(Refused):
    code = "unexplained_decision"
    sentence = _("Say why; the reason is kept with the decision.")
    status = 422


class Objected(Refused):
    """A rule objects; code and sentence are the rule's."""

    def __init__(self, finding: Finding, *, status: int = 409) -> None:
        super().__init__(**finding.params)
        self.code = finding.code
        self.sentence = finding.message
        self.status = status
        self.finding = finding

    def __str__(self) -> str:
        return self.finding.render()


class FaultyFields(Refused):
    """What was given has faults; ``findings`` name each field."""

    code = "invalid"
    status = 422

    def __init__(self, findings: Sequence[Finding], **params: Any) -> None:
        super().__init__(**params)
        self.findings = tuple(findings)


class PromoInvalid(FaultyFields):
    sentence = _("The request has faults; see the fields.")


class SpendInvalid(FaultyFields):
    sentence = _("The entry has faults; see the fields.")


class LeadTooShort(Refused):
    code = "lead_too_short"
    sentence = _(
        "A promotion starting on %(starts_on)s must be submitted by %(latest)s (%(days)s working days before). "
        "Choose %(earliest)s or later as its start."
    )


class ReasonMissing(Refused):
    code = "reason_missing"
    sentence = _("Give the reason; the applicant reads it.")
    status = 422


class HitsUncleared(Refused):
    code = "wording_uncleared"
    sentence = _("%(count)s wordings in the ad copy are not cleared yet. Clear each of them, or return the request.")


class HitUnknown(NotFound):
    code = "wording_not_found"
    sentence = _("There is no finding number %(key)s in the ad copy.")


class AttachmentUnknown(NotFound):
    code = "attachment_not_found"
    sentence = _("There is no attachment %(key)s.")


class TooManyAttachments(Refused):
    code = "too_many_attachments"
    sentence = _("A request has at most %(most)s attachments; take one out first.")
    status = 422


class DraftOnly(Refused):
    code = "draft_only"
    sentence = _("%(code)s was submitted before; it can be withdrawn and no longer deleted.")


class NoDealerMatches(Refused):
    code = "no_dealer_matches"
    sentence = _("No dealer has the regions and tiers chosen; choose others, or name dealers by their codes.")
    status = 422


class NoteMissing(Refused):
    code = "note_missing"
    sentence = _("Say why the wording is harmless; the note is kept with it.")
    status = 422


class DelegationNotFound(NotFound):
    code = "delegation_not_found"
    sentence = _("There is no delegation %(key)s that you could end.")


class DelegationOverlaps(Refused):
    code = "delegation_overlaps"
    sentence = _("Somebody stands in already on one of these days; end that delegation first.")


class NoMeeting(Refused):
    code = "no_meeting"
    sentence = _("%(code)s was not before the office meeting.")


class MinutesEmpty(Refused):
    code = "minutes_empty"
    sentence = _("Write the minutes, in at most %(most)s characters.")
    status = 422


class TooManyAtOnce(Refused):
    code = "too_many_at_once"
    sentence = _("At most %(most)s requests are decided at a time.")
    status = 422


class AlreadyVoted(Refused):
    code = "already_voted"
    sentence = _("You voted at %(at)s; a member votes once.")


class QuorumMissing(Refused):
    code = "quorum_missing"
    sentence = _("%(cast)s of at least %(quorum)s votes were cast; the meeting cannot be closed yet.")


class WindowOver(Refused):
    code = "window_over"
    sentence = _("The promotion ended on %(ends_on)s; it can only be rejected or returned now.")


class SpendNotFound(NotFound):
    code = "spend_not_found"
    sentence = _("There is no entry of spend number %(key)s.")


class SpendReversed(Refused):
    code = "spend_reversed"
    sentence = _("The entry number %(number)s is already taken back, or takes another one back.")


class NotEnded(Refused):
    code = "promo_not_ended"
    sentence = _("The promotion %(code)s has not ended; it can be declared complete and judged afterwards.")


class SpendOutstanding(Refused):
    code = "spend_outstanding"
    sentence = _(
        "The spend is not declared complete. It can be judged once it is, or after %(due_at)s, when it was due."
    )


class LessonsMissing(Refused):
    code = "lessons_missing"
    sentence = _("Write down what was learned; the next ones who plan such a promotion will search for it.")
    status = 422


class UnknownDecision(Refused):
    code = "unknown_decision"
    sentence = _("A decision is approve, reject or return.")
    status = 422


class BandChanged(Refused):
    code = "band_changed"
    sentence = _("Somebody changed these bands meanwhile. Look at what stands now and confirm again.")


class BandNotYours(NotPermitted):
    code = "band_not_yours"
    sentence = _(
        "You keep the bands of your own regions only; a policy manager keeps those of the country and of city tiers."
    )


class BandUnchanged(Refused):
    code = "band_unchanged"
    sentence = _("This is what stands already; nothing would change.")


class BandEndRefused(Refused):
    code = "band_end_refused"
    sentence = _("The band is in force from %(first)s%(until)s; choose a later first day without it.")
    status = 422


class BandReasonMissing(Refused):
    code = "reason_missing"
    sentence = _("Give the reason; it stays with the band.")
    status = 422


class BandRefused(Refused):
    code = "band_refused"
    sentence = "%(detail)s"
    status = 422


class BasisKnown(Refused):
    code = "legal_basis_known"
    sentence = _("The legal basis %(reference)s is recorded already; renew it instead.")


class BasisRenewedAlready(Refused):
    code = "legal_basis_renewed"
    sentence = _("The legal basis %(reference)s was renewed meanwhile; look at its newest version.")


class BasisEndRefused(Refused):
    code = "legal_basis_end_refused"
    sentence = _("The end must lie after %(day)s.")
    status = 422


class SummaryMissing(Refused):
    code = "summary_missing"
    sentence = _("Say on what the legal basis rests.")
    status = 422


class EvidenceMissing(Refused):
    code = "evidence_missing"
    sentence = _("Attach the document that proves the legal basis.")
    status = 422
