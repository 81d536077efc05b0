"""Who asks without being signed in, shaped like a person where selectors look: a key, or a dealer as a reader."""

from __future__ import annotations

from dataclasses import dataclass

from dealers.choices import Role
from dealers.models import ApiKey, Dealer


@dataclass(frozen=True)
class MachineClient:
    """The holder of a key: one dealer's system, or one of HQ's own with the scopes it was given."""

    key: ApiKey

    is_authenticated = True
    is_active = True
    is_anonymous = False
    role = None

    @property
    def pk(self) -> str:
        return f"key:{self.key.prefix}"

    @property
    def dealer_id(self) -> int | None:
        return self.key.dealer_id

    @property
    def dealer(self) -> Dealer | None:
        return self.key.dealer

    @property
    def is_hq_system(self) -> bool:
        return self.key.dealer_id is None

    @property
    def label(self) -> str:
        """The name kept with deliveries and decisions."""
        return f"key:{self.key.name} ({self.key.prefix})"

    def may(self, scope: str) -> bool:
        """Whether the key carries ``scope``."""
        return scope in self.key.scopes


@dataclass(frozen=True)
class DealerReader:
    """A dealer's owner as a reader: what its pages would show, for work that goes on without anybody signed in."""

    dealer: Dealer

    is_authenticated = True
    is_active = True
    is_anonymous = False
    is_hq_system = False
    role = Role.DEALER_OWNER
    pk = None

    @property
    def dealer_id(self) -> int:
        return self.dealer.pk
