"""Two people ask in the same second for the last of the quota, each on a connection of their own."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from rebates.errors import QuotaExceeded
from rebates.models import SupportQuota
from rebates.services.support.plans import ask_for_support, plan_activity
from tests.rebates.support_stage import MONDAY, plan, stage


@pytest.mark.django_db(transaction=True)
def test_the_slower_of_two_is_told_what_is_free_and_takes_nothing() -> None:
    cast = stage()
    numbers = [plan_activity(plan=plan("30000"), actor=cast.owner, at=MONDAY).number for _ in range(2)]
    together = threading.Barrier(2)
    outcomes: list[str] = []

    def ask(number: str) -> None:
        together.wait()
        try:
            ask_for_support(number=number, actor=cast.owner, at=MONDAY)
            outcomes.append("granted")
        except QuotaExceeded as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["granted", "support_quota_exceeded"]
    assert SupportQuota.objects.get().planned == 30000
