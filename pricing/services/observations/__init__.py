"""Market observations: recorded by every door, matched to dealer and product, and decided about."""
