import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from dealers.models.guards import row_scope_sql


class Migration(migrations.Migration):

    dependencies = [
        ('dealers', '0017_trade_messages'),
        ('rebates', '0004_credits'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Forfeiture',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.IntegerField(verbose_name='calendar year')),
                ('act', models.CharField(choices=[('imposed', 'Imposed'), ('lifted', 'Lifted')], max_length=8, verbose_name='act')),
                ('reference', models.CharField(max_length=120, verbose_name='follows from')),
                ('reason', models.CharField(max_length=500, verbose_name='reason')),
                ('known_from', models.DateTimeField(verbose_name='known from')),
                ('dealer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dealers.dealer')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'forfeiture',
                'verbose_name_plural': 'forfeitures',
                'constraints': [models.UniqueConstraint(fields=('dealer', 'year', 'reference', 'act'), name='a_decision_forfeits_and_lifts_once')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='forfeiture',
            trigger=pgtrigger.compiler.Trigger(name='forfeitures_are_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ff6fd37b01acead4ed854eed3a106490fa94fe32', operation='UPDATE OR DELETE', pgid='pgtrigger_forfeitures_are_append_only_fc339', table='rebates_forfeiture', when='BEFORE')),
        ),
        migrations.RunSQL(*row_scope_sql('rebates_forfeiture')),
    ]
