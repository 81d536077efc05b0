"""What models cannot say: coverage as a multirange, and row-level security on every table of a dealer's facts."""

from django.db import migrations

from dealers.models.guards import row_scope_sql

SCOPED_TABLES = (
    "dealers_feeddelivery",
    "dealers_quarantinedline",
    "dealers_feedday",
    "dealers_syncclock",
    "dealers_syncexemption",
    "dealers_shipment",
    "dealers_shipmenttally",
    "dealers_inventoryline",
    "dealers_supplyhold",
    "dealers_contract",
)


class Migration(migrations.Migration):
    dependencies = [("dealers", "0002_stock")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE dealers_syncclock ADD COLUMN sales_days datemultirange NOT NULL DEFAULT '{}'",
            "ALTER TABLE dealers_syncclock DROP COLUMN sales_days",
        ),
        *(migrations.RunSQL(*row_scope_sql(table)) for table in SCOPED_TABLES),
    ]
