"""What people attach is bounded, named harmlessly, kept unchanged and seen only within its dealer's scope."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from dealers.choices import Role
from dealers.foundation.digest import sha256_hex
from dealers.foundation.file_kinds import PICTURES
from dealers.models import StoredFile
from dealers.scope import WHOLE_COMPANY, row_scope
from dealers.services.files import LARGEST_FILE, FileEmpty, FileKindRefused, FileTooLarge, clean_name, keep_file
from tests import factories
from tests.dealers.foundation.test_file_kinds import PDF_BYTES, PNG_BYTES

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 11, 2, tzinfo=UTC)


def kept(name: str = "shelf.png", content: bytes = PNG_BYTES, **changed: object) -> StoredFile:
    facts: dict[str, object] = {"actor": None, "dealer_id": None, "at": NOW} | changed
    return keep_file(name=name, content=content, **facts)  # type: ignore[arg-type]


def test_a_file_is_kept_with_its_digest_its_size_and_who_gave_it() -> None:
    person = factories.User(username="channel", role=Role.CHANNEL_MANAGER)
    file = StoredFile.objects.get(pk=kept(actor=person).pk)
    assert (file.name, file.media_type, file.size, file.kept_by) == (
        "shelf.png",
        "image/png",
        len(PNG_BYTES),
        "channel",
    )
    assert file.sha256 == sha256_hex(PNG_BYTES)
    assert bytes(file.content) == PNG_BYTES


def test_an_uploaded_file_is_kept_like_bytes() -> None:
    assert kept(content=SimpleUploadedFile("shelf.png", PNG_BYTES)).sha256 == sha256_hex(PNG_BYTES)  # type: ignore[arg-type]


def test_a_list_of_files_does_not_read_their_bytes() -> None:
    kept()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert [file.name for file in StoredFile.objects.all()] == ["shelf.png"]
    assert '"content"' not in queries[0]["sql"]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("..\\..\\boot.pdf", "boot.pdf"),
        ("/etc/secret.pdf", "secret.pdf"),
        ('a"b<c>.pdf', "abc.pdf"),
        ("invoice\u202efdp.exe.pdf", "invoicefdp.exe.pdf"),
        ("活动\r\n照片.png", "活动照片.png"),
        ("...", "file"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_names_lose_paths_and_tricks(given: str, name: str) -> None:
    assert clean_name(given) == name


def test_a_file_of_another_kind_than_asked_for_is_refused_with_what_would_do() -> None:
    with pytest.raises(FileKindRefused) as refusal:
        kept("contract.pdf", PDF_BYTES, accepts=PICTURES)
    assert "PNG" in str(refusal.value)
    assert not StoredFile.objects.exists()


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(FileEmpty):
        kept(content=b"")


def test_a_file_above_the_bound_is_refused_before_it_is_read() -> None:
    class Unread(SimpleUploadedFile):
        def read(self, *args: object) -> bytes:  # type: ignore[override]
            raise AssertionError("a file too large must not be read")

    upload = Unread("big.pdf", b"")
    upload.size = LARGEST_FILE + 1
    with pytest.raises(FileTooLarge):
        kept("big.pdf", upload)  # type: ignore[arg-type]


def test_a_kept_file_can_be_neither_changed_nor_removed() -> None:
    file = kept()
    for attempt in (lambda: StoredFile.objects.filter(pk=file.pk).update(name="other.png"), file.delete):
        with pytest.raises(InternalError), transaction.atomic():
            attempt()


def test_a_dealer_sees_its_own_files_and_neither_others_nor_those_of_headquarters() -> None:
    mine, other = factories.Dealer(), factories.Dealer()
    own = kept(dealer_id=mine.pk)
    kept(dealer_id=other.pk)
    kept(dealer_id=None)
    with row_scope(str(mine.pk)):
        assert list(StoredFile.objects.values_list("pk", flat=True)) == [own.pk]
    with row_scope(WHOLE_COMPANY):
        assert StoredFile.objects.count() == 3
