"""What was kept under a sign-in name reads as people are called."""

from __future__ import annotations

import pytest

from dealers.selectors.people import with_people_called
from tests import factories

pytestmark = pytest.mark.django_db


def test_people_are_called_by_their_names_and_keys_stay_as_they_are(django_assert_num_queries: object) -> None:
    factories.User(username="he", first_name="何查")
    entries = [{"title": "x", "actor": name} for name in ("he", "key:ERP (ab12)", "", None, "he")]
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert [each["actor"] for each in with_people_called(entries)] == ["何查", "key:ERP (ab12)", "", None, "何查"]
