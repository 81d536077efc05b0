"""The policy pages: read, checked, drafted by one person, published by another, compared."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.policy import import_policy
from dealers.choices import PolicyState, Role
from dealers.models import PolicyVersion, User
from tests.policies import AT, example_source, policy_manager, published_policy, starting, variation

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(client):
    person = policy_manager("author", language="en")
    client.force_login(person)
    return person


def text_of(response):
    return response.content.decode()


def test_strangers_sign_in_first(client):
    assert "login" in client.get(reverse("policies")).url


def test_administrators_have_no_business_here(client):
    client.force_login(User.objects.create(username="admin", role=Role.ADMINISTRATOR))
    assert client.get(reverse("policies")).status_code == 403


def test_the_list_shows_every_version_in_the_same_number_of_queries(client, author, django_assert_max_num_queries):
    published_policy()
    text_of(client.get(reverse("policies")))  # what the side bar counts is remembered from now on
    with CaptureQueriesContext(connection) as asked:
        text_of(client.get(reverse("policies")))
    for rate in range(10):
        import_policy(source=variation(('rate: "0.03"', f'rate: "0.03{rate + 1}"')), actor=None, at=AT)
    with django_assert_max_num_queries(len(asked)):
        page = text_of(client.get(reverse("policies")))
    assert page.count("rowlink") == 11


def test_a_version_is_read_in_sentences_and_tables(client, author):
    page = text_of(client.get(reverse("policy-detail", args=[published_policy().pk])))
    for said in (
        "from ¥1,000,000, below ¥3,000,000",
        "3%",
        "at most ¥500,000 per window",
        "any amount",
        "80 and above",
    ):
        assert said in page
    assert "compliant_sales" not in page


def test_faults_are_shown_with_their_line_and_place_and_nothing_is_kept(client, author):
    source = variation(("lift: automatic", "lift: never"))
    answer = client.post(reverse("policy-new"), {"source": source, "keep": ""})
    page = text_of(answer)
    assert answer.status_code == 422
    assert "dealers.sync.lift" in page
    assert ">20<" in page
    assert "lift: never" in page
    assert not PolicyVersion.objects.exists()


def test_checking_keeps_nothing(client, author):
    assert client.post(reverse("policy-new"), {"source": example_source(), "check": ""}).status_code == 200
    assert not PolicyVersion.objects.exists()


def test_a_sound_file_is_kept_as_a_draft(client, author):
    file = SimpleUploadedFile("policy.yaml", example_source().encode())
    answer = client.post(reverse("policy-new"), {"file": file, "keep": ""})
    version = PolicyVersion.objects.get()
    assert answer.url == reverse("policy-detail", args=[version.pk])
    assert version.drafted_by == author


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"x" * 1_000_100, "政策：".encode("gb18030"), b"\x00"])
def test_a_file_that_is_no_document_is_answered_with_a_reason(client, author, content):
    answer = client.post(reverse("policy-new"), {"file": SimpleUploadedFile("p.yaml", content), "keep": ""})
    assert answer.status_code == 422
    assert "tone-bad" in text_of(answer)


def test_nothing_given_is_said(client, author):
    assert client.post(reverse("policy-new"), {"check": ""}).status_code == 422


def test_the_author_is_not_offered_to_publish_and_refused_when_trying(client, author):
    version = import_policy(source=example_source(), actor=author, at=AT)
    address = reverse("policy-publish", args=[version.pk])
    assert address not in text_of(client.get(reverse("policy-detail", args=[version.pk])))
    client.post(address)
    version.refresh_from_db()
    assert version.state == PolicyState.DRAFT


def test_a_second_person_publishes(client, author):
    version = import_policy(source=example_source(), actor=author, at=AT)
    client.force_login(policy_manager("second", language="en"))
    address = reverse("policy-publish", args=[version.pk])
    assert address in text_of(client.get(reverse("policy-detail", args=[version.pk])))
    assert "takes effect on 2026-01-01" in text_of(client.post(address, follow=True))
    version.refresh_from_db()
    assert version.state == PolicyState.PUBLISHED


def test_two_versions_are_compared_term_by_term(client, author):
    before = published_policy()
    changed = starting("2099-01-01").replace('rate: "0.03"', 'rate: "0.035"')
    after = import_policy(source=changed.replace("code: T2-ALL", "code: T2-NEW"), actor=None, at=AT)
    page = text_of(client.get(reverse("policy-compare"), {"before": before.pk, "after": after.pk}))
    assert "rebates.programs.T1-ALL.brackets[1].rate" in page
    assert "0.035" in page
    assert "rebates.programs.T2-NEW<" in page
    assert "T2 · Compliant sales · Quarter · Each slice at its own rate · 1.5% · 2.5%" in page
    assert "rebates.programs.T3-ALL" not in page


@pytest.mark.parametrize("query", [{}, {"before": "x", "after": "1"}, {"before": "²", "after": "9" * 30}])
def test_comparing_what_is_not_there_is_not_found(client, author, query):
    assert client.get(reverse("policy-compare"), query).status_code == 404


def test_the_document_is_downloaded_as_written(client, author):
    answer = client.get(reverse("policy-download", args=[published_policy().pk]))
    assert text_of(answer) == example_source()
    assert 'filename="policy-2026-v1.yaml"' in answer["Content-Disposition"]


def test_a_new_draft_begins_from_the_version_asked_for(client, author):
    version = import_policy(source=starting("2099-01-01"), actor=None, at=AT)
    page = text_of(client.get(reverse("policy-new"), {"from": version.pk}))
    assert "effective_from: 2099-01-01" in page


def test_only_policy_managers_draft(client):
    client.force_login(User.objects.create(username="auditor", role=Role.AUDITOR))
    assert client.get(reverse("policy-new")).status_code == 403
    version = published_policy()
    assert client.get(reverse("policy-detail", args=[version.pk])).status_code == 200
    assert client.post(reverse("policy-publish", args=[version.pk])).status_code == 403
