"""Every table of the app as it is after the migrations this one replaces, for a database that has none of them.

A new installation takes seconds instead of a minute. One that has begun with the single migrations goes on with them.
"""

import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from dealers.foundation.migration_operations import CreatedTogether
from dealers.models.guards import row_scope_sql, triggers_of

SCOPED = (
    "rebates_accrual",
    "rebates_credit",
    "rebates_estimatedprotection",
    "rebates_forfeiture",
    "rebates_leadassignment",
    "rebates_remotesubsidyapplication",
    "rebates_remotesubsidyright",
    "rebates_supportactivity",
    "rebates_supportfile",
    "rebates_supportquota",
    "rebates_supportstep",
)

#: A lead is seen by the dealer that follows it up, and by the dealer that referred the customer.
_NUMBER = "(SELECT NULLIF(NULLIF(current_setting('halfmoon.dealer', true), '*'), '')::bigint)"
LEADS = row_scope_sql("rebates_lead")[0].replace(
    f"OR dealer_id = {_NUMBER});", f"OR dealer_id = {_NUMBER} OR partner_id = {_NUMBER});", 1
)


class Migration(migrations.Migration):

    replaces = [('rebates', '0001_initial'), ('rebates', '0002_guards'), ('rebates', '0003_bulk_references'), ('rebates', '0004_credits'), ('rebates', '0005_forfeitures'), ('rebates', '0006_market_support'), ('rebates', '0007_remote_subsidies'), ('rebates', '0008_protection_estimates'), ('rebates', '0009_referrals')]

    initial = True

    dependencies = [
        ('dealers', '0024_alliance_memberships'),
        ('pricing', '0013_observation_words'),
    ]

    operations = [
        migrations.CreateModel(
            name='Accrual',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dealer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dealers.dealer')),
                ('kind', models.CharField(choices=[('rebate', 'Rebate'), ('forfeiture', 'Forfeiture'), ('remote_subsidy', 'Remote-area subsidy'), ('price_protection', 'Price protection'), ('clawback', 'Clawback')], default='rebate', max_length=20, verbose_name='kind')),
                ('program', models.CharField(max_length=64, verbose_name='program')),
                ('window', models.CharField(max_length=10, verbose_name='window')),
                ('period', models.IntegerField(verbose_name='settled in half-month')),
                ('for_period', models.IntegerField(verbose_name='for half-month')),
                ('policy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dealers.policyversion')),
                ('base', models.DecimalField(decimal_places=6, max_digits=26, verbose_name='base')),
                ('entitlement', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='entitlement')),
                ('due', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='due')),
                ('posted_at', models.DateTimeField(verbose_name='posted at')),
            ],
            options={
                'verbose_name': 'accrual',
                'verbose_name_plural': 'accruals',
                'constraints': [models.UniqueConstraint(fields=('dealer', 'kind', 'program', 'window', 'period'), name='a_window_is_settled_once_a_period')],
                'triggers': [pgtrigger.compiler.Trigger(name='accruals_are_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='664027c8e47c675e34e51dee8f8f5f6ae18f176b', operation='UPDATE OR DELETE', pgid='pgtrigger_accruals_are_append_only_868c6', table='rebates_accrual', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Credit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dealer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dealers.dealer')),
                ('kind', models.CharField(choices=[('market_support', 'Market support'), ('referral', 'Referral reward'), ('penalty', 'Penalty'), ('adjustment', 'Adjustment')], max_length=20, verbose_name='kind')),
                ('program', models.CharField(blank=True, max_length=64, verbose_name='program')),
                ('reference', models.CharField(max_length=120, unique=True, verbose_name='reference')),
                ('for_period', models.IntegerField(verbose_name='for half-month')),
                ('base', models.DecimalField(decimal_places=6, default=0, max_digits=26, verbose_name='base')),
                ('rate', models.DecimalField(decimal_places=6, default=0, max_digits=12, verbose_name='rate')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='amount')),
                ('proof', models.JSONField(verbose_name='proof')),
                ('reverses', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversed_by', to='rebates.credit', verbose_name='reverses')),
                ('known_from', models.DateTimeField(verbose_name='known from')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'credit',
                'verbose_name_plural': 'credits',
                'indexes': [models.Index(fields=['dealer', 'known_from'], name='credit_by_dealer')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='a_credit_moves_something')],
                'triggers': [pgtrigger.compiler.Trigger(name='credits_are_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='6b7f034be378a3f54be3b47018ad45a4a9404b10', operation='UPDATE OR DELETE', pgid='pgtrigger_credits_are_append_only_01ca1', table='rebates_credit', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Forfeiture',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dealer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dealers.dealer')),
                ('year', models.IntegerField(verbose_name='calendar year')),
                ('act', models.CharField(choices=[('imposed', 'Imposed'), ('lifted', 'Lifted')], max_length=8, verbose_name='act')),
                ('reference', models.CharField(max_length=120, verbose_name='follows from')),
                ('reason', models.CharField(max_length=500, verbose_name='reason')),
                ('known_from', models.DateTimeField(verbose_name='known from')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'forfeiture',
                'verbose_name_plural': 'forfeitures',
                'constraints': [models.UniqueConstraint(fields=('dealer', 'year', 'reference', 'act'), name='a_decision_forfeits_and_lifts_once')],
                'triggers': [pgtrigger.compiler.Trigger(name='forfeitures_are_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ff6fd37b01acead4ed854eed3a106490fa94fe32', operation='UPDATE OR DELETE', pgid='pgtrigger_forfeitures_are_append_only_fc339', table='rebates_forfeiture', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Lead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=32, unique=True, verbose_name='number')),
                ('token', models.CharField(max_length=43, unique=True, verbose_name='tracking key')),
                ('referrer', models.CharField(choices=[('employee', 'Employee'), ('customer', 'Customer'), ('partner', 'Partner dealer')], max_length=16, verbose_name='referred by')),
                ('referrer_name', models.CharField(max_length=100, verbose_name='name of the referrer')),
                ('referrer_phone_key', models.CharField(blank=True, max_length=32)),
                ('referrer_phone_hint', models.CharField(blank=True, max_length=16, verbose_name='phone of the referrer')),
                ('employee', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('partner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
                ('contact', models.CharField(blank=True, max_length=100, verbose_name='contact')),
                ('phone', models.CharField(blank=True, max_length=16, verbose_name='phone')),
                ('phone_key', models.CharField(max_length=32)),
                ('phone_hint', models.CharField(max_length=16, verbose_name='phone')),
                ('company', models.CharField(blank=True, max_length=200, verbose_name='company')),
                ('company_key', models.CharField(blank=True, max_length=32)),
                ('region', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.region')),
                ('wish', models.TextField(blank=True, verbose_name='what is wanted')),
                ('consent_at', models.DateTimeField(verbose_name='consented at')),
                ('erased_at', models.DateTimeField(null=True, verbose_name='erased at')),
                ('device_key', models.CharField(blank=True, max_length=32)),
                ('address_key', models.CharField(blank=True, max_length=32)),
                ('source', models.CharField(max_length=200, verbose_name='source')),
                ('external_id', models.CharField(blank=True, max_length=64, verbose_name='external number')),
                ('received_at', models.DateTimeField(verbose_name='received at')),
                ('received_on', models.DateField(verbose_name='received on')),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.policyversion')),
                ('state', models.CharField(choices=[('turned_away', 'Not counted'), ('received', 'Not assigned yet'), ('assigned', 'To be followed up'), ('followed_up', 'Followed up'), ('lost', 'No deal'), ('deal_reported', 'Deal to be checked'), ('deal_confirmed', 'Deal confirmed, call-back open'), ('rewarded', 'Reward granted'), ('denied', 'No reward'), ('taken_back', 'Reward taken back')], default='received', max_length=16, verbose_name='state')),
                ('refusal', models.CharField(blank=True, max_length=24, verbose_name='why it does not count')),
                ('dealer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
                ('reason', models.TextField(blank=True, verbose_name='reason of the last decision')),
                ('doc_no', models.CharField(blank=True, max_length=64, verbose_name='document')),
                ('line_no', models.IntegerField(null=True, verbose_name='line')),
                ('deal_amount', models.DecimalField(decimal_places=2, max_digits=18, null=True, verbose_name='amount of the deal')),
                ('deal_confirmed_at', models.DateTimeField(null=True, verbose_name='deal confirmed at')),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sampled', models.BooleanField(default=False, verbose_name='to be called back')),
                ('call_back', models.CharField(blank=True, choices=[('confirmed', 'The customer confirms the deal'), ('failed', 'The customer does not confirm the deal')], max_length=16, verbose_name='call-back')),
                ('called_back_at', models.DateTimeField(null=True, verbose_name='called back at')),
                ('called_back_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'referral lead',
                'verbose_name_plural': 'referral leads',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['phone_key', 'received_at'], name='lead_by_phone'), models.Index(condition=models.Q(('company_key', ''), _negated=True), fields=['company_key', 'received_at'], name='lead_by_company'), models.Index(fields=['received_on', 'device_key'], name='lead_by_device'), models.Index(fields=['received_on', 'address_key'], name='lead_by_address'), models.Index(fields=['dealer', 'state'], name='lead_by_dealer')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('doc_no', ''), _negated=True), fields=('dealer', 'doc_no', 'line_no'), name='a_deal_rewards_one_lead'), models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('source', 'external_id'), name='a_system_names_a_lead_once'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'rewarded'), _negated=True), ('sampled', False), ('call_back', 'confirmed'), _connector='OR'), name='a_reward_waits_for_its_call_back'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'turned_away'), _negated=True), models.Q(('contact', ''), ('phone', '')), _connector='OR'), name='a_lead_that_does_not_count_keeps_no_phone')],
            },
        ),
        migrations.CreateModel(
            name='ProtectionEstimate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('change', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='estimates', to='dealers.pricechange', verbose_name='price change')),
                ('as_of', models.DateTimeField(verbose_name='as of')),
                ('falls', models.PositiveIntegerField(verbose_name='prices that fall')),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.policyversion')),
            ],
            options={
                'verbose_name': 'estimate of price protection',
                'verbose_name_plural': 'estimates of price protection',
                'ordering': ['-id'],
                'triggers': [pgtrigger.compiler.Trigger(name='estimates_stay_as_they_were_reckoned', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='bee872adca17307c20f2602c1bc540befc42bf00', operation='UPDATE OR DELETE', pgid='pgtrigger_estimates_stay_as_they_were_reckoned_3d6b1', table='rebates_protectionestimate', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='ReferralPayout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=32, unique=True, verbose_name='number')),
                ('state', models.CharField(choices=[('prepared', 'To be approved'), ('approved', 'Approved'), ('released', 'Given back')], default='prepared', max_length=16, verbose_name='state')),
                ('total', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='total')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_at', models.DateTimeField(verbose_name='made at')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
            ],
            options={
                'verbose_name': 'payout list',
                'verbose_name_plural': 'payout lists',
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('state', 'approved'), _negated=True), models.Q(('decided_by', models.F('made_by')), _negated=True), _connector='OR'), name='a_payout_is_approved_by_a_second_person')],
            },
        ),
        migrations.CreateModel(
            name='RemoteSubsidyApplication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dealer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='remote_subsidy_applications', to='dealers.dealer')),
                ('starts_on', models.DateField(verbose_name='from the quarter that begins on')),
                ('reason', models.CharField(max_length=500, verbose_name='reason')),
                ('evidence', models.JSONField(verbose_name='remote regions of the territory')),
                ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('requested_by_key', models.CharField(blank=True, max_length=80, verbose_name='requested by key')),
                ('requested_at', models.DateTimeField(verbose_name='requested at')),
                ('state', models.CharField(choices=[('open', 'Waiting for a decision'), ('agreed', 'Agreed'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn')], default='open', max_length=16, verbose_name='state')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
                ('decision_note', models.CharField(blank=True, max_length=500, verbose_name='remark')),
            ],
            options={
                'verbose_name': 'application for the remote-area subsidy',
                'verbose_name_plural': 'applications for the remote-area subsidy',
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('dealer',), name='one_open_application_for_the_remote_subsidy'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='a_decided_application_says_when')],
            },
        ),
        migrations.CreateModel(
            name='SupportQuota',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dealer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
                ('quarter', models.CharField(max_length=7, verbose_name='quarter')),
                ('tier', models.CharField(choices=[('T1', 'T1'), ('T2', 'T2'), ('T3', 'T3')], max_length=2, verbose_name='tier')),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.policyversion')),
                ('decided_on', models.DateField(verbose_name='decided by the terms of')),
                ('granted', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='quota')),
                ('planned', models.DecimalField(decimal_places=2, default=0, max_digits=18, verbose_name='planned')),
                ('reserved', models.DecimalField(decimal_places=2, default=0, max_digits=18, verbose_name='reserved')),
                ('committed', models.DecimalField(decimal_places=2, default=0, max_digits=18, verbose_name='committed')),
                ('spent', models.DecimalField(decimal_places=2, default=0, max_digits=18, verbose_name='spent')),
            ],
            options={
                'verbose_name': 'market support quota',
                'verbose_name_plural': 'market support quotas',
                'constraints': [models.UniqueConstraint(fields=('dealer', 'quarter'), name='one_support_quota_a_quarter'), models.CheckConstraint(condition=models.Q(('committed__gte', 0), ('planned__gte', 0), ('reserved__gte', 0), ('spent__gte', 0)), name='support_pots_are_not_negative'), models.CheckConstraint(condition=models.Q(('granted__gte', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('planned'), '+', models.F('reserved')), '+', models.F('committed')), '+', models.F('spent')))), name='support_never_exceeds_its_quota')],
            },
        ),
        migrations.CreateModel(
            name='CreditSettlement',
            fields=[
                ('credit', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='settlement', serialize=False, to='rebates.credit')),
                ('period', models.IntegerField(db_index=True, verbose_name='settled in half-month')),
            ],
            options={
                'verbose_name': 'settlement of a credit',
                'verbose_name_plural': 'settlements of credits',
                'triggers': [pgtrigger.compiler.Trigger(name='credits_settle_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8345a8d116d44f9639bfe40aa9d71da07df1db7c', operation='UPDATE OR DELETE', pgid='pgtrigger_credits_settle_once_0341f', table='rebates_creditsettlement', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='EstimatedProtection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('estimate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dealers', to='rebates.protectionestimate')),
                ('dealer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dealers.dealer')),
                ('units', models.BigIntegerField(verbose_name='units')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='amount')),
                ('products', models.PositiveIntegerField(verbose_name='products')),
                ('zeros', models.JSONField(default=dict, verbose_name='why nothing is credited')),
            ],
            options={
                'verbose_name': 'estimated protection of a dealer',
                'verbose_name_plural': 'estimated protections of dealers',
                'constraints': [models.UniqueConstraint(fields=('estimate', 'dealer'), name='a_dealer_is_once_in_an_estimate')],
                'triggers': [pgtrigger.compiler.Trigger(name='estimated_protections_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='69257e574e4725b740c90f24cfb02f03b5224465', operation='UPDATE OR DELETE', pgid='pgtrigger_estimated_protections_stay_8fdf0', table='rebates_estimatedprotection', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='LeadAssignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='rebates.lead')),
                ('dealer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
                ('assigned_at', models.DateTimeField(verbose_name='assigned at')),
                ('assigned_by', models.CharField(blank=True, max_length=200, verbose_name='assigned by')),
                ('due_at', models.DateTimeField(verbose_name='due at')),
                ('reminded_at', models.DateTimeField(null=True, verbose_name='reminded at')),
                ('followed_up_at', models.DateTimeField(null=True, verbose_name='followed up at')),
                ('breached_at', models.DateTimeField(null=True, verbose_name='breached at')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended at')),
            ],
            options={
                'verbose_name': 'assignment of a lead',
                'verbose_name_plural': 'assignments of leads',
                'ordering': ['id'],
                'indexes': [models.Index(condition=models.Q(('ended_at', None), ('followed_up_at', None)), fields=['due_at'], name='lead_to_follow_up')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('lead',), name='one_dealer_follows_a_lead'), models.CheckConstraint(condition=models.Q(('breached_at', None), ('breached_at', models.F('due_at')), _connector='OR'), name='a_breach_is_the_instant_that_was_due')],
            },
        ),
        migrations.CreateModel(
            name='LeadStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='rebates.lead')),
                ('act', models.CharField(max_length=16, verbose_name='act')),
                ('state', models.CharField(choices=[('turned_away', 'Not counted'), ('received', 'Not assigned yet'), ('assigned', 'To be followed up'), ('followed_up', 'Followed up'), ('lost', 'No deal'), ('deal_reported', 'Deal to be checked'), ('deal_confirmed', 'Deal confirmed, call-back open'), ('rewarded', 'Reward granted'), ('denied', 'No reward'), ('taken_back', 'Reward taken back')], max_length=16, verbose_name='state after it')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('by', models.CharField(blank=True, max_length=200, verbose_name='by')),
                ('by_hq', models.BooleanField(default=False, verbose_name='by headquarters')),
            ],
            options={
                'verbose_name': 'step of a lead',
                'verbose_name_plural': 'steps of leads',
                'ordering': ['id'],
                'triggers': [pgtrigger.compiler.Trigger(name='lead_steps_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='74ebd2c931077becd91d411481cd98106081be4a', operation='UPDATE OR DELETE', pgid='pgtrigger_lead_steps_stay_da472', table='rebates_leadstep', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='ReferralReward',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lead', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reward', to='rebates.lead')),
                ('referrer', models.CharField(choices=[('employee', 'Employee'), ('customer', 'Customer'), ('partner', 'Partner dealer')], max_length=16, verbose_name='referred by')),
                ('partner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
                ('quarter', models.CharField(max_length=7, verbose_name='quarter')),
                ('base', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='amount of the deal')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='reward')),
                ('proof', models.JSONField(verbose_name='proof')),
                ('credit', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rebates.credit')),
                ('payout', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rewards', to='rebates.referralpayout')),
                ('granted_at', models.DateTimeField(verbose_name='granted at')),
                ('cancelled_at', models.DateTimeField(null=True, verbose_name='taken back at')),
            ],
            options={
                'verbose_name': 'referral reward',
                'verbose_name_plural': 'referral rewards',
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='a_reward_is_above_zero'), models.CheckConstraint(condition=models.Q(models.Q(('credit__isnull', False), ('payout__isnull', True), ('referrer', 'partner')), models.Q(models.Q(('referrer', 'partner'), _negated=True), ('credit__isnull', True)), _connector='OR'), name='partners_are_credited_and_people_are_paid')],
            },
        ),
        migrations.CreateModel(
            name='RemoteSubsidyRight',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dealer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dealers.dealer')),
                ('act', models.CharField(choices=[('granted', 'Right granted'), ('ended', 'Ended')], max_length=8, verbose_name='act')),
                ('starts_on', models.DateField(verbose_name='from the quarter that begins on')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rights', to='rebates.remotesubsidyapplication')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('known_from', models.DateTimeField(verbose_name='known from')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'right to the remote-area subsidy',
                'verbose_name_plural': 'rights to the remote-area subsidy',
                'indexes': [models.Index(fields=['dealer', 'starts_on'], name='remote_right_by_dealer')],
                'triggers': [pgtrigger.compiler.Trigger(name='remote_rights_are_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a31cbfb4756ebc10727e849c1cefcef24ae16145', operation='UPDATE OR DELETE', pgid='pgtrigger_remote_rights_are_append_only_55d1a', table='rebates_remotesubsidyright', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='SupportActivity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dealer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
                ('number', models.CharField(max_length=64, unique=True, verbose_name='number')),
                ('kind', models.CharField(choices=[('advertising', 'Advertising'), ('display', 'Shop display'), ('event', 'Promotional event'), ('training', 'Training'), ('fair', 'Trade fair'), ('other', 'Something else')], max_length=16, verbose_name='kind')),
                ('purpose', models.CharField(max_length=200, verbose_name='purpose')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('starts_on', models.DateField(verbose_name='first day')),
                ('ends_on', models.DateField(verbose_name='first day after it')),
                ('promo', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pricing.promorequest')),
                ('quarter', models.CharField(max_length=7, verbose_name='quarter')),
                ('quota', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='activities', to='rebates.supportquota')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('planned', 'Asked for'), ('reserved', 'Reserved'), ('committed', 'Committed'), ('proven', 'Proof handed in'), ('accepted', 'Proof accepted'), ('reversed', 'Paid and taken back'), ('rejected', 'Rejected'), ('refused', 'Proof refused'), ('withdrawn', 'Withdrawn'), ('lapsed', 'Lapsed')], default='draft', max_length=16, verbose_name='state')),
                ('budget', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='budget')),
                ('reserved', models.DecimalField(decimal_places=2, max_digits=18, null=True, verbose_name='reserved')),
                ('committed', models.DecimalField(decimal_places=2, max_digits=18, null=True, verbose_name='committed')),
                ('claimed', models.DecimalField(decimal_places=2, max_digits=18, null=True, verbose_name='claimed')),
                ('accepted', models.DecimalField(decimal_places=2, max_digits=18, null=True, verbose_name='accepted')),
                ('asked_at', models.DateTimeField(null=True, verbose_name='asked at')),
                ('reserved_until', models.DateTimeField(null=True, verbose_name='reserved until')),
                ('proof_due_at', models.DateTimeField(null=True, verbose_name='proof due at')),
                ('reserved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('supplier', models.CharField(blank=True, max_length=200, verbose_name='supplier')),
                ('repeat_reason', models.TextField(blank=True, verbose_name='why a file is used again')),
                ('reason', models.TextField(blank=True, verbose_name='reason of the last decision')),
                ('reminded_at', models.DateTimeField(null=True, verbose_name='reminded at')),
                ('credit', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rebates.credit')),
                ('key', models.CharField(blank=True, max_length=64, verbose_name='sent as')),
                ('created_at', models.DateTimeField(verbose_name='made at')),
                ('created_by', models.CharField(max_length=200, verbose_name='made by')),
                ('regions', models.ManyToManyField(related_name='+', to='dealers.region', verbose_name='regions')),
            ],
            options={
                'verbose_name': 'supported activity',
                'verbose_name_plural': 'supported activities',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['dealer', 'quarter'], name='support_by_dealer'), models.Index(fields=['state', 'reserved_until'], name='support_by_state')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('dealer', 'key'), name='a_plan_is_sent_once'), models.CheckConstraint(condition=models.Q(('ends_on__gt', models.F('starts_on'))), name='a_supported_activity_ends'), models.CheckConstraint(condition=models.Q(('budget__gt', 0), models.Q(('reserved__isnull', True), ('reserved__lte', models.F('budget')), _connector='OR'), models.Q(('committed__isnull', True), ('committed__lte', models.F('reserved')), _connector='OR'), models.Q(('claimed__isnull', True), ('claimed__lte', models.F('committed')), _connector='OR'), models.Q(('accepted__isnull', True), ('accepted__lte', models.F('claimed')), _connector='OR')), name='support_amounts_only_shrink'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['accepted', 'reversed']), _negated=True), models.Q(('accepted__gt', 0), ('credit__isnull', False)), _connector='OR'), name='accepted_support_is_credited')],
            },
        ),
        migrations.CreateModel(
            name='SupportFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='rebates.supportactivity')),
                ('dealer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
                ('paper', models.CharField(choices=[('plan', 'Plan or offer'), ('contract', 'Contract or quote'), ('proof', 'Proof of execution')], max_length=16, verbose_name='kind')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.storedfile')),
                ('added_at', models.DateTimeField(verbose_name='added at')),
                ('added_by', models.CharField(max_length=200, verbose_name='added by')),
                ('removed_at', models.DateTimeField(null=True, verbose_name='removed at')),
            ],
            options={
                'verbose_name': 'file of a supported activity',
                'verbose_name_plural': 'files of supported activities',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='SupportStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='rebates.supportactivity')),
                ('dealer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
                ('quota', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='rebates.supportquota')),
                ('act', models.CharField(choices=[('edit', 'edit'), ('ask', 'ask'), ('withdraw', 'withdraw'), ('reserve', 'reserve'), ('reject', 'reject'), ('commit', 'commit'), ('hand_in', 'hand_in'), ('send_back', 'send_back'), ('accept', 'accept'), ('refuse', 'refuse'), ('reverse', 'reverse'), ('lapse', 'lapse')], max_length=16, verbose_name='act')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('planned', 'Asked for'), ('reserved', 'Reserved'), ('committed', 'Committed'), ('proven', 'Proof handed in'), ('accepted', 'Proof accepted'), ('reversed', 'Paid and taken back'), ('rejected', 'Rejected'), ('refused', 'Proof refused'), ('withdrawn', 'Withdrawn'), ('lapsed', 'Lapsed')], max_length=16, verbose_name='state after it')),
                ('amount', models.DecimalField(decimal_places=2, default=0, max_digits=18, verbose_name='amount')),
                ('planned', models.DecimalField(decimal_places=2, default=0, max_digits=18, verbose_name='planned')),
                ('reserved', models.DecimalField(decimal_places=2, default=0, max_digits=18, verbose_name='reserved')),
                ('committed', models.DecimalField(decimal_places=2, default=0, max_digits=18, verbose_name='committed')),
                ('spent', models.DecimalField(decimal_places=2, default=0, max_digits=18, verbose_name='spent')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('by', models.CharField(max_length=200, verbose_name='by')),
                ('by_hq', models.BooleanField(default=False, verbose_name='by headquarters')),
            ],
            options={
                'verbose_name': 'step of a supported activity',
                'verbose_name_plural': 'steps of supported activities',
                'ordering': ['id'],
                'triggers': [pgtrigger.compiler.Trigger(name='support_steps_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='70a46c70ee22c816d5f30b90bb58361be9009344', operation='UPDATE OR DELETE', pgid='pgtrigger_support_steps_stay_88fc0', table='rebates_supportstep', when='BEFORE'))],
            },
        ),
    ]


GUARDS = (
    *(row_scope_sql(table)[0] for table in SCOPED),
    LEADS,
    row_scope_sql("rebates_referralreward", "partner_id")[0],
)
Migration.operations = [
    CreatedTogether(Migration.operations),
    migrations.RunSQL(triggers_of(Migration.operations), migrations.RunSQL.noop),
    *(migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in GUARDS),
]
