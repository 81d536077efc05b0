"""Operations that are applied together leave the state and the database that they leave one by one."""

from __future__ import annotations

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from dealers.foundation.migration_operations import CreatedTogether

pytestmark = pytest.mark.django_db


def operations() -> list[migrations.CreateModel]:
    key = ("id", models.BigAutoField(primary_key=True))
    refers = ("whole", models.ForeignKey("trial.Whole", on_delete=models.CASCADE))
    return [migrations.CreateModel("Whole", [key]), migrations.CreateModel("Part", [key, refers])]


def test_tables_come_and_go_together_and_refer_to_one_another() -> None:
    before, after = ProjectState(), ProjectState()
    together = CreatedTogether(operations())
    together.state_forwards("trial", after)
    assert set(after.models) == {("trial", "whole"), ("trial", "part")}
    with connection.schema_editor() as editor:
        together.database_forwards("trial", editor, before, after)
    part = after.apps.get_model("trial", "Part")
    whole = after.apps.get_model("trial", "Whole")
    part.objects.create(whole=whole.objects.create())
    assert part.objects.select_related("whole").get().whole.pk
    part.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with connection.schema_editor() as editor:
        together.database_backwards("trial", editor, after, before)
    assert not {"trial_whole", "trial_part"} & set(connection.introspection.table_names())


def test_it_describes_each_of_its_operations() -> None:
    assert CreatedTogether(operations()).describe() == "Create model Whole; Create model Part"
