"""Taking in files of trade messages that carry sales, stock or both."""

from pricing.services.trade.sales import take_trade_messages

__all__ = ["take_trade_messages"]
