"""People at their browsers: a signed-in client for any role."""

from __future__ import annotations

from collections.abc import Iterable

from django.test import Client

from dealers.choices import DEALER_ROLES, Role
from dealers.models import Dealer, Region, User
from tests import factories

BACKEND = "django.contrib.auth.backends.ModelBackend"


def signed_in(person: User) -> Client:
    """A browser in which ``person`` is signed in."""
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def visitor(role: Role, *, dealer: Dealer | None = None, regions: Iterable[Region] = ()) -> Client:
    """A browser of somebody with this role, reading English; dealer people belong to ``dealer``."""
    given = {"dealer": dealer} if role in DEALER_ROLES else {}
    return signed_in(factories.User(role=role, regions=list(regions), language="en", **given))
