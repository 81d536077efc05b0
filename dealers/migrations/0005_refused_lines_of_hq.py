"""A dealer sees the receipt of its refused lines also when HQ delivered them; it can change nothing of it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dealers", "0004_inventory_history")]
    operations = [
        migrations.RunSQL(
            """
            CREATE POLICY own_refused_lines ON dealers_feeddelivery FOR SELECT USING (
                dealer_id IS NULL AND EXISTS (
                    SELECT 1 FROM dealers_quarantinedline line WHERE line.delivery_id = dealers_feeddelivery.id
                    AND line.dealer_id
                        = (SELECT NULLIF(NULLIF(current_setting('halfmoon.dealer', true), '*'), '')::bigint)));
            """,
            "DROP POLICY own_refused_lines ON dealers_feeddelivery",
        ),
    ]
