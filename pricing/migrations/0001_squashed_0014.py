"""Every table of the app as it is after the migrations this one replaces, for a database that has none of them.

A new installation takes seconds instead of a minute. One that has begun with the single migrations goes on with them.
"""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from dealers.foundation.migration_operations import CreatedTogether
from dealers.models.guards import row_scope_sql, sandbox_apart_sql, triggers_of

SCOPED = (
    "pricing_gatheringdue",
    "pricing_promodealerresult",
    "pricing_promoevaluation",
    "pricing_promospend",
    "pricing_saleline",
    "pricing_salelinehistory",
    "pricing_salestally",
    "pricing_stockfinding",
    "pricing_violation",
    "pricing_violationversion",
)

#: HQ's own promotions are everyone's to know, a dealer's request is its own.
REQUESTS = """
    ALTER TABLE pricing_promorequest ENABLE ROW LEVEL SECURITY;
    ALTER TABLE pricing_promorequest FORCE ROW LEVEL SECURITY;
    CREATE POLICY row_scope ON pricing_promorequest USING (
        (SELECT current_setting('halfmoon.dealer', true)) = '*' OR applicant_id IS NULL OR applicant_id
        = (SELECT NULLIF(NULLIF(current_setting('halfmoon.dealer', true), '*'), '')::bigint));
"""
#: Tables whose rows belong to a row of a table that has the policy.
PARTS = (
    ("pricing_promochannelresult", "evaluation_id", "pricing_promoevaluation"),
    ("pricing_promospendproof", "spend_id", "pricing_promospend"),
    ("pricing_promoaccount", "request_id", "pricing_promorequest"),
)
PART = """
    ALTER TABLE {0} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE {0} FORCE ROW LEVEL SECURITY;
    CREATE POLICY row_scope ON {0} USING (
        (SELECT current_setting('halfmoon.dealer', true)) = '*'
        OR EXISTS (SELECT 1 FROM {2} WHERE {2}.id = {0}.{1}));
"""
#: What was seen in the market is about others: no dealer's session reads it, not even what was seen of itself.
HEADQUARTERS_ONLY = """
    ALTER TABLE {0} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE {0} FORCE ROW LEVEL SECURITY;
    CREATE POLICY row_scope ON {0} USING ((SELECT current_setting('halfmoon.dealer', true)) = '*');
"""
#: A note of every change to what verdicts depend on; see 0003_changes.
CHANGES = """
    CREATE SEQUENCE pricing_change_number;
    CREATE TABLE pricing_change (
        kind text NOT NULL,
        transaction xid8 NOT NULL,
        number bigint NOT NULL,
        PRIMARY KEY (kind, transaction)
    );
    CREATE FUNCTION pricing_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO pricing_change VALUES (TG_ARGV[0], pg_current_xact_id(), nextval('pricing_change_number'))
        ON CONFLICT (kind, transaction) DO UPDATE SET number = excluded.number;
        RETURN NULL;
    END $$;
"""
WATCHED = {
    "bands": ("pricing_priceband", "pricing_legalbasis"),
    "promos": (
        "pricing_promorequest",
        "pricing_promoitem",
        "pricing_promorequest_dealers",
        "pricing_promorequest_regions",
    ),
    "rights": ("dealers_territory", "dealers_b2baddendum"),
    "places": ("dealers_region",),
    "products": ("dealers_product",),
    "dealers": ("dealers_dealer",),
}
WATCH = """
    CREATE TRIGGER verdicts_depend_on_it AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {0}
    FOR EACH STATEMENT EXECUTE FUNCTION pricing_note_change('{1}');
"""


