"""Violations: gathered from verdicts, and what people decide about them."""
