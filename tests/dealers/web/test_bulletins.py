"""Bulletins in the browser: written, published, read, acknowledged, and followed up."""

from __future__ import annotations

import pytest

from dealers.choices import Role
from dealers.models import Bulletin, BulletinReading, BulletinReceipt
from tests import factories
from tests.dealers.services.test_bulletins import QUIZ, TEXTS, owner, published, written
from tests.visitors import signed_in, visitor

pytestmark = pytest.mark.django_db


def test_a_bulletin_goes_from_its_author_over_the_publisher_to_the_dealer_and_back() -> None:
    reader = owner()
    writing = visitor(Role.POLICY_MANAGER)
    writing.post("/bulletins/new/", {**TEXTS, "quiz": QUIZ})
    bulletin = Bulletin.objects.get()
    address = f"/bulletins/{bulletin.pk}/"
    assert "publish/" not in writing.get(address).content.decode()
    publisher = visitor(Role.GENERAL_MANAGER)
    publisher.post(f"{address}publish/")
    assert "0 of 1 dealers" in publisher.get(address).content.decode()
    dealer = signed_in(reader)
    assert "Please acknowledge: New rules" in dealer.get("/").content.decode()
    assert "How many half-months has a year?" in dealer.get(address).content.decode()
    assert BulletinReading.objects.get().person == reader
    assert "Opened by the dealer" in publisher.get(address).content.decode()
    wrong = dealer.post(f"{address}acknowledge/", {"answer-0": "0"})
    assert wrong.status_code == 422 and "Not right" in wrong.content.decode()
    assert "Acknowledged by" in dealer.post(f"{address}acknowledge/", {"answer-0": "1"}, follow=True).content.decode()
    assert "1 of 1 dealers" in publisher.get(address).content.decode()
    assert "Please acknowledge" not in dealer.get("/").content.decode()


def test_a_form_that_cannot_be_taken_keeps_what_was_written() -> None:
    answer = visitor(Role.POLICY_MANAGER).post("/bulletins/new/", {**TEXTS, "quiz": "what?"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "line 1 begins with none of" in page and "Please read" in page
    assert not Bulletin.objects.exists()


def test_drafts_are_for_their_writers_and_progress_for_those_who_follow_it() -> None:
    draft, sent = written(), published()
    reader = signed_in(owner())
    assert reader.get(f"/bulletins/{draft.pk}/").status_code == 404
    assert "dealers that have" not in reader.get(f"/bulletins/{sent.pk}/").content.decode()
    assert visitor(Role.FINANCE_CLERK).get(f"/bulletins/{draft.pk}/").status_code == 404
    assert "of 1 dealers" not in visitor(Role.FINANCE_CLERK).get(f"/bulletins/{sent.pk}/").content.decode()
    assert reader.get("/bulletins/new/").status_code == 403
    assert visitor(Role.AUDITOR).post(f"/bulletins/{draft.pk}/publish/").status_code == 403


def test_a_channel_manager_follows_the_dealers_of_its_regions() -> None:
    city = factories.City()
    near = owner(home_region=city)
    owner()
    bulletin = published()
    page = visitor(Role.CHANNEL_MANAGER, regions=[city]).get(f"/bulletins/{bulletin.pk}/").content.decode()
    assert "0 of 1 dealers" in page and near.dealer.name in page
    assert BulletinReceipt.objects.count() == 0
