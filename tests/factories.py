"""The least valid objects, for tests of every app. `Dealer()` alone is active, in a contract, and has a region."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import factory
from factory.django import DjangoModelFactory
from stdnum.cn import uscc as stdnum_uscc

from config.policy import check_policy
from dealers import models as dealers
from dealers.choices import DEALER_ROLES, Industry, PolicyState, RegionKind, Role, Tier
from dealers.foundation.digest import sha256_hex
from dealers.foundation.uscc import organisation_check_digit
from pricing import models as pricing
from pricing.choices import BandScope, Enforcement

#: Before everything that happens in a test.
LONG_AGO = datetime(2025, 12, 1, tzinfo=UTC)
FIRST_DAY = date(2026, 1, 1)
POLICY_FILE = Path(__file__).parent / "data" / "policy.yaml"


def valid_uscc(number: int, *, prefix: str = "91310000") -> str:
    """A unified social credit code with both check digits right, a different one for every number."""
    organisation = f"{number:08d}"
    code = f"{prefix}{organisation}{organisation_check_digit(organisation)}"
    return code + str(stdnum_uscc.calc_check_digit(code))


class Province(DjangoModelFactory):
    code = factory.Sequence(lambda number: f"P{number:03d}")
    name_zh = factory.LazyAttribute(lambda region: f"{region.code}省")
    name_en = factory.LazyAttribute(lambda region: f"Province {region.code}")
    kind = RegionKind.PROVINCE

    class Meta:
        model = dealers.Region
        django_get_or_create = ("code",)


class City(DjangoModelFactory):
    code = factory.Sequence(lambda number: f"C{number:03d}")
    name_zh = factory.LazyAttribute(lambda region: f"{region.code}市")
    name_en = factory.LazyAttribute(lambda region: f"City {region.code}")
    kind = RegionKind.CITY
    parent = factory.SubFactory(Province)
    city_tier = 1

    class Meta:
        model = dealers.Region
        django_get_or_create = ("code",)


class Dealer(DjangoModelFactory):
    code = factory.Sequence(lambda number: f"DL{number:04d}")
    name = factory.LazyAttribute(lambda dealer: f"{dealer.code}商贸有限公司")
    uscc = factory.Sequence(lambda number: valid_uscc(10_000_000 + number))
    industry = Industry.ELECTRONICS
    annual_revenue = Decimal("20000000")
    activated_on = FIRST_DAY
    home_region = factory.SubFactory(City)
    created_at = LONG_AGO

    class Meta:
        model = dealers.Dealer
        django_get_or_create = ("code",)
        skip_postgeneration_save = True

    @factory.post_generation
    def dealings(self: Any, create: bool, extracted: object, **kwargs: object) -> None:
        """Tier, territory and contract from the first day on, unless `dealings=False`."""
        if not create or extracted is False or self.tiers.exists():
            return
        dealers.DealerTier.objects.create(dealer=self, tier=Tier.T2, valid=(FIRST_DAY, None))
        if self.home_region is not None:
            dealers.Territory.objects.create(dealer=self, region=self.home_region, valid=(FIRST_DAY, None))
        dealers.Contract.objects.create(
            dealer=self, number=f"HT-{self.code}", amount=Decimal("1000000"), valid=(FIRST_DAY, None)
        )


class User(DjangoModelFactory):
    """A person of HQ; give a dealer role and the dealer is made too."""

    username = factory.Sequence(lambda number: f"person{number}")
    first_name = factory.LazyAttribute(lambda person: f"{person.role} {person.username}")
    role: Any = Role.POLICY_MANAGER
    dealer = factory.Maybe(
        factory.LazyAttribute(lambda person: person.role in DEALER_ROLES),
        yes_declaration=factory.SubFactory(Dealer),
        no_declaration=None,
    )
    password = "!"

    class Meta:
        model = dealers.User
        skip_postgeneration_save = True

    @factory.post_generation
    def regions(self: Any, create: bool, extracted: Any, **kwargs: object) -> None:
        if create and extracted:
            self.regions.set(extracted)


class Product(DjangoModelFactory):
    sku = factory.Sequence(lambda number: f"SKU-{number:04d}")
    name_zh = factory.LazyAttribute(lambda product: f"{product.sku} 投影仪")
    name_en = factory.LazyAttribute(lambda product: f"Projector {product.sku}")
    category = "projectors"
    industry = Industry.ELECTRONICS

    class Meta:
        model = dealers.Product
        django_get_or_create = ("sku",)


class LegalBasis(DjangoModelFactory):
    reference = factory.Sequence(lambda number: f"LB-{number:03d}")
    valid_until = None
    recorded_at = LONG_AGO

    class Meta:
        model = pricing.LegalBasis


class PriceBand(DjangoModelFactory):
    """A national band of 900 to 1,200, enforced with a legal basis."""

    product = factory.SubFactory(Product)
    scope = BandScope.NATIONAL
    floor = Decimal("900")
    ceiling = Decimal("1200")
    enforcement = Enforcement.ENFORCED
    legal_basis = factory.SubFactory(LegalBasis)
    valid = (FIRST_DAY, None)
    recorded_at = LONG_AGO

    class Meta:
        model = pricing.PriceBand


class PolicyVersion(DjangoModelFactory):
    """The policy of `tests/data/policy.yaml`, published for the year 2026."""

    code = "2026"
    version = factory.Sequence(lambda number: number + 1)
    title_zh = "2026年度渠道政策"
    title_en = "Channel policy 2026"
    state = PolicyState.PUBLISHED
    valid = (FIRST_DAY, date(2027, 1, 1))
    source = factory.LazyFunction(lambda: POLICY_FILE.read_text(encoding="utf-8"))
    document = factory.LazyAttribute(lambda policy: check_policy(policy.source).document)
    digest = factory.LazyAttribute(lambda policy: sha256_hex(policy.document))
    drafted_by = factory.SubFactory(User)
    drafted_at = LONG_AGO
    published_by = factory.SubFactory(User)
    published_at = LONG_AGO

    class Meta:
        model = dealers.PolicyVersion
