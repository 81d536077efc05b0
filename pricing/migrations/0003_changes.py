"""A note of every change to what verdicts depend on, so that a process knows when its compiled index is old.

Triggers leave one row per transaction and kind with a number that never comes back. The rows become visible
with the change itself, and writers never wait for one another.
"""

from django.db import migrations

WATCHED = {
    "bands": ("pricing_priceband", "pricing_legalbasis"),
    "promos": (
        "pricing_promorequest",
        "pricing_promoitem",
        "pricing_promorequest_dealers",
        "pricing_promorequest_regions",
    ),
    "rights": ("dealers_territory", "dealers_b2baddendum"),
    "places": ("dealers_region",),
    "products": ("dealers_product",),
    "dealers": ("dealers_dealer",),
}

CREATE = """
    CREATE SEQUENCE pricing_change_number;
    CREATE TABLE pricing_change (
        kind text NOT NULL,
        transaction xid8 NOT NULL,
        number bigint NOT NULL,
        PRIMARY KEY (kind, transaction)
    );
    CREATE FUNCTION pricing_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO pricing_change VALUES (TG_ARGV[0], pg_current_xact_id(), nextval('pricing_change_number'))
        ON CONFLICT (kind, transaction) DO UPDATE SET number = excluded.number;
        RETURN NULL;
    END $$;
"""
DROP = """
    DROP FUNCTION pricing_note_change();
    DROP TABLE pricing_change;
    DROP SEQUENCE pricing_change_number;
"""


def watch(kind: str, table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER verdicts_depend_on_it AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION pricing_note_change('{kind}')
        """,
        f"DROP TRIGGER verdicts_depend_on_it ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("pricing", "0002_guards"), ("dealers", "0003_guards")]
    operations = [
        migrations.RunSQL(CREATE, DROP),
        *(watch(kind, table) for kind, tables in WATCHED.items() for table in tables),
    ]
