"""Taking in what dealers sold.

A report goes through one pass: `sources` cut it into cells, `cells` and `checking` read and judge them, `merging`
brings them into the table while the next ones are read, `part` holds that together for one transaction, `taking` is
the whole of a report, `parts` a file too long for one transaction.
"""

from pricing.services.intake.json_sources import JsonReport, NdjsonReport
from pricing.services.intake.parts import take_in_parts
from pricing.services.intake.sources import LineReport, TableReport, UnusableDelivery
from pricing.services.intake.taking import take_in_sales, was_a_collision

__all__ = [
    "JsonReport",
    "LineReport",
    "NdjsonReport",
    "TableReport",
    "UnusableDelivery",
    "take_in_parts",
    "take_in_sales",
    "was_a_collision",
]
