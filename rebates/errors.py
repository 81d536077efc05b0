"""Refusals of the rebates app."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from dealers.errors import NotFound, Refused
from dealers.foundation.findings import Finding


class NotForfeited(Refused):
    code = "not_forfeited"
    sentence = _("%(reference)s forfeited no rebates of %(year)s; there is nothing to lift.")


class SupportNotFound(NotFound):
    code = "support_not_found"
    sentence = _("There is no supported activity %(key)s.")


class SupportStateRefused(Refused):
    """The activity is in a state in which this cannot be done; somebody may have been quicker."""

    code = "support_state"
    sentence = _("The activity %(number)s is now “%(state)s”; this can no longer be done. Reload to see what happened.")


class SupportInvalid(Refused):
    """The plan or the claim has faults; ``findings`` name each."""

    code = "support_invalid"
    sentence = _("The activity has faults: %(faults)s")
    status = 422

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(faults=" ".join(finding.render() for finding in findings))
        self.findings = list(findings)


class QuotaMissing(Refused):
    code = "support_no_quota"
    sentence = _("In %(quarter)s there is no market support for you: no tier, or no channel policy, covers it yet.")


class QuotaExceeded(Refused):
    code = "support_quota_exceeded"
    sentence = _("Of the quota of %(quarter)s (%(granted)s) only %(free)s is free; ask for no more than that.")


class AmountTooHigh(Refused):
    code = "support_amount"
    sentence = _("The amount lies between 0.01 and %(most)s.")
    status = 422


class SupportReasonMissing(Refused):
    code = "support_reason_missing"
    sentence = _("Give a reason; the other side reads it.")
    status = 422


class PaperMissing(Refused):
    code = "support_paper_missing"
    sentence = _("Attach %(paper)s first.")
    status = 422


class TooManyPapers(Refused):
    code = "support_too_many_files"
    sentence = _("An activity has at most %(most)s files; take one out first.")


class ProofUsedBefore(Refused):
    """The same file has proved something before; it may be right, but not without a word."""

    code = "support_proof_used_before"
    sentence = _("%(files)s: the same file was handed in before (%(where)s). Take it out, or say why it proves both.")


class NotExecutedYet(Refused):
    code = "support_not_executed"
    sentence = _("The activity begins on %(day)s; hand in the proof when it has.")


class NoRemoteTerritory(Refused):
    code = "no_remote_territory"
    sentence = _("On %(day)s the territory of %(dealer)s has no remote region, so there is nothing to subsidise.")


class QuarterOver(Refused):
    code = "quarter_over"
    sentence = _("%(quarter)s is over; choose %(first)s or a later quarter.")
    status = 400


class SubsidyAlready(Refused):
    code = "subsidy_already"
    sentence = _("%(dealer)s has the subsidy already, or an application for it is waiting.")


class NoSubsidyRight(Refused):
    code = "no_subsidy_right"
    sentence = _("%(dealer)s has no right to the subsidy in %(quarter)s.")


class ApplicationDecided(Refused):
    code = "application_decided"
    sentence = _("This application was decided or withdrawn already.")


class ReasonMissing(Refused):
    code = "reason_missing"
    sentence = _("Give a reason; the other side reads it.")
    status = 400


class ApplicationNotFound(NotFound):
    code = "application_not_found"
    sentence = _("There is no application %(key)s.")


class EstimateMissing(Refused):
    code = "estimate_missing"
    sentence = _("What proposal %(change)s costs in price protection is not reckoned yet; wait for it, then confirm.")


class LeadNotFound(NotFound):
    code = "lead_not_found"
    sentence = _("There is no referral lead %(key)s.")


class LeadInvalid(Refused):
    """What was given of a customer cannot be used; ``field`` says which."""

    code = "lead_invalid"
    sentence = _("%(problem)s")
    status = 422

    def __init__(self, field: str, problem: object) -> None:
        super().__init__(problem=problem)
        self.field = field


class TooManyLeads(Refused):
    code = "too_many_leads"
    sentence = _("From here no more customers can be referred today; come back tomorrow.")
    status = 429


class LeadStateRefused(Refused):
    """Somebody may have been quicker."""

    code = "lead_state"
    sentence = _("The lead %(number)s is now “%(state)s”; this can no longer be done. Reload to see what happened.")


class DealUnknown(Refused):
    code = "deal_unknown"
    sentence = _("You have reported no sale line %(doc_no)s/%(line_no)s of goods sold since the lead was received.")
    status = 422


class DealUsedBefore(Refused):
    code = "deal_used_before"
    sentence = _("The sale line %(doc_no)s/%(line_no)s stands for another lead already.")


class NothingToPay(Refused):
    code = "nothing_to_pay"
    sentence = _("No reward waits to be paid.")


class PayoutDecided(Refused):
    code = "payout_decided"
    sentence = _("The list %(number)s was decided already; nothing was changed.")


class PayoutNotFound(NotFound):
    code = "payout_not_found"
    sentence = _("There is no payout list %(key)s.")


class RewardPaid(Refused):
    code = "reward_paid"
    sentence = _("The reward stands on an approved payout list; it can no longer be taken back here.")


class QuarterNotOver(Refused):
    code = "quarter_not_over"
    sentence = _("%(quarter)s is not over yet; its cards run on until then.")


class QuarterPublished(Refused):
    code = "quarter_published"
    sentence = _("The scorecards of %(quarter)s are published; nothing changes them any more.")


class QuarterWithoutPolicy(Refused):
    code = "quarter_without_policy"
    sentence = _("No channel policy was in force in %(quarter)s, so there are no scorecards.")


class TargetNotAboveZero(Refused):
    code = "target_not_above_zero"
    sentence = _("A sales target is above zero; without a target the part is left out of the card.")
    status = 422


class PlanNotFound(NotFound):
    code = "plan_not_found"
    sentence = _("There is no corrective plan %(key)s.")


class PlanStateRefused(Refused):
    """Somebody may have been quicker."""

    code = "plan_state"
    sentence = _("The corrective plan is now “%(state)s”; this can no longer be done. Reload to see what happened.")


class PlanIncomplete(Refused):
    code = "plan_incomplete"
    sentence = _("Say why it came to this, what will be done, and by which day from today on.")
    status = 422


class PlanWordMissing(Refused):
    code = "plan_word_missing"
    sentence = _("Write a word about it; the other side reads it.")
    status = 422


class ProposalNotFound(NotFound):
    code = "tier_proposal_not_found"
    sentence = _("There is no tier proposal %(key)s.")


class ProposalDecided(Refused):
    """Somebody was quicker, or a later review has taken its place."""

    code = "tier_proposal_decided"
    sentence = _("The tier of %(dealer)s was decided already; nothing was changed. Reload to see what happened.")


class ProposalOutdated(Refused):
    code = "tier_proposal_outdated"
    sentence = _("%(dealer)s is no longer in the tier the review of %(quarter)s found; decide by the present review.")


class TierReasonMissing(Refused):
    code = "tier_reason_missing"
    sentence = _("Give a reason for another tier than the proposed one; the dealer reads it.")
    status = 422
