"""Facts: people, dealers, places, goods, deliveries and their receipts, the sync clock, supply, policy, audit.

Everything else looks to the left and finds its facts here; this app imports no other app of the product.
"""
