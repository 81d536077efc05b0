"""A typed client of the Halfmoon API for dealers' systems: retries by itself and never reports a line twice."""

from halfmoon_client.answers import Page, Problem, Receipt
from halfmoon_client.client import Halfmoon
from halfmoon_client.errors import HalfmoonError, Refused, Unreachable
from halfmoon_client.lines import SaleLine, StockLine
from halfmoon_client.retrying import Patience

__all__ = [
    "Halfmoon",
    "HalfmoonError",
    "Page",
    "Patience",
    "Problem",
    "Receipt",
    "Refused",
    "SaleLine",
    "StockLine",
    "Unreachable",
]
