"""What a person's start page shows: what waits for them, the figures of their part of the business.

``waiting`` is what a person has to do, by deadline; ``figures`` the charts of headquarters; ``system`` the health of
the installation; ``counts`` the numbers beside the entries of the side bar. Every question is asked with a fixed
number of queries and within what the person may see.
"""
