"""What a person's start page shows: what waits for them, the figures of their part of the business.

``waiting`` is what a person of headquarters has to do, by deadline, gathered from ``channel_tasks``, ``review_tasks``
and ``finance_tasks``; ``figures`` are the charts, ``outliers`` the dealers that stand out, ``system`` the health of the
installation. ``dealer_tasks``, ``dealer_cards`` and ``lifting`` make a dealer's page. ``counts`` are the numbers beside
the entries of the side bar. Every question is asked with a fixed number of queries and within what the person may see;
a number leads to a list of exactly so many rows.
"""
