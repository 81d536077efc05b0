import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from dealers.models.guards import row_scope_sql


class Migration(migrations.Migration):

    dependencies = [
        ('dealers', '0017_trade_messages'),
        ('settlement', '0004_cases'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Backtest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='policy')),
                ('digest', models.CharField(max_length=64, verbose_name='digest')),
                ('document', models.JSONField(verbose_name='terms')),
                ('first', models.IntegerField(verbose_name='from half-month')),
                ('last', models.IntegerField(verbose_name='to half-month')),
                ('requested_at', models.DateTimeField(verbose_name='requested at')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='finished at')),
                ('totals', models.JSONField(default=dict, verbose_name='totals')),
                ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'backtest',
                'verbose_name_plural': 'backtests',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='BacktestRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', models.IntegerField(verbose_name='half-month')),
                ('kind', models.CharField(choices=[('rebate', 'Rebate'), ('forfeiture', 'Forfeiture'), ('remote_subsidy', 'Remote-area subsidy'), ('market_support', 'Market support'), ('price_protection', 'Price protection'), ('referral', 'Referral reward'), ('penalty', 'Penalty'), ('clawback', 'Clawback'), ('adjustment', 'Adjustment')], max_length=20, verbose_name='kind')),
                ('settled', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='settled')),
                ('would_be', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='would be')),
                ('backtest', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='settlement.backtest')),
                ('dealer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dealers.dealer')),
            ],
            options={
                'verbose_name': 'row of a backtest',
                'verbose_name_plural': 'rows of a backtest',
            },
        ),
        migrations.CreateModel(
            name='TierMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('review', models.DateField(verbose_name='review on')),
                ('tier', models.CharField(choices=[('T1', 'T1'), ('T2', 'T2'), ('T3', 'T3')], max_length=2, verbose_name='tier')),
                ('would_be', models.CharField(choices=[('T1', 'T1'), ('T2', 'T2'), ('T3', 'T3')], max_length=2, verbose_name='would be')),
                ('points', models.DecimalField(decimal_places=2, max_digits=6, verbose_name='points')),
                ('backtest', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='settlement.backtest')),
                ('dealer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dealers.dealer')),
            ],
            options={
                'verbose_name': 'tier move of a backtest',
                'verbose_name_plural': 'tier moves of a backtest',
            },
        ),
        migrations.AddConstraint(
            model_name='backtest',
            constraint=models.CheckConstraint(condition=models.Q(('last__gte', models.F('first'))), name='a_backtest_runs_forward'),
        ),
        migrations.AddConstraint(
            model_name='backtestrow',
            constraint=models.UniqueConstraint(fields=('backtest', 'dealer', 'period', 'kind'), name='a_backtest_answers_once'),
        ),
        migrations.AddConstraint(
            model_name='tiermove',
            constraint=models.UniqueConstraint(fields=('backtest', 'dealer', 'review'), name='a_review_moves_a_dealer_once'),
        ),
        migrations.RunSQL(*row_scope_sql('settlement_backtestrow')),
        migrations.RunSQL(*row_scope_sql('settlement_tiermove')),
    ]
