import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from dealers.models.guards import row_scope_sql


class Migration(migrations.Migration):

    dependencies = [
        ('dealers', '0024_alliance_memberships'),
    ]

    operations = [
        migrations.AlterField(
            model_name='notice',
            name='kind',
            field=models.CharField(choices=[('sync_late', 'Report late'), ('hold_placed', 'Supply held'), ('hold_lifted', 'Supply released'), ('promo', 'Promotion'), ('statement', 'Statement'), ('policy', 'Policy'), ('quarantine', 'Lines refused'), ('calendar', 'Working-day calendar'), ('exemption', 'Exemption from reporting'), ('earning', 'Subsidies and rewards'), ('webhook', 'Webhook'), ('support', 'Market support'), ('referral', 'Referral lead'), ('payment', 'Payment'), ('exit', 'End of the contract')], max_length=24, verbose_name='kind'),
        ),
        migrations.CreateModel(
            name='DealerExit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('last_day', models.DateField(verbose_name='last day')),
                ('reason', models.CharField(max_length=1000, verbose_name='reason')),
                ('known_from', models.DateTimeField(verbose_name='recorded at')),
                ('dealer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='exit', to='dealers.dealer')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'end of a contract',
                'verbose_name_plural': 'ends of contracts',
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dealerexit',
            trigger=pgtrigger.compiler.Trigger(name='exits_are_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='0b64b4096497dcfb00864c8aada7ab46d5a8ac7a', operation='UPDATE OR DELETE', pgid='pgtrigger_exits_are_append_only_8d152', table='dealers_dealerexit', when='BEFORE')),
        ),
        migrations.RunSQL(*row_scope_sql('dealers_dealerexit')),
    ]
