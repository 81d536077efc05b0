"""Why a line was refused: a stable code for machines, and a sentence that names the value and the remedy.

The quarantine keeps code and details only; the sentence is made when somebody reads it, in their language.
Every app adds the codes of its own checks here, because receipts are answered by this app.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from dealers.foundation.refusals import msgid as _

#: Whole sentences. ``value`` and ``field`` can always be used; the others come with the refusal.
SENTENCES: dict[str, str] = {
    # the line as a whole
    "bad_json": _("The line is not valid JSON: %(reason)s. Correct it and send it again."),
    "not_an_object": _('The line is not an object with named fields, like {"doc_no": …}.'),
    "repeated_key": _("The field %(field)s appears more than once in the line; leave one of them."),
    "unknown_field": _("“%(field)s” is not a field of such a line; remove it or correct its name."),
    "wrong_type": _("%(field)s is of the wrong type; write text in quotes and whole numbers without."),
    "text_expected": _('%(field)s must be text in quotes, as in "%(field)s": "…".'),
    "whole_number_expected": _('%(field)s must be a whole number without quotes, as in "%(field)s": 2.'),
    # values
    "missing_value": _("%(field)s is empty; it is needed in every line."),
    "too_long": _("“%(value)s” has more than %(limit)s characters; shorten it."),
    "control_character": _("“%(value)s” contains characters that cannot be shown; remove them."),
    "bad_number": _("“%(value)s” is not a number; write it like 1234.50, with the digits 0 to 9."),
    "bad_whole_number": _("“%(value)s” is not a whole number; write it like 12, with the digits 0 to 9."),
    "number_out_of_range": _("“%(value)s” is too large or too small; it must lie between %(lowest)s and %(highest)s."),
    "negative_price": _("“%(value)s” is a negative price; write returns as a negative quantity instead."),
    "bad_price": _("“%(value)s” is not a price; write it like 12.50, with at most 6 decimals and 12 digits before."),
    "bad_choice": _("“%(value)s” is not one of %(choices)s."),
    "bad_instant": _("“%(value)s” is not a time with its offset; write it like 2026-11-05T09:30:00+08:00."),
    "bad_date": _("“%(value)s” is not a date; write it like 2026-11-05."),
    "in_the_future": _(
        "“%(value)s” lies more than %(minutes)s minutes after the report arrived; check the clock and the date."
    ),
    "too_long_ago": _("“%(value)s” lies before %(earliest)s; check the year."),
    "zero_quantity": _("The quantity is 0; leave the line out, or write a return as a negative quantity."),
    "not_a_web_address": _("“%(value)s” is not a link; write it like https://shop.example/item."),
    "bad_picture": _("The picture is none of %(kinds)s in base64, or too large."),
    "product_not_named": _("Name the product: an SKU, a GTIN or the name as shown."),
    "different_observation": _(
        "“%(value)s” was sent before with other content; an observation never changes, give it another number."
    ),
    # references
    "unknown_sku": _("“%(value)s” is not a product of the catalogue; check the SKU or ask HQ to add it."),
    "unknown_region": _("“%(value)s” is not a known city or province; check the region code."),
    "unknown_dealer": _("“%(value)s” is not a known dealer; check the dealer code."),
    "unknown_category": _("“%(value)s” is not a product category; check the catalogue."),
    "not_your_dealer": _("“%(value)s” is not the dealer who delivers; leave the column out or write your own code."),
    # master data
    "not_a_code": _("“%(value)s” must have no space, comma, semicolon or quote inside."),
    "number_too_small": _("“%(value)s” must not be less than %(least)s."),
    "range_is_empty": _("“%(value)s” must be later than %(starts)s: it is the first day no longer covered."),
    "out_of_time": _("“%(value)s” must lie between %(first)s and %(last)s; check the year."),
    "quarter_published": _("The scorecards of %(value)s are published; its targets can no longer be changed."),
    "target_twice_in_file": _("The file sets a target of “%(value)s” for the same quarter before; leave one of them."),
    "unknown_alliance": _("“%(value)s” is not a known alliance; import the alliance first."),
    "unknown_province": _("“%(value)s” is not a known province; a city needs one in this file or recorded before."),
    "parent_not_a_province": _("“%(value)s” is a city; only a province can be the parent."),
    "province_with_parent": _("A province has no parent; empty the cell."),
    "province_with_city_tier": _("A province has no city tier; empty the cell."),
    "region_kind_is_fixed": _("%(code)s is recorded as %(kind)s; a place cannot turn into the other kind."),
    "uscc_taken": _("The credit code “%(value)s” belongs to dealer %(dealer)s already."),
    "category_in_use": _(
        "The category %(before)s is fixed since goods of this product were moved; use a new SKU for another category."
    ),
    "twice_in_file": _("Line %(line)s of the same file says something else from the same day; leave one of them."),
    "scope_code_not_empty": _("A national band names no place; empty the cell."),
    "ceiling_below_floor": _("The ceiling %(value)s lies below the floor %(floor)s."),
    "basis_until_without_basis": _("An end of the legal basis needs the legal basis; name it or empty the cell."),
    "promo_decided_here": _("Promotion %(value)s was applied for here; only its approval changes it."),
    "promo_differs": _("Promotion %(code)s says %(known)s here before; one code is one promotion."),
    "approval_in_the_future": _("“%(value)s” lies in the future; only approved promotions can be taken over."),
    "b2b_to_without_from": _("An end of the B2B addendum needs its start; name it or empty the cell."),
    "counted_twice": _("Line %(line)s counts this product in this warehouse at this instant otherwise; leave one."),
    "reason_needed": _("A line of kind %(kind)s needs a reason; say in a few words what happened."),
    "no_other_party": _("Only a transfer names another party; empty the cell."),
    "nothing_adjusted": _("The quantity is 0; leave the line out. With a higher revision, 0 takes a line back."),
    # trade messages
    "unknown_place": _(
        "“%(value)s” is no place of yours. Enter it under Trade messages with its region or warehouse, then send the "
        "line again."
    ),
    "place_without_region": _("The place “%(value)s” has no region; enter it under Trade messages."),
    "place_not_said": _(
        "The message does not say where it was sold. Name the place in it, or set the region of sales without a place "
        "under Trade messages."
    ),
    "message_without_price": _(
        "The message gives no price (%(element)s), and a sale needs the one the customer paid. Add it to the message, "
        "or write it into the line here."
    ),
    "price_without_tax": _(
        "%(value)s is a price that leaves out the tax or does not say. Send the price paid, tax included, or have it "
        "agreed under Trade messages that yours are."
    ),
    "foreign_currency": _("Prices are in %(currency)s; a sale is reported in CNY, as the customer paid it."),
    "sold_or_withdrawn": _(
        "QS counts what was sold or withdrawn. Only when it is agreed under Trade messages that yours were sold, they "
        "are taken as sales."
    ),
    "activity_undecided": _(
        "Activity %(activity)s does not say whether a customer bought the goods. If one did, send the line again as it "
        "stands; else withdraw it."
    ),
    "transfer_undecided": _(
        "A transfer of the type %(transfer)s may or may not be a sale; SS, SD, DS and CS are. If it was one, send the "
        "line again as it stands; else withdraw it."
    ),
    "quantity_undecided": _(
        "A quantity of the kind %(qualifier)s may or may not be sold; 32 and 39 are. If it was, send the line again as "
        "it stands; else withdraw it."
    ),
    "purpose_not_taken": _(
        "A message of the purpose %(purpose)s neither reports nor replaces. Send what is right as a replacement (05 in "
        "X12, 5 in EDIFACT), or returns as negative quantities."
    ),
    "unit_not_pieces": _("Quantities are in %(unit)s; send single pieces (EA, PCE, C62)."),
    "message_date_unreadable": _("“%(value)s” is not a day in the form the message announces; correct the date."),
    "several_days": _(
        "“%(value)s” is more than one day, so the day of sale is not known. Report each day by itself, or write the "
        "time of sale into the line."
    ),
    "line_number_repeated": _("The report has another line %(value)s at this place; number each line once."),
    "stock_contradicts_itself": _("The message counts this article here more than once with different figures."),
    "article_contradicts_itself": _(
        "The numbers of the article belong to different products: %(skus)s. Leave the right one."
    ),
    "article_of_several": _("The article number %(value)s belongs to several products: %(skus)s. Add the SKU."),
    # identity
    "stale_revision": _(
        "Revision %(revision)s is older than revision %(known)s, which we have; send a revision above %(known)s."
    ),
    "revision_required": _(
        "The line was reported before with other content as revision %(known)s; to correct it, send revision %(next)s."
    ),
    "different_content": _(
        "The line was reported before with other content; a correction needs a document of its own."
    ),
}

#: The foundation's own refusals, said of the value: “abc” is not a number.
PREDICATES: dict[str, str] = {
    "bad_quoting": _("has quotes that do not fit together; a quote inside a quoted cell is written twice"),
    "wrong_cell_count": _("has %(found)s cells where the header has %(expected)s"),
    "nul_character": _("contains a NUL character; remove it"),
    "instant_bad_offset": _("has an offset no place on earth uses; write +08:00 for Beijing time"),
    "instant_is_date": _("is only a date; a time with its offset is needed, like 2026-11-05T09:30:00+08:00"),
    "instant_missing": _("is empty where a time is needed"),
    "instant_not_real": _("names a day or time that does not exist"),
    "instant_with_space": _("must have a T between date and time, like 2026-11-05T09:30:00+08:00"),
    "instant_without_offset": _("has no offset; add it, like +08:00 for Beijing time"),
    "not_an_instant": _("is not a time; write it like 2026-11-05T09:30:00+08:00"),
    "not_a_date": _("is not a date; write it like 2026-11-05"),
    "date_not_real": _("names a day that does not exist"),
    "not_a_number": _("is not a number; write it like 1234.50"),
    "not_a_whole_number": _("must be a whole number"),
    "number_missing": _("is empty where a number is needed"),
    "number_not_ascii": _("must be written with the digits 0 to 9 in half width"),
    "number_too_large": _("has more than %(digits)s digits before the point"),
    "number_too_long": _("has more than %(limit)s characters"),
    "number_with_exponent": _("must be written out in full, without an exponent"),
    "number_with_gap": _("must have no space or underscore inside the number"),
    "number_with_plus": _("must be written without a plus sign"),
    "number_with_separator": _("must have no thousands separator; write 1234.50"),
    "too_many_places": _("has more than %(places)s decimal places"),
    "span_overlaps_later": _(
        "ends on %(upper)s, but another row for the same key begins on %(later)s; end it there or leave it open"
    ),
    "uscc_missing": _("is empty where a unified social credit code is needed"),
    "uscc_length": _("has %(found)s characters; a unified social credit code has 18"),
    "uscc_character": _("has %(character)s in position %(position)s, where only %(allowed)s can stand"),
    "uscc_check_digit": _(
        "has %(found)s in position %(position)s, where the characters before it ask for %(expected)s"
    ),
    "gtin_not_digits": _("must consist of the digits 0 to 9"),
    "gtin_length": _("has %(found)s digits; an article number has 8, 12, 13 or 14"),
    "gtin_check_digit": _("ends with %(found)s, where the digits before it ask for %(expected)s"),
}


def sentence_of(code: str) -> str:
    """The English source sentence of a code. Raises KeyError for a code that no table has."""
    return SENTENCES[code] if code in SENTENCES else PREDICATES[code]


class _Details(dict[str, Any]):
    """Details of a refusal; one that is missing leaves a gap instead of an error."""

    def __missing__(self, key: str) -> str:
        return ""


def render_problem(code: str, params: Mapping[str, Any]) -> str:
    """The sentence for a refusal, in the reader's language; of a line that came in a message with its place there.

    A code that is not in the tables is said by the English source sentence in ``params["message"]`` when the
    refusal brought one, else by its name.
    """
    sentence = _problem_itself(code, params)
    if "in_message" not in params:
        return sentence
    place = gettext("Message %(in_message)s, segment %(segment)s %(element)s") % _Details(params)
    return gettext("%(sentence)s (%(place)s)") % {"sentence": sentence, "place": place.strip()}


def _problem_itself(code: str, params: Mapping[str, Any]) -> str:
    details = _Details(params)
    if sentence := SENTENCES.get(code):
        return gettext(sentence) % details
    predicate = PREDICATES.get(code) or str(params.get("message") or "")
    if not predicate:
        return code
    try:
        problem = gettext(predicate) % details
    except (TypeError, ValueError):  # a sentence with a stray percent sign, which was never meant to be filled in
        problem = gettext(predicate)
    value = details["value"]
    return gettext("“%(value)s” %(problem)s") % {"value": value, "problem": problem} if value else problem
