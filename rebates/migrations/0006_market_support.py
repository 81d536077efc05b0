import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from dealers.models.guards import row_scope_sql


class Migration(migrations.Migration):

    dependencies = [
        ('dealers', '0020_support_and_referrals'),
        ('pricing', '0013_observation_words'),
        ('rebates', '0005_forfeitures'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SupportActivity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=64, unique=True, verbose_name='number')),
                ('kind', models.CharField(choices=[('advertising', 'Advertising'), ('display', 'Shop display'), ('event', 'Promotional event'), ('training', 'Training'), ('fair', 'Trade fair'), ('other', 'Something else')], max_length=16, verbose_name='kind')),
                ('purpose', models.CharField(max_length=200, verbose_name='purpose')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('starts_on', models.DateField(verbose_name='first day')),
                ('ends_on', models.DateField(verbose_name='first day after it')),
                ('quarter', models.CharField(max_length=7, verbose_name='quarter')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('planned', 'Asked for'), ('reserved', 'Reserved'), ('committed', 'Committed'), ('proven', 'Proof handed in'), ('accepted', 'Proof accepted'), ('reversed', 'Paid and taken back'), ('rejected', 'Rejected'), ('refused', 'Proof refused'), ('withdrawn', 'Withdrawn'), ('lapsed', 'Lapsed')], default='draft', max_length=16, verbose_name='state')),
                ('budget', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='budget')),
                ('reserved', models.DecimalField(decimal_places=2, max_digits=18, null=True, verbose_name='reserved')),
                ('committed', models.DecimalField(decimal_places=2, max_digits=18, null=True, verbose_name='committed')),
                ('claimed', models.DecimalField(decimal_places=2, max_digits=18, null=True, verbose_name='claimed')),
                ('accepted', models.DecimalField(decimal_places=2, max_digits=18, null=True, verbose_name='accepted')),
                ('asked_at', models.DateTimeField(null=True, verbose_name='asked at')),
                ('reserved_until', models.DateTimeField(null=True, verbose_name='reserved until')),
                ('proof_due_at', models.DateTimeField(null=True, verbose_name='proof due at')),
                ('supplier', models.CharField(blank=True, max_length=200, verbose_name='supplier')),
                ('repeat_reason', models.TextField(blank=True, verbose_name='why a file is used again')),
                ('reason', models.TextField(blank=True, verbose_name='reason of the last decision')),
                ('reminded_at', models.DateTimeField(null=True, verbose_name='reminded at')),
                ('key', models.CharField(blank=True, max_length=64, verbose_name='sent as')),
                ('created_at', models.DateTimeField(verbose_name='made at')),
                ('created_by', models.CharField(max_length=200, verbose_name='made by')),
                ('credit', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rebates.credit')),
                ('dealer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('promo', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pricing.promorequest')),
                ('regions', models.ManyToManyField(related_name='+', to='dealers.region', verbose_name='regions')),
                ('reserved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'supported activity',
                'verbose_name_plural': 'supported activities',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='SupportFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('paper', models.CharField(choices=[('plan', 'Plan or offer'), ('contract', 'Contract or quote'), ('proof', 'Proof of execution')], max_length=16, verbose_name='kind')),
                ('added_at', models.DateTimeField(verbose_name='added at')),
                ('added_by', models.CharField(max_length=200, verbose_name='added by')),
                ('removed_at', models.DateTimeField(null=True, verbose_name='removed at')),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='rebates.supportactivity')),
                ('dealer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.storedfile')),
            ],
            options={
                'verbose_name': 'file of a supported activity',
                'verbose_name_plural': 'files of supported activities',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='SupportQuota',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quarter', models.CharField(max_length=7, verbose_name='quarter')),
                ('tier', models.CharField(choices=[('T1', 'T1'), ('T2', 'T2'), ('T3', 'T3')], max_length=2, verbose_name='tier')),
                ('decided_on', models.DateField(verbose_name='decided by the terms of')),
                ('granted', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='quota')),
                ('planned', models.DecimalField(decimal_places=2, default=0, max_digits=18, verbose_name='planned')),
                ('reserved', models.DecimalField(decimal_places=2, default=0, max_digits=18, verbose_name='reserved')),
                ('committed', models.DecimalField(decimal_places=2, default=0, max_digits=18, verbose_name='committed')),
                ('spent', models.DecimalField(decimal_places=2, default=0, max_digits=18, verbose_name='spent')),
                ('dealer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.policyversion')),
            ],
            options={
                'verbose_name': 'market support quota',
                'verbose_name_plural': 'market support quotas',
            },
        ),
        migrations.AddField(
            model_name='supportactivity',
            name='quota',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='activities', to='rebates.supportquota'),
        ),
        migrations.CreateModel(
            name='SupportStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
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
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='rebates.supportactivity')),
                ('dealer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
                ('quota', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='rebates.supportquota')),
            ],
            options={
                'verbose_name': 'step of a supported activity',
                'verbose_name_plural': 'steps of supported activities',
                'ordering': ['id'],
            },
        ),
        migrations.AddConstraint(
            model_name='supportquota',
            constraint=models.UniqueConstraint(fields=('dealer', 'quarter'), name='one_support_quota_a_quarter'),
        ),
        migrations.AddConstraint(
            model_name='supportquota',
            constraint=models.CheckConstraint(condition=models.Q(('committed__gte', 0), ('planned__gte', 0), ('reserved__gte', 0), ('spent__gte', 0)), name='support_pots_are_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='supportquota',
            constraint=models.CheckConstraint(condition=models.Q(('granted__gte', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('planned'), '+', models.F('reserved')), '+', models.F('committed')), '+', models.F('spent')))), name='support_never_exceeds_its_quota'),
        ),
        migrations.AddIndex(
            model_name='supportactivity',
            index=models.Index(fields=['dealer', 'quarter'], name='support_by_dealer'),
        ),
        migrations.AddIndex(
            model_name='supportactivity',
            index=models.Index(fields=['state', 'reserved_until'], name='support_by_state'),
        ),
        migrations.AddConstraint(
            model_name='supportactivity',
            constraint=models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('dealer', 'key'), name='a_plan_is_sent_once'),
        ),
        migrations.AddConstraint(
            model_name='supportactivity',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gt', models.F('starts_on'))), name='a_supported_activity_ends'),
        ),
        migrations.AddConstraint(
            model_name='supportactivity',
            constraint=models.CheckConstraint(condition=models.Q(('budget__gt', 0), models.Q(('reserved__isnull', True), ('reserved__lte', models.F('budget')), _connector='OR'), models.Q(('committed__isnull', True), ('committed__lte', models.F('reserved')), _connector='OR'), models.Q(('claimed__isnull', True), ('claimed__lte', models.F('committed')), _connector='OR'), models.Q(('accepted__isnull', True), ('accepted__lte', models.F('claimed')), _connector='OR')), name='support_amounts_only_shrink'),
        ),
        migrations.AddConstraint(
            model_name='supportactivity',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['accepted', 'reversed']), _negated=True), models.Q(('accepted__gt', 0), ('credit__isnull', False)), _connector='OR'), name='accepted_support_is_credited'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='supportstep',
            trigger=pgtrigger.compiler.Trigger(name='support_steps_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='70a46c70ee22c816d5f30b90bb58361be9009344', operation='UPDATE OR DELETE', pgid='pgtrigger_support_steps_stay_88fc0', table='rebates_supportstep', when='BEFORE')),
        ),
        migrations.RunSQL(*row_scope_sql('rebates_supportquota')),
        migrations.RunSQL(*row_scope_sql('rebates_supportactivity')),
        migrations.RunSQL(*row_scope_sql('rebates_supportstep')),
        migrations.RunSQL(*row_scope_sql('rebates_supportfile')),
    ]
