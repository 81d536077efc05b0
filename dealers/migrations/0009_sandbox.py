"""Rows of sandboxes (negative dealer ids) are seen by the sandbox's own session only, also in tables that stand."""

from django.db import migrations

from dealers.models.guards import sandbox_apart_sql

#: Tables made after this migration have the policy from ``row_scope_sql``; those of an installation that stands get it
#: here, whichever app they belong to.
APART = """
DO $do$
DECLARE scoped text;
BEGIN
    FOR scoped IN
        SELECT p.tablename FROM pg_policies p
        JOIN information_schema.columns c
            ON c.table_schema = p.schemaname AND c.table_name = p.tablename AND c.column_name = 'dealer_id'
        WHERE p.policyname = 'row_scope' AND p.schemaname = current_schema()
            AND NOT EXISTS (SELECT FROM pg_policies q WHERE q.schemaname = p.schemaname
                AND q.tablename = p.tablename AND q.policyname = 'sandbox_apart')
    LOOP
        EXECUTE replace($policy$%s$policy$, 'SCOPED', quote_ident(scoped));
    END LOOP;
END $do$;
"""


class Migration(migrations.Migration):
    dependencies = [("dealers", "0008_stored_files")]
    operations = [
        migrations.RunSQL(APART % sandbox_apart_sql("SCOPED")[0].strip(), migrations.RunSQL.noop),
        # Who is a dealer is known to whoever asks by a selector; only twins are hidden.
        migrations.RunSQL(
            """
            ALTER TABLE dealers_dealer ENABLE ROW LEVEL SECURITY;
            ALTER TABLE dealers_dealer FORCE ROW LEVEL SECURITY;
            CREATE POLICY everyone ON dealers_dealer USING (true);
            """,
            """
            DROP POLICY everyone ON dealers_dealer;
            ALTER TABLE dealers_dealer NO FORCE ROW LEVEL SECURITY;
            ALTER TABLE dealers_dealer DISABLE ROW LEVEL SECURITY;
            """,
        ),
        migrations.RunSQL(*sandbox_apart_sql("dealers_dealer", "id")),
    ]
