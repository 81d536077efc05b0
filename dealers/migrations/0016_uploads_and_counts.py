"""Uploaded files that wait to be tried or taken, and counts being typed, walled off by dealer."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from dealers.models.guards import row_scope_sql


class Migration(migrations.Migration):

    dependencies = [
        ('dealers', '0015_market_observations'),
    ]

    operations = [
        migrations.CreateModel(
            name='Upload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='number')),
                ('feed', models.CharField(max_length=32, verbose_name='feed')),
                ('filename', models.CharField(max_length=255, verbose_name='file')),
                ('size', models.BigIntegerField(verbose_name='size in bytes')),
                ('uploaded_at', models.DateTimeField(verbose_name='uploaded at')),
                ('rehearsal', models.BooleanField(default=False, verbose_name='only tried')),
                ('outcome', models.JSONField(default=dict, verbose_name='outcome')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='finished at')),
                ('dealer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uploads', to='dealers.dealer')),
                ('delivery', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.feeddelivery')),
                ('job', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.jobrun')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'uploaded file',
                'verbose_name_plural': 'uploaded files',
            },
        ),
        migrations.CreateModel(
            name='UploadPiece',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='piece')),
                ('content', models.BinaryField(verbose_name='content')),
                ('dealer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
                ('upload', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pieces', to='dealers.upload')),
            ],
            options={
                'verbose_name': 'piece of an uploaded file',
                'verbose_name_plural': 'pieces of uploaded files',
            },
        ),
        migrations.CreateModel(
            name='StockCountDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('counts', models.JSONField(default=dict, verbose_name='counts')),
                ('warehouse', models.CharField(blank=True, max_length=64, verbose_name='warehouse')),
                ('saved_at', models.DateTimeField(verbose_name='saved at')),
                ('dealer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dealers.dealer')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stock_counts', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'stock count being typed',
                'verbose_name_plural': 'stock counts being typed',
                'constraints': [models.UniqueConstraint(fields=('person', 'dealer'), name='one_count_being_typed')],
            },
        ),
        migrations.AddIndex(
            model_name='upload',
            index=models.Index(fields=['uploaded_at'], name='upload_by_age'),
        ),
        migrations.AddConstraint(
            model_name='uploadpiece',
            constraint=models.UniqueConstraint(fields=('upload', 'number'), name='a_piece_is_kept_once'),
        ),
        *(
            migrations.RunSQL(*row_scope_sql(table))
            for table in ("dealers_upload", "dealers_uploadpiece", "dealers_stockcountdraft")
        ),
    ]
