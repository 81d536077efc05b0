"""Row-level security on every table of a dealer's own facts."""

from django.db import migrations

from dealers.models.guards import row_scope_sql

SCOPED_TABLES = ("pricing_saleline", "pricing_salelinehistory", "pricing_salestally", )


class Migration(migrations.Migration):
    dependencies = [("pricing", "0001_initial")]
    operations = [
        *(migrations.RunSQL(*row_scope_sql(table)) for table in SCOPED_TABLES),
        # HQ's own promotions are everyone's to know, a dealer's request is its own.
        migrations.RunSQL(
            """
            ALTER TABLE pricing_promorequest ENABLE ROW LEVEL SECURITY;
            ALTER TABLE pricing_promorequest FORCE ROW LEVEL SECURITY;
            CREATE POLICY row_scope ON pricing_promorequest USING (
                (SELECT current_setting('halfmoon.dealer', true)) = '*' OR applicant_id IS NULL OR applicant_id
                = (SELECT NULLIF(NULLIF(current_setting('halfmoon.dealer', true), '*'), '')::bigint));
            """,
            """
            DROP POLICY row_scope ON pricing_promorequest;
            ALTER TABLE pricing_promorequest NO FORCE ROW LEVEL SECURITY;
            ALTER TABLE pricing_promorequest DISABLE ROW LEVEL SECURITY;
            """,
        ),
    ]
