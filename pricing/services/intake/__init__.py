"""Taking in what dealers sold.

A report goes through one pass: `sources` cut it into cells, `cells` and `checking` read and judge them, `merging`
brings them into the table while the next ones are read, `taking` holds it together in one transaction.
"""

from pricing.services.intake.json_sources import JsonReport, NdjsonReport
from pricing.services.intake.sources import LineReport, TableReport, UnusableDelivery
from pricing.services.intake.taking import take_in_sales

__all__ = ["JsonReport", "LineReport", "NdjsonReport", "TableReport", "UnusableDelivery", "take_in_sales"]
