"""What this app gives to a dealer's archive: what it earned and how, support money, scorecards, tiers, leads.

Of customers that were referred to it the archive holds the masked phone only: it outlives the day of erasure.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dealers.resources.archive_tables import ArchiveTable, Column, columns, half_month_column, looked_up, own
from rebates.models import (
    Accrual,
    CorrectivePlanStep,
    Credit,
    Forfeiture,
    Lead,
    LeadAssignment,
    RemoteSubsidyRight,
    SupportFile,
    SupportQuota,
    SupportStep,
)
from rebates.selectors.leads import visible_leads
from rebates.selectors.plans import visible_plans
from rebates.selectors.sales_targets import visible_targets
from rebates.selectors.scorecards import visible_cards
from rebates.selectors.subsidy_applications import visible_applications
from rebates.selectors.support import visible_support
from rebates.selectors.tier_reviews import visible_proposals

ARCHIVE = (
    ArchiveTable(
        "earnings/accruals",
        columns(
            "kind program",
            Column("window", "window", _("window of the program")),
            half_month_column(Accrual, "period"),
            half_month_column(Accrual, "for_period"),
            "base entitlement due posted_at",
        ),
        own(Accrual),
    ),
    ArchiveTable(
        "earnings/credits",
        columns("kind program reference", half_month_column(Credit, "for_period"), "base rate amount proof known_from"),
        own(Credit),
    ),
    ArchiveTable("earnings/forfeitures", columns("year act reference reason known_from"), own(Forfeiture)),
    ArchiveTable(
        "earnings/remote_subsidy_applications",
        columns("starts_on reason requested_at state decided_at decision_note"),
        visible_applications,
    ),
    ArchiveTable("earnings/remote_subsidy_rights", columns("act starts_on reason known_from"), own(RemoteSubsidyRight)),
    ArchiveTable("support/quotas", columns("quarter tier granted planned reserved committed spent"), own(SupportQuota)),
    ArchiveTable(
        "support/activities",
        columns(
            "number kind purpose description starts_on ends_on quarter state budget reserved",
            "committed claimed accepted asked_at supplier reason",
        ),
        visible_support,
    ),
    ArchiveTable(
        "support/steps", columns("activity=activity__number act state amount reason at by_hq"), own(SupportStep)
    ),
    ArchiveTable(
        "support/files",
        columns("activity=activity__number paper added_at removed_at", file="file"),
        own(SupportFile),
        file="file",
    ),
    ArchiveTable("standing/targets", columns("quarter amount set_at"), visible_targets),
    ArchiveTable(
        "standing/scorecards",
        columns("quarter tier score place ranked outcome published_at marks=card__marks facts=card__facts"),
        visible_cards,
    ),
    ArchiveTable(
        "standing/corrective_plans",
        columns("quarter=card__quarter state due_at cause measures finish_on opened_at"),
        visible_plans,
    ),
    ArchiveTable(
        "standing/corrective_plan_steps",
        columns("quarter=plan__card__quarter act text at by_hq"),
        own(CorrectivePlanStep),
    ),
    ArchiveTable(
        "standing/tier_reviews",
        columns(
            "quarter=review__quarter tier proposed points evidence state decided reason decided_at", "effective_on"
        ),
        visible_proposals,
    ),
    ArchiveTable(
        "leads/leads",
        columns(
            "number received_at region=region__code company phone=phone_hint erased_at state",
            "doc_no line_no deal_amount deal_confirmed_at",
        ),
        visible_leads,
    ),
    ArchiveTable(
        "leads/assignments",
        columns(looked_up("lead", Lead, "lead_id", "number"), "assigned_at due_at followed_up_at breached_at ended_at"),
        own(LeadAssignment),
    ),
)
