"""`gather_violations`: at once what is gathered by itself, or a whole half-month anew."""

from __future__ import annotations

from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from dealers.models import AuditRecord
from pricing.models import GatheringDue, Violation
from tests import factories
from tests.breaches import AFTER, PERIOD, breach, market

pytestmark = pytest.mark.django_db


def said(*arguments: str) -> str:
    output = StringIO()
    call_command("gather_violations", *arguments, stdout=output)
    return output.getvalue()


def test_it_gathers_what_is_due_or_a_half_month_anew() -> None:
    with time_machine.travel(AFTER):
        market()
        violation = breach(factories.Dealer(), "800")
        GatheringDue.objects.create(dealer=violation.dealer, period=PERIOD.ordinal)
        said()
        assert not GatheringDue.objects.exists()
        said(str(PERIOD))
    assert Violation.objects.get().version == 1
    assert AuditRecord.objects.filter(action="violation.gather", subject_id=str(PERIOD)).count() == 1


def test_a_half_month_there_is_not_is_refused() -> None:
    with pytest.raises(CommandError):
        said("2026-13-H1")
