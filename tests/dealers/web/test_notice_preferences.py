"""Choosing what comes by e-mail."""

from __future__ import annotations

import re

import pytest

from dealers.choices import EmailWay, NoticeKind, Role
from dealers.models import NoticePreference
from tests import factories
from tests.visitors import signed_in

pytestmark = pytest.mark.django_db


def test_a_person_keeps_a_choice_for_each_kind_and_finds_it_again() -> None:
    person = factories.User(role=Role.DEALER_OWNER, language="en")
    client = signed_in(person)
    client.post("/notices/preferences/", {"promo": "daily", "support": "never"})
    client.post("/notices/preferences/", {"promo": "never", "support": "daily"})
    kept = dict(NoticePreference.objects.filter(person=person).values_list("kind", "email"))
    assert kept == {NoticeKind.PROMO: EmailWay.NEVER, NoticeKind.SUPPORT: EmailWay.DAILY}
    page = client.get("/notices/preferences/").content.decode()
    chosen = re.search(r'<select name="promo".*?</select>', page, re.DOTALL)
    assert chosen is not None and '<option value="never" selected>Not at all' in chosen[0]


def test_what_a_deadline_hangs_on_offers_no_silence_and_takes_none() -> None:
    person = factories.User(role=Role.DEALER_OWNER, language="en")
    client = signed_in(person)
    offered = re.search(r'<select name="statement".*?</select>', client.get("/notices/preferences/").content.decode())
    assert offered is not None and 'value="daily"' in offered[0] and 'value="never"' not in offered[0]
    client.post("/notices/preferences/", {"statement": "never", "promo": "sometimes", "gossip": "daily"})
    assert not NoticePreference.objects.exists()
