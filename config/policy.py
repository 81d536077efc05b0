"""The whole policy document: its head and the section of every app, read and checked together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import yaml
from django.db import OperationalError, ProgrammingError, transaction
from django.urls import reverse

from aftersales.terms import AftersalesTerms
from dealers.choices import PolicyState
from dealers.foundation.digest import sha256_hex
from dealers.foundation.faults import Fault, warning, with_lines
from dealers.foundation.half_months import HalfMonth
from dealers.foundation.refusals import msgid as _
from dealers.foundation.terms import Section, as_document, parse_terms
from dealers.foundation.yaml_documents import Document, read_yaml
from dealers.models import PolicyVersion, Product, User
from dealers.selectors.policies import first_day
from dealers.services import policies
from dealers.services.policies import CheckedPolicy
from dealers.terms import DealersTerms, PolicyHead
from pricing.terms import PricingTerms
from rebates.terms import RebatesTerms
from settlement.errors import SettledUnderAnother
from settlement.selectors.reckoning import latest_closed
from settlement.services.period_lock import queue_for_approval
from settlement.terms import SettlementTerms

SECTIONS: tuple[type[Section], ...] = (DealersTerms, PricingTerms, AftersalesTerms, RebatesTerms, SettlementTerms)


class PolicyDocument(PolicyHead):
    """Every term of a channel policy, each section in the words of the app that owns it."""

    dealers: DealersTerms
    pricing: PricingTerms
    aftersales: AftersalesTerms
    rebates: RebatesTerms
    settlement: SettlementTerms

    def remarks(self) -> Iterator[Fault]:
        """What the sections find worth a second look."""
        for section in (self.dealers, self.pricing, self.aftersales, self.rebates, self.settlement):
            yield from (fault.under(section.key) for fault in section.remarks())


def read_policy(source: str | bytes) -> tuple[PolicyDocument | None, list[Fault]]:
    """The terms of a YAML text and everything found in it, each with its line. Asks no database."""
    text = read_yaml(source)
    terms, faults = _terms_of(text)
    return terms, with_lines(faults, text.lines)


def _terms_of(text: Document) -> tuple[PolicyDocument | None, list[Fault]]:
    faults = list(text.faults)
    terms: PolicyDocument | None = None
    if text.value is not None:
        terms, found = parse_terms(PolicyDocument, text.value)
        faults += found
    elif not faults:
        faults.append(Fault((), "not_a_section", _("must be a section with keys of its own"), {}, 1))
    if terms is not None:
        faults += terms.remarks()
    if any(fault.is_error for fault in faults):
        terms = None
    return terms, faults


def check_policy(source: str | bytes) -> CheckedPolicy:
    """Everything found in a YAML text, product categories nobody sells included."""
    text = read_yaml(source)
    terms, faults = _terms_of(text)
    authored = source if isinstance(source, str) else source.decode("utf-8-sig", "replace")
    if terms is None:
        return CheckedPolicy(authored, tuple(with_lines(faults, text.lines)))
    placed = with_lines([*faults, *_unknown_categories(terms)], text.lines)
    return CheckedPolicy(authored, tuple(placed), head=terms, document=as_document(terms))


def _unknown_categories(terms: PolicyDocument) -> Iterator[Fault]:
    """Categories no product has; nothing when no database answers, so that a file can be checked anywhere."""
    try:
        known = set(Product.objects.order_by().values_list("category", flat=True).distinct())
    except (OperationalError, ProgrammingError):
        return
    for number, program in enumerate(terms.rebates.programs):
        if program.categories == "all" or not known:
            continue
        for place, category in enumerate(program.categories):
            if category not in known:
                yield warning(
                    ("rebates", "programs", number, "categories", place),
                    "unknown_category",
                    _("is the category of no product: %(category)s"),
                    category=category,
                )


def policy_on_trial(checked: CheckedPolicy) -> PolicyVersion:
    """A sound document as a version that is stored nowhere, to be tried out."""
    assert checked.head is not None and checked.document is not None, "only a sound document can be tried"
    document = dict(checked.document)
    return PolicyVersion(
        code=checked.head.code,
        version=0,
        title_zh=checked.head.title.zh,
        title_en=checked.head.title.en,
        source=checked.source,
        document=document,
        digest=sha256_hex(document),
    )


def import_policy(*, source: str, actor: User | None, at: datetime) -> PolicyVersion:
    """Keep a sound document as a draft; see :func:`dealers.services.policies.import_policy`."""
    return policies.import_policy(source=source, check=check_policy, actor=actor, at=at)


def publish_policy(*, version: PolicyVersion, actor: User, at: datetime) -> PolicyVersion:
    """Put a draft in force; see :func:`dealers.services.policies.publish_policy`.

    Raises :class:`~settlement.errors.SettledUnderAnother` when it begins in or before a half-month that is closed:
    what was settled keeps the version it was settled by.
    """
    page = reverse("policy-detail", args=[version.pk])
    with transaction.atomic():
        queue_for_approval()
        settled = latest_closed()
        begins = HalfMonth.containing(first_day(version))
        if version.state == PolicyState.DRAFT and settled is not None and begins <= settled:
            raise SettledUnderAnother(version=str(version), period=str(settled), day=settled.end.isoformat())
        return policies.publish_policy(version=version, check=check_policy, actor=actor, at=at, page=page)


def policy_terms(document: dict[str, Any]) -> PolicyDocument:
    """The terms of a document that has been checked before, such as a stored version's."""
    return PolicyDocument.model_validate(document)


def document_of(version: PolicyVersion) -> dict[str, Any]:
    """The plain values of a version in the document's order, which the database does not keep."""
    return as_document(policy_terms(version.document))


def export_policy(version: PolicyVersion) -> str:
    """The YAML of a version: as its author wrote it, or its terms written out should that text say anything else."""
    terms, _faults = read_policy(version.source)
    if terms is not None and as_document(terms) == version.document:
        return version.source
    return yaml.safe_dump(document_of(version), allow_unicode=True, sort_keys=False, width=120)
