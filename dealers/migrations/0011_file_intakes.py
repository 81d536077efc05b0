"""Large files are taken part by part: how far each is, walled off by dealer like the receipts."""

import django.db.models.deletion
from django.db import migrations, models

from dealers.models.guards import row_scope_sql


class Migration(migrations.Migration):

    dependencies = [
        ('dealers', '0010_stock_adjustments'),
    ]

    operations = [
        migrations.CreateModel(
            name='FileIntake',
            fields=[
                ('delivery', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='intake', serialize=False, to='dealers.feeddelivery')),
                ('feed', models.CharField(max_length=32, verbose_name='feed')),
                ('digest', models.CharField(max_length=64, verbose_name='digest of the file')),
                ('last_line', models.BigIntegerField(default=0, verbose_name='taken up to line')),
                ('percent', models.PositiveSmallIntegerField(default=0, verbose_name='progress in percent')),
                ('seen_at', models.DateTimeField(verbose_name='last part taken at')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='finished at')),
                ('stopped', models.JSONField(default=dict, verbose_name='stopped because')),
                ('dealer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
            ],
            options={
                'verbose_name': 'intake of a file',
                'verbose_name_plural': 'intakes of files',
            },
        ),
        migrations.CreateModel(
            name='FilePart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='part')),
                ('last_line', models.BigIntegerField(verbose_name='up to line')),
                ('lines', models.BigIntegerField(verbose_name='lines')),
                ('known_from', models.DateTimeField(verbose_name='known from')),
                ('covered', models.BinaryField(default=b'')),
                ('dealer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
                ('intake', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='dealers.fileintake')),
            ],
            options={
                'verbose_name': 'part of a file',
                'verbose_name_plural': 'parts of files',
            },
        ),
        migrations.AddConstraint(
            model_name='fileintake',
            constraint=models.UniqueConstraint(condition=models.Q(('finished_at__isnull', True)), fields=('dealer', 'feed', 'digest'), name='one_unfinished_intake_of_a_file', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='filepart',
            constraint=models.UniqueConstraint(fields=('intake', 'number'), name='a_part_is_taken_once'),
        ),
        *(migrations.RunSQL(*row_scope_sql(table)) for table in ("dealers_fileintake", "dealers_filepart")),
    ]
