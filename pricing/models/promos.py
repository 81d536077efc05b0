"""Promotion requests and how they were decided."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from pricing.choices import STANDING_PROMO_STATES, Authority, Decision, GoalMeasure, PromoKind, PromoState, StepKind


class PromoRequest(models.Model):
    """A request to sell at promo prices in a window. Empty ``dealers`` or ``regions`` mean all of them.

    ``applicant`` is the asking dealer, or empty when HQ marketing asks. ``window`` is half-open in days. The three
    shares say who bears the budget and make up the whole of it; ``other_party`` names who bears ``other_share``.
    ``deleted_at`` marks a draft its applicant threw away: it stays on record and is shown to nobody.
    """

    code = models.CharField(_("number"), max_length=64, unique=True)
    title = models.CharField(_("title"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=PromoKind, default=PromoKind.DISCOUNT)
    applicant = models.ForeignKey(
        "dealers.Dealer", on_delete=models.PROTECT, null=True, blank=True, related_name="promo_requests"
    )
    state = models.CharField(_("state"), max_length=16, choices=PromoState, default=PromoState.DRAFT)
    window = DateRangeField(_("window"))
    budget = models.DecimalField(_("budget"), max_digits=18, decimal_places=2)
    brand_share = models.DecimalField(_("share borne by the brand"), max_digits=7, decimal_places=6, default=1)
    dealer_share = models.DecimalField(_("share borne by the dealers"), max_digits=7, decimal_places=6, default=0)
    other_share = models.DecimalField(_("share borne by another party"), max_digits=7, decimal_places=6, default=0)
    other_party = models.CharField(_("other party"), max_length=200, blank=True)
    goal = models.TextField(_("goals"), blank=True)
    ad_copy = models.TextField(_("ad copy"), blank=True)
    dealers = models.ManyToManyField("dealers.Dealer", blank=True, related_name="promos", verbose_name=_("dealers"))
    regions = models.ManyToManyField("dealers.Region", blank=True, related_name="promos", verbose_name=_("regions"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_by_key = models.CharField(_("asked by key"), max_length=80, blank=True)
    created_at = models.DateTimeField(_("created at"))
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(_("submitted at"), null=True)
    approved_at = models.DateTimeField(_("approved at"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)
    deleted_at = models.DateTimeField(_("deleted at"), null=True, editable=False)
    taken_over = models.BooleanField(_("approved elsewhere"), default=False)

    class Meta:
        verbose_name = _("promotion request")
        verbose_name_plural = _("promotion requests")
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "-id"], name="promo_by_state")]
        constraints = [
            models.CheckConstraint(
                name="a_standing_promo_says_when_it_was_approved",
                condition=~Q(state__in=[*STANDING_PROMO_STATES]) | Q(approved_at__isnull=False),
            ),
            models.CheckConstraint(name="a_promo_budget_is_not_negative", condition=Q(budget__gte=0)),
            models.CheckConstraint(
                name="the_brand_bears_between_nothing_and_all", condition=Q(brand_share__gte=0, brand_share__lte=1)
            ),
            models.CheckConstraint(
                name="the_shares_of_a_promo_are_the_whole_budget",
                condition=Q(dealer_share__gte=0, other_share__gte=0)
                & Q(brand_share=Value(1) - F("dealer_share") - F("other_share")),
            ),
            models.CheckConstraint(
                name="whoever_bears_another_share_is_named", condition=Q(other_share=0) | ~Q(other_party="")
            ),
            models.CheckConstraint(
                name="only_a_draft_is_deleted", condition=Q(deleted_at__isnull=True) | Q(state=PromoState.DRAFT)
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def starts_on(self) -> date:
        """The first day."""
        assert self.window.lower is not None, "a promotion has a first day"
        return self.window.lower

    @property
    def ends_on(self) -> date:
        """The first day no longer covered."""
        assert self.window.upper is not None, "a promotion has an end"
        return self.window.upper


class PromoItem(models.Model):
    """One product of a request and its promo price."""

    request = models.ForeignKey(PromoRequest, on_delete=models.CASCADE, related_name="items")
    product = models.ForeignKey("dealers.Product", on_delete=models.PROTECT, related_name="promo_items")
    promo_price = models.DecimalField(_("promo price"), max_digits=18, decimal_places=6)

    class Meta:
        verbose_name = _("promotion item")
        verbose_name_plural = _("promotion items")
        constraints = [
            models.UniqueConstraint(name="a_product_is_once_in_a_promo", fields=["request", "product"]),
            models.CheckConstraint(name="a_promo_price_is_not_negative", condition=Q(promo_price__gte=0)),
        ]


class PromoGoal(models.Model):
    """What a request sets out to reach over its window, as a number that can be reckoned afterwards.

    ``quantity`` counts units sold and ``amount`` yuan of sales, of the promotion's products by its dealers;
    ``uplift`` is the growth against the weeks before as a fraction (0.3 is 30 %), ``return`` sales per yuan spent.
    """

    request = models.ForeignKey(PromoRequest, on_delete=models.CASCADE, related_name="goals")
    measure = models.CharField(_("measure"), max_length=8, choices=GoalMeasure)
    target = models.DecimalField(_("target"), max_digits=18, decimal_places=4)

    class Meta:
        verbose_name = _("promotion goal")
        verbose_name_plural = _("promotion goals")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="one_goal_per_measure", fields=["request", "measure"]),
            models.CheckConstraint(name="a_goal_is_more_than_nothing", condition=Q(target__gt=0)),
        ]


class PromoSubmission(models.Model):
    """What was submitted, each time it was; a resubmission is compared with the one before.

    ``lead`` holds how the working days between the submission and the start were counted.
    """

    request = models.ForeignKey(PromoRequest, on_delete=models.CASCADE, related_name="submissions")
    number = models.PositiveSmallIntegerField(_("submission"))
    content = models.JSONField(_("content"))
    lead = models.JSONField(_("how the lead was counted"), default=dict)
    submitted_at = models.DateTimeField(_("submitted at"))
    submitted_by = models.CharField(_("submitted by"), max_length=200)

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        constraints = [models.UniqueConstraint(name="submissions_are_numbered", fields=["request", "number"])]


class PromoStep(models.Model):
    """One review of one submission: who must decide by when, and what was decided.

    ``deadline`` holds the working-day reckoning: days counted, days skipped and why, calendar version, provisional.
    """

    submission = models.ForeignKey(PromoSubmission, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(_("step"), max_length=8, choices=StepKind)
    authority = models.CharField(_("authority"), max_length=24, choices=Authority)
    started_at = models.DateTimeField(_("started at"))
    due_at = models.DateTimeField(_("due at"))
    deadline = models.JSONField(_("how the deadline was counted"), default=dict)
    #: For the budget step: the amount the authority was chosen by, with the requests that were added together.
    routing = models.JSONField(_("why this authority"), default=dict)
    #: For the legal step: the forbidden terms found in the ad copy, and which were cleared.
    findings = models.JSONField(_("findings"), default=list)
    decision = models.CharField(_("decision"), max_length=8, choices=Decision, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    #: Whose authority was used, when a delegate decided.
    on_behalf_of = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True)

    class Meta:
        verbose_name = _("review step")
        verbose_name_plural = _("review steps")
        ordering = ["started_at", "id"]
        constraints = [
            models.UniqueConstraint(
                name="one_undecided_step_per_submission", fields=["submission"], condition=Q(decision="")
            ),
            models.CheckConstraint(
                name="a_decided_step_says_when",
                condition=Q(decision="", decided_at__isnull=True) | (~Q(decision="") & Q(decided_at__isnull=False)),
            ),
        ]


class PromoVote(models.Model):
    """A vote in the general manager's office meeting."""

    step = models.ForeignKey(PromoStep, on_delete=models.CASCADE, related_name="votes")
    voter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    in_favour = models.BooleanField(_("in favour"))
    reason = models.TextField(_("reason"), blank=True)
    voted_at = models.DateTimeField(_("voted at"))

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints = [models.UniqueConstraint(name="a_member_votes_once", fields=["step", "voter"])]
