"""The columns of a dealer's reports in the words of the trade."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

COLUMN_WORDS: dict[str, str | Promise] = {
    "doc_no": _("Number of the receipt or order, the same for all its lines"),
    "line_no": _("Line within the document, from 1"),
    "sold_at": _("When it was sold, with the offset of Beijing time"),
    "as_of": _("When it was counted, with the offset of Beijing time"),
    "occurred_at": _("When it happened, with the offset of Beijing time"),
    "sku": _("Product, as in the sheet of products"),
    "quantity": _("Pieces; a customer's return is negative"),
    "unit_price": _("What the customer paid for one piece, tax included"),
    "region": _("Code of the city, as in the sheet of regions"),
    "revision": _("Empty at first; 2, 3 … when a line reported before is corrected"),
    "channel": _("retail or b2b; empty is retail"),
    "customer": _("Your own number of the customer; it is kept unreadable"),
    "on_hand": _("Pieces on the shelf; leave a product empty that was not counted, 0 when none is left"),
    "warehouse": _("Your warehouse, when there is more than one"),
    "in_transit": _("Pieces on their way to you"),
    "kind": _("What happened, one of the list"),
    "counterparty": _("The other side of a transfer"),
    "reason": _("Why, in a few words"),
}
#: Said below the columns of a sheet.
SHEET_NOTES: tuple[str | Promise, ...] = (
    _("Fill in what you have and leave the rest empty: rows without figures are passed over."),
    _("Yellow columns are needed. Do not rename columns; their order does not matter."),
    _("The same lines sent twice do no harm: they are recognised and counted once."),
)
