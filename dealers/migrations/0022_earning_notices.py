from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('dealers', '0021_payment_news'),
    ]

    operations = [
        migrations.AlterField(
            model_name='notice',
            name='kind',
            field=models.CharField(choices=[('sync_late', 'Report late'), ('hold_placed', 'Supply held'), ('hold_lifted', 'Supply released'), ('promo', 'Promotion'), ('statement', 'Statement'), ('policy', 'Policy'), ('quarantine', 'Lines refused'), ('calendar', 'Working-day calendar'), ('exemption', 'Exemption from reporting'), ('earning', 'Subsidies and rewards'), ('webhook', 'Webhook'), ('support', 'Market support'), ('referral', 'Referral lead'), ('payment', 'Payment')], max_length=24, verbose_name='kind'),
        ),
    ]
