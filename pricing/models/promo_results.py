"""What a promotion brought, as it was judged: one version per evaluation, with the inputs as they were known then."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealers.models.guards import append_only
from pricing.choices import Channel, Recommendation


class Judged(models.Model):
    """Sales against what the weeks before let expect, in yuan; ``quantity`` in pieces."""

    sales = models.DecimalField(_("sales"), max_digits=18, decimal_places=2)
    quantity = models.BigIntegerField(_("quantity"))
    baseline = models.DecimalField(_("sales of the weeks before"), max_digits=18, decimal_places=2)
    expected = models.DecimalField(_("expected sales"), max_digits=18, decimal_places=2)
    spend = models.DecimalField(_("spend"), max_digits=18, decimal_places=2)

    class Meta:
        abstract = True


class PromoEvaluation(Judged):
    """A promotion judged. A later judgement is a new version; ``superseded_at`` is empty on the one that stands.

    ``dealer`` is the dealer that asked for the promotion, empty when HQ did. ``uplift_rate`` and ``return_rate`` are
    empty where they cannot be computed; ``findings`` then say why. ``products`` and ``days`` hold the parts the
    figures are sums of: by SKU, and day by day from the first day of the baseline on.
    """

    request = models.ForeignKey("pricing.PromoRequest", on_delete=models.PROTECT, related_name="evaluations")
    version = models.PositiveSmallIntegerField(_("version"))
    superseded_at = models.DateTimeField(_("superseded at"), null=True)
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, null=True, related_name="+")
    policy = models.ForeignKey("dealers.PolicyVersion", on_delete=models.PROTECT, related_name="+")
    baseline_from = models.DateField(_("compared with the days from"))
    lines = models.BigIntegerField(_("lines"))
    breach_sales = models.DecimalField(_("of which in violation"), max_digits=18, decimal_places=2)
    brand_spend = models.DecimalField(_("of which borne by the brand"), max_digits=18, decimal_places=2)
    spend_complete = models.BooleanField(_("spend complete"))
    uplift = models.DecimalField(_("uplift"), max_digits=18, decimal_places=2)
    uplift_rate = models.DecimalField(_("uplift rate"), max_digits=18, decimal_places=6, null=True)
    return_rate = models.DecimalField(_("return on spend"), max_digits=18, decimal_places=6, null=True)
    recommendation = models.CharField(_("recommendation"), max_length=8, choices=Recommendation)
    goals = models.JSONField(_("goals"), default=list)
    goals_met = models.BooleanField(_("goals met"), null=True)
    products = models.JSONField(_("products"), default=list)
    days = models.JSONField(_("days"), default=list)
    findings = models.JSONField(_("remarks"), default=list)
    lessons = models.TextField(_("lessons"))
    #: Number, title and lessons as a search compares them: :mod:`pricing.rules.word_pieces`.
    words = models.TextField(default="")
    evaluated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    evaluated_at = models.DateTimeField(_("evaluated at"))

    class Meta:
        verbose_name = _("promotion evaluation")
        verbose_name_plural = _("promotion evaluations")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["recommendation", "-id"], name="promo_evaluation_standing", condition=Q(superseded_at=None)
            ),
        ]
        constraints = [
            models.UniqueConstraint(name="evaluations_are_numbered", fields=["request", "version"]),
            models.UniqueConstraint(
                name="one_evaluation_stands", fields=["request"], condition=Q(superseded_at__isnull=True)
            ),
        ]


class PromoPieces(models.Model):
    """The characters and pairs of neighbours in an evaluation's words, for the index of the search.

    A table of its own, because the wall between dealers lets no index of its table answer whether an array holds
    another. What is found here is looked up behind the wall; single characters tell nobody anything.
    """

    evaluation = models.OneToOneField(
        PromoEvaluation, on_delete=models.PROTECT, primary_key=True, related_name="pieces"
    )
    pieces = ArrayField(models.CharField(max_length=8), default=list)

    class Meta:
        verbose_name = _("words of a promotion evaluation")
        verbose_name_plural = _("words of promotion evaluations")
        indexes = [GinIndex(fields=["pieces"], name="promo_pieces", fastupdate=False)]


class PromoChannelResult(Judged):
    """The part of an evaluation that lies in one channel of sale."""

    evaluation = models.ForeignKey(PromoEvaluation, on_delete=models.PROTECT, related_name="channels")
    channel = models.SmallIntegerField(_("channel"), choices=Channel)

    class Meta:
        verbose_name = _("promotion result by channel")
        verbose_name_plural = _("promotion results by channel")
        ordering = ["channel"]
        triggers = [append_only("a_result_by_channel_stays")]
        constraints = [models.UniqueConstraint(name="a_channel_is_once_in_a_result", fields=["evaluation", "channel"])]


class PromoDealerResult(Judged):
    """The part of an evaluation that is one dealer's."""

    evaluation = models.ForeignKey(PromoEvaluation, on_delete=models.PROTECT, related_name="dealer_results")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("promotion result by dealer")
        verbose_name_plural = _("promotion results by dealer")
        triggers = [append_only("a_result_by_dealer_stays")]
        indexes = [models.Index(fields=["dealer", "-evaluation"], name="promo_result_of_dealer")]
        constraints = [models.UniqueConstraint(name="a_dealer_is_once_in_a_result", fields=["evaluation", "dealer"])]
