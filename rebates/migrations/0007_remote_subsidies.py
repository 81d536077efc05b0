import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from dealers.models.guards import row_scope_sql


class Migration(migrations.Migration):

    dependencies = [
        ('dealers', '0022_earning_notices'),
        ('rebates', '0006_market_support'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RemoteSubsidyApplication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(verbose_name='from the quarter that begins on')),
                ('reason', models.CharField(max_length=500, verbose_name='reason')),
                ('evidence', models.JSONField(verbose_name='remote regions of the territory')),
                ('requested_by_key', models.CharField(blank=True, max_length=80, verbose_name='requested by key')),
                ('requested_at', models.DateTimeField(verbose_name='requested at')),
                ('state', models.CharField(choices=[('open', 'Waiting for a decision'), ('agreed', 'Agreed'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn')], default='open', max_length=16, verbose_name='state')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
                ('decision_note', models.CharField(blank=True, max_length=500, verbose_name='remark')),
                ('dealer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='remote_subsidy_applications', to='dealers.dealer')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'application for the remote-area subsidy',
                'verbose_name_plural': 'applications for the remote-area subsidy',
            },
        ),
        migrations.CreateModel(
            name='RemoteSubsidyRight',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(choices=[('granted', 'Right granted'), ('ended', 'Ended')], max_length=8, verbose_name='act')),
                ('starts_on', models.DateField(verbose_name='from the quarter that begins on')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('known_from', models.DateTimeField(verbose_name='known from')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rights', to='rebates.remotesubsidyapplication')),
                ('dealer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dealers.dealer')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'right to the remote-area subsidy',
                'verbose_name_plural': 'rights to the remote-area subsidy',
            },
        ),
        migrations.AddConstraint(
            model_name='remotesubsidyapplication',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('dealer',), name='one_open_application_for_the_remote_subsidy'),
        ),
        migrations.AddConstraint(
            model_name='remotesubsidyapplication',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='a_decided_application_says_when'),
        ),
        migrations.AddIndex(
            model_name='remotesubsidyright',
            index=models.Index(fields=['dealer', 'starts_on'], name='remote_right_by_dealer'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='remotesubsidyright',
            trigger=pgtrigger.compiler.Trigger(name='remote_rights_are_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a31cbfb4756ebc10727e849c1cefcef24ae16145', operation='UPDATE OR DELETE', pgid='pgtrigger_remote_rights_are_append_only_55d1a', table='rebates_remotesubsidyright', when='BEFORE')),
        ),
        migrations.RunSQL(*row_scope_sql('rebates_remotesubsidyapplication')),
        migrations.RunSQL(*row_scope_sql('rebates_remotesubsidyright')),
    ]
