"""What the half-months closed so far added to and took from what dealers are owed, set off as closing them would have.

Apart from the tables it fills: rows just written keep checks waiting that forbid to change their tables.
"""

from django.db import migrations

_PAYABLES = """
    INSERT INTO settlement_payable (statement_id, dealer_id, ordinal, since, amount, paid, set_off)
    SELECT s.id, s.dealer_id, r.ordinal, coalesce(s.delivered_at, r.approved_at), s.total, 0, 0
    FROM settlement_statement s
    JOIN settlement_settlementrun r ON r.id = s.run_id AND r.draft = s.draft AND r.state = 'closed'
    WHERE s.total <> 0 ORDER BY r.ordinal, s.dealer_id
"""


def set_off(apps, schema_editor):
    payables = apps.get_model("settlement", "Payable").objects
    set_offs = apps.get_model("settlement", "SetOff").objects
    debtors = payables.filter(amount__lt=0).order_by().values_list("dealer_id", flat=True).distinct()
    for dealer_id in list(debtors):
        made, credits, debts = [], [], []
        for row in payables.filter(dealer_id=dealer_id).order_by("ordinal"):
            (credits if row.amount > 0 else debts).append([row, abs(row.amount)])
            while credits and debts:
                amount = min(credits[0][1], debts[0][1])
                made.append((credits[0][0].pk, debts[0][0].pk, amount, row.since))
                for side in (credits, debts):
                    side[0][1] -= amount
                    if not side[0][1]:
                        side.pop(0)
        set_offs.bulk_create(
            set_offs.model(dealer_id=dealer_id, credit_id=credit, debt_id=debt, amount=amount, at=at)
            for credit, debt, amount, at in made
        )


class Migration(migrations.Migration):
    dependencies = [("settlement", "0010_payments")]
    operations = [
        migrations.RunSQL(_PAYABLES, migrations.RunSQL.noop),
        migrations.RunPython(set_off, migrations.RunPython.noop),
    ]
