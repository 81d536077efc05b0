import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from dealers.models.guards import row_scope_sql


class Migration(migrations.Migration):

    dependencies = [
        ('dealers', '0017_trade_messages'),
        ('rebates', '0003_bulk_references'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Credit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('market_support', 'Market support'), ('referral', 'Referral reward'), ('penalty', 'Penalty'), ('adjustment', 'Adjustment')], max_length=20, verbose_name='kind')),
                ('program', models.CharField(blank=True, max_length=64, verbose_name='program')),
                ('reference', models.CharField(max_length=120, unique=True, verbose_name='reference')),
                ('for_period', models.IntegerField(verbose_name='for half-month')),
                ('base', models.DecimalField(decimal_places=6, default=0, max_digits=26, verbose_name='base')),
                ('rate', models.DecimalField(decimal_places=6, default=0, max_digits=12, verbose_name='rate')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='amount')),
                ('proof', models.JSONField(verbose_name='proof')),
                ('known_from', models.DateTimeField(verbose_name='known from')),
            ],
            options={
                'verbose_name': 'credit',
                'verbose_name_plural': 'credits',
            },
        ),
        migrations.RemoveConstraint(
            model_name='accrual',
            name='a_window_is_settled_once_a_period',
        ),
        migrations.AddField(
            model_name='accrual',
            name='kind',
            field=models.CharField(choices=[('rebate', 'Rebate'), ('forfeiture', 'Forfeiture'), ('remote_subsidy', 'Remote-area subsidy'), ('price_protection', 'Price protection'), ('clawback', 'Clawback')], default='rebate', max_length=20, verbose_name='kind'),
        ),
        migrations.AddConstraint(
            model_name='accrual',
            constraint=models.UniqueConstraint(fields=('dealer', 'kind', 'program', 'window', 'period'), name='a_window_is_settled_once_a_period'),
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
            },
        ),
        migrations.AddField(
            model_name='credit',
            name='dealer',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dealers.dealer'),
        ),
        migrations.AddField(
            model_name='credit',
            name='recorded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='credit',
            name='reverses',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversed_by', to='rebates.credit', verbose_name='reverses'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='creditsettlement',
            trigger=pgtrigger.compiler.Trigger(name='credits_settle_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8345a8d116d44f9639bfe40aa9d71da07df1db7c', operation='UPDATE OR DELETE', pgid='pgtrigger_credits_settle_once_0341f', table='rebates_creditsettlement', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='credit',
            index=models.Index(fields=['dealer', 'known_from'], name='credit_by_dealer'),
        ),
        migrations.AddConstraint(
            model_name='credit',
            constraint=models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='a_credit_moves_something'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='credit',
            trigger=pgtrigger.compiler.Trigger(name='credits_are_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='6b7f034be378a3f54be3b47018ad45a4a9404b10', operation='UPDATE OR DELETE', pgid='pgtrigger_credits_are_append_only_01ca1', table='rebates_credit', when='BEFORE')),
        ),
        migrations.RunSQL(*row_scope_sql('rebates_credit')),
    ]
