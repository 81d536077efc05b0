"""Writing promotion requests: draft, submit, review, withdraw, and what the clock does to them."""
