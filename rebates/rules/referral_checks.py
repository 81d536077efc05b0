"""What keeps a referral from counting: the same customer twice, one's own custom, too many from one place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

_FORMS_OF_COMPANY = re.compile(r"(股份有限公司|有限责任公司|有限公司|公司|集团)+$")


class Refusal(StrEnum):
    """Why a lead earns nothing, from the moment it came in."""

    DUPLICATE = "duplicate"
    SELF_REFERRAL = "self_referral"
    OWN_CUSTOMER = "own_customer"
    TOO_MANY_FROM_DEVICE = "too_many_from_device"
    TOO_MANY_FROM_ADDRESS = "too_many_from_address"
    TOO_MANY_FROM_REFERRER = "too_many_from_referrer"


@dataclass(frozen=True, slots=True)
class LeadFacts:
    """What is known when a lead comes in. Keys are keyed hashes, empty where nothing was given."""

    at: datetime
    phone: str
    company: str
    referrer_phone: str
    #: When leads with the same phone or company were accepted.
    accepted_before: Collection[datetime] = ()
    #: Whether the customer has bought from the referring dealer before.
    bought_before: bool = False
    #: How many this business day has brought already from the device, the address and the referrer.
    from_device: int = 0
    from_address: int = 0
    from_referrer: int = 0


def refusal_of(facts: LeadFacts, *, duplicate_days: int, most_a_day: int) -> Refusal | None:
    """The first reason that applies, or None; limits first, so that a flood learns nothing about customers.

    A lead counts as duplicate when the same phone or company was accepted within ``duplicate_days`` times 24 hours
    before; at exactly that distance it no longer does.
    """
    if facts.from_device >= most_a_day:
        return Refusal.TOO_MANY_FROM_DEVICE
    if facts.from_address >= most_a_day:
        return Refusal.TOO_MANY_FROM_ADDRESS
    if facts.from_referrer >= most_a_day:
        return Refusal.TOO_MANY_FROM_REFERRER
    if facts.phone and facts.phone == facts.referrer_phone:
        return Refusal.SELF_REFERRAL
    if facts.bought_before:
        return Refusal.OWN_CUSTOMER
    since = facts.at - timedelta(days=duplicate_days)
    if any(since < moment <= facts.at for moment in facts.accepted_before):
        return Refusal.DUPLICATE
    return None


def plain_company(text: str) -> str:
    """A company's name for comparing: width, case, spaces, brackets and the form of company do not count."""
    bare = re.sub(r"[\s()（）·.,，。-]", "", unicodedata.normalize("NFKC", text)).casefold()
    return _FORMS_OF_COMPANY.sub("", bare) or bare
