"""Who was shipped a product lately, without reading every shipment: what the fall of its list price costs."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    #: Built beside running intakes; shipments may be many millions.
    atomic = False

    dependencies = [("dealers", "0022_earning_notices")]

    operations = [
        AddIndexConcurrently(
            model_name="shipment",
            index=models.Index(fields=["product", "shipped_at"], name="shipment_by_product"),
        ),
    ]
