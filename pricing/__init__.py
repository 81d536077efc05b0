"""Verdicts: price bands, promotions, and every reported sale line judged by them.

Lines come in through ``services.intake``, are judged by the pure rule in ``rules.verdict`` and added up in the tally.
"""
