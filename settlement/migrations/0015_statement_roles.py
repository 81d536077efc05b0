from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0014_accrual_estimates'),
    ]

    operations = [
        migrations.AddField(
            model_name='statement',
            name='role',
            field=models.CharField(blank=True, choices=[('clearing', 'Clearing statement'), ('supplementary', 'Supplement to the clearing')], default='', max_length=16, verbose_name='role'),
        ),
    ]
