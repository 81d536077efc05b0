"""Statements as they were handed out: each file made once, numbered, fingerprinted, never changed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealers.models.guards import append_only
from dealers.models.stock import unconstrained
from settlement.choices import DocumentFormat
from settlement.models.frozen import checked_in_bulk


class IssuedDocument(models.Model):
    """One closed statement as one file in one language. Append-only, like the bytes it names.

    ``number`` is the statement's, the same for all its files (:mod:`settlement.rules.document_numbers`).
    ``statement_digest`` is the fingerprint of what the statement said when the file was made, ``said`` what the file
    says beside it (names, deadline), the same in all files of a statement; ``made_by`` the fingerprint of the
    template, the words and the programs that made it. ``language`` is empty where a file has none.
    """

    statement = checked_in_bulk("settlement.Statement", related_name="documents")
    dealer = unconstrained("dealers.Dealer")
    number = models.CharField(_("document number"), max_length=64, db_index=True)
    written = models.CharField(_("format"), max_length=12, choices=DocumentFormat)
    language = models.CharField(_("language"), max_length=8, blank=True)
    file = models.OneToOneField("dealers.StoredFile", on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(_("digest"), max_length=64, db_index=True)
    statement_digest = models.CharField(_("digest of the statement"), max_length=64)
    said = models.JSONField(_("said beside the statement"))
    made_by = models.CharField(_("made by"), max_length=80)
    issued_at = models.DateTimeField(_("issued at"))
    issued_by = models.CharField(_("issued by"), max_length=200)

    class Meta:
        verbose_name = _("issued document")
        verbose_name_plural = _("issued documents")
        constraints = [
            models.UniqueConstraint(name="a_document_is_issued_once", fields=["statement", "written", "language"]),
            models.CheckConstraint(name="a_document_has_a_digest", condition=~Q(sha256="")),
        ]
        triggers = [append_only("issued_documents_never_change")]

    def __str__(self) -> str:
        return self.number
