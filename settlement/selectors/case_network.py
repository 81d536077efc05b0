"""Who traded with whom: the dealers a signal names, and what each reported as sold to the others. Headquarters only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.conf import settings
from django.db.models import Count, F, Sum

from dealers.foundation.money import round_money
from dealers.foundation.periods import Window
from dealers.models import Dealer
from pricing.models import SaleLine
from pricing.rules.customer_references import customer_hash, hash_key, references_of_dealer
from settlement.choices import EvidenceKind, SignalRule
from settlement.models import CaseEvidence

#: Of a larger circle so many dealers are looked up; the signal names all.
MOST_DEALERS = 200
_RULES = (SignalRule.CIRCLES, SignalRule.DEALER_TRADES)


@dataclass(slots=True)
class TradeBetween:
    """What one dealer reported as sold to another in a window, as it is reported now, net of returns."""

    seller: str
    buyer: str
    amount: Decimal = Decimal(0)
    quantity: int = 0
    documents: int = 0


@dataclass(frozen=True, slots=True)
class TradeNetwork:
    """Dealers with their trades in a window; ``circle`` are the codes of the way round, if there is one."""

    window: str
    dealers: Sequence[Dealer]
    trades: Sequence[TradeBetween]
    circle: Sequence[str] = field(default_factory=tuple)


def network_in(evidence: Iterable[CaseEvidence]) -> TradeNetwork | None:
    """The network of the latest signal about trades between dealers; None where no such signal is in the evidence.

    Three queries, however many lines there are.
    """
    signals = [piece for piece in evidence if piece.kind == EvidenceKind.SIGNAL]
    found = [piece.summary for piece in signals if piece.summary.get("rule") in _RULES]
    if not found:
        return None
    latest = next((seen for seen in found if seen["rule"] == SignalRule.CIRCLES), found[0])
    params = latest["said"]["params"]
    window = Window.parse(latest["window"])
    if latest["rule"] == SignalRule.CIRCLES and "path" in params:
        circle = tuple(dict.fromkeys(params["path"].split(" → ")[::2]))
        codes = set(circle)
    else:
        circle, codes = (), {name.partition(" ")[0] for name in params.get("buyers", "").split(", ")}
    codes |= {piece.dealer.code for piece in signals[:1]}
    dealers = list(Dealer.objects.filter(code__in=sorted(codes)[:MOST_DEALERS]).order_by("code"))
    return TradeNetwork(latest["window"], dealers, trades_between(dealers, window), circle)


def trades_between(dealers: Sequence[Dealer], window: Window) -> list[TradeBetween]:
    """The trades among these dealers in a window. One query over their lines that name one of them."""
    key = hash_key(settings.CUSTOMER_HASH_KEY)
    buyers = {
        customer_hash(reference, key): dealer.code
        for dealer in dealers
        for reference in references_of_dealer(code=dealer.code, name=dealer.name, uscc=dealer.uscc)
    }
    codes = {dealer.pk: dealer.code for dealer in dealers}
    rows = (
        SaleLine.objects.filter(dealer__in=codes, sold_on__gte=window.starts_on, sold_on__lt=window.ends_on)
        .filter(customer__in=list(buyers))
        .order_by()
        .values("dealer", "customer")
        .annotate(
            worth=Sum(F("quantity") * F("unit_price")), units=Sum("quantity"), papers=Count("doc_no", distinct=True)
        )
    )
    found: dict[tuple[str, str], TradeBetween] = {}
    by_pair: dict[tuple[str, str], list[tuple[Decimal, int, int]]] = defaultdict(list)
    for row in rows:
        by_pair[codes[row["dealer"]], buyers[row["customer"]]].append((row["worth"], row["units"], row["papers"]))
    for (seller, buyer), parts in sorted(by_pair.items()):
        worth, units, papers = (sum(column) for column in zip(*parts, strict=True))
        found[seller, buyer] = TradeBetween(seller, buyer, round_money(worth), units, papers)
    return [trade for trade in found.values() if trade.seller != trade.buyer]
