import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from dealers.models.guards import row_scope_sql

class Migration(migrations.Migration):

    dependencies = [
        ('dealers', '0017_trade_messages'),
        ('settlement', '0007_disputes'),
    ]

    operations = [
        migrations.CreateModel(
            name='IssuedDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(db_index=True, max_length=64, verbose_name='document number')),
                ('written', models.CharField(choices=[('pdf', 'PDF'), ('xlsx', 'XLSX'), ('csv', 'CSV'), ('csv-excel', 'CSV for Excel'), ('json', 'JSON')], max_length=12, verbose_name='format')),
                ('language', models.CharField(blank=True, max_length=8, verbose_name='language')),
                ('sha256', models.CharField(db_index=True, max_length=64, verbose_name='digest')),
                ('statement_digest', models.CharField(max_length=64, verbose_name='digest of the statement')),
                ('said', models.JSONField(verbose_name='said beside the statement')),
                ('made_by', models.CharField(max_length=80, verbose_name='made by')),
                ('issued_at', models.DateTimeField(verbose_name='issued at')),
                ('issued_by', models.CharField(max_length=200, verbose_name='issued by')),
                ('dealer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='dealers.dealer')),
                ('file', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.storedfile')),
                ('statement', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='settlement.statement')),
            ],
            options={
                'verbose_name': 'issued document',
                'verbose_name_plural': 'issued documents',
                'constraints': [models.UniqueConstraint(fields=('statement', 'written', 'language'), name='a_document_is_issued_once'), models.CheckConstraint(condition=models.Q(('sha256', ''), _negated=True), name='a_document_has_a_digest')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='issueddocument',
            trigger=pgtrigger.compiler.Trigger(name='issued_documents_never_change', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c59451b512380e99f5c146f8899e4b5bcb4fc7ec', operation='UPDATE OR DELETE', pgid='pgtrigger_issued_documents_never_change_5d71e', table='settlement_issueddocument', when='BEFORE')),
        ),
        migrations.RunSQL(*row_scope_sql('settlement_issueddocument')),
    ]
