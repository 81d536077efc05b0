"""What a dealer has coming: how far it is from the next bracket, and every amount earned and not settled, proven."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dealers.foundation import clock
from dealers.web.access import capability_required, own_dealer
from rebates.resources import explain
from rebates.resources.watching import OUTLOOKS, TONES, bracket_words, projection_words
from rebates.rules.distance import curve
from rebates.rules.entitlement import entitlement
from rebates.rules.programs import RETROACTIVE
from rebates.rules.quantities import MICROS_PER_CENT, cents_text, micros_text
from rebates.selectors.pool_standings import OwnPart, own_parts
from rebates.selectors.standings import Standing, standings
from settlement.choices import LineKind
from settlement.permissions import can
from settlement.proof_words.reading import read_proof
from settlement.rules.statements import DraftLine
from settlement.selectors.accrued import accruing
from settlement.selectors.progress import OneDealer


@require_GET
@capability_required("earnings.own", can=can)
def earnings(request: HttpRequest) -> HttpResponse:
    """The dealer's own page; the same figures HQ reads on its watch list."""
    dealer, at = own_dealer(request), clock.now()
    known = standings(at=at, shard=OneDealer(dealer.pk), idle=True)
    draft = accruing(dealer.pk, at=at)
    lines = [] if draft is None else [shown_line(line) for line in draft.lines]
    context = {
        "dealer": dealer,
        "known": known,
        "tier": draft.tier if draft else "",
        "standings": [shown_standing(row) for row in known.rows],
        "parts": [shown_part(part) for part in own_parts(known.pools, dealer.pk)],
        "lines": lines,
        "total": cents_text(0 if draft is None else draft.total),
    }
    return render(request, "settlement/earnings.html", context)


def shown_standing(row: Standing) -> dict[str, Any]:
    """A program in its window: figures, words, and the points of the drawing."""
    found, program = row.distance, row.program.program
    edge = found.next.start if found.next else program.brackets[-1].start
    widest = max(edge * 5 // 4, found.projected * 11 // 10, found.base * 11 // 10, 1)
    return {
        "standing": row,
        "base": yuan(found.base),
        "next": None if found.next is None else yuan(found.next.start),
        "next_rate": None if found.next is None else micros_text(found.next.rate),
        "rate": micros_text(found.rate),
        "earned": cents_text(found.earned),
        "settled": cents_text(row.settled),
        "pending": cents_text(row.pending),
        "outlook": OUTLOOKS[found.outlook],
        "tone": TONES[found.outlook],
        "bracket": bracket_words(row),
        "projection": projection_words(row),
        "cliff": program.method == RETROACTIVE and len(program.brackets) > 1,
        "corners": [(_float(base), amount / 100) for base, amount in curve(program, widest)],
        "here": (_float(max(found.base, 0)), found.earned / 100),
        "ahead": (_float(found.projected), entitlement(program, found.projected).amount / 100)
        if found.projected > found.base
        else None,
    }


def shown_part(part: OwnPart) -> dict[str, Any]:
    """The dealer's part in a pool of its alliance, and of the pool's figures what it may know."""
    found, own = part.distance, part.own
    return {
        "part": part,
        "program": part.program.program,
        "window": part.program.window,
        "contribution": yuan(own.contribution),
        "share": cents_text(own.share),
        "settled": cents_text(own.settled),
        "pending": cents_text(own.pending),
        "rate": micros_text(part.rate),
        "pool": None if found is None else yuan(found.base),
        "reached": None if found is None else yuan(found.reached),
        "bracket_rate": None if found is None else micros_text(found.rate),
        "earned": None if found is None else cents_text(found.earned),
        "next": None if found is None or found.next is None else yuan(found.next.start),
        "next_rate": None if found is None or found.next is None else micros_text(found.next.rate),
        "missing": None if found is None else yuan(found.missing),
        "outlook": "" if found is None else OUTLOOKS[found.outlook],
        "tone": "" if found is None else TONES[found.outlook],
    }


def shown_line(line: DraftLine) -> dict[str, Any]:
    """A line that would stand on the statement."""
    return {
        "kind": LineKind(line.kind),
        "label": LineKind(line.kind).label,
        "program": line.program,
        "for_period": line.for_period,
        "window": line.proof.get("window", ""),
        "amount": cents_text(line.amount),
        "sentence": explain(line.proof, line.kind),
        "proof": line.proof,
        "reading": read_proof(line.proof),
    }


def yuan(amount: int) -> Decimal:
    """A base for reading: to the fen, cut off."""
    return Decimal(cents_text(amount // MICROS_PER_CENT))


def _float(amount: int) -> float:
    return amount / 1_000_000
