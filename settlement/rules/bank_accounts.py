"""What a bank account must look like before somebody looks at it: digits and their number, nothing guessed."""

from __future__ import annotations

import re

from dealers.foundation.refusals import Refused
from dealers.foundation.refusals import msgid as _

_ACCOUNT = re.compile(r"[0-9]{6,32}")
_BANK = re.compile(r"[0-9]{12}")


def account_number(text: str) -> str:
    """The number of an account, without the spaces or dashes it is printed with. Raises ``Refused``."""
    number = re.sub(r"[\s-]", "", text)
    if not _ACCOUNT.fullmatch(number):
        raise Refused("account_number_shape", _("is not an account number; it has 6 to 32 digits"))
    return number


def bank_number(text: str) -> str:
    """The 12 digits by which the payment system knows a branch. Raises ``Refused``."""
    number = "".join(text.split())
    if not _BANK.fullmatch(number):
        raise Refused("bank_number_shape", _("is not a bank number; it has 12 digits"))
    return number


def masked(number: str) -> str:
    """An account number as lists show it: its last four digits."""
    return f"•••• {number[-4:]}"
