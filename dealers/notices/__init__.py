"""The sentences of notices: per reason, a title and a text that say what happened, why, and what to do by when.

One file for each subject; a notice of any app is worded here, so that whoever mails it needs to know no other app.
"""

from __future__ import annotations

from dealers.notices.cases import CASES
from dealers.notices.earnings import EARNINGS
from dealers.notices.money import MONEY
from dealers.notices.network import NETWORK
from dealers.notices.policies import POLICIES
from dealers.notices.promotions import PROMOTIONS
from dealers.notices.reporting import REPORTING
from dealers.notices.service import SERVICE
from dealers.notices.standing import STANDING
from dealers.notices.supply import SUPPLY
from dealers.notices.text import NoticeText

__all__ = ["TEXTS", "NoticeText"]

#: Reason (``params["reason"]``, or the kind itself) to its sentences. No reason stands in two files.
TEXTS: dict[str, NoticeText] = {
    **CASES,
    **EARNINGS,
    **MONEY,
    **NETWORK,
    **POLICIES,
    **PROMOTIONS,
    **REPORTING,
    **SERVICE,
    **STANDING,
    **SUPPLY,
}
