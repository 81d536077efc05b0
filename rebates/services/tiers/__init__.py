"""Tier reviews: what the score proposes after each quarter, and what channel managers decide."""
