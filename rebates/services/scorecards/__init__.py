"""Scorecards, act by act: targets set, cards calculated and published, corrective plans written and judged."""
