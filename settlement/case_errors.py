"""What is refused on the path of a case."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dealers.errors import Refused


class CaseStateRefused(Refused):
    code = "case_state_refused"
    sentence = _("Case %(number)s is now: %(state)s. This is not possible then; open it again to see what happened.")


class CasePeriodNeeded(Refused):
    code = "case_period_needed"
    sentence = _("Name the half-month the case is about, like 2026-11-H1; %(period)s is none that has begun.")
    status = 422


class CaseFactsMissing(Refused):
    code = "case_facts_missing"
    sentence = _("Say in a few words what the case is about, and name at least one reference or file as evidence.")
    status = 422


class EvidenceMissing(Refused):
    code = "evidence_missing"
    sentence = _("Case %(number)s has no evidence yet; the dealer cannot reply to nothing. Add a reference or a file.")


class ChargeMissing(Refused):
    code = "charge_missing"
    sentence = _("Say what the dealer is accused of, in words it understands.")
    status = 422


class NobodyToHear(Refused):
    code = "nobody_to_hear"
    sentence = _("%(dealer)s has no active person to whom anything could be delivered; have one entered first.")


class ReplyTimeOver(Refused):
    code = "reply_time_over"
    sentence = _("The time to reply in case %(number)s is over. An appeal against the decision remains possible.")


class StillHeard(Refused):
    code = "still_heard"
    sentence = _(
        "The dealer may reply in case %(number)s up to %(due_at)s and has not said that this is all; decide afterwards."
    )


class EvidenceMoved(Refused):
    code = "evidence_moved"
    sentence = _(
        "The facts behind the evidence of case %(number)s are other than when it was gathered (%(count)s differences). "
        "Look at the differences and decide again; what no longer stands does not count."
    )


class NothingStands(Refused):
    code = "nothing_stands"
    sentence = _(
        "Nothing of the evidence in case %(number)s stands any more, so nothing can be confirmed; decide that it is "
        "not confirmed."
    )


class MoreThanFull(Refused):
    code = "more_than_full"
    sentence = _("The policy allows a penalty of at most %(most)s here, and no consequence that it does not name.")
    status = 422


class WhyLess(Refused):
    code = "why_less"
    sentence = _("This is less than what the policy says follows; give the reason. It is listed with the overrides.")
    status = 422


class LossMissing(Refused):
    code = "loss_missing"
    sentence = _("Say how large the proven loss is, in yuan from 0 up; the proportion of what follows depends on it.")
    status = 422


class OutOfProportion(Refused):
    code = "out_of_proportion"
    sentence = _(
        "Penalty and forfeited rebates together come to %(total)s, more than %(factor)s times the proven loss (up to "
        "%(limit)s). Choose less, or say in words why this is in order nevertheless."
    )
    status = 422


class AppealTimeOver(Refused):
    code = "appeal_time_over"
    sentence = _("The time to appeal in case %(number)s is over, or an appeal was made already; it can be made once.")


class CannotMerge(Refused):
    code = "cannot_merge"
    sentence = _(
        "%(number)s cannot join %(other)s: only two cases of one dealer and one kind about which the dealer has not "
        "been asked yet can be joined."
    )


class NotAnInvestigator(Refused):
    code = "not_an_investigator"
    sentence = _("%(person)s cannot own a case: choose an active investigator.")
    status = 422


class NothingToReview(Refused):
    code = "nothing_to_review"
    sentence = _("Nothing in case %(number)s waits to be looked at again.")
