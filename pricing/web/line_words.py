"""A verdict put into words: the steps with their numbers, each flag, and why each candidate won or lost."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dealers.foundation.clock import BUSINESS_ZONE
from pricing.choices import FLAG_LABELS, Channel, Enforcement, Flag, Verdict
from pricing.models import PriceBand, PromoItem, SaleLine
from pricing.rules.verdict import LATE_AFTER
from pricing.selectors.bands import floor_holds
from pricing.selectors.line_proof import LineProof, Weighed
from pricing.web.bands import place_words

#: Why a candidate did not decide, or what is remarked about the one that did.
REASONS: Mapping[str, str | Promise] = {
    "not_in_force": gettext_lazy("not in force that day"),
    "less_specific": gettext_lazy("another band is more specific"),
    "recommended": gettext_lazy("only recommended"),
    "no_legal_basis": gettext_lazy("no legal basis for its floor that day"),
    "not_needed": gettext_lazy("not needed: the price is not below the floor"),
    "other_promo_preferred": gettext_lazy("another promotion allows the price with less"),
    "other_grant_preferred": gettext_lazy("another grant is nearer"),
    "outside_window": gettext_lazy("the sale lies outside its window"),
    "approved_after_sale": gettext_lazy("approved only after the sale"),
    "withdrawn_before_sale": gettext_lazy("withdrawn before the sale"),
    "other_dealers": gettext_lazy("made for other dealers"),
    "other_regions": gettext_lazy("made for other regions"),
    "below_promo_price": gettext_lazy("the price lies below the promo price"),
}


def verdict_steps(line: SaleLine, proof: LineProof) -> list[dict[str, Any]]:
    """The way to the verdict, as the proof component shows it."""
    price = plain(line.unit_price)
    steps: list[dict[str, Any]] = [
        {"label": _("Unit price as reported, tax included"), "value": price},
        {"label": _("Quantity"), "value": str(line.quantity)},
    ]
    if line.quantity < 0:
        steps.append({"label": _("A return is not judged on price"), "value": _verdict_word(line), "total": True})
        return steps
    band = _decided(proof.bands)
    if band is None:
        steps.append(
            {
                "label": _("No band covers this product here that day; never held against the dealer"),
                "value": _verdict_word(line),
                "total": True,
            }
        )
        return steps
    row: PriceBand = band.row
    steps += _band_steps(line, row)
    promo = _decided(proof.promos)
    if promo is not None:
        item: PromoItem = promo.row
        steps.append(
            {
                "label": _("Promo price of %(code)s, approved before the sale") % {"code": item.request.code},
                "value": plain(item.promo_price),
                "formula": f"{price} ≥ {plain(item.promo_price)}",
            }
        )
    steps.append({"label": _("Verdict"), "value": _verdict_word(line), "total": True})
    return steps


def _band_steps(line: SaleLine, band: PriceBand) -> list[dict[str, Any]]:
    price, floor, ceiling = line.unit_price, band.floor, band.ceiling
    where = place_words(band)
    below, above = price < floor, price > ceiling
    steps = [
        {
            "label": _("Floor of the band for %(place)s") % {"place": where},
            "value": plain(floor),
            "formula": f"{plain(price)} {'<' if below else '≥'} {plain(floor)}",
        },
        {
            "label": _("Ceiling of the band for %(place)s") % {"place": where},
            "value": plain(ceiling),
            "formula": f"{plain(price)} {'>' if above else '≤'} {plain(ceiling)}",
        },
    ]
    if line.verdict in (Verdict.BELOW_FLOOR, Verdict.ABOVE_CEILING):
        edge = floor if below else ceiling
        gap = abs(edge - price)
        steps.append(
            {
                "label": _("Shortfall") if below else _("Excess"),
                "value": plain(gap * line.quantity),
                "formula": f"|{plain(edge)} − {plain(price)}| × {line.quantity}",
            }
        )
    return steps


def flag_explanations(line: SaleLine, proof: LineProof) -> list[dict[str, Any]]:
    """Each of the four flags: set or not, and why, as a check list."""
    return [
        _territory_check(line, proof),
        *_addendum_check(line, proof),
        _late_check(line),
        *_enforcement_check(line, proof),
    ]


def _territory_check(line: SaleLine, proof: LineProof) -> dict[str, Any]:
    grant = _decided(proof.territories)
    if line.flags & Flag.OUT_OF_TERRITORY:
        detail = _("%(region)s was not in the dealer's territory on %(day)s; the line earns no rebate.")
        return _check("bad", Flag.OUT_OF_TERRITORY, _("flagged"), detail % _place_and_day(line))
    detail = _("%(region)s was in the dealer's territory on %(day)s.") % _place_and_day(line)
    if grant is not None and grant.row.region_id != line.region_id:
        detail = _("%(province)s covers %(region)s, and was in the dealer's territory on %(day)s.") % {
            **_place_and_day(line),
            "province": grant.row.region.name,
        }
    return _check("ok", Flag.OUT_OF_TERRITORY, _("in order"), detail)


def _addendum_check(line: SaleLine, proof: LineProof) -> list[dict[str, Any]]:
    if line.channel != Channel.B2B:
        return []
    if line.flags & Flag.B2B_WITHOUT_ADDENDUM:
        detail = _("A bulk sale needs a signed addendum in force; there was none that day. The line earns no rebate.")
        return [_check("bad", Flag.B2B_WITHOUT_ADDENDUM, _("flagged"), detail)]
    return [_check("ok", Flag.B2B_WITHOUT_ADDENDUM, _("in order"), _("A signed addendum was in force that day."))]


def _late_check(line: SaleLine) -> dict[str, Any]:
    numbers = {
        "sold": _moment(line.sold_at),
        "reported": _moment(line.reported_at),
        "days": max(0, (line.reported_at - line.sold_at).days),
        "allowed": LATE_AFTER // (24 * 3600 * 1_000_000),
    }
    detail = _("Sold %(sold)s, first reported %(reported)s: %(days)s days, %(allowed)s are allowed.") % numbers
    if line.flags & Flag.LATE_REPORT:
        return _check("warn", Flag.LATE_REPORT, _("flagged"), detail)
    return _check("ok", Flag.LATE_REPORT, _("in order"), detail)


def _enforcement_check(line: SaleLine, proof: LineProof) -> list[dict[str, Any]]:
    band = _decided(proof.bands)
    if band is None or line.verdict not in (Verdict.BELOW_FLOOR, Verdict.ABOVE_CEILING):
        return []
    outcome, result = "wait", _("no")
    if not line.flags & Flag.NOT_ENFORCED:
        outcome, result = "bad", _("yes")
        detail = _("The edge of the band is enforced: the line counts as a violation and earns no rebate.")
    elif band.row.enforcement == Enforcement.RECOMMENDED:
        detail = _("The band is only recommended: shown for information, the line counts as compliant.")
    elif line.verdict == Verdict.BELOW_FLOOR and not floor_holds(band.row, line.sold_on):
        detail = _("No legal basis for the floor was in force: shown for information, the line counts as compliant.")
    else:
        detail = _("Shown for information, the line counts as compliant.")
    return [{"outcome": outcome, "label": _("Held against the dealer"), "result": result, "detail": detail}]


def proof_sections(proof: LineProof) -> list[dict[str, Any]]:
    """What was considered, by kind, each with why it won or lost."""
    sections = (
        (_("Price bands"), proof.bands, _band_words),
        (_("Promotions"), proof.promos, _promo_words),
        (_("Territory"), proof.territories, _territory_words),
        (_("B2B addenda"), proof.addenda, _addendum_words),
    )
    return [
        {
            "title": title,
            "rows": [
                {
                    **words(weighed.row),
                    "decided": weighed.decided,
                    "reasons": ", ".join(str(REASONS.get(reason, reason)) for reason in weighed.found.reasons),
                }
                for weighed in found
            ],
        }
        for title, found, words in sections
        if found
    ]


def plain(amount: Decimal) -> str:
    """An amount with at least two places and no needless zeros."""
    text = format(amount, ",.6f").rstrip("0")
    places = len(text.partition(".")[2])
    return text + "0" * (2 - places) if places < 2 else text


def _band_words(band: PriceBand) -> dict[str, Any]:
    return {
        "what": place_words(band),
        "figures": f"{plain(band.floor)} – {plain(band.ceiling)}",
        "note": band.get_enforcement_display(),
        "valid": band.valid,
    }


def _promo_words(item: PromoItem) -> dict[str, Any]:
    return {
        "what": item.request.code,
        "figures": plain(item.promo_price),
        "note": item.request.title,
        "valid": item.request.window,
    }


def _territory_words(grant: Any) -> dict[str, Any]:
    return {"what": grant.region.name, "figures": "", "note": "", "valid": grant.valid}


def _addendum_words(addendum: Any) -> dict[str, Any]:
    return {"what": _("B2B addendum"), "figures": "", "note": "", "valid": addendum.valid}


def _check(outcome: str, flag: Flag, result: str, detail: str) -> dict[str, Any]:
    return {"outcome": outcome, "label": FLAG_LABELS[flag], "result": result, "detail": detail}


def _decided(found: tuple[Weighed, ...]) -> Weighed | None:
    return next((weighed for weighed in found if weighed.decided), None)


def _verdict_word(line: SaleLine) -> str:
    return str(Verdict(line.verdict).label)


def _place_and_day(line: SaleLine) -> dict[str, str]:
    return {"region": line.region.name, "day": line.sold_on.isoformat()}


def _moment(at: Any) -> str:
    return str(at.astimezone(BUSINESS_ZONE).strftime("%Y-%m-%d %H:%M"))
