"""Requests made with a sandbox key are seen by the sandbox only."""

from django.db import migrations

from dealers.models.guards import sandbox_apart_sql


class Migration(migrations.Migration):
    dependencies = [("pricing", "0005_promos_in_full"), ("dealers", "0009_sandbox")]
    operations = [migrations.RunSQL(*sandbox_apart_sql("pricing_promorequest", "applicant_id"))]
