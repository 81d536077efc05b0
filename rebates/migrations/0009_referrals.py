import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from dealers.models.guards import row_scope_sql

#: A lead is seen by the dealer that follows it up, and by the dealer that referred the customer.
_NUMBER = "(SELECT NULLIF(NULLIF(current_setting('halfmoon.dealer', true), '*'), '')::bigint)"
_LEAD_SCOPE, _LEAD_OPEN = row_scope_sql("rebates_lead")
_LEAD_SCOPE = _LEAD_SCOPE.replace(
    f"OR dealer_id = {_NUMBER});", f"OR dealer_id = {_NUMBER} OR partner_id = {_NUMBER});", 1
)


class Migration(migrations.Migration):

    dependencies = [
        ('dealers', '0020_support_and_referrals'),
        ('rebates', '0008_protection_estimates'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
                ('contact', models.CharField(blank=True, max_length=100, verbose_name='contact')),
                ('phone', models.CharField(blank=True, max_length=16, verbose_name='phone')),
                ('phone_key', models.CharField(max_length=32)),
                ('phone_hint', models.CharField(max_length=16, verbose_name='phone')),
                ('company', models.CharField(blank=True, max_length=200, verbose_name='company')),
                ('company_key', models.CharField(blank=True, max_length=32)),
                ('wish', models.TextField(blank=True, verbose_name='what is wanted')),
                ('consent_at', models.DateTimeField(verbose_name='consented at')),
                ('erased_at', models.DateTimeField(null=True, verbose_name='erased at')),
                ('device_key', models.CharField(blank=True, max_length=32)),
                ('address_key', models.CharField(blank=True, max_length=32)),
                ('source', models.CharField(max_length=200, verbose_name='source')),
                ('external_id', models.CharField(blank=True, max_length=64, verbose_name='external number')),
                ('received_at', models.DateTimeField(verbose_name='received at')),
                ('received_on', models.DateField(verbose_name='received on')),
                ('state', models.CharField(choices=[('turned_away', 'Not counted'), ('received', 'Not assigned yet'), ('assigned', 'To be followed up'), ('followed_up', 'Followed up'), ('lost', 'No deal'), ('deal_reported', 'Deal to be checked'), ('deal_confirmed', 'Deal confirmed, call-back open'), ('rewarded', 'Reward granted'), ('denied', 'No reward'), ('taken_back', 'Reward taken back')], default='received', max_length=16, verbose_name='state')),
                ('refusal', models.CharField(blank=True, max_length=24, verbose_name='why it does not count')),
                ('reason', models.TextField(blank=True, verbose_name='reason of the last decision')),
                ('doc_no', models.CharField(blank=True, max_length=64, verbose_name='document')),
                ('line_no', models.IntegerField(null=True, verbose_name='line')),
                ('deal_amount', models.DecimalField(decimal_places=2, max_digits=18, null=True, verbose_name='amount of the deal')),
                ('deal_confirmed_at', models.DateTimeField(null=True, verbose_name='deal confirmed at')),
                ('sampled', models.BooleanField(default=False, verbose_name='to be called back')),
                ('call_back', models.CharField(blank=True, choices=[('confirmed', 'The customer confirms the deal'), ('failed', 'The customer does not confirm the deal')], max_length=16, verbose_name='call-back')),
                ('called_back_at', models.DateTimeField(null=True, verbose_name='called back at')),
                ('called_back_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dealer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
                ('employee', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('partner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.policyversion')),
                ('region', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.region')),
            ],
            options={
                'verbose_name': 'referral lead',
                'verbose_name_plural': 'referral leads',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='LeadAssignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('assigned_at', models.DateTimeField(verbose_name='assigned at')),
                ('assigned_by', models.CharField(blank=True, max_length=200, verbose_name='assigned by')),
                ('due_at', models.DateTimeField(verbose_name='due at')),
                ('reminded_at', models.DateTimeField(null=True, verbose_name='reminded at')),
                ('followed_up_at', models.DateTimeField(null=True, verbose_name='followed up at')),
                ('breached_at', models.DateTimeField(null=True, verbose_name='breached at')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended at')),
                ('dealer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='rebates.lead')),
            ],
            options={
                'verbose_name': 'assignment of a lead',
                'verbose_name_plural': 'assignments of leads',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='LeadStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(max_length=16, verbose_name='act')),
                ('state', models.CharField(choices=[('turned_away', 'Not counted'), ('received', 'Not assigned yet'), ('assigned', 'To be followed up'), ('followed_up', 'Followed up'), ('lost', 'No deal'), ('deal_reported', 'Deal to be checked'), ('deal_confirmed', 'Deal confirmed, call-back open'), ('rewarded', 'Reward granted'), ('denied', 'No reward'), ('taken_back', 'Reward taken back')], max_length=16, verbose_name='state after it')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('by', models.CharField(blank=True, max_length=200, verbose_name='by')),
                ('by_hq', models.BooleanField(default=False, verbose_name='by headquarters')),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='rebates.lead')),
            ],
            options={
                'verbose_name': 'step of a lead',
                'verbose_name_plural': 'steps of leads',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ReferralPayout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=32, unique=True, verbose_name='number')),
                ('state', models.CharField(choices=[('prepared', 'To be approved'), ('approved', 'Approved'), ('released', 'Given back')], default='prepared', max_length=16, verbose_name='state')),
                ('total', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='total')),
                ('made_at', models.DateTimeField(verbose_name='made at')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'payout list',
                'verbose_name_plural': 'payout lists',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='ReferralReward',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('referrer', models.CharField(choices=[('employee', 'Employee'), ('customer', 'Customer'), ('partner', 'Partner dealer')], max_length=16, verbose_name='referred by')),
                ('quarter', models.CharField(max_length=7, verbose_name='quarter')),
                ('base', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='amount of the deal')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='reward')),
                ('proof', models.JSONField(verbose_name='proof')),
                ('granted_at', models.DateTimeField(verbose_name='granted at')),
                ('cancelled_at', models.DateTimeField(null=True, verbose_name='taken back at')),
                ('credit', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rebates.credit')),
                ('lead', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reward', to='rebates.lead')),
                ('partner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
                ('payout', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rewards', to='rebates.referralpayout')),
            ],
            options={
                'verbose_name': 'referral reward',
                'verbose_name_plural': 'referral rewards',
                'ordering': ['id'],
            },
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(fields=['phone_key', 'received_at'], name='lead_by_phone'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('company_key', ''), _negated=True), fields=['company_key', 'received_at'], name='lead_by_company'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(fields=['received_on', 'device_key'], name='lead_by_device'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(fields=['received_on', 'address_key'], name='lead_by_address'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(fields=['dealer', 'state'], name='lead_by_dealer'),
        ),
        migrations.AddConstraint(
            model_name='lead',
            constraint=models.UniqueConstraint(condition=models.Q(('doc_no', ''), _negated=True), fields=('dealer', 'doc_no', 'line_no'), name='a_deal_rewards_one_lead'),
        ),
        migrations.AddConstraint(
            model_name='lead',
            constraint=models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('source', 'external_id'), name='a_system_names_a_lead_once'),
        ),
        migrations.AddConstraint(
            model_name='lead',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'rewarded'), _negated=True), ('sampled', False), ('call_back', 'confirmed'), _connector='OR'), name='a_reward_waits_for_its_call_back'),
        ),
        migrations.AddConstraint(
            model_name='lead',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'turned_away'), _negated=True), models.Q(('contact', ''), ('phone', '')), _connector='OR'), name='a_lead_that_does_not_count_keeps_no_phone'),
        ),
        migrations.AddIndex(
            model_name='leadassignment',
            index=models.Index(condition=models.Q(('ended_at', None), ('followed_up_at', None)), fields=['due_at'], name='lead_to_follow_up'),
        ),
        migrations.AddConstraint(
            model_name='leadassignment',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('lead',), name='one_dealer_follows_a_lead'),
        ),
        migrations.AddConstraint(
            model_name='leadassignment',
            constraint=models.CheckConstraint(condition=models.Q(('breached_at', None), ('breached_at', models.F('due_at')), _connector='OR'), name='a_breach_is_the_instant_that_was_due'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='leadstep',
            trigger=pgtrigger.compiler.Trigger(name='lead_steps_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='74ebd2c931077becd91d411481cd98106081be4a', operation='UPDATE OR DELETE', pgid='pgtrigger_lead_steps_stay_da472', table='rebates_leadstep', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='referralpayout',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('state', 'approved'), _negated=True), models.Q(('decided_by', models.F('made_by')), _negated=True), _connector='OR'), name='a_payout_is_approved_by_a_second_person'),
        ),
        migrations.AddConstraint(
            model_name='referralreward',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='a_reward_is_above_zero'),
        ),
        migrations.AddConstraint(
            model_name='referralreward',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('credit__isnull', False), ('payout__isnull', True), ('referrer', 'partner')), models.Q(models.Q(('referrer', 'partner'), _negated=True), ('credit__isnull', True)), _connector='OR'), name='partners_are_credited_and_people_are_paid'),
        ),
        migrations.RunSQL(_LEAD_SCOPE, _LEAD_OPEN),
        migrations.RunSQL(*row_scope_sql('rebates_leadassignment')),
        migrations.RunSQL(*row_scope_sql('rebates_referralreward', 'partner_id')),
    ]