class Migration(migrations.Migration):

    replaces = [('pricing', '0001_initial'), ('pricing', '0002_guards'), ('pricing', '0003_changes'), ('pricing', '0004_tally_reach'), ('pricing', '0005_promos_in_full'), ('pricing', '0006_sandbox'), ('pricing', '0007_violations'), ('pricing', '0008_legal_basis_evidence'), ('pricing', '0009_promo_results'), ('pricing', '0010_lesson_pieces'), ('pricing', '0011_market_observations'), ('pricing', '0012_stock_findings'), ('pricing', '0013_observation_words'), ('pricing', '0014_confirmed_violations')]

    initial = True

    dependencies = [
        ('dealers', '0034_agreements'),
    ]

    operations = [
        migrations.CreateModel(
            name='GatheringDue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dealer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dealers.dealer')),
                ('period', models.IntegerField(verbose_name='half-month')),
            ],
            options={
                'verbose_name': 'half-month to gather',
                'verbose_name_plural': 'half-months to gather',
            },
        ),
        migrations.CreateModel(
            name='LegalBasis',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=64, verbose_name='reference')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
                ('summary', models.TextField(blank=True, verbose_name='summary')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded at')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'legal basis',
                'verbose_name_plural': 'legal bases',
                'constraints': [models.UniqueConstraint(fields=('reference', 'valid_until'), name='a_legal_basis_is_recorded_once', nulls_distinct=False)],
                'triggers': [pgtrigger.compiler.Trigger(name='a_legal_basis_is_never_altered', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2989a9e6f15c85910acde5e1e3dbf9917855c050', operation='UPDATE OR DELETE', pgid='pgtrigger_a_legal_basis_is_never_altered_636ee', table='pricing_legalbasis', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='PromoDelegation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('delegator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('delegate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('days', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='days')),
                ('reason', models.CharField(max_length=500, verbose_name='reason')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_at', models.DateTimeField(verbose_name='recorded at')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended at')),
            ],
            options={
                'verbose_name': 'delegation',
                'verbose_name_plural': 'delegations',
                'ordering': ['-id'],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('ended_at__isnull', True)), expressions=[('delegator', '='), ('days', '&&')], name='one_delegate_at_a_time'), models.CheckConstraint(condition=models.Q(('delegator', models.F('delegate')), _negated=True), name='nobody_stands_in_for_oneself'), models.CheckConstraint(condition=models.Q(('days__isempty', False), ('days__lower_inf', False), ('days__upper_inf', False)), name='a_delegation_has_a_first_and_a_last_day')],
            },
        ),
        migrations.CreateModel(
            name='PromoRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=64, unique=True, verbose_name='number')),
                ('title', models.CharField(blank=True, max_length=200, verbose_name='title')),
                ('kind', models.CharField(choices=[('discount', 'Limited-time discount'), ('gift', 'Gift with purchase'), ('bundle', 'Bundle'), ('trade_in', 'Trade-in'), ('clearance', 'Clearance')], default='discount', max_length=16, verbose_name='kind')),
                ('applicant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='promo_requests', to='dealers.dealer')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Submitted'), ('legal_review', 'Legal review'), ('budget_review', 'Budget review'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('returned', 'Returned'), ('withdrawn', 'Withdrawn'), ('running', 'Running'), ('ended', 'Ended'), ('evaluated', 'Evaluated')], default='draft', max_length=16, verbose_name='state')),
                ('window', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='window')),
                ('budget', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='budget')),
                ('brand_share', models.DecimalField(decimal_places=6, default=1, max_digits=7, verbose_name='share borne by the brand')),
                ('dealer_share', models.DecimalField(decimal_places=6, default=0, max_digits=7, verbose_name='share borne by the dealers')),
                ('other_share', models.DecimalField(decimal_places=6, default=0, max_digits=7, verbose_name='share borne by another party')),
                ('other_party', models.CharField(blank=True, max_length=200, verbose_name='other party')),
                ('goal', models.TextField(blank=True, verbose_name='goals')),
                ('ad_copy', models.TextField(blank=True, verbose_name='ad copy')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by_key', models.CharField(blank=True, max_length=80, verbose_name='asked by key')),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('submitted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('submitted_at', models.DateTimeField(null=True, verbose_name='submitted at')),
                ('approved_at', models.DateTimeField(null=True, verbose_name='approved at')),
                ('withdrawn_at', models.DateTimeField(null=True, verbose_name='withdrawn at')),
                ('deleted_at', models.DateTimeField(editable=False, null=True, verbose_name='deleted at')),
                ('taken_over', models.BooleanField(default=False, verbose_name='approved elsewhere')),
                ('dealers', models.ManyToManyField(blank=True, related_name='promos', to='dealers.dealer', verbose_name='dealers')),
                ('regions', models.ManyToManyField(blank=True, related_name='promos', to='dealers.region', verbose_name='regions')),
            ],
            options={
                'verbose_name': 'promotion request',
                'verbose_name_plural': 'promotion requests',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['state', '-id'], name='promo_by_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['approved', 'running', 'ended', 'evaluated']), _negated=True), ('approved_at__isnull', False), _connector='OR'), name='a_standing_promo_says_when_it_was_approved'), models.CheckConstraint(condition=models.Q(('budget__gte', 0)), name='a_promo_budget_is_not_negative'), models.CheckConstraint(condition=models.Q(('brand_share__gte', 0), ('brand_share__lte', 1)), name='the_brand_bears_between_nothing_and_all'), models.CheckConstraint(condition=models.Q(('dealer_share__gte', 0), ('other_share__gte', 0), ('brand_share', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.Value(1), '-', models.F('dealer_share')), '-', models.F('other_share')))), name='the_shares_of_a_promo_are_the_whole_budget'), models.CheckConstraint(condition=models.Q(('other_share', 0), models.Q(('other_party', ''), _negated=True), _connector='OR'), name='whoever_bears_another_share_is_named'), models.CheckConstraint(condition=models.Q(('deleted_at__isnull', True), ('state', 'draft'), _connector='OR'), name='only_a_draft_is_deleted')],
            },
        ),
        migrations.CreateModel(
            name='SalesTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dealer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dealers.dealer')),
                ('category', models.CharField(max_length=64, verbose_name='category')),
                ('period', models.IntegerField(verbose_name='half-month')),
                ('known_at', models.DateTimeField(verbose_name='known at')),
                ('delivery', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dealers.feeddelivery')),
                ('lines', models.BigIntegerField(verbose_name='lines')),
                ('quantity', models.BigIntegerField(verbose_name='quantity')),
                ('amount', models.DecimalField(decimal_places=6, max_digits=26, verbose_name='amount')),
                ('earning_lines', models.BigIntegerField(verbose_name='compliant lines')),
                ('earning', models.DecimalField(decimal_places=6, max_digits=26, verbose_name='compliant amount')),
                ('breach_lines', models.BigIntegerField(verbose_name='lines in violation')),
                ('breach', models.DecimalField(decimal_places=6, max_digits=26, verbose_name='amount in violation')),
            ],
            options={
                'verbose_name': 'sales tally',
                'verbose_name_plural': 'sales tallies',
                'indexes': [models.Index(fields=['dealer', 'period'], name='sales_tally_by_dealer'), django.contrib.postgres.indexes.BrinIndex(fields=['period', 'known_at'], name='sales_tally_by_period', pages_per_range=16)],
            },
        ),
        migrations.CreateModel(
            name='SellerAlias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=300, verbose_name='key')),
                ('shown', models.CharField(max_length=500, verbose_name='as written')),
                ('dealer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
                ('valid', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='valid')),
                ('confirmed_at', models.DateTimeField(verbose_name='confirmed at')),
                ('confirmed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'known seller',
                'verbose_name_plural': 'known sellers',
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('key', '='), ('valid', '&&')], name='a_seller_is_one_dealer_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='StockFinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dealer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dealers.dealer')),
                ('product', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dealers.product')),
                ('code', models.CharField(choices=[('stock_break', 'Count differs'), ('stock_continuity', 'Opening stock differs'), ('stock_negative', 'Below zero in between'), ('stock_oversold', 'More sold than came')], max_length=32, verbose_name='finding')),
                ('opened_at', models.DateTimeField(verbose_name='from')),
                ('closed_at', models.DateTimeField(verbose_name='to')),
                ('units', models.BigIntegerField(verbose_name='units')),
                ('params', models.JSONField(default=dict, verbose_name='figures')),
                ('found_at', models.DateTimeField(verbose_name='found at')),
                ('cleared_at', models.DateTimeField(null=True, verbose_name='cleared at')),
            ],
            options={
                'verbose_name': 'stock finding',
                'verbose_name_plural': 'stock findings',
                'indexes': [models.Index(fields=['code', '-id'], name='stock_finding_by_code')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('cleared_at__isnull', True)), fields=('dealer', 'product', 'code', 'opened_at'), name='a_stock_finding_stands_once')],
            },
        ),
        migrations.CreateModel(
            name='Violation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dealer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dealers.dealer')),
                ('lines', models.IntegerField(verbose_name='lines')),
                ('quantity', models.BigIntegerField(verbose_name='quantity')),
                ('amount', models.DecimalField(decimal_places=6, max_digits=26, verbose_name='amount')),
                ('shortfall', models.DecimalField(decimal_places=2, max_digits=20, verbose_name='shortfall')),
                ('first_sold_at', models.DateTimeField(null=True, verbose_name='first sold at')),
                ('last_sold_at', models.DateTimeField(null=True, verbose_name='last sold at')),
                ('fingerprint', models.DecimalField(decimal_places=0, max_digits=40, verbose_name='fingerprint')),
                ('gathered_at', models.DateTimeField(verbose_name='gathered at')),
                ('kind', models.CharField(choices=[('below_floor', 'Below floor'), ('above_ceiling', 'Above ceiling'), ('out_of_territory', 'Out of territory'), ('b2b_without_addendum', 'Bulk sale without addendum')], max_length=24, verbose_name='kind')),
                ('period', models.IntegerField(verbose_name='half-month')),
                ('version', models.IntegerField(default=1, verbose_name='version')),
                ('state', models.CharField(choices=[('gathered', 'Gathered'), ('handed_over', 'Handed over'), ('set_aside', 'Set aside'), ('confirmed', 'Confirmed'), ('not_confirmed', 'Not confirmed')], default='gathered', max_length=16, verbose_name='state')),
                ('decided_version', models.IntegerField(null=True, verbose_name='version decided about')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('case_number', models.CharField(blank=True, max_length=32, verbose_name='case')),
                ('confirmed_in', models.CharField(blank=True, max_length=32, verbose_name='confirmed in case')),
            ],
            options={
                'verbose_name': 'violation',
                'verbose_name_plural': 'violations',
                'ordering': ['-period', '-shortfall', '-id'],
                'indexes': [models.Index(fields=['period', 'shortfall', 'id'], name='violation_by_period'), models.Index(fields=['state', 'period'], name='violation_by_state')],
                'constraints': [models.UniqueConstraint(fields=('dealer', 'kind', 'period'), name='a_violation_is_gathered_once'), models.CheckConstraint(condition=models.Q(('shortfall', 0), models.Q(('kind__in', ('below_floor', 'above_ceiling')), ('lines__gt', 0), ('shortfall__gt', 0)), _connector='OR'), name='only_a_price_violation_has_a_shortfall'), models.CheckConstraint(condition=models.Q(('state', 'gathered'), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('decided_version__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='a_decided_violation_says_by_whom_and_why'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'handed_over'), _negated=True), models.Q(('case_number', ''), _negated=True), _connector='OR'), name='a_violation_handed_over_names_its_case')],
                'triggers': [pgtrigger.compiler.Trigger(name='violations_are_never_removed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='163d895e9a6474c6c7b10b7bbff72ee26a9a5a94', operation='DELETE', pgid='pgtrigger_violations_are_never_removed_5e464', table='pricing_violation', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='LegalBasisEvidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('basis', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='pricing.legalbasis')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.storedfile')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('added_at', models.DateTimeField(verbose_name='added at')),
            ],
            options={
                'verbose_name': 'evidence of a legal basis',
                'verbose_name_plural': 'evidence of legal bases',
                'ordering': ['id'],
                'triggers': [pgtrigger.compiler.Trigger(name='evidence_of_a_legal_basis_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='90299f87b8f0e49b4924383064fe15c2c5d587b1', operation='UPDATE OR DELETE', pgid='pgtrigger_evidence_of_a_legal_basis_stays_c0828', table='pricing_legalbasisevidence', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='PriceBand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bands', to='dealers.product')),
                ('scope', models.CharField(choices=[('national', 'National'), ('city_tier', 'City tier'), ('region', 'Region')], max_length=16, verbose_name='scope')),
                ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bands', to='dealers.region')),
                ('city_tier', models.SmallIntegerField(blank=True, choices=[(1, 'Tier-1 city'), (2, 'Tier-2 city'), (3, 'Tier-3 city')], null=True, verbose_name='city tier')),
                ('floor', models.DecimalField(decimal_places=6, max_digits=18, verbose_name='floor')),
                ('ceiling', models.DecimalField(decimal_places=6, max_digits=18, verbose_name='ceiling')),
                ('enforcement', models.CharField(choices=[('recommended', 'Recommended'), ('enforced', 'Enforced')], max_length=16, verbose_name='enforcement')),
                ('legal_basis', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bands', to='pricing.legalbasis', verbose_name='legal basis')),
                ('valid', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='valid')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded at')),
                ('superseded_at', models.DateTimeField(blank=True, null=True, verbose_name='superseded at')),
            ],
            options={
                'verbose_name': 'price band',
                'verbose_name_plural': 'price bands',
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('superseded_at__isnull', True)), expressions=[('product', '='), ('scope', '='), (django.db.models.functions.comparison.Coalesce('region', models.Value(0, output_field=models.BigIntegerField())), '='), (django.db.models.functions.comparison.Coalesce('city_tier', models.Value(0, output_field=models.SmallIntegerField())), '='), ('valid', '&&')], name='one_band_per_product_and_scope'), models.CheckConstraint(condition=models.Q(('ceiling__gte', models.F('floor')), ('floor__gte', 0)), name='a_band_runs_from_floor_to_ceiling'), models.CheckConstraint(condition=models.Q(models.Q(('city_tier__isnull', True), ('region__isnull', True), ('scope', 'national')), models.Q(('city_tier__isnull', False), ('region__isnull', True), ('scope', 'city_tier')), models.Q(('city_tier__isnull', True), ('region__isnull', False), ('scope', 'region')), _connector='OR'), name='a_band_names_the_place_of_its_scope')],
            },
        ),
        migrations.CreateModel(
            name='PromoAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='account', to='pricing.promorequest')),
                ('opened_at', models.DateTimeField(verbose_name='opened at')),
                ('due_at', models.DateTimeField(verbose_name='due at')),
                ('deadline', models.JSONField(default=dict, verbose_name='how the deadline was counted')),
                ('completed_at', models.DateTimeField(null=True, verbose_name='complete since')),
                ('completed_by', models.CharField(blank=True, max_length=200, verbose_name='declared complete by')),
                ('reminded_at', models.DateTimeField(null=True, verbose_name='reminded at')),
            ],
            options={
                'verbose_name': 'promotion account',
                'verbose_name_plural': 'promotion accounts',
                'indexes': [models.Index(condition=models.Q(('completed_at__isnull', True)), fields=['due_at'], name='promo_account_open')],
            },
        ),
        migrations.CreateModel(
            name='PromoAttachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='pricing.promorequest')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.storedfile')),
                ('added_at', models.DateTimeField(verbose_name='added at')),
                ('added_by', models.CharField(max_length=200, verbose_name='added by')),
                ('removed_at', models.DateTimeField(null=True, verbose_name='removed at')),
            ],
            options={
                'verbose_name': 'attachment',
                'verbose_name_plural': 'attachments',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='PromoEvaluation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sales', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='sales')),
                ('quantity', models.BigIntegerField(verbose_name='quantity')),
                ('baseline', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='sales of the weeks before')),
                ('expected', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='expected sales')),
                ('spend', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='spend')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evaluations', to='pricing.promorequest')),
                ('version', models.PositiveSmallIntegerField(verbose_name='version')),
                ('superseded_at', models.DateTimeField(null=True, verbose_name='superseded at')),
                ('dealer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.policyversion')),
                ('baseline_from', models.DateField(verbose_name='compared with the days from')),
                ('lines', models.BigIntegerField(verbose_name='lines')),
                ('breach_sales', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='of which in violation')),
                ('brand_spend', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='of which borne by the brand')),
                ('spend_complete', models.BooleanField(verbose_name='spend complete')),
                ('uplift', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='uplift')),
                ('uplift_rate', models.DecimalField(decimal_places=6, max_digits=18, null=True, verbose_name='uplift rate')),
                ('return_rate', models.DecimalField(decimal_places=6, max_digits=18, null=True, verbose_name='return on spend')),
                ('recommendation', models.CharField(choices=[('retire', 'Retire'), ('keep', 'Keep'), ('expand', 'Expand'), ('none', 'No recommendation')], max_length=8, verbose_name='recommendation')),
                ('goals', models.JSONField(default=list, verbose_name='goals')),
                ('goals_met', models.BooleanField(null=True, verbose_name='goals met')),
                ('products', models.JSONField(default=list, verbose_name='products')),
                ('days', models.JSONField(default=list, verbose_name='days')),
                ('findings', models.JSONField(default=list, verbose_name='remarks')),
                ('lessons', models.TextField(verbose_name='lessons')),
                ('words', models.TextField(default='')),
                ('evaluated_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('evaluated_at', models.DateTimeField(verbose_name='evaluated at')),
            ],
            options={
                'verbose_name': 'promotion evaluation',
                'verbose_name_plural': 'promotion evaluations',
                'ordering': ['-pk'],
                'indexes': [models.Index(condition=models.Q(('superseded_at', None)), fields=['recommendation', '-id'], name='promo_evaluation_standing')],
                'constraints': [models.UniqueConstraint(fields=('request', 'version'), name='evaluations_are_numbered'), models.UniqueConstraint(condition=models.Q(('superseded_at__isnull', True)), fields=('request',), name='one_evaluation_stands')],
            },
        ),
        migrations.CreateModel(
            name='PromoGoal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='goals', to='pricing.promorequest')),
                ('measure', models.CharField(choices=[('quantity', 'Units sold'), ('amount', 'Sales (CNY)'), ('uplift', 'Growth against the weeks before'), ('return', 'Sales per yuan spent')], max_length=8, verbose_name='measure')),
                ('target', models.DecimalField(decimal_places=4, max_digits=18, verbose_name='target')),
            ],
            options={
                'verbose_name': 'promotion goal',
                'verbose_name_plural': 'promotion goals',
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('request', 'measure'), name='one_goal_per_measure'), models.CheckConstraint(condition=models.Q(('target__gt', 0)), name='a_goal_is_more_than_nothing')],
            },
        ),
        migrations.CreateModel(
            name='PromoItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='pricing.promorequest')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='promo_items', to='dealers.product')),
                ('promo_price', models.DecimalField(decimal_places=6, max_digits=18, verbose_name='promo price')),
            ],
            options={
                'verbose_name': 'promotion item',
                'verbose_name_plural': 'promotion items',
                'constraints': [models.UniqueConstraint(fields=('request', 'product'), name='a_product_is_once_in_a_promo'), models.CheckConstraint(condition=models.Q(('promo_price__gte', 0)), name='a_promo_price_is_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='PromoSpend',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='spends', to='pricing.promorequest')),
                ('number', models.PositiveIntegerField(verbose_name='number')),
                ('dealer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
                ('spent_on', models.DateField(verbose_name='day')),
                ('payee', models.CharField(max_length=200, verbose_name='payee')),
                ('purpose', models.CharField(max_length=200, verbose_name='purpose')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='amount')),
                ('borne_by', models.CharField(choices=[('brand', 'Brand'), ('dealer', 'Dealer'), ('other', 'Another party')], max_length=8, verbose_name='borne by')),
                ('channel', models.SmallIntegerField(choices=[(1, 'Retail'), (2, 'B2B')], null=True, verbose_name='channel')),
                ('reverses', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversal', to='pricing.promospend')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('key', models.CharField(blank=True, max_length=64, verbose_name='sent as')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by_key', models.CharField(blank=True, max_length=80, verbose_name='recorded by key')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded at')),
            ],
            options={
                'verbose_name': 'promotion spend',
                'verbose_name_plural': 'promotion spends',
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('request', 'number'), name='spends_are_numbered'), models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('request', 'key'), name='a_spend_is_sent_once'), models.CheckConstraint(condition=models.Q(models.Q(('amount__gt', 0), ('reverses__isnull', True)), models.Q(('amount__lt', 0), ('reverses__isnull', False)), _connector='OR'), name='a_spend_is_positive_and_its_reversal_negative')],
                'triggers': [pgtrigger.compiler.Trigger(name='a_recorded_spend_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='183b076daaf927e0596294a5abc4ab7b71169da0', operation='UPDATE OR DELETE', pgid='pgtrigger_a_recorded_spend_is_never_changed_ebe40', table='pricing_promospend', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='PromoSubmission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='submissions', to='pricing.promorequest')),
                ('number', models.PositiveSmallIntegerField(verbose_name='submission')),
                ('content', models.JSONField(verbose_name='content')),
                ('lead', models.JSONField(default=dict, verbose_name='how the lead was counted')),
                ('submitted_at', models.DateTimeField(verbose_name='submitted at')),
                ('submitted_by', models.CharField(max_length=200, verbose_name='submitted by')),
            ],
            options={
                'verbose_name': 'submission',
                'verbose_name_plural': 'submissions',
                'constraints': [models.UniqueConstraint(fields=('request', 'number'), name='submissions_are_numbered')],
            },
        ),
        migrations.CreateModel(
            name='ViolationVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dealer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dealers.dealer')),
                ('lines', models.IntegerField(verbose_name='lines')),
                ('quantity', models.BigIntegerField(verbose_name='quantity')),
                ('amount', models.DecimalField(decimal_places=6, max_digits=26, verbose_name='amount')),
                ('shortfall', models.DecimalField(decimal_places=2, max_digits=20, verbose_name='shortfall')),
                ('first_sold_at', models.DateTimeField(null=True, verbose_name='first sold at')),
                ('last_sold_at', models.DateTimeField(null=True, verbose_name='last sold at')),
                ('fingerprint', models.DecimalField(decimal_places=0, max_digits=40, verbose_name='fingerprint')),
                ('gathered_at', models.DateTimeField(verbose_name='gathered at')),
                ('violation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='pricing.violation')),
                ('version', models.IntegerField(verbose_name='version')),
            ],
            options={
                'verbose_name': 'version of a violation',
                'verbose_name_plural': 'versions of violations',
                'ordering': ['-version'],
                'constraints': [models.UniqueConstraint(fields=('violation', 'version'), name='a_violation_version_is_kept_once')],
                'triggers': [pgtrigger.compiler.Trigger(name='a_violation_version_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='72103909c8d700db2ede46ffaed77ba253148736', operation='UPDATE OR DELETE', pgid='pgtrigger_a_violation_version_is_never_changed_007e4', table='pricing_violationversion', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='MarketObservation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seen_at', models.DateTimeField(verbose_name='seen at')),
                ('seen_on', models.DateField(verbose_name='seen on')),
                ('platform', models.CharField(blank=True, max_length=64, verbose_name='platform')),
                ('seller', models.CharField(max_length=200, verbose_name='seller')),
                ('shop', models.CharField(blank=True, max_length=200, verbose_name='shop')),
                ('shop_link', models.CharField(blank=True, max_length=500, verbose_name='address of the shop')),
                ('link', models.CharField(blank=True, max_length=1000, verbose_name='link')),
                ('price', models.DecimalField(decimal_places=6, max_digits=18, verbose_name='shown price')),
                ('sku_given', models.CharField(blank=True, max_length=64, verbose_name='SKU')),
                ('gtin_given', models.CharField(blank=True, max_length=14, verbose_name='GTIN')),
                ('product_given', models.CharField(blank=True, max_length=200, verbose_name='product as shown')),
                ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.region', verbose_name='region')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('picture', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.storedfile')),
                ('source', models.CharField(blank=True, max_length=80, verbose_name='source')),
                ('external_id', models.CharField(blank=True, max_length=64, verbose_name='external number')),
                ('fingerprint', models.CharField(max_length=64, unique=True, verbose_name='fingerprint')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded at')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('seller_key', models.CharField(max_length=300, verbose_name='key of the seller')),
                ('shop_key', models.CharField(blank=True, max_length=300, verbose_name='key of the shop')),
                ('dealer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
                ('matched_by', models.CharField(blank=True, choices=[('name', "The dealer's own name"), ('alias', 'A confirmed name or shop')], max_length=8, verbose_name='matched by')),
                ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.product')),
                ('verdict', models.SmallIntegerField(choices=[(1, 'In band'), (2, 'Approved promotion'), (3, 'Below floor'), (4, 'Above ceiling'), (5, 'No band'), (6, 'Customer return')], null=True, verbose_name='verdict')),
                ('band', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pricing.priceband')),
                ('promo_item', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pricing.promoitem')),
                ('gap', models.DecimalField(decimal_places=6, max_digits=18, null=True, verbose_name='gap to the band')),
                ('holds', models.BooleanField(default=False, verbose_name='edge is enforced')),
                ('compared_at', models.DateTimeField(null=True, verbose_name='compared at')),
                ('state', models.CharField(choices=[('recorded', 'To be looked at'), ('handed_over', 'Handed over'), ('dismissed', 'Dismissed')], default='recorded', max_length=16, verbose_name='state')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case_number', models.CharField(blank=True, max_length=32, verbose_name='case')),
            ],
            options={
                'verbose_name': 'market observation',
                'verbose_name_plural': 'market observations',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['seller_key', 'seen_on'], name='observation_by_seller'), models.Index(fields=['dealer', 'seen_on'], name='observation_by_dealer'), models.Index(fields=['verdict', 'seen_on'], name='observation_by_verdict')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('source', 'external_id'), name='a_feed_names_an_observation_once'), models.CheckConstraint(condition=models.Q(('price__gt', 0)), name='a_seen_price_is_above_zero'), models.CheckConstraint(condition=models.Q(('state', 'recorded'), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='a_decided_observation_says_why'), models.CheckConstraint(condition=models.Q(('link', ''), ('link__startswith', 'http://'), ('link__startswith', 'https://'), _connector='OR'), name='links_lead_to_the_web_only')],
                'triggers': [pgtrigger.compiler.Trigger(name='what_was_seen_never_changes', sql=pgtrigger.compiler.UpsertTriggerSql(func='RAISE EXCEPTION \'pgtrigger: Cannot update of "seen_at", "seen_on", "platform", "seller", "shop", "shop_link", "link", "price", "sku_given", "gtin_given", "product_given", "region_id", "note", "fingerprint", "picture_id", "source", "external_id", "recorded_at" rows from % table\', TG_TABLE_NAME;', hash='e147628cda639e1af53ec4e9dd488aa5273eca11', operation='UPDATE OF "seen_at", "seen_on", "platform", "seller", "shop", "shop_link", "link", "price", "sku_given", "gtin_given", "product_given", "region_id", "note", "fingerprint", "picture_id", "source", "external_id", "recorded_at"', pgid='pgtrigger_what_was_seen_never_changes_ef2c7', table='pricing_marketobservation', when='BEFORE')), pgtrigger.compiler.Trigger(name='observations_are_never_removed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='fdaf293ce92c65d923560fde808ddb719b997934', operation='DELETE', pgid='pgtrigger_observations_are_never_removed_9d328', table='pricing_marketobservation', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='PromoChannelResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sales', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='sales')),
                ('quantity', models.BigIntegerField(verbose_name='quantity')),
                ('baseline', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='sales of the weeks before')),
                ('expected', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='expected sales')),
                ('spend', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='spend')),
                ('evaluation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='channels', to='pricing.promoevaluation')),
                ('channel', models.SmallIntegerField(choices=[(1, 'Retail'), (2, 'B2B')], verbose_name='channel')),
            ],
            options={
                'verbose_name': 'promotion result by channel',
                'verbose_name_plural': 'promotion results by channel',
                'ordering': ['channel'],
                'constraints': [models.UniqueConstraint(fields=('evaluation', 'channel'), name='a_channel_is_once_in_a_result')],
                'triggers': [pgtrigger.compiler.Trigger(name='a_result_by_channel_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='74d8d11b1e4cabb1f0e50e1ba56640f72aa731ee', operation='UPDATE OR DELETE', pgid='pgtrigger_a_result_by_channel_stays_6f69a', table='pricing_promochannelresult', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='PromoDealerResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sales', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='sales')),
                ('quantity', models.BigIntegerField(verbose_name='quantity')),
                ('baseline', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='sales of the weeks before')),
                ('expected', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='expected sales')),
                ('spend', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='spend')),
                ('evaluation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dealer_results', to='pricing.promoevaluation')),
                ('dealer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
            ],
            options={
                'verbose_name': 'promotion result by dealer',
                'verbose_name_plural': 'promotion results by dealer',
                'indexes': [models.Index(fields=['dealer', '-evaluation'], name='promo_result_of_dealer')],
                'constraints': [models.UniqueConstraint(fields=('evaluation', 'dealer'), name='a_dealer_is_once_in_a_result')],
                'triggers': [pgtrigger.compiler.Trigger(name='a_result_by_dealer_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c478139f65194bdb18cac185ea55babba540c88b', operation='UPDATE OR DELETE', pgid='pgtrigger_a_result_by_dealer_stays_d4938', table='pricing_promodealerresult', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='PromoPieces',
            fields=[
                ('evaluation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='pieces', serialize=False, to='pricing.promoevaluation')),
                ('pieces', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), default=list, size=None)),
            ],
            options={
                'verbose_name': 'words of a promotion evaluation',
                'verbose_name_plural': 'words of promotion evaluations',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['pieces'], name='promo_pieces')],
            },
        ),
        migrations.CreateModel(
            name='PromoSpendProof',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('spend', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proofs', to='pricing.promospend')),
                ('file', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.storedfile')),
            ],
            options={
                'verbose_name': 'proof of spend',
                'verbose_name_plural': 'proofs of spend',
                'ordering': ['pk'],
                'triggers': [pgtrigger.compiler.Trigger(name='a_proof_of_spend_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='eea8f0ba20d810955fcf9ea63b130a6fc4904e54', operation='UPDATE OR DELETE', pgid='pgtrigger_a_proof_of_spend_stays_a83aa', table='pricing_promospendproof', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='PromoStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='pricing.promosubmission')),
                ('kind', models.CharField(choices=[('legal', 'Legal review'), ('budget', 'Budget review')], max_length=8, verbose_name='step')),
                ('authority', models.CharField(choices=[('legal_reviewer', 'Legal reviewer'), ('marketing_director', 'Marketing director'), ('general_manager', 'General manager'), ('gm_office_meeting', "General manager's office meeting")], max_length=24, verbose_name='authority')),
                ('started_at', models.DateTimeField(verbose_name='started at')),
                ('due_at', models.DateTimeField(verbose_name='due at')),
                ('deadline', models.JSONField(default=dict, verbose_name='how the deadline was counted')),
                ('routing', models.JSONField(default=dict, verbose_name='why this authority')),
                ('findings', models.JSONField(default=list, verbose_name='findings')),
                ('decision', models.CharField(blank=True, choices=[('approve', 'Approve'), ('reject', 'Reject'), ('return', 'Return')], max_length=8, verbose_name='decision')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('on_behalf_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
            ],
            options={
                'verbose_name': 'review step',
                'verbose_name_plural': 'review steps',
                'ordering': ['started_at', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('decision', '')), fields=('submission',), name='one_undecided_step_per_submission'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decision', '')), models.Q(models.Q(('decision', ''), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='a_decided_step_says_when')],
            },
        ),
        migrations.CreateModel(
            name='SaleLine',
            fields=[
                ('doc_no', models.CharField(max_length=64, verbose_name='document')),
                ('line_no', models.IntegerField(verbose_name='line')),
                ('revision', models.IntegerField(default=1, verbose_name='revision')),
                ('dealer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dealers.dealer')),
                ('product', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dealers.product')),
                ('region', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dealers.region')),
                ('sold_at', models.DateTimeField(verbose_name='sold at')),
                ('sold_on', models.DateField(verbose_name='sold on')),
                ('quantity', models.IntegerField(verbose_name='quantity')),
                ('unit_price', models.DecimalField(decimal_places=6, max_digits=18, verbose_name='unit price')),
                ('channel', models.SmallIntegerField(choices=[(1, 'Retail'), (2, 'B2B')], default=1, verbose_name='channel')),
                ('customer', models.CharField(blank=True, default='', max_length=32, verbose_name='customer')),
                ('verdict', models.SmallIntegerField(choices=[(1, 'In band'), (2, 'Approved promotion'), (3, 'Below floor'), (4, 'Above ceiling'), (5, 'No band'), (6, 'Customer return')], verbose_name='verdict')),
                ('flags', models.SmallIntegerField(default=0, verbose_name='flags')),
                ('band', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pricing.priceband')),
                ('promo_item', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pricing.promoitem')),
                ('territory', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dealers.territory')),
                ('reported_at', models.DateTimeField(verbose_name='first reported at')),
                ('known_from', models.DateTimeField(verbose_name='known from')),
                ('delivery', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dealers.feeddelivery')),
                ('pk', models.CompositePrimaryKey('dealer_id', 'doc_no', 'line_no', blank=True, editable=False, primary_key=True, serialize=False)),
            ],
            options={
                'verbose_name': 'sale line',
                'verbose_name_plural': 'sale lines',
                'indexes': [models.Index(fields=['dealer', 'sold_on'], name='sale_line_by_dealer_day'), django.contrib.postgres.indexes.BrinIndex(fields=['sold_on'], name='sale_line_sold_on_brin', pages_per_range=32)],
                'constraints': [models.CheckConstraint(condition=models.Q(('quantity', 0), _negated=True), name='a_sale_moves_something'), models.CheckConstraint(condition=models.Q(('unit_price__gte', 0)), name='a_sale_price_is_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='SaleLineHistory',
            fields=[
                ('doc_no', models.CharField(max_length=64, verbose_name='document')),
                ('line_no', models.IntegerField(verbose_name='line')),
                ('revision', models.IntegerField(default=1, verbose_name='revision')),
                ('dealer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dealers.dealer')),
                ('product', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dealers.product')),
                ('region', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dealers.region')),
                ('sold_at', models.DateTimeField(verbose_name='sold at')),
                ('sold_on', models.DateField(verbose_name='sold on')),
                ('quantity', models.IntegerField(verbose_name='quantity')),
                ('unit_price', models.DecimalField(decimal_places=6, max_digits=18, verbose_name='unit price')),
                ('channel', models.SmallIntegerField(choices=[(1, 'Retail'), (2, 'B2B')], default=1, verbose_name='channel')),
                ('customer', models.CharField(blank=True, default='', max_length=32, verbose_name='customer')),
                ('verdict', models.SmallIntegerField(choices=[(1, 'In band'), (2, 'Approved promotion'), (3, 'Below floor'), (4, 'Above ceiling'), (5, 'No band'), (6, 'Customer return')], verbose_name='verdict')),
                ('flags', models.SmallIntegerField(default=0, verbose_name='flags')),
                ('band', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pricing.priceband')),
                ('promo_item', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pricing.promoitem')),
                ('territory', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dealers.territory')),
                ('reported_at', models.DateTimeField(verbose_name='first reported at')),
                ('known_from', models.DateTimeField(verbose_name='known from')),
                ('delivery', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dealers.feeddelivery')),
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('known_until', models.DateTimeField(verbose_name='known until')),
            ],
            options={
                'verbose_name': 'earlier state of a sale line',
                'verbose_name_plural': 'earlier states of sale lines',
                'indexes': [models.Index(fields=['dealer', 'doc_no', 'line_no'], name='sale_history_by_line')],
            },
        ),
        migrations.CreateModel(
            name='PromoEscalation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='escalations', to='pricing.promostep')),
                ('level', models.PositiveSmallIntegerField(verbose_name='level')),
                ('office', models.CharField(max_length=24, verbose_name='office')),
                ('told', models.PositiveSmallIntegerField(verbose_name='people told')),
                ('at', models.DateTimeField(verbose_name='at')),
            ],
            options={
                'verbose_name': 'escalation',
                'verbose_name_plural': 'escalations',
                'ordering': ['level'],
                'constraints': [models.UniqueConstraint(fields=('step', 'level'), name='one_escalation_per_level')],
            },
        ),
        migrations.CreateModel(
            name='PromoMinutes',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='minutes', to='pricing.promostep')),
                ('number', models.PositiveSmallIntegerField(verbose_name='version')),
                ('text', models.TextField(verbose_name='minutes')),
                ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.storedfile')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('written_at', models.DateTimeField(verbose_name='written at')),
            ],
            options={
                'verbose_name': 'minutes',
                'verbose_name_plural': 'minutes',
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('step', 'number'), name='minutes_are_numbered')],
                'triggers': [pgtrigger.compiler.Trigger(name='minutes_stay_as_they_were_written', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ec5f21f53779fb3c343ed64c0947a7730ec1bc8e', operation='UPDATE OR DELETE', pgid='pgtrigger_minutes_stay_as_they_were_written_b6030', table='pricing_promominutes', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='PromoRemark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='remarks', to='pricing.promostep')),
                ('field', models.CharField(max_length=32, verbose_name='field')),
                ('finding', models.PositiveSmallIntegerField(null=True, verbose_name='finding')),
                ('text', models.TextField(verbose_name='remark')),
            ],
            options={
                'verbose_name': 'remark',
                'verbose_name_plural': 'remarks',
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='a_remark_says_something')],
                'triggers': [pgtrigger.compiler.Trigger(name='a_remark_stays_as_it_was_made', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='942886498187bdc2bede3ed6e20d22f44db26714', operation='UPDATE OR DELETE', pgid='pgtrigger_a_remark_stays_as_it_was_made_1b86a', table='pricing_promoremark', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='PromoVote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='votes', to='pricing.promostep')),
                ('voter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('in_favour', models.BooleanField(verbose_name='in favour')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('voted_at', models.DateTimeField(verbose_name='voted at')),
            ],
            options={
                'verbose_name': 'vote',
                'verbose_name_plural': 'votes',
                'constraints': [models.UniqueConstraint(fields=('step', 'voter'), name='a_member_votes_once')],
            },
        ),
    ]


GUARDS = (
    *(row_scope_sql(table)[0] for table in SCOPED),
    REQUESTS,
    sandbox_apart_sql("pricing_promorequest", "applicant_id")[0],
    *(PART.format(*part) for part in PARTS),
    *(HEADQUARTERS_ONLY.format(table) for table in ("pricing_marketobservation", "pricing_selleralias")),
    CHANGES,
    *(WATCH.format(table, kind) for kind, tables in WATCHED.items() for table in tables),
)
Migration.operations = [
    CreatedTogether(Migration.operations),
    migrations.RunSQL(triggers_of(Migration.operations), migrations.RunSQL.noop),
    *(migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in GUARDS),
]
