import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.db import migrations, models

from dealers.models.guards import row_scope_sql


class Migration(migrations.Migration):

    dependencies = [
        ('dealers', '0007_lean_feed_days'),
    ]

    operations = [
        migrations.CreateModel(
            name='StoredFile',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200, verbose_name='file name')),
                ('media_type', models.CharField(max_length=100, verbose_name='kind')),
                ('size', models.PositiveIntegerField(verbose_name='size in bytes')),
                ('sha256', models.CharField(max_length=64, verbose_name='digest')),
                ('content', models.BinaryField(verbose_name='content')),
                ('kept_at', models.DateTimeField(verbose_name='kept at')),
                ('kept_by', models.CharField(max_length=200, verbose_name='kept by')),
                ('dealer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
            ],
            options={
                'verbose_name': 'file',
                'verbose_name_plural': 'files',
                'base_manager_name': 'objects',
                'constraints': [models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='a_file_is_not_empty')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='storedfile',
            trigger=pgtrigger.compiler.Trigger(name='a_kept_file_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8a078b6e660d84f6fb724cc92545ed907b32b9bd', operation='UPDATE OR DELETE', pgid='pgtrigger_a_kept_file_is_never_changed_ebffa', table='dealers_storedfile', when='BEFORE')),
        ),
        migrations.RunSQL(*row_scope_sql('dealers_storedfile')),
    ]
