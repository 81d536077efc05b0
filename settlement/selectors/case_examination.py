"""The evidence of a case held against the facts as they are now; the rule is `settlement.rules.case_fairness`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from aftersales.selectors.breaches import standing_of
from dealers.foundation.clock import business_day
from dealers.selectors.outages import outages_between
from pricing.choices import PRICE_VIOLATIONS, Channel, Enforcement, ViolationKind
from pricing.models import MarketObservation, PriceBand, SaleLine
from pricing.rules.violations import breaches_of, shortfall_of
from pricing.selectors.standing_facts import StandingFacts, instant_number, micros, standing_facts
from pricing.services.observations.matching import comparison_of
from settlement.choices import EvidenceKind
from settlement.models import Case, CaseDecision, CaseEvidence
from settlement.rules.case_fairness import Edge, Examination, FactNow, Key, SeenFact, Span, examine
from settlement.rules.case_life import STANDING_STATES

_MICRO = Decimal("0.000001")
_OBSERVED, _MISSED = "observed", "missed"
#: What is found again by its own row and not by a sale line.
_BY_ROW = (_OBSERVED, _MISSED)


def examination_of(case: Case, *, at: datetime) -> Examination:
    """What of the evidence stands now. The queries are the same however many lines there are."""
    pieces = standing_pieces(case)
    facts = [fact for piece in pieces for fact in facts_in(piece, case.dealer.code)]
    spans = [span for fact in facts for span in fact.spans]
    outages: list[Span] = []
    if spans:
        first, last = min(start for start, _ in spans), max(end for _, end in spans)
        outages = outages_between(first, last, now=at)
    return examine(
        facts,
        {**_lines_now(case.dealer_id, facts), **_observations_now(pieces), **_breaches_now(pieces)},
        outages=outages,
        decided=_decided_elsewhere(case),
        by_itself=sum(not _is_compared(piece, case.dealer.code) for piece in pieces),
    )


def standing_pieces(case: Case) -> list[CaseEvidence]:
    """The evidence that counts: of several copies of one violation the latest, and everything else."""
    latest: dict[str, CaseEvidence] = {}
    for piece in case.evidence.order_by("pk"):
        latest[piece.reference.partition("@")[0] or str(piece.pk)] = piece
    return list(latest.values())


def facts_in(piece: CaseEvidence, dealer: str) -> Iterator[SeenFact]:
    """The lines a piece of evidence holds against a dealer, and the times in which it failed to act.

    A snapshot names lines in ``exact_lines`` (``doc_no``, ``line_no``, ``revision``; those of another ``dealer`` are
    passed over) and times in ``spans`` (``from``, ``to``).
    """
    breach = piece.snapshot.get("kind", "") if piece.kind == EvidenceKind.VIOLATION else ""
    for line in piece.snapshot.get("exact_lines", ()):
        if line.get("dealer", dealer) == dealer:
            until = line.get("legal_basis_until")
            yield SeenFact(
                key=(breach, f"{line['doc_no']}/{line['line_no']}"),
                revision=int(line.get("revision", 1)),
                sold_on=_day_of(line.get("sold_at")),
                shortfall=Decimal(line.get("shortfall") or 0),
                has_basis=breach != ViolationKind.BELOW_FLOOR or line.get("legal_basis") is not None,
                basis_until=date.fromisoformat(until) if until else None,
            )
    for number, span in enumerate(piece.snapshot.get("spans", ()), start=1):
        times = (datetime.fromisoformat(span["from"]), datetime.fromisoformat(span["to"]))
        yield SeenFact(key=("", f"{piece.reference}#{number}"), spans=[times])
    if piece.kind == EvidenceKind.OBSERVATION:
        yield SeenFact(key=(_OBSERVED, piece.reference), revision=1)
    if piece.kind == EvidenceKind.BREACH:
        yield SeenFact(key=_missed(piece), revision=1)


def _is_compared(piece: CaseEvidence, dealer: str) -> bool:
    return next(facts_in(piece, dealer), None) is not None


def _day_of(instant: str | None) -> date | None:
    return business_day(datetime.fromisoformat(instant)) if instant else None


def _lines_now(dealer_id: int, facts: Iterable[SeenFact]) -> Mapping[Key, FactNow]:
    """The lines of the facts as they are reported now, judged by the facts of now. One query."""
    wanted = {fact.key[1]: fact.key[0] for fact in facts if fact.revision is not None and fact.key[0] not in _BY_ROW}
    if not wanted:
        return {}
    breaches: dict[str, set[str]] = {}
    for fact in facts:
        breaches.setdefault(fact.key[1], set()).add(fact.key[0])
    lines = SaleLine.objects.filter(dealer_id=dealer_id, doc_no__in={name.rpartition("/")[0] for name in wanted})
    standing = standing_facts()
    found: dict[Key, FactNow] = {}
    rows = [line for line in lines if f"{line.doc_no}/{line.line_no}" in wanted]
    judged = {line.pk: _judged(standing, line) for line in rows}
    bands = PriceBand.objects.select_related("legal_basis").in_bulk({each.band_id for each in judged.values()} - {None})
    for line in rows:
        for breach in breaches[f"{line.doc_no}/{line.line_no}"]:
            now = _line_now(line, breach, judged[line.pk], bands)
            found[breach, f"{line.doc_no}/{line.line_no}"] = now
    return found


def _judged(facts: StandingFacts, line: SaleLine) -> Any:
    return facts.index.judge(
        line.dealer_id,
        line.product_id,
        line.region_id,
        line.sold_on,
        instant_number(line.sold_at),
        instant_number(line.reported_at),
        line.quantity,
        micros(line.unit_price),
        line.channel == Channel.B2B,
    )


def _line_now(line: SaleLine, breach: str, judged: Any, bands: Mapping[int, PriceBand]) -> FactNow:
    if not breach:
        return FactNow(line.revision)
    band = bands.get(judged.band_id)
    held = breach in breaches_of(judged.verdict, judged.flags, line.quantity)
    if breach not in PRICE_VIOLATIONS or band is None:
        return FactNow(line.revision, holds=held)
    short = shortfall_of(breach, micros(line.unit_price), line.quantity, micros(band.floor), micros(band.ceiling))
    return FactNow(line.revision, held, _edge(band, breach, line.sold_on), short * _MICRO)


def _edge(band: PriceBand, breach: str, sold_on: date) -> Edge:
    if band.enforcement != Enforcement.ENFORCED:
        return Edge.RECOMMENDED
    basis = band.legal_basis
    lacking = basis is None or (basis.valid_until is not None and sold_on >= basis.valid_until)
    return Edge.NO_BASIS if breach == ViolationKind.BELOW_FLOOR and lacking else Edge.ENFORCED


def _observations_now(pieces: Iterable[CaseEvidence]) -> Mapping[Key, FactNow]:
    """Whether what was seen in the market is still a breach by the facts of now."""
    ids = {
        int(piece.reference.partition(":")[2]): piece.reference
        for piece in pieces
        if piece.kind == EvidenceKind.OBSERVATION
    }
    found: dict[Key, FactNow] = {}
    facts = standing_facts() if ids else None
    for seen in MarketObservation.objects.filter(pk__in=ids):
        compared = comparison_of(seen, facts) if facts is not None else None
        found[_OBSERVED, ids[seen.pk]] = FactNow(1, holds=compared is not None and compared.holds)
    return found


def _breaches_now(pieces: Iterable[CaseEvidence]) -> Mapping[Key, FactNow]:
    """Whether what was missed still stands, or was waived since. One query."""
    keys = {piece.summary["breach"]: _missed(piece) for piece in pieces if piece.kind == EvidenceKind.BREACH}
    standing = standing_of(keys)
    return {key: FactNow(1, holds=breach in standing) for breach, key in keys.items()}


def _missed(piece: CaseEvidence) -> Key:
    return _MISSED, piece.reference.partition("@")[0]


def _decided_elsewhere(case: Case) -> set[Key]:
    """What other cases of the same kind have decided against the dealer already: nothing is punished twice."""
    decisions = CaseDecision.objects.filter(
        dealer=case.dealer_id, kind=case.kind, case__state__in=STANDING_STATES
    ).exclude(case=case.pk)
    return {
        (each["breach"], each["line"])
        for found in decisions.values_list("findings", flat=True)
        for each in found.get("standing", ())
    }
