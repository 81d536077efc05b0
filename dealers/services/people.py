"""People: made by an administrator or at the command line, never deleted."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dealers.choices import DEALER_ROLES, Role
from dealers.errors import Refused
from dealers.models import Dealer, Region, User
from dealers.services.audit import record_audit


class NameTaken(Refused):
    code = "name_taken"
    sentence = _("There is already a person called %(username)s; choose another name.")


class DealerMissing(Refused):
    code = "dealer_missing"
    sentence = _("A %(role)s belongs to a dealer; name it with its code.")


class DealerNotWanted(Refused):
    code = "dealer_not_wanted"
    sentence = _("A %(role)s belongs to headquarters and to no dealer.")


class WeakPassword(Refused):
    code = "weak_password"
    sentence = _("The password is refused: %(why)s")


@transaction.atomic
def create_user(
    *,
    username: str,
    role: Role,
    actor: User | None,
    at: datetime,
    dealer: Dealer | None = None,
    regions: Sequence[Region] = (),
    password: str | None = None,
    display_name: str = "",
    email: str = "",
    language: str = "zh-hans",
) -> tuple[User, str]:
    """Make a person and return them with their password, generated when none is given.

    Raises :class:`NameTaken`, :class:`DealerMissing`, :class:`DealerNotWanted` or :class:`WeakPassword`.
    """
    if User.objects.filter(username=username).exists():
        raise NameTaken(username=username)
    if role in DEALER_ROLES and dealer is None:
        raise DealerMissing(role=role)
    if role not in DEALER_ROLES and dealer is not None:
        raise DealerNotWanted(role=role)
    password = password or secrets.token_urlsafe(12)
    user = User(username=username, role=role, dealer=dealer, first_name=display_name, email=email, language=language)
    user.is_staff = role == Role.ADMINISTRATOR
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise WeakPassword(why=" ".join(error.messages)) from error
    user.set_password(password)
    user.save(force_insert=True)
    user.regions.set(regions)
    record_audit(
        actor=actor,
        action="person.create",
        subject=user,
        at=at,
        dealer_id=user.dealer_id,
        after={"username": username, "role": role, "regions": sorted(region.code for region in regions)},
    )
    return user, password


@transaction.atomic
def change_user(
    *,
    user: User,
    actor: User,
    at: datetime,
    role: Role | None = None,
    is_active: bool | None = None,
    regions: Sequence[Region] | None = None,
    display_name: str | None = None,
    email: str | None = None,
) -> User:
    """Change what a person is or may do; what is None stays. A dealer's person stays with the dealer's roles."""
    user = User.objects.select_for_update().get(pk=user.pk)
    before = _facts(user)
    if role is not None:
        if (role in DEALER_ROLES) != (user.dealer_id is not None):
            raise DealerNotWanted(role=role) if user.dealer_id else DealerMissing(role=role)
        user.role = role
        user.is_staff = role == Role.ADMINISTRATOR
    if is_active is not None:
        user.is_active = is_active
    if display_name is not None:
        user.first_name = display_name
    if email is not None:
        user.email = email
    user.save()
    if regions is not None:
        user.regions.set(regions)
    record_audit(
        actor=actor,
        action="person.change",
        subject=user,
        at=at,
        dealer_id=user.dealer_id,
        before=before,
        after=_facts(user),
    )
    return user


def _facts(user: User) -> dict[str, object]:
    return {
        "role": user.role,
        "active": user.is_active,
        "name": user.first_name,
        "email": user.email,
        "regions": sorted(user.regions.values_list("code", flat=True)),
    }
