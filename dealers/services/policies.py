"""Drafting a policy version and putting it in force.

The sections of a policy belong to apps this one does not know, so whoever calls hands in the `check` that reads the
whole document (`config.policy.check_policy`, which also offers these two functions with the check bound).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from psycopg2.extras import DateRange

from dealers.choices import NoticeKind, PolicyState, Role
from dealers.errors import OwnWork, Refused
from dealers.foundation.clock import business_day
from dealers.foundation.digest import sha256_hex
from dealers.foundation.effective import DateSpan
from dealers.foundation.faults import Fault
from dealers.foundation.findings import Finding
from dealers.foundation.refusals import msgid
from dealers.models import PolicyVersion, User
from dealers.permissions import require
from dealers.rules.publication import Publication, Version, plan_publication
from dealers.selectors.policies import first_day
from dealers.services.audit import record_audit
from dealers.services.bulletins import publish_with_policy
from dealers.services.notices import tell
from dealers.terms import PolicyHead

#: Serialises numbering and publication, so that two at once see each other's ranges.
POLICY_LOCK = 0x48414C46_0005


@dataclass(frozen=True)
class CheckedPolicy:
    """A text with everything found in it. `head` and `document` are there when it has no errors."""

    source: str
    faults: tuple[Fault, ...]
    head: PolicyHead | None = None
    document: Mapping[str, Any] | None = None

    @property
    def errors(self) -> tuple[Fault, ...]:
        return tuple(fault for fault in self.faults if fault.is_error)


Check = Callable[[str], CheckedPolicy]


class UnsoundPolicy(Refused):
    """The document has faults; `faults` names each with its place."""

    code = "unsound_policy"
    sentence = _("The policy document has %(count)s faults, the first at %(path)s: %(detail)s")
    status = 422

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__(count=len(faults), path=faults[0].path, detail=faults[0].render())


class CannotPublish(Refused):
    """Publication would contradict what is in force; `findings` say how."""

    code = "cannot_publish"
    sentence = _("%(version)s cannot be published: %(detail)s")

    def __init__(self, version: PolicyVersion, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__(version=str(version), detail=findings[0].render())


#: The text of a draft no longer says what its stored terms say; only a hand in the database can do that.
_ALTERED = Fault((), "altered", msgid("is not the text the stored terms were read from; import it again"))


class NoDraft(Refused):
    code = "not_a_draft"
    sentence = _("%(version)s is no draft any more: it was replaced before it took effect. Import it again.")


@transaction.atomic
def import_policy(*, source: str, check: Check, actor: User | None, at: datetime) -> PolicyVersion:
    """Keep a sound document as a draft. The same terms under the same code are the same version.

    Raises :class:`UnsoundPolicy` with every fault. `actor` None is the command line.
    """
    if actor is not None:
        require(actor, "policy.draft")
    checked = check(source)
    if checked.errors or checked.head is None:
        raise UnsoundPolicy(checked.errors)
    head, digest = checked.head, sha256_hex(checked.document)
    _lock_policies()
    versions = PolicyVersion.objects.filter(code=head.code)
    known = versions.filter(digest=digest).exclude(state=PolicyState.REPLACED).order_by("-version").first()
    if known is not None:
        return known
    version = PolicyVersion.objects.create(
        code=head.code,
        version=(versions.aggregate(newest=Max("version"))["newest"] or 0) + 1,
        title_zh=head.title.zh,
        title_en=head.title.en,
        valid=DateRange(head.effective_from, head.effective_to),
        source=source,
        document=dict(checked.document or {}),
        digest=digest,
        drafted_by=actor,
        drafted_at=at,
    )
    record_audit(actor=actor, action="policy.draft", subject=version, at=at, after=_facts(version))
    return version


@transaction.atomic
def publish_policy(*, version: PolicyVersion, check: Check, actor: User, at: datetime, page: str = "") -> PolicyVersion:
    """Put a draft in force from its first day, by somebody who did not draft it. Publishing twice changes nothing.

    A version it takes over from ends where this one begins; one that has not begun is replaced. People of headquarters
    are told, with the address `page` to read it at, and dealers by a bulletin to acknowledge. Raises
    :class:`~dealers.errors.NotPermitted`, :class:`~dealers.errors.OwnWork`, :class:`UnsoundPolicy`,
    :class:`CannotPublish` or :class:`NoDraft`.
    """
    require(actor, "policy.publish")
    _lock_policies()
    version = PolicyVersion.objects.select_for_update().get(pk=version.pk)
    if version.state == PolicyState.PUBLISHED:
        return version
    if version.state != PolicyState.DRAFT:
        raise NoDraft(version=str(version))
    if version.drafted_by_id == actor.pk:
        raise OwnWork()
    checked = check(version.source)
    if checked.errors or sha256_hex(checked.document) != version.digest:
        raise UnsoundPolicy(checked.errors or (_ALTERED,))
    plan, standing = _plan(version, at)
    if plan.errors:
        raise CannotPublish(version, plan.errors)
    for earlier in plan.closes:
        _close(standing[earlier], version, actor, at)
    for pending in plan.replaces:
        _replace(standing[pending], version, actor, at)
    before = _facts(version)
    version.state, version.published_by, version.published_at = PolicyState.PUBLISHED, actor, at
    version.save(update_fields=["state", "published_by", "published_at"])
    _record("policy.publish", version, before, actor, at)
    _announce(version, actor, at, page)
    publish_with_policy(version=version, actor=actor, at=at)
    return version


def plan_of(version: PolicyVersion, at: datetime) -> Publication:
    """What publishing a draft at that instant would do, for the person who is about to."""
    return _plan(version, at)[0]


def _plan(version: PolicyVersion, at: datetime) -> tuple[Publication, dict[Version, PolicyVersion]]:
    published = PolicyVersion.objects.filter(state=PolicyState.PUBLISHED).exclude(pk=version.pk)
    standing = {_as_fact(row): row for row in published}
    return plan_publication(_as_fact(version), list(standing), business_day(at)), standing


def _as_fact(version: PolicyVersion) -> Version:
    return Version(str(version), DateSpan(first_day(version), version.valid.upper))


def _close(earlier: PolicyVersion, successor: PolicyVersion, actor: User, at: datetime) -> None:
    before = _facts(earlier)
    earlier.valid = DateRange(earlier.valid.lower, successor.valid.lower)
    earlier.save(update_fields=["valid"])
    _record("policy.close", earlier, before, actor, at, reason=f"taken over by {successor}")


def _replace(pending: PolicyVersion, successor: PolicyVersion, actor: User, at: datetime) -> None:
    before = _facts(pending)
    pending.state = PolicyState.REPLACED
    pending.save(update_fields=["state"])
    reason = f"replaced by {successor}"
    record_audit(
        actor=actor,
        action="policy.replace",
        subject=pending,
        at=at,
        reason=reason,
        before=before,
        after=_facts(pending),
    )


def _record(
    action: str, version: PolicyVersion, before: dict[str, Any], actor: User, at: datetime, reason: str = ""
) -> None:
    after = _facts(version)
    record_audit(actor=actor, action=action, subject=version, at=at, reason=reason, before=before, after=after)


def _announce(version: PolicyVersion, actor: User, at: datetime, page: str) -> None:
    """Everybody of headquarters whose business it is learns of it, once."""
    readers = User.objects.filter(is_active=True, dealer=None).exclude(role=Role.ADMINISTRATOR).exclude(pk=actor.pk)
    tell(
        recipients=readers,
        kind=NoticeKind.POLICY,
        key=f"policy:{version.pk}:published",
        params={
            "reason": "policy_published",
            "code": version.code,
            "effective_from": first_day(version).isoformat(),
        },
        url=page,
        at=at,
    )


def _lock_policies() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [POLICY_LOCK])


def _facts(version: PolicyVersion) -> dict[str, Any]:
    return {
        "version": str(version),
        "state": str(version.state),
        "from": version.valid.lower,
        "to": version.valid.upper,
        "digest": version.digest,
    }
