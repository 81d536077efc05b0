"""The chart of accounts: one literal table with the names of the Chinese accounting standards and their English ones.

Which accounts there are is part of the programme, as are the postings; the database takes entries on no others.
"""

from __future__ import annotations

from dataclasses import dataclass

from settlement.choices import AccountCode, AccountKind


@dataclass(frozen=True, slots=True)
class Account:
    """An account; names as the books show them, whatever the reader's language calls it on a page."""

    code: str
    name_zh: str
    name_en: str
    kind: AccountKind
    per_dealer: bool = False


CHART = (
    Account(AccountCode.BANK, "银行存款", "Bank deposits", AccountKind.ASSET),
    Account(AccountCode.NOTES_PAYABLE, "应付票据", "Notes payable", AccountKind.LIABILITY),
    Account(AccountCode.DEALER_PAYABLE, "其他应付款—经销商", "Payable to dealers", AccountKind.LIABILITY, True),
    Account(
        AccountCode.PAYMENTS_UNDER_WAY, "其他应付款—在途付款", "Payments to dealers under way", AccountKind.LIABILITY
    ),
    Account(AccountCode.PENALTY_INCOME, "营业外收入—违约金", "Penalties", AccountKind.INCOME),
    Account(AccountCode.REBATE_EXPENSE, "销售费用—返利", "Rebates", AccountKind.EXPENSE),
    Account(
        AccountCode.SUBSIDY_EXPENSE, "销售费用—补贴与市场支持", "Subsidies and market support", AccountKind.EXPENSE
    ),
    Account(AccountCode.PRICE_PROTECTION_EXPENSE, "销售费用—价格保护", "Price protection", AccountKind.EXPENSE),
    Account(AccountCode.REFERRAL_EXPENSE, "销售费用—推荐奖励", "Referral rewards", AccountKind.EXPENSE),
    Account(AccountCode.ADJUSTMENT_EXPENSE, "销售费用—调整", "Adjustments", AccountKind.EXPENSE),
)

BY_CODE = {account.code: account for account in CHART}
