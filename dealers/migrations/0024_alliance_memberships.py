import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from dealers.models.guards import row_scope_sql


#: Whoever belongs to an alliance today has done so since the half-month it was activated in.
FROM_TODAY = """
    SELECT set_config('halfmoon.dealer', '*', true);
    INSERT INTO dealers_alliancemembership (dealer_id, alliance_id, from_period, recorded_at)
    SELECT id, alliance_id, extract(year FROM activated_on) * 24 + (extract(month FROM activated_on) - 1) * 2
        + CASE WHEN extract(day FROM activated_on) < 16 THEN 0 ELSE 1 END, now()
    FROM dealers_dealer WHERE alliance_id IS NOT NULL AND id > 0;
    SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('dealers', '0023_shipments_by_product'),
    ]

    operations = [
        migrations.CreateModel(
            name='AllianceMembership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_period', models.IntegerField(verbose_name='from half-month')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded at')),
            ],
            options={
                'verbose_name': 'alliance membership',
                'verbose_name_plural': 'alliance memberships',
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dealer',
            trigger=pgtrigger.compiler.Trigger(name='memberships_are_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NEW.id < 0 OR (TG_OP = 'UPDATE' AND NEW.alliance_id IS NOT DISTINCT FROM OLD.alliance_id)\n        OR (TG_OP = 'INSERT' AND NEW.alliance_id IS NULL) THEN\n        RETURN NULL;\n    END IF;\n    INSERT INTO dealers_alliancemembership (dealer_id, alliance_id, from_period, recorded_at)\n    SELECT NEW.id, NEW.alliance_id, extract(year FROM day) * 24 + (extract(month FROM day) - 1) * 2\n        + CASE WHEN extract(day FROM day) < 16 THEN 0 ELSE 1 END + CASE WHEN TG_OP = 'UPDATE' THEN 1 ELSE 0 END, now()\n    FROM (SELECT CASE WHEN TG_OP = 'UPDATE' THEN (now() AT TIME ZONE 'Asia/Shanghai')::date\n        ELSE NEW.activated_on END AS day) moment;\n    RETURN NULL;\n", hash='1e3e05451e15e39c86e18881481b95e54ef663cc', operation='INSERT OR UPDATE OF "alliance_id"', pgid='pgtrigger_memberships_are_kept_17552', table='dealers_dealer', when='AFTER')),
        ),
        migrations.AddField(
            model_name='alliancemembership',
            name='alliance',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='dealers.alliance'),
        ),
        migrations.AddField(
            model_name='alliancemembership',
            name='dealer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='dealers.dealer'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='alliancemembership',
            trigger=pgtrigger.compiler.Trigger(name='memberships_are_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='98b1db49f271e200f608560bf1dc6c4de6d561e7', operation='UPDATE OR DELETE', pgid='pgtrigger_memberships_are_append_only_672a7', table='dealers_alliancemembership', when='BEFORE')),
        ),
        migrations.RunSQL(FROM_TODAY, migrations.RunSQL.noop),
        migrations.RunSQL(*row_scope_sql('dealers_alliancemembership')),
    ]
