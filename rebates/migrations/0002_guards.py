"""Row-level security on every table of a dealer's own facts."""

from django.db import migrations

from dealers.models.guards import row_scope_sql

SCOPED_TABLES = ("rebates_accrual", )


class Migration(migrations.Migration):
    dependencies = [("rebates", "0001_initial")]
    operations = [migrations.RunSQL(*row_scope_sql(table)) for table in SCOPED_TABLES]
